/** What a person did and cannot be written: waited for as long as the database takes no writes, given up when the event itself is at fault. */
import mongoose from "mongoose";
import { MatrixApi } from "../../../bots/matrix/api.ts";
import { Health } from "../../../bots/matrix/health.ts";
import { type Receiver, SyncLoop } from "../../../bots/matrix/sync.ts";
import { MatrixState } from "../../../models/matrixState.ts";
import { type DatabaseGate, startDatabaseGate } from "../../support/databaseGate.ts";
import { until } from "../desk.ts";
import { type Bench, startBench } from "./harness.ts";

/** More than after which an event is given up. */
const MANY = 10;

let bench: Bench;
let gate: DatabaseGate;
let connection: mongoose.Connection;
let store: MatrixState;
let loop: SyncLoop;
const stopping = new AbortController();
const written: string[] = [];
let tries = 0;
let never = "";

const nothing = async () => undefined;
const receiver: Receiver = {
  took: nothing,
  account: nothing,
  invited: nothing,
  left: nothing,
  entered: nothing,
  began: nothing,
  async event(room, { event_id: event, sender, type }) {
    if (type !== "m.room.message") return;
    tries += 1;
    if (event === never) throw new Error("this one never passes");
    await store.hear(room, event, event, sender, new Date());
    written.push(event);
  },
};

beforeAll(async () => {
  bench = await startBench();
  await bench.platform.stop();
  gate = await startDatabaseGate(bench.database.uri);
  connection = await mongoose.createConnection(gate.uri, { autoIndex: false, autoCreate: false }).asPromise();
  store = new MatrixState(connection);
  const { log } = bench;
  const access = { homeserver: bench.proxy.url, accessToken: bench.bot.token, cryptoFolder: null, proxyEncrypts: undefined };
  loop = new SyncLoop({
    api: new MatrixApi({ ...access, log }, () => true),
    store,
    account: bench.bot.user,
    owner: "test/unwritten",
    receiver,
    health: new Health(),
    log,
    signal: stopping.signal,
    firstPauseMs: 1,
  });
  await loop.start();
});

afterAll(async () => {
  stopping.abort();
  gate?.set("open");
  await loop?.stop();
  await connection?.close();
  await gate?.close();
  await bench?.close();
});

beforeEach(() => {
  tries = 0;
  written.length = 0;
});

test("while the database answers and takes no writes, nothing is given up", async () => {
  gate.set("read-only");
  const said = await bench.camille.say(bench.room, "Sans-écriture");
  await until(() => tries > MANY, "it tried more often than what is given up is");
  expect(written).toEqual([]);
  gate.set("open");
  await until(() => written.length > 0, "it is written");
  expect(written).toEqual([said]);
});

test("an event that never passes is left, and the next one is not kept waiting", async () => {
  never = await bench.camille.say(bench.room, "Jamais");
  const next = await bench.camille.say(bench.room, "Suivant");
  await until(() => written.length > 0, "the next one is written");
  expect(written).toEqual([next]);
  expect(tries).toBeLessThan(MANY);
});
