/**
 * What the bot is measured against: a Bolt app that, on a click, acknowledges, does one MongoDB update and posts one message.
 * `bare.js` takes its settings as the bot does, from the environment.
 */
import { App, LogLevel } from "@slack/bolt";
import { MongoClient } from "mongodb";

const { SLACK_BOT_TOKEN = "", SLACK_APP_TOKEN = "", SLACK_API_URL = "", MONGODB_URI = "" } = process.env;
const mongo = new MongoClient(MONGODB_URI);
await mongo.connect();
const clicks = mongo.db().collection<{ _id: string; count: number }>("clicks");
const app = new App({
  token: SLACK_BOT_TOKEN,
  appToken: SLACK_APP_TOKEN,
  socketMode: true,
  logLevel: LogLevel.ERROR,
  clientOptions: { slackApiUrl: SLACK_API_URL },
});
app.action("prendre", async ({ body, ack, client }) => {
  await ack();
  if (body.type !== "block_actions" || !body.channel || !body.message) return;
  await clicks.updateOne({ _id: body.message.ts }, { $inc: { count: 1 } }, { upsert: true });
  await client.chat.postMessage({ channel: body.channel.id, thread_ts: body.message.ts, text: "C’est noté." });
});
await app.start();
process.on("SIGTERM", () => void app.stop().then(() => process.exit(0)));
console.log("ready");
