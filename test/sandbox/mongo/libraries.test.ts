import { MongoBackend } from "@agendajs/mongo-backend";
import { Agenda } from "agenda";
import mongoose from "mongoose";
import { type TestDatabase, testDatabase } from "../../support/mongo.ts";

let database: TestDatabase;
let connection: mongoose.Connection;
beforeAll(async () => {
  database = await testDatabase();
  connection = await mongoose.createConnection(database.uri).asPromise();
});
afterAll(async () => {
  await connection.close();
  await database.close();
});

describe("mongoose", () => {
  const schema = new mongoose.Schema(
    {
      ref: { type: String, required: true, unique: true },
      revision: { type: Number, default: 0 },
      status: { type: String, enum: ["nouvelle", "en_cours"], default: "nouvelle" },
      events: [{ _id: false, seq: Number, kind: String, at: Date }],
      threads: [new mongoose.Schema({ channel: String, delivered: { type: Number, default: 0 } })],
      sealed: Buffer,
      more: { type: Map, of: String },
      opener: { type: mongoose.Schema.Types.ObjectId, ref: "Agent" },
    },
    { timestamps: true },
  );
  schema.index({ status: 1, updatedAt: -1 });

  test("models make their indexes, validate, save, load, change, populate", async () => {
    const Demande = connection.model("Demande", schema);
    const Agent = connection.model("Agent", new mongoose.Schema({ name: String }));
    await Promise.all([Demande.init(), Agent.init()]);
    const agent = await Agent.create({ name: "Camille Exemple" });
    const sealed = Buffer.from([0, 255, 1]);
    const made = await Demande.create({
      ref: "D-1",
      threads: [{ channel: "C1" }, { channel: "C2" }],
      sealed,
      more: { a: "1" },
      opener: agent._id,
    });
    await expect(Demande.create({ ref: "D-1" })).rejects.toMatchObject({ code: 11000 });
    const won = await Demande.findOneAndUpdate(
      { _id: made._id, revision: 0 },
      { $push: { events: { seq: 1, kind: "taken", at: new Date() } }, $set: { status: "en_cours" }, $inc: { revision: 1 } },
      { returnDocument: "after" },
    );
    expect(won).toMatchObject({ revision: 1, status: "en_cours" });
    expect(await Demande.findOneAndUpdate({ _id: made._id, revision: 0 }, { $inc: { revision: 1 } })).toBeNull();
    await Demande.updateOne({ _id: made._id, "threads.channel": "C2" }, { $set: { "threads.$.delivered": 4 } });
    await Demande.updateOne({ _id: made._id }, { $max: { "threads.0.delivered": 2 } });
    const loaded = await Demande.findById(made._id).populate<{ opener: { name: string } }>("opener").orFail();
    expect(loaded.opener.name).toBe("Camille Exemple");
    expect(loaded.threads.map(({ delivered }) => delivered)).toEqual([2, 4]);
    expect(loaded.sealed?.equals(sealed)).toBe(true);
    expect(loaded.more?.get("a")).toBe("1");
    loaded.threads.push({ channel: "C3" });
    loaded.threads[0]?.deleteOne();
    await loaded.save();
    expect((await Demande.findById(made._id).lean().orFail()).threads.map(({ channel }) => channel)).toEqual(["C2", "C3"]);
  });

  test("insertMany, bulkSave, cursors, deleteMany", async () => {
    const Note = connection.model("Note", new mongoose.Schema({ n: { type: Number, index: true }, text: String }));
    await Note.init();
    await Note.insertMany(Array.from({ length: 300 }, (_, n) => ({ n, text: `n${n}` })));
    const notes = await Note.find({ n: { $lt: 10 } }).sort({ n: 1 });
    for (const note of notes) note.text = "changed";
    await Note.bulkSave(notes);
    expect(await Note.countDocuments({ text: "changed" })).toBe(10);
    let seen = 0;
    // DocumentDB now and then loses the cursor of a sorted query: there, one batch has to do.
    const batchSize = database.kind === "embedded" ? 20 : 1000;
    for await (const note of Note.find({ n: { $gte: 100 } })
      .sort({ n: 1 })
      .cursor({ batchSize })) {
      expect(note.n).toBe(100 + seen);
      seen++;
    }
    expect(seen).toBe(200);
    expect(await Note.deleteMany({ n: { $gte: 5 } })).toMatchObject({ deletedCount: 295 });
  });
});

describe("Agenda", () => {
  /** Resolves once the condition holds. */
  async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  const start = async (runs: string[], name: string): Promise<Agenda> => {
    const db = connection.db;
    if (db === undefined) throw new Error("not connected");
    const agenda = new Agenda({ backend: new MongoBackend({ mongo: db as never }), processEvery: 50, name });
    // After each run Agenda keeps a timer for half of this time, and with it the process.
    const options = { lockLifetime: 1000 };
    agenda.define(
      "once",
      async (job: { attrs: { data?: unknown } }) => {
        runs.push(`once ${JSON.stringify(job.attrs.data)}`);
      },
      options,
    );
    agenda.define(
      "often",
      async () => {
        runs.push("often");
      },
      options,
    );
    await agenda.start();
    return agenda;
  };

  test("jobs run once, however many workers there are; repeated ones again and again", async () => {
    const runs: string[] = [];
    const workers = await Promise.all([start(runs, "one"), start(runs, "two")]);
    const [first] = workers;
    await first?.now("once", { n: 1 });
    await first?.schedule(new Date(Date.now() + 100), "once", { n: 2 });
    await first?.every("1 second", "often");
    await until(
      () => runs.filter((run) => run === "often").length >= 2 && runs.filter((run) => run.startsWith("once")).length >= 2,
    );
    expect(runs.filter((run) => run.startsWith("once")).sort()).toEqual(['once {"n":1}', 'once {"n":2}']);
    // A job is saved as completed after it has run.
    await until(async () => {
      const { jobs } = (await first?.queryJobs({ name: "once" })) ?? { jobs: [] };
      return jobs.length === 2 && jobs.every(({ state }) => state === "completed");
    });
    expect(await first?.cancel({ name: "often" })).toBe(1);
    await Promise.all(workers.map((worker) => worker.stop()));
  });
});
