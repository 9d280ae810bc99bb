/** A process of its own that reads an account, as it was compiled: what it hears goes into the database. To be killed. */
import mongoose from "mongoose";

const compiled = (path) => import(new URL(`../../../dist/${path}`, import.meta.url));
const { createMatrixPlatform } = await compiled("bots/matrix/platform.js");
const { MatrixState } = await compiled("models/matrixState.js");
const { Dialogues } = await compiled("models/dialogues.js");
const { Prompts } = await compiled("models/prompts.js");
const { Showings } = await compiled("models/showings.js");
const { createSealer } = await compiled("models/sealing.js");

const { HOMESERVER, TOKEN, DATABASE, STOP_BEFORE_SAVE } = process.env;
const connection = await mongoose.createConnection(DATABASE, { autoIndex: false, autoCreate: false }).asPromise();
const heard = connection.collection("heardByTheDesk");
const nothing = { kind: "nothing" };
const matrixState = new MatrixState(connection);
const advance = matrixState.advance.bind(matrixState);
let handled = 0;
matrixState.advance = async (...place) => {
  if (STOP_BEFORE_SAVE && handled >= Number(STOP_BEFORE_SAVE)) {
    process.send("handled");
    await new Promise(() => setInterval(() => undefined, 1000));
  }
  return advance(...place);
};
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const desk = new Proxy(
  {},
  {
    get: (_, kind) => async (inbound) => {
      if (kind !== "message") return kind === "openThreads" ? [] : nothing;
      await heard.insertOne({ id: inbound.id });
      handled += 1;
      return nothing;
    },
  },
);
const platform = createMatrixPlatform({
  config: { homeserver: HOMESERVER, accessToken: TOKEN, callsPerSecond: 0 },
  db: {
    matrixState,
    prompts: new Prompts(connection),
    showings: new Showings(connection),
    dialogues: new Dialogues(connection, createSealer([{ id: "cle", key: Buffer.alloc(32, 1) }], Buffer.alloc(32, 2))),
  },
  desk,
  log: silent,
  owner: `reader/${process.pid}`,
  agentOf: async () => "camille",
});
await platform.start();
process.send("started");
