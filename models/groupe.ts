/** Groupes in the database, and the channel to which each is bound. */

import type { Connection, Model } from "mongoose";
import mongoose from "mongoose";
import type { GroupeId } from "../src/domain/ids.ts";
import { groupeId } from "../src/domain/ids.ts";
import type { Place } from "../src/domain/place.ts";

/** Days on which a groupe may be open, as its members write them. */
export const OPENING_DAYS = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"] as const;
export type OpeningDay = (typeof OPENING_DAYS)[number];

/** « 9:00 - 12:00 / 13:30 - 17:00 », in the words of the groupe; a day that is absent is not told. */
export type OpeningHours = Readonly<Partial<Record<OpeningDay, string>>>;

/** How a groupe is reached beside the chat; each null when it is not known. */
export interface GroupeDetails {
  /** The shared mailbox of the groupe (« BAL »). */
  readonly bal: string | null;
  readonly telephone: string | null;
  readonly adresse: string | null;
  readonly hours: OpeningHours;
}

export interface Groupe {
  readonly id: GroupeId;
  readonly name: string;
  readonly description: string;
  /** Sigle of its organisme: `CAF`. */
  readonly organisme: string;
  /** INSEE codes. */
  readonly territoires: readonly string[];
  /** Of the France Services network. */
  readonly franceServices: boolean;
  /** The channel in which its members see its demandes; null until bound. */
  readonly place: Place | null;
  readonly details: GroupeDetails;
}

interface GroupeDocument extends Omit<Groupe, "id" | "territoires" | "place" | "details"> {
  _id: string;
  /** Absent in what was stored before details were known. */
  details?: GroupeDetails;
  territoires: string[];
  place: Place | null;
  /** `platform/workspace/channel`; absent until bound, unique: a channel is bound to one groupe. */
  placeKey?: string;
}

const schema = new mongoose.Schema<GroupeDocument>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    description: { type: String, default: "" },
    organisme: { type: String, required: true },
    territoires: [String],
    franceServices: { type: Boolean, required: true },
    details: mongoose.Schema.Types.Mixed as never,
    place: { type: mongoose.Schema.Types.Mixed, default: null } as never,
    placeKey: String,
  },
  { collection: "groupes", versionKey: false, autoIndex: false, autoCreate: false, strict: "throw" },
);
schema.index({ name: 1 }, { unique: true });
schema.index({ placeKey: 1 }, { unique: true, sparse: true });
schema.index({ territoires: 1, organisme: 1 });

const placeKey = (place: Place): string => `${place.platform}/${place.workspace}/${place.channel}`;

export const NO_DETAILS: GroupeDetails = { bal: null, telephone: null, adresse: null, hours: {} };

export const toGroupe = ({ _id, placeKey: _, details, ...rest }: GroupeDocument): Groupe => ({
  ...rest,
  id: groupeId(_id),
  details: { ...NO_DETAILS, ...details },
});

type StoredGroupe = Omit<Groupe, "details"> & Partial<Pick<Groupe, "details">>;

/** The write that stores a groupe as given, whole. */
export const updateOfGroupe = ({ id, place, ...rest }: StoredGroupe) => ({
  filter: { _id: id as string },
  update: {
    $set: { ...rest, territoires: [...rest.territoires], place, ...(place && { placeKey: placeKey(place) }) },
    ...(!place && { $unset: { placeKey: 1 as const } }),
  },
  upsert: true as const,
});

export class Groupes {
  readonly model: Model<GroupeDocument>;

  constructor(connection: Connection) {
    this.model = connection.model<GroupeDocument>("Groupe", schema);
  }

  async byId(id: GroupeId): Promise<Groupe | null> {
    const document = await this.model.findOne({ _id: id }).lean<GroupeDocument>();
    return document && toGroupe(document);
  }

  async byIds(ids: readonly GroupeId[]): Promise<Groupe[]> {
    if (ids.length === 0) return [];
    const documents = await this.model.find({ _id: { $in: [...ids] } }).lean<GroupeDocument[]>();
    return documents.map(toGroupe);
  }

  /** The groupe to which this channel is bound. */
  async byPlace(place: Place): Promise<Groupe | null> {
    const document = await this.model.findOne({ placeKey: placeKey(place) }).lean<GroupeDocument>();
    return document && toGroupe(document);
  }

  /** The groupes whose channel is in this workspace. */
  async boundIn({ platform, workspace }: Pick<Place, "platform" | "workspace">): Promise<Groupe[]> {
    const prefix = `${platform}/${workspace}/`;
    const documents = await this.model
      .find({ placeKey: { $gte: prefix, $lt: `${prefix}\uffff` } })
      .sort({ placeKey: 1 })
      .lean<GroupeDocument[]>();
    return documents.map(toGroupe);
  }

  async all(): Promise<Groupe[]> {
    const documents = await this.model.find({}).sort({ name: 1 }).lean<GroupeDocument[]>();
    return documents.map(toGroupe);
  }

  /** Groupes of a territoire, by name. */
  async ofTerritoire(territoire: string): Promise<Groupe[]> {
    const documents = await this.model.find({ territoires: territoire }).sort({ name: 1 }).lean<GroupeDocument[]>();
    return documents.map(toGroupe);
  }

  /**
   * Changes what its responsables may change, if it still is what `before` says. False when it is not: nothing is written.
   * @throws what the driver throws when another groupe bears the name
   */
  async edit(before: Groupe, after: Pick<Groupe, "name" | "description" | "details">): Promise<boolean> {
    const { bal, telephone, adresse, hours } = before.details;
    const result = await this.model.updateOne(
      {
        _id: before.id,
        name: before.name,
        description: before.description,
        "details.bal": bal,
        "details.telephone": telephone,
        "details.adresse": adresse,
        ...Object.fromEntries(OPENING_DAYS.map((day) => [`details.hours.${day}`, hours[day] ?? null])),
      },
      { $set: { name: after.name, description: after.description, details: after.details } },
    );
    return result.matchedCount === 1;
  }

  /** Binds it to that channel, or to none, if it still is where `before` says. False when it is not, or when the channel is another's. */
  async bind(groupe: GroupeId, before: Place | null, place: Place | null): Promise<boolean> {
    try {
      const result = await this.model.updateOne(
        { _id: groupe, placeKey: before === null ? { $exists: false } : placeKey(before) },
        place === null ? { $set: { place: null }, $unset: { placeKey: 1 } } : { $set: { place, placeKey: placeKey(place) } },
      );
      return result.matchedCount === 1;
    } catch (error) {
      const holder = place && (await this.byPlace(place));
      if (holder) return holder.id === groupe;
      throw error;
    }
  }

  /** Stores a groupe as given, whole; details that are not given stay as they are stored. */
  async save(groupe: StoredGroupe): Promise<void> {
    const { filter, update, upsert } = updateOfGroupe(groupe);
    await this.model.updateOne(filter, update, { upsert });
  }
}
