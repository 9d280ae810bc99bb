/** A sign of life that each process writes when it is asked how it is: a database that takes no write answers reads all the same. */
import type { Connection, Model } from "mongoose";
import mongoose from "mongoose";

interface PulseDocument {
  /** The instance. */
  _id: string;
  at: Date;
}

/** A process that is not there any more is forgotten after a day. */
const KEPT_SECONDS = 86_400;

const schema = new mongoose.Schema<PulseDocument>(
  { _id: { type: String, required: true }, at: { type: Date, required: true } },
  { collection: "pulses", versionKey: false, autoIndex: false, autoCreate: false, strict: "throw" },
);
schema.index({ at: 1 }, { expireAfterSeconds: KEPT_SECONDS });

export class Pulse {
  readonly model: Model<PulseDocument>;

  constructor(connection: Connection) {
    this.model = connection.model<PulseDocument>("Pulse", schema);
  }

  /** @throws what the driver throws when nothing can be written */
  async beat(instance: string, at: Date): Promise<void> {
    await this.model.updateOne({ _id: instance }, { $set: { at } }, { upsert: true });
  }
}
