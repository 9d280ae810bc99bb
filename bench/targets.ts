/** Buttons to click: demandes of the bot, opened through its own desk, and plain messages for the bare app. */
import { webApi } from "@slack/bolt";
import PQueue from "p-queue";
import type { Database } from "../models/database.ts";
import { openDatabase } from "../models/database.ts";
import { createSealer } from "../models/sealing.ts";
import { WORKSPACE } from "../sandbox/seed/slack.ts";
import { systemClock } from "../src/clock.ts";
import { createLog } from "../src/log.ts";
import { Metrics } from "../src/metrics.ts";
import { Runtime } from "../src/runtime.ts";
import { aidantOf, BENCH_GROUPES, crowdInDatabase, groupeOf } from "./crowd.ts";
import type { Target } from "./load.ts";
import type { BenchWorld } from "./world.ts";

const AT_ONCE = 8;
const MAX_FILE_SIZE = 20_000_000;

/** Messages with one button. */
export async function bareTargets({ slack }: BenchWorld, count: number): Promise<Target[]> {
  const { botToken } = slack.control.installation(WORKSPACE);
  const client = new webApi.WebClient(botToken, { slackApiUrl: slack.apiUrl });
  const ids = new Map(slack.control.channels(WORKSPACE).map(({ name, id }) => [name, id]));
  const button = { type: "button" as const, action_id: "prendre", text: { type: "plain_text" as const, text: "Je m’en occupe" } };
  const queue = new PQueue({ concurrency: AT_ONCE });
  return queue.addAll(
    Array.from({ length: count }, (_, n) => async () => {
      const { handle: as, channel: name } = groupeOf(n);
      const channel = ids.get(name) ?? "";
      const blocks = [{ type: "actions" as const, elements: [button] }];
      const { ts = "" } = await client.chat.postMessage({ channel, text: "Je m’en occupe", blocks });
      return { as, channel, message: ts };
    }),
  );
}

export interface DemandeTargets {
  readonly db: Database;
  readonly targets: readonly Target[];
}

/** Demandes just opened, each with its thread in a groupe's channel and in the aidant's conversation. */
export async function demandeTargets(world: BenchWorld, database: string, count: number): Promise<DemandeTargets> {
  const { slack, keys } = world;
  const db = await openDatabase(world.uri(database), createSealer([keys.encryption], keys.search));
  await crowdInDatabase(db, slack);
  const { botToken, appToken } = slack.control.installation(WORKSPACE);
  const runtime = new Runtime({
    db,
    clock: systemClock,
    log: createLog("error"),
    metrics: new Metrics(),
    instance: "seed",
    maxFileSize: MAX_FILE_SIZE,
    slack: { mode: "socket", botToken, appToken, apiUrl: slack.apiUrl },
    matrix: null,
  });
  await runtime.start({ alone: true });
  const users = new Map(slack.control.users(WORKSPACE).map(({ name, id }) => [name, id]));
  const person = (handle: string) => ({ platform: "slack" as const, workspace: WORKSPACE, user: users.get(handle) ?? "" });
  const queue = new PQueue({ concurrency: AT_ONCE });
  await queue.addAll(
    Array.from({ length: count }, (_, n) => async () => {
      await runtime.desk.submitForm({
        id: `bench/${database}/${n}`,
        person: person(aidantOf(n)),
        form: "ouvrir",
        context: {},
        values: {
          territoire: "01",
          groupes: [groupeOf(n).id],
          sujet: "Dossier bloqué depuis deux mois",
          description:
            "Une description de longueur ordinaire, comme un aidant l’écrit : ce qui bloque, depuis quand, les démarches faites.",
          prenom: "Camille",
          nomDeFamille: "Usager-Fictif",
          dateDeNaissance: "01/02/1980",
          autorisation: true,
        },
      });
    }),
  );
  await runtime.delivery.idle();
  await runtime.stop();
  const documents = await db.demandes.model.find({}, { threads: 1, asked: 1 }).lean();
  const targets = documents.flatMap(({ threads, asked }) => {
    const thread = threads.find(({ side }) => side === "instructeurs");
    const as = BENCH_GROUPES.find(({ id }) => id === asked[0])?.handle;
    return as && thread?.channel && thread.root ? [{ as, channel: thread.channel, message: thread.root }] : [];
  });
  if (targets.length !== count) throw new Error(`${targets.length} demandes delivered, not ${count}`);
  return { db, targets };
}
