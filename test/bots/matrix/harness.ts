/** The adapter as it is, on the real matrix-bot-sdk, over the wire to a homeserver; behind it a desk that writes down what it is given. */
import { randomUUID } from "node:crypto";
import mongoose from "mongoose";
import { createMatrixPlatform, type MatrixDependencies, type MatrixPlatform } from "../../../bots/matrix/platform.ts";
import type { MatrixCall } from "../../../bots/matrix/sdk.ts";
import { Dialogues } from "../../../models/dialogues.ts";
import { MatrixState } from "../../../models/matrixState.ts";
import { Prompts } from "../../../models/prompts.ts";
import { Showings } from "../../../models/showings.ts";
import { Turns } from "../../../models/turns.ts";
import type { Place } from "../../../src/delivery/port.ts";
import { agentId } from "../../../src/domain/ids.ts";
import { SEALER } from "../../models/store.ts";
import { testDatabase } from "../../support/mongo.ts";
import { RecordingDesk, recordingLog, until } from "../desk.ts";
import { Person, startProxy, testHomeserver } from "./homeserver.ts";

export interface BenchOptions {
  readonly start?: boolean;
  readonly callsPerSecond?: number;
  readonly proxyEncrypts?: boolean;
  readonly onMoved?: MatrixDependencies["onMoved"];
}

export type Bench = Awaited<ReturnType<typeof startBench>>;

/** A room with two agents and the bot, and the adapter connected. `stranger` has no account. */
export async function startBench(options: BenchOptions = {}) {
  const homeserver = await testHomeserver();
  const proxy = await startProxy(homeserver.url);
  const database = await testDatabase();
  const settings = { autoIndex: false, autoCreate: false, monitorCommands: true };
  const connection = await mongoose.createConnection(database.uri, settings).asPromise();
  const queries: { readonly name: string; readonly collection: unknown }[] = [];
  connection
    .getClient()
    .on("commandStarted", ({ commandName: name, command }) => queries.push({ name, collection: command[name] }));
  const db = {
    matrixState: new MatrixState(connection),
    prompts: new Prompts(connection),
    dialogues: new Dialogues(connection, SEALER),
    showings: new Showings(connection),
    turns: new Turns(connection),
  };
  for (const model of [...db.matrixState.models, db.prompts.model, db.dialogues.model, db.showings.model, db.turns.model]) {
    await model.createCollection();
    await model.createIndexes();
  }
  const [bot, camille, dominique, stranger] = await Promise.all(
    ["aplus", "camille", "dominique", "passant"].map((name) => Person.register(homeserver.url, name)),
  );
  if (!bot || !camille || !dominique || !stranger) throw new Error("four people were asked for");
  const agents = new Set([camille.user, dominique.user]);
  const desk = new RecordingDesk();
  const log = recordingLog();
  const called: MatrixCall[] = [];
  const create = (): MatrixPlatform =>
    createMatrixPlatform({
      config: {
        homeserver: proxy.url,
        accessToken: bot.token,
        callsPerSecond: options.callsPerSecond ?? 0,
        proxyEncrypts: options.proxyEncrypts,
      },
      db,
      desk,
      log,
      owner: `test/${randomUUID()}`,
      agentOf: async ({ user }) => (agents.has(user) ? agentId(user) : null),
      onCall: (call) => called.push(call),
      ...(options.onMoved && { onMoved: options.onMoved }),
    });
  const room = await camille.createRoom({ name: "CAF de l’Ain", invite: [bot.user, dominique.user] });
  await dominique.join(room);
  const workspace = bot.user.slice(bot.user.indexOf(":") + 1);
  const bench = {
    homeserver,
    proxy,
    database,
    db,
    /** What was asked of the database, as it went over the wire. */
    queries,
    bot,
    camille,
    dominique,
    stranger,
    agents,
    desk,
    log,
    called,
    room,
    workspace,
    place: { platform: "matrix", workspace, channel: room } satisfies Place as Place,
    platform: create(),
    create,
    /** Another process on the same account, once the first is gone. */
    async restart() {
      await bench.platform.stop();
      bench.platform = create();
      await bench.platform.start();
    },
    /** The direct conversation of the bot with this person, who joins it. */
    async direct(person: Person): Promise<string> {
      const { channel } = await bench.platform.port.openDirect({ platform: "matrix", workspace, user: person.user });
      if ((await person.membership(channel, person.user)) !== "join") await person.join(channel);
      return channel;
    },
    /** Resolves once the desk was given so many calls of that kind. */
    heard: (kind: Parameters<RecordingDesk["of"]>[0], count = 1) =>
      until(() => desk.of(kind).length >= count, `${count} × ${kind} at the desk`),
    async close() {
      await bench.platform.stop();
      await proxy.close();
      await connection.close();
      await database.close();
      await homeserver.close();
    },
  };
  if (options.start !== false) {
    await bench.platform.start();
    await until(async () => (await camille.membership(room, bot.user)) === "join", "the bot in the room");
  }
  return bench;
}
