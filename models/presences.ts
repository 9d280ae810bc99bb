/**
 * Who was seen in the channels of the groupes, and who left them. Only what platforms say is written here; what follows from
 * it is decided elsewhere.
 */
import type { Connection, Model } from "mongoose";
import mongoose from "mongoose";
import type { GroupeId } from "../src/domain/ids.ts";
import { groupeId } from "../src/domain/ids.ts";
import type { Identity, Place } from "../src/domain/place.ts";

export interface Presence {
  readonly user: string;
  readonly present: boolean;
  /** When the platform says that it happened, in milliseconds: an older event, come later, changes nothing. */
  readonly at: number;
  /** The event that said so last. */
  readonly event: string;
}

/** A channel that a person left, and the groupe whose it was then. */
export interface Departure {
  readonly groupeId: GroupeId;
  readonly place: Place;
}

interface PresenceDocument extends Presence {
  _id: string;
  place: string;
  identity: string;
  groupeId: string;
}

const schema = new mongoose.Schema<PresenceDocument>(
  {
    _id: { type: String, required: true },
    place: { type: String, required: true },
    identity: { type: String, required: true },
    groupeId: { type: String, required: true },
    user: { type: String, required: true },
    present: { type: Boolean, required: true },
    at: { type: Number, required: true },
    event: { type: String, required: true },
  },
  { collection: "presences", versionKey: false, autoIndex: false, autoCreate: false, strict: "throw" },
);
schema.index({ identity: 1, present: 1 });
schema.index({ place: 1 });

const DUPLICATE_KEY = 11000;

const placeKey = (place: Place): string => `${place.platform}/${place.workspace}/${place.channel}`;
const identityKey = (identity: Identity): string => `${identity.platform}/${identity.workspace}/${identity.user}`;
const idOf = (place: Place, user: string): string => `${placeKey(place)}#${user}`;

function parsePlace(key: string): Place {
  const [platform, workspace = "", ...channel] = key.split("/");
  return { platform: platform as Place["platform"], workspace, channel: channel.join("/") };
}

const read = ({ user, present, at, event }: PresenceDocument): Presence => ({ user, present, at, event });

export class Presences {
  readonly model: Model<PresenceDocument>;

  constructor(connection: Connection) {
    this.model = connection.model<PresenceDocument>("Presence", schema);
  }

  /**
   * Writes that this person is there, or is not there any more, unless something later is known.
   * @param ordered the platform tells its events in their order: this one is the latest, whatever its date
   */
  async record(groupe: GroupeId, place: Place, presence: Presence, ordered = false): Promise<void> {
    const { user } = presence;
    const _id = idOf(place, user);
    const fields = {
      ...presence,
      place: placeKey(place),
      identity: identityKey({ platform: place.platform, workspace: place.workspace, user }),
      groupeId: groupe,
    };
    const older = ordered ? {} : { at: { $lt: presence.at } };
    try {
      await this.model.updateOne({ _id, ...older }, { $set: fields }, { upsert: true });
    } catch (error) {
      // It is there, and no older than what was to be written.
      if ((error as { code?: unknown }).code !== DUPLICATE_KEY) throw error;
    }
  }

  /** What is known of this person there; null when they were never seen. */
  async of(place: Place, user: string): Promise<Presence | null> {
    const document = await this.model.findOne({ _id: idOf(place, user) }).lean<PresenceDocument>();
    return document && read(document);
  }

  async in(place: Place): Promise<readonly Presence[]> {
    const documents = await this.model.find({ place: placeKey(place) }).lean<PresenceDocument[]>();
    return documents.map(read);
  }

  /** The channels that this account left and did not come back to. */
  async leftBy(identity: Identity): Promise<readonly Departure[]> {
    const documents = await this.model
      .find({ identity: identityKey(identity), present: false }, { groupeId: 1, place: 1 })
      .lean<Pick<PresenceDocument, "groupeId" | "place">[]>();
    return documents.map((one) => ({ groupeId: groupeId(one.groupeId), place: parsePlace(one.place) }));
  }

  /** Who left a channel that goes on in another is not back for that. */
  async carry(from: Place, to: Place): Promise<void> {
    const left = await this.model.find({ place: placeKey(from), present: false }).lean<PresenceDocument[]>();
    for (const one of left) await this.record(groupeId(one.groupeId), to, { ...read(one), at: 0 });
  }

  /** As if these accounts had never been seen in the groupe's channels. */
  async forget(groupe: GroupeId, identities: readonly Identity[]): Promise<void> {
    await this.model.deleteMany({ groupeId: groupe, identity: { $in: identities.map(identityKey) } });
  }
}
