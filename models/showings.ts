/**
 * Where the bot showed something of a demande outside its threads: in a direct conversation, in a list, on a home. Written before
 * the post, so that a wipe finds it whatever happens; and where people answered the bot's questions. Ids only, no word of anybody's.
 */
import type { Connection, Model } from "mongoose";
import mongoose from "mongoose";
import type { DemandeId } from "../src/domain/ids.ts";
import { formatRef } from "../src/domain/ids.ts";
import type { Place } from "../src/domain/place.ts";
import { threadKey } from "./thread.ts";

/** What a showing tells of: a demande, by id or by number. Several for a list. */
export type ShowingKey = string;

export const demandeKey = (id: DemandeId): ShowingKey => `demande/${id}`;
/** Of the demande whose thread this is. */
export const threadShowingKey = (place: Place, root: string): ShowingKey => `fil/${threadKey(place, root)}`;
export const refKey = (ref: number): ShowingKey => `ref/${formatRef(ref)}`;

export type ShowingKind =
  /** The bot's own post, known by its delivery id until the platform has said which it is. */
  | "post"
  /** What a person wrote to the bot, outside any thread. */
  | "answer"
  /** The home of a person; `place.channel` is their account. */
  | "home";

export interface Showing {
  readonly id: string;
  readonly kind: ShowingKind;
  readonly keys: readonly ShowingKey[];
  readonly place: Place;
  readonly message: string | null;
  readonly delivery: string | null;
  /** System time. */
  readonly at: Date;
  /** Since when the platform refuses for good to have it taken away (system time). */
  readonly refusedSince?: Date | null;
}

interface ShowingDocument extends Omit<Showing, "id" | "keys" | "refusedSince"> {
  refusedSince?: Date;
  _id: string;
  keys: string[];
  /** Shown for a demande that may never be opened: looked at again then (system time). */
  lookAgainAt: Date | null;
  /** Why it could not be taken away when that was last tried. */
  refused: string | null;
  /** What it told of, once it is given up: it is looked for under these keys no more. */
  givenUp?: string[];
}

const schema = new mongoose.Schema<ShowingDocument>(
  {
    _id: { type: String, required: true },
    kind: { type: String, required: true },
    keys: [String],
    place: { type: mongoose.Schema.Types.Mixed, required: true } as never,
    message: { type: String, default: null },
    delivery: { type: String, default: null },
    at: { type: Date, required: true },
    lookAgainAt: { type: Date, default: null },
    refused: { type: String, default: null },
    // Without a default: the earliest is kept, and null would come before any.
    refusedSince: Date,
    givenUp: { type: [String], default: undefined },
  },
  { collection: "showings", versionKey: false, minimize: false, autoIndex: false, autoCreate: false, strict: "throw" },
);
schema.index({ keys: 1 });
schema.index({ lookAgainAt: 1 });
schema.index({ refused: 1 });
schema.index({ givenUp: 1 }, { sparse: true });

const toShowing = ({ _id, kind, keys, place, message, delivery, at, refusedSince }: ShowingDocument): Showing => ({
  id: _id,
  kind,
  keys,
  place,
  message,
  delivery,
  at,
  refusedSince: refusedSince ?? null,
});

export class Showings {
  readonly model: Model<ShowingDocument>;

  constructor(connection: Connection) {
    this.model = connection.model<ShowingDocument>("Showing", schema);
  }

  /** Writes it down; one that is there already keeps what is known of it. `lookAgainAt`: see ShowingDocument. */
  async announce({ id, keys, ...showing }: Showing, lookAgainAt: Date | null = null): Promise<void> {
    const document = { ...showing, place: { ...showing.place }, keys: [...keys], lookAgainAt, refused: null };
    await this.model.updateOne({ _id: id }, { $setOnInsert: document }, { upsert: true });
  }

  /** A home is about to show this, and shows what it did before until then. */
  async extend({ id, keys, ...showing }: Showing, lookAgainAt: Date): Promise<void> {
    const document = { ...showing, place: { ...showing.place }, lookAgainAt, refused: null };
    await this.model.updateOne({ _id: id }, { $set: document, $addToSet: { keys: { $each: [...keys] } } }, { upsert: true });
  }

  /** A home shows this now, and nothing of what it showed before. */
  async replace({ id, keys, ...showing }: Showing, lookAgainAt: Date): Promise<void> {
    const document = { ...showing, place: { ...showing.place }, keys: [...keys], lookAgainAt, refused: null };
    await this.model.updateOne({ _id: id }, { $set: document }, { upsert: true });
  }

  /** It took place. False when it was wiped meanwhile: then it is for the caller to take it away. */
  async posted(id: string, message: string): Promise<boolean> {
    const result = await this.model.updateOne({ _id: id }, { $set: { message } });
    return result.matchedCount === 1;
  }

  async ofKeys(keys: readonly ShowingKey[], limit: number): Promise<Showing[]> {
    const documents = await this.model
      .find({ keys: { $in: keys } })
      .limit(limit)
      .lean<ShowingDocument[]>();
    return documents.map(toShowing);
  }

  /** It shows no more. */
  async gone(id: string): Promise<void> {
    await this.model.deleteOne({ _id: id });
  }

  /** @param again when it is tried again (system time) */
  async refused(id: string, code: string, at: Date, again: Date): Promise<void> {
    await this.model.updateOne({ _id: id, lookAgainAt: { $type: "date" } }, { $set: { lookAgainAt: again } });
    await this.model.updateOne({ _id: id }, { $set: { refused: code }, $min: { refusedSince: at } });
  }

  /** It is tried no more: a person has to look at it. What refused it stays written. */
  async giveUp({ id, keys }: Pick<Showing, "id" | "keys">): Promise<void> {
    await this.model.updateOne({ _id: id }, { $set: { keys: [], givenUp: [...keys], lookAgainAt: null } });
  }

  /** Whether something of these was given up. */
  async hasGivenUp(keys: readonly ShowingKey[]): Promise<boolean> {
    return (await this.model.exists({ givenUp: { $in: keys } })) !== null;
  }

  /** Why what should be gone is still shown, one word of the platform's for each. */
  async refusals(): Promise<string[]> {
    const documents = await this.model.find({ refused: { $gt: "" } }, { refused: 1 }).lean<{ refused: string }[]>();
    return documents.map(({ refused }) => refused);
  }

  /** Those to be looked at again by then (system time). */
  async toLookAt(now: Date, limit: number): Promise<Showing[]> {
    const documents = await this.model
      .find({ lookAgainAt: { $gt: new Date(0), $lte: now } })
      .limit(limit)
      .lean<ShowingDocument[]>();
    return documents.map(toShowing);
  }

  /** It stays for now. @param lookAgainAt system time; null: until the data of its demande are wiped */
  async keep(id: string, lookAgainAt: Date | null): Promise<void> {
    await this.model.updateOne({ _id: id }, { $set: { lookAgainAt } });
  }
}
