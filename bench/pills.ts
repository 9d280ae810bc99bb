/** Pills on Matrix: from a reaction to the card that says it, beside a bare matrix-bot-sdk bot on the same homeserver and database. */

import { setTimeout as sleep } from "node:timers/promises";
import { openDatabase } from "../models/database.ts";
import { createSealer } from "../models/sealing.ts";
import { startMatrixSandbox } from "../sandbox/matrix/server.ts";
import { systemClock } from "../src/clock.ts";
import { agentId, groupeId } from "../src/domain/ids.ts";
import { createLog } from "../src/log.ts";
import { Metrics } from "../src/metrics.ts";
import { Runtime } from "../src/runtime.ts";
import { startChild } from "./child.ts";
import type { Figure } from "./figures.ts";
import { delays, percentile } from "./figures.ts";
import { FRANCE_SERVICES, saveFranceServices } from "./franceServices.ts";
import { MatrixPerson } from "./matrixClient.ts";
import type { BenchWorld } from "./world.ts";

const MOST_RATIO = 2;
const WARM_UP = 5;
/** Between one pill and the next (ms): a person's, not a machine's. */
const PAUSE_MS = 500;
const GIVE_UP_MS = 30_000;
const TAKE = "✋ Je m’en occupe";
const CAF = groupeId("caf-banc");

interface Site {
  readonly homeserver: string;
  readonly workspace: string;
  readonly bot: MatrixPerson;
  readonly aidant: MatrixPerson;
  readonly instructeur: MatrixPerson;
  readonly room: string;
  close(): Promise<void>;
}

async function openSite(address: string | null): Promise<Site> {
  const sandbox = address === null ? await startMatrixSandbox({ rateLimits: false }) : null;
  const homeserver = address ?? sandbox?.url ?? "";
  const [bot, aidant, instructeur] = await Promise.all(
    ["aplus", "aidant", "instructeur"].map((name) => MatrixPerson.register(homeserver, name)),
  );
  if (!bot || !aidant || !instructeur) throw new Error("three people were asked for");
  const room = await instructeur.createRoom({
    name: "CAF",
    invite: [bot.user],
    power_level_content_override: { users: { [instructeur.user]: 100, [bot.user]: 50 } },
  });
  await bot.join(room);
  await instructeur.follow();
  const workspace = bot.user.slice(bot.user.indexOf(":") + 1);
  return {
    homeserver,
    workspace,
    bot,
    aidant,
    instructeur,
    room,
    async close() {
      instructeur.stop();
      await sandbox?.close();
    },
  };
}

const isEditOf = (message: string, words: string) => (event: { readonly type: string; readonly content: SeenContent }) =>
  event.content["m.relates_to"]?.rel_type === "m.replace" &&
  event.content["m.relates_to"].event_id === message &&
  (event.content["m.new_content"]?.body ?? "").includes(words);
type SeenContent = Parameters<Parameters<MatrixPerson["comes"]>[0]>[0]["content"];

/** From each reaction to the edited message that says it (ms), the first ones left out. */
async function measure(site: Site, messages: readonly string[], words: string): Promise<number[]> {
  const taken: number[] = [];
  for (const message of messages) {
    const shown = site.instructeur.comes(isEditOf(message, words));
    const start = performance.now();
    await site.instructeur.react(site.room, message, TAKE);
    const late = new AbortController();
    const never = sleep(GIVE_UP_MS, undefined, { signal: late.signal }).then(() => {
      throw new Error("a pill was not followed by its card");
    });
    await Promise.race([shown, never]);
    late.abort();
    never.catch(() => undefined);
    taken.push(performance.now() - start);
    await sleep(PAUSE_MS);
  }
  return taken.slice(WARM_UP);
}

async function measureBare(world: BenchWorld, site: Site, count: number): Promise<number[]> {
  const messages: string[] = [];
  for (let n = 0; n < count; n += 1)
    messages.push(await site.bot.send(site.room, "m.room.message", { msgtype: "m.text", body: `à prendre ${n}` }));
  const app = startChild("bench/bareMatrix.js", [], {
    MATRIX_HOMESERVER: site.homeserver,
    MATRIX_ACCESS_TOKEN: site.bot.token,
    MONGODB_URI: world.uri("bench_bare_matrix"),
  });
  try {
    await app.line(/^ready/);
    return await measure(site, messages, "✋ pris");
  } finally {
    await app.stop();
  }
}

