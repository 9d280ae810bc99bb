/**
 * What was written while nothing was delivered: how long a bot that starts takes to deliver it, beside how long the platforms'
 * limits and the pace set for Matrix leave it no choice but to take.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import PQueue from "p-queue";
import { Reception } from "../src/demandes/reception.ts";
import { richText } from "../src/domain/richtext.ts";
import { Directory } from "../src/groupes/directory.ts";
import { createLog } from "../src/log.ts";
import { Metrics } from "../src/metrics.ts";
import { startChild } from "./child.ts";
import type { Figure } from "./figures.ts";
import type { Site } from "./site.ts";
import { openSite } from "./site.ts";
import type { BenchWorld } from "./world.ts";

/** As the sandbox enforces them and Slack tells them: sandbox/slack/web-api/rate-limits.ts. */
const POSTS = { burst: 10, perSecond: 1 } as const;
const UPDATES = { burst: 50, perSecond: 50 / 60 } as const;
/** What a homeserver of one's own lets its bot do; Tchap asks for one call a second. */
const MATRIX_PACE = 10;
const TCHAP_PACE = 1;
const EVENTS_EACH = 10;
const AIDANTS = 24;
const AT_ONCE = 32;
const MIXED = 10;
const LOOK_MS = 100;
const GIVE_UP_MS = 45 * 60_000;
/** At most so many times what the limits leave: the rest is the start, and what the machine takes. */
const MOST_RATIO = 1.25;

export interface DrainPlan {
  /** Undelivered, in all. */
  readonly events: number;
  readonly slackGroupes: number;
  readonly matrixGroupes: number;
  /** Of the demandes, those whose groupe is on Matrix. */
  readonly matrixShare: number;
}

interface Opened {
  readonly aidant: string;
  readonly id: string;
}

/** Demandes that stand in their channels, with nothing left to deliver. */
async function openAll(site: Site, plan: DrainPlan): Promise<Opened[]> {
  const runtime = site.runtime();
  await runtime.start({ alone: true });
  const [slack, matrix] = [(m: boolean) => m, (m: boolean) => !m].map((keep) =>
    site.groupes.filter(({ person }) => keep(person === null)),
  );
  const queue = new PQueue({ concurrency: AT_ONCE });
  const count = plan.events / EVENTS_EACH;
  const opened = await queue.addAll(
    Array.from({ length: count }, (_, n) => async (): Promise<Opened> => {
      // Mixed, as they come: not one platform's before the other's.
      const onMatrix = n % MIXED < MIXED * plan.matrixShare;
      const among = (onMatrix ? matrix : slack) ?? [];
      const aidant = site.aidants[n % site.aidants.length] ?? "";
      await runtime.desk.submitForm({
        id: `bench/drain/${n}`,
        person: site.identity(aidant),
        form: "ouvrir",
        context: {},
        values: {
          territoire: "01",
          groupes: [among[Math.floor(n / 2) % among.length]?.id ?? ""],
          sujet: "Dossier bloqué depuis deux mois",
          description: "Une description de longueur ordinaire, comme un aidant l’écrit.",
          prenom: "Camille",
          nomDeFamille: "Usager-Fictif",
          dateDeNaissance: "01/02/1980",
          autorisation: true,
        },
      });
      return { aidant, id: `bench/drain/${n}` };
    }),
  );
  await until("the cards", async () => (await undelivered(site)) === 0);
  await runtime.stop();
  return opened;
}

const undelivered = ({ db }: Site): Promise<number> =>
  db.demandes.model.countDocuments({ deliverAt: { $gt: new Date(0) } }).exec();

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  const start = performance.now();
  while (!(await isSo())) {
    if (performance.now() - start > GIVE_UP_MS) throw new Error(`still waiting for ${what}`);
    await sleep(LOOK_MS);
  }
}

/** What the aidants wrote and nobody was told: all the demandes of one channel are there, none before another's. */
async function writeAll(site: Site): Promise<void> {
  const { db } = site;
  const desk = new Reception({
    db,
    directory: new Directory(db),
    delivery: { kick: () => undefined, first: (act) => act() },
    clock: { now: () => new Date() },
    log: createLog("error"),
    metrics: new Metrics(),
    maxFileSize: 0,
  });
  const demandes = await db.demandes.model.find({}, { threads: 1, openerId: 1 }).sort({ ref: 1 }).lean();
  const queue = new PQueue({ concurrency: AT_ONCE });
  for (let n = 1; n <= EVENTS_EACH; n += 1) {
    for (const { threads, openerId } of demandes) {
      const own = threads.find(({ side }) => side === "aidant");
      if (!own?.platform || !own.workspace || !own.channel || !own.root) throw new Error("an aidant has no thread");
      const place = { platform: own.platform, workspace: own.workspace, channel: own.channel };
      const said = { id: randomUUID(), person: site.identity(openerId), place, root: own.root, message: randomUUID() };
      const text = richText(`Précision n° ${n} : la pièce demandée a été envoyée le mois dernier.`);
      void queue.add(() => desk.message({ ...said, direct: true, text, files: [] }));
    }
    await queue.onIdle();
  }
}

