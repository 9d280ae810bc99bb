/** Forms that people fill in one question at a time, where a platform has no windows. What they typed is sealed. */
import type { Connection, Model } from "mongoose";
import mongoose from "mongoose";
import { bytesOf, type Sealer, type StoredBytes } from "./sealing.ts";
import type { ShowingKey } from "./showings.ts";

export interface StoredDialogue {
  readonly id: string;
  /** The person's id on the platform. */
  readonly user: string;
  /** What only the dialogue understands: the form, the values, the question. */
  readonly state: unknown;
  /** Counts what was said: the question of step 3 follows the third answer. */
  readonly step: number;
}

export interface DialogueDocument {
  _id: string;
  user: string;
  state: StoredBytes;
  /** The demande on which it acts; none for one that opens a demande. */
  keys?: string[];
  sealedWith?: string;
  step: number;
  /** The person has not been shown this step yet. */
  unshown: boolean;
  open: boolean;
  /** The messages taken as answers, the latest last: a redelivery is none. */
  answers: string[];
  at: Date;
}

/** Without an answer for that long, it is given up, and what was typed with it. */
const KEPT_SECONDS = 7 * 86_400;
const MOST_ANSWERS = 50;

const schema = new mongoose.Schema<DialogueDocument>(
  {
    _id: { type: String, required: true },
    user: { type: String, required: true },
    state: { type: Buffer, required: true } as never,
    keys: [String],
    sealedWith: String,
    step: { type: Number, required: true },
    unshown: { type: Boolean, required: true },
    open: { type: Boolean, required: true },
    answers: [String],
    at: { type: Date, required: true },
  },
  { collection: "dialogues", versionKey: false, minimize: false, autoIndex: false, autoCreate: false, strict: "throw" },
);
schema.index({ user: 1, open: 1, at: -1 });
schema.index({ open: 1, unshown: 1 });
schema.index({ keys: 1 });
schema.index({ sealedWith: 1 });
schema.index({ at: 1 }, { expireAfterSeconds: KEPT_SECONDS });

/** To which what is sealed is bound. */
export const dialoguePlace = (id: string): string => `dialogue/${id}`;

export class Dialogues {
  readonly model: Model<DialogueDocument>;
  private readonly sealer: Sealer;

  constructor(connection: Connection, sealer: Sealer) {
    this.model = connection.model<DialogueDocument>("Dialogue", schema);
    this.sealer = sealer;
  }

  private read({ _id, user, state, step }: DialogueDocument): StoredDialogue {
    return { id: _id, user, state: this.sealer.open(bytesOf(state), dialoguePlace(_id)), step };
  }

  /** Begins it; one that is there already is left as it is. */
  async begin(id: string, user: string, state: unknown, at: Date, keys: readonly ShowingKey[] = []): Promise<StoredDialogue> {
    const sealed = this.sealer.seal(state, dialoguePlace(id));
    const document = await this.model
      .findOneAndUpdate(
        { _id: id },
        {
          $setOnInsert: {
            user,
            state: sealed,
            keys: [...keys],
            sealedWith: this.sealer.currentKeyId,
            step: 0,
            unshown: true,
            open: true,
            answers: [],
            at,
          },
        },
        { upsert: true, returnDocument: "after" },
      )
      .lean<DialogueDocument>();
    if (!document) throw new Error("a dialogue was not stored");
    return this.read(document);
  }

  /** The dialogue in which this person is: the last one begun that is not over. */
  async current(user: string): Promise<StoredDialogue | null> {
    const document = await this.model.findOne({ user, open: true }).sort({ at: -1 }).lean<DialogueDocument>();
    return document && this.read(document);
  }

  /** Whether this message was an answer already. */
  async answered(user: string, message: string): Promise<boolean> {
    return (await this.model.exists({ user, answers: message })) !== null;
  }

  /**
   * Goes on after this answer. `over`: nothing more is asked, and what was typed is forgotten.
   * False when it was at another step meanwhile: then nothing is written.
   */
  async advance(dialogue: StoredDialogue, message: string, state: unknown, over: boolean, at: Date): Promise<boolean> {
    const sealed = this.sealer.seal(over ? null : state, dialoguePlace(dialogue.id));
    const result = await this.model.updateOne(
      { _id: dialogue.id, step: dialogue.step, open: true },
      {
        $set: {
          state: sealed,
          sealedWith: this.sealer.currentKeyId,
          step: dialogue.step + 1,
          unshown: true,
          open: !over,
          at,
        },
        $push: { answers: { $each: [message], $slice: -MOST_ANSWERS } },
      },
    );
    return result.matchedCount === 1;
  }

  /** Those that act on these demandes are over, and what was typed is forgotten. */
  async forget(keys: readonly ShowingKey[]): Promise<void> {
    await this.model.deleteMany({ keys: { $in: keys } });
  }

  async showed({ id, step }: Pick<StoredDialogue, "id" | "step">): Promise<void> {
    await this.model.updateOne({ _id: id, step }, { $set: { unshown: false } });
  }

  /** Those whose question the person was not shown: the process died between the answer and the question. */
  async unshown(limit: number): Promise<StoredDialogue[]> {
    const documents = await this.model
      .find({ open: true, unshown: true })
      .sort({ at: 1 })
      .limit(limit)
      .lean<DialogueDocument[]>();
    return documents.map((document) => this.read(document));
  }
}
