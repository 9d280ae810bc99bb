/** Buttons where a platform has none: the pills under a message of the bot's, and what each of them stands for. */
import type { Connection, Model } from "mongoose";
import mongoose from "mongoose";
import type { ActionId } from "../src/actions.ts";

export interface PromptEntry {
  /** What the pill shows: « ✋ Je m’en occupe ». */
  readonly pill: string;
  /** Every way in which it may be clicked, as compared; no two entries of a prompt share one. */
  readonly keys: readonly string[];
  readonly action: ActionId;
  readonly value: string;
  /** Whether the bot shows the pill; the others are for those who type it. */
  readonly shown: boolean;
}

/** A pill that the bot put under the message. `event` is null until the platform has said which event it is. */
export interface Seed {
  readonly pill: string;
  readonly event: string | null;
}

export interface Prompt {
  readonly room: string;
  readonly event: string;
  /** The thread in which it stands; the event itself for a card; null outside threads. */
  readonly root: string | null;
  readonly entries: readonly PromptEntry[];
  readonly seeds: readonly Seed[];
  /** Counts the changes of its entries. */
  readonly version: number;
}

interface PromptDocument {
  /** `<room>|<event>` */
  _id: string;
  room: string;
  event: string;
  root: string | null;
  entries: PromptEntry[];
  /** Every key of `entries`. */
  keys: string[];
  seeds: Seed[];
  version: number;
  state: "open" | "closed";
  /** The reactions taken as clicks, the latest last. */
  claims: string[];
  /** The pills shown are not yet those of `entries`. */
  stale: boolean;
  at: Date;
}

const { Mixed } = mongoose.Schema.Types;
const KEPT_SECONDS = 400 * 86_400;
const MOST_CLAIMS = 100;

const schema = new mongoose.Schema<PromptDocument>(
  {
    _id: { type: String, required: true },
    room: { type: String, required: true },
    event: { type: String, required: true },
    root: { type: String, default: null },
    entries: { type: [Mixed], default: [] } as never,
    keys: [String],
    seeds: { type: [Mixed], default: [] } as never,
    version: { type: Number, required: true },
    state: { type: String, required: true },
    claims: [String],
    stale: { type: Boolean, required: true },
    at: { type: Date, required: true },
  },
  { collection: "prompts", versionKey: false, minimize: false, autoIndex: false, autoCreate: false, strict: "throw" },
);
schema.index({ stale: 1, at: 1 });
schema.index({ at: 1 }, { expireAfterSeconds: KEPT_SECONDS });

const idOf = (room: string, event: string): string => `${room}|${event}`;

const toPrompt = ({ room, event, root, entries, seeds, version }: PromptDocument): Prompt => ({
  room,
  event,
  root,
  entries,
  seeds,
  version,
});

export class Prompts {
  readonly model: Model<PromptDocument>;

  constructor(connection: Connection) {
    this.model = connection.model<PromptDocument>("Prompt", schema);
  }

  /** What may be clicked under this message from now on; nothing when there are no entries. */
  async put(room: string, event: string, root: string | null, entries: readonly PromptEntry[], at: Date): Promise<Prompt> {
    const document = await this.model
      .findOneAndUpdate(
        { _id: idOf(room, event) },
        {
          $set: {
            entries: [...entries],
            keys: entries.flatMap((entry) => [...entry.keys]),
            state: entries.length === 0 ? "closed" : "open",
            stale: true,
            at,
          },
          $setOnInsert: { room, event, root, seeds: [], claims: [] },
          $inc: { version: 1 },
        },
        { upsert: true, returnDocument: "after" },
      )
      .lean<PromptDocument>();
    if (!document) throw new Error("a prompt was not stored");
    return toPrompt(document);
  }

  async get(room: string, event: string): Promise<Prompt | null> {
    const document = await this.model.findOne({ _id: idOf(room, event) }).lean<PromptDocument>();
    return document && toPrompt(document);
  }

  /**
   * Takes a click, in one step with the check that this may be clicked now. The same reaction taken twice is given the same
   * answer: only what it leads to knows whether it was done.
   * @param reaction the id of the click itself
   * @returns what it stands for; null when nothing of the kind may be clicked there
   */
  async claim(
    room: string,
    event: string,
    key: string,
    reaction: string,
  ): Promise<{ entry: PromptEntry; root: string | null } | null> {
    const document = await this.model
      .findOneAndUpdate(
        { _id: idOf(room, event), state: "open", keys: key },
        { $push: { claims: { $each: [reaction], $slice: -MOST_CLAIMS } } },
        { returnDocument: "after" },
      )
      .lean<PromptDocument>();
    const entry = document?.entries.find(({ keys }) => keys.includes(key));
    return document && entry ? { entry, root: document.root } : null;
  }

  /** The pills shown now. @param done whether they are those of this version's entries */
  async seeded(prompt: Prompt, seeds: readonly Seed[], done: boolean): Promise<void> {
    const id = idOf(prompt.room, prompt.event);
    await this.model.updateOne({ _id: id }, { $set: { seeds: [...seeds] } });
    if (done) await this.model.updateOne({ _id: id, version: prompt.version }, { $set: { stale: false } });
  }

  /** Those whose pills are not what they should be, the oldest first: their showing was cut short. */
  async stale(limit: number): Promise<Prompt[]> {
    const documents = await this.model.find({ stale: true }).sort({ at: 1 }).limit(limit).lean<PromptDocument[]>();
    return documents.map(toPrompt);
  }
}
