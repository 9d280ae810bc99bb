/**
 * What the bot is measured against on Matrix: a matrix-bot-sdk bot that, on a reaction, does one MongoDB update and edits the
 * message under which it is. Takes its settings as the bot does, from the environment.
 */
import { createRequire } from "node:module";
import { MongoClient } from "mongodb";

const require = createRequire(import.meta.url);
const NATIVE_CRYPTO = require.resolve("@matrix-org/matrix-sdk-crypto-nodejs");
// The library throws where its native cryptography was not downloaded; nothing is encrypted here.
require.cache[NATIVE_CRYPTO] = { id: NATIVE_CRYPTO, filename: NATIVE_CRYPTO, loaded: true, exports: {} } as NodeJS.Module;
const sdk = require("matrix-bot-sdk") as typeof import("matrix-bot-sdk");

const { MATRIX_HOMESERVER = "", MATRIX_ACCESS_TOKEN = "", MONGODB_URI = "" } = process.env;
const mongo = new MongoClient(MONGODB_URI);
await mongo.connect();
const clicks = mongo.db().collection<{ _id: string; count: number }>("clicks");
const client = new sdk.MatrixClient(MATRIX_HOMESERVER, MATRIX_ACCESS_TOKEN, new sdk.MemoryStorageProvider());
sdk.LogService.setLevel(sdk.LogLevel.ERROR);

interface Reaction {
  readonly type: string;
  readonly sender: string;
  readonly content: { readonly "m.relates_to"?: { readonly event_id?: string } };
}

const self = await client.getUserId();
client.on("room.event", async (room: string, event: Reaction) => {
  const message = event.content["m.relates_to"]?.event_id;
  if (event.type !== "m.reaction" || event.sender === self || message === undefined) return;
  await clicks.updateOne({ _id: message }, { $inc: { count: 1 } }, { upsert: true });
  const content = { msgtype: "m.text", body: "✋ pris" };
  await client.sendMessage(room, {
    ...content,
    "m.new_content": content,
    "m.relates_to": { rel_type: "m.replace", event_id: message },
  });
});
await client.start();
process.on("SIGTERM", () => process.exit(0));
console.log("ready");