interface Calls {
  updates: number;
  matrix: number;
}

/** Messages posted on Slack since the cards, which bear no event's number, by channel. */
async function postsBySlackChannel({ db }: Site): Promise<Map<string, number>> {
  const posts = new Map<string, number>();
  for (const { threads } of await db.demandes.model.find({}, { threads: 1 }).lean())
    for (const { platform, channel, posts: own } of threads)
      if (platform === "slack" && channel !== null)
        posts.set(channel, (posts.get(channel) ?? 0) + own.filter(({ seq }) => seq > 0).length);
  return posts;
}

function countCalls({ slack, matrix }: Site): { readonly calls: Calls; stop(): void } {
  const calls: Calls = { updates: 0, matrix: 0 };
  const ends = [
    slack.onCall((phase, method) => {
      if (phase === "after" && method === "chat.update") calls.updates += 1;
    }),
    matrix.onCall((phase, endpoint) => {
      if (phase === "after" && /\/(?:send|redact)\//.test(endpoint)) calls.matrix += 1;
    }),
  ];
  return { calls, stop: () => ends.forEach((end) => void end()) };
}

const atRate = (count: number, { burst, perSecond }: { burst: number; perSecond: number }): number =>
  Math.max(0, count - burst) / perSecond;

export async function drainFigures(world: BenchWorld, plan: DrainPlan): Promise<Figure[]> {
  const site = await openSite(world, "bench_drain", {
    ...plan,
    aidants: AIDANTS,
    matrixPace: MATRIX_PACE,
  });
  try {
    const demandes = (await openAll(site, plan)).length;
    console.error(`  ${demandes} demandes en place`);
    await writeAll(site);
    await site.limitSlack();
    console.error(`  ${plan.events} événements à livrer`);
    const { calls, stop } = countCalls(site);
    const app = startChild("src/main.js", [], site.env());
    try {
      const launched = performance.now();
      await app.line(/aplus-bot fonctionne/);
      const ready = (performance.now() - launched) / 1000;
      await until("the deliveries", async () => (await undelivered(site)) === 0);
      const seconds = (performance.now() - launched) / 1000;
      stop();
      return figuresOf(plan, {
        calls,
        posts: await postsBySlackChannel(site),
        ready,
        seconds,
        processor: (await app.processor()) / 1000,
      });
    } finally {
      await app.stop();
    }
  } finally {
    await site.close();
  }
}

interface Drained {
  readonly calls: Calls;
  readonly posts: ReadonlyMap<string, number>;
  readonly ready: number;
  readonly seconds: number;
  readonly processor: number;
}

function figuresOf(
  { events, slackGroupes, matrixGroupes }: DrainPlan,
  { calls, posts: byChannel, ready, seconds, processor }: Drained,
): Figure[] {
  const most = Math.max(0, ...byChannel.values());
  const posts = [...byChannel.values()].reduce((sum, count) => sum + count, 0);
  const limits = {
    posts: atRate(most, POSTS),
    updates: atRate(calls.updates, UPDATES),
    matrix: calls.matrix / MATRIX_PACE,
  };
  const limit = Math.max(...Object.values(limits));
  const group = `Reprise après un arrêt, ${events} événements à livrer (${slackGroupes} salons Slack, ${matrixGroupes} Matrix)`;
  const figure = (name: string, value: number, unit: string, note?: string): Figure => ({
    group,
    name,
    value,
    unit,
    ...(note !== undefined && { note }),
  });
  return [
    figure("tout livré en", seconds, "s"),
    figure("ce que les limites imposent", limit, "s"),
    { ...figure("rapport", seconds / limit, "×"), target: { most: MOST_RATIO } },
    figure("limite de Slack, messages par salon", limits.posts, "s", `${posts} messages, ${most} dans le salon le plus chargé`),
    figure("limite de Slack, cartes", limits.updates, "s", `${calls.updates} mises à jour, 50 par minute`),
    figure("allure fixée sur Matrix", limits.matrix, "s", `${calls.matrix} envois, ${MATRIX_PACE} par seconde`),
    figure("la même à l’allure que Tchap demande", calls.matrix / TCHAP_PACE, "s", "1 par seconde ; calculé, non joué"),
    figure("prêt, dont le rattrapage de ce qui a été dit", ready, "s"),
    figure("processeur", processor, "s"),
  ];
}