async function openDemandes(world: BenchWorld, site: Site, database: string, count: number) {
  const db = await openDatabase(world.uri(database), createSealer([world.keys.encryption], world.keys.search));
  const { homeserver, workspace, bot, aidant, instructeur, room } = site;
  const identity = (user: string) => ({ platform: "matrix" as const, workspace, user });
  const common = { description: "", territoires: ["01"] };
  const place = { platform: "matrix" as const, workspace, channel: room };
  await db.groupes.save({ ...common, id: CAF, name: "CAF", organisme: "CAF", franceServices: false, place });
  await saveFranceServices(db);
  for (const [person, groupe, role] of [
    [aidant, FRANCE_SERVICES, "aidant"],
    [instructeur, CAF, "instructeur"],
  ] as const)
    await db.agents.save(
      {
        id: agentId(role),
        name: role,
        email: `${role}@exemple.test`,
        admin: false,
        disabled: false,
        shared: false,
        memberships: [{ groupeId: groupe, aidant: role === "aidant", instructeur: role === "instructeur", responsable: false }],
      },
      [identity(person.user)],
    );
  const runtime = new Runtime({
    db,
    clock: systemClock,
    log: createLog("error"),
    metrics: new Metrics(),
    instance: "seed-matrix",
    maxFileSize: 1_000_000,
    slack: null,
    matrix: { homeserver, accessToken: bot.token, callsPerSecond: 0 },
  });
  await runtime.start({ alone: true });
  for (let n = 0; n < count; n += 1) {
    await runtime.desk.submitForm({
      id: `bench/${database}/${n}`,
      person: identity(aidant.user),
      form: "ouvrir",
      context: {},
      values: {
        territoire: "01",
        groupes: [CAF],
        sujet: "Dossier bloqué depuis deux mois",
        description: "Une description de longueur ordinaire, comme un aidant l’écrit : ce qui bloque, et depuis quand.",
        prenom: "Camille",
        nomDeFamille: "Usager-Fictif",
        dateDeNaissance: "01/02/1980",
        autorisation: true,
      },
    });
    await runtime.delivery.idle();
  }
  await runtime.idle();
  await runtime.stop();
  const documents = await db.demandes.model.find({}, { threads: 1 }).lean();
  const roots = documents.flatMap(({ threads }) => threads.find(({ side }) => side === "instructeurs")?.root ?? []);
  if (roots.length !== count) throw new Error(`${roots.length} demandes delivered, not ${count}`);
  return { db, roots };
}

async function measureBot(world: BenchWorld, site: Site, count: number): Promise<number[]> {
  const database = "bench_matrix";
  const { db, roots } = await openDemandes(world, site, database, count);
  const { SLACK_BOT_TOKEN: _bot, SLACK_APP_TOKEN: _app, SLACK_API_URL: _url, ...env } = world.env(database);
  const app = startChild("src/main.js", [], {
    ...env,
    MATRIX_HOMESERVER: site.homeserver,
    MATRIX_ACCESS_TOKEN: site.bot.token,
    MATRIX_CALLS_PER_SECOND: "0",
  });
  try {
    await app.line(/aplus-bot fonctionne/);
    return await measure(site, roots, "prise en charge");
  } finally {
    await app.stop();
    await db.connection.dropDatabase();
    await db.close();
  }
}

/** @param homeserver the address of a real one with open registration; null: the sandbox's, in this process */
export async function pillFigures(world: BenchWorld, homeserver: string | null, count: number): Promise<Figure[]> {
  const site = await openSite(homeserver);
  try {
    const bare = await measureBare(world, site, count + WARM_UP);
    const bot = await measureBot(world, site, count + WARM_UP);
    const group = `Pastille « Je m’en occupe », jusqu’à la carte à jour (${homeserver === null ? "serveur simulé" : "serveur réel"})`;
    const ratio = percentile(bot, 0.95) / percentile(bare, 0.95);
    return [
      ...delays(group, "aplus-bot", bot),
      ...delays(group, "robot nu", bare),
      { group, name: "rapport des p95", value: ratio, unit: "", target: { most: MOST_RATIO } },
    ];
  } finally {
    await site.close();
  }
}
