/** Clicks: how soon they are acknowledged, and how many the bot takes beside a bare app, on the same Slack and database. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Child } from "./child.ts";
import { startChild } from "./child.ts";
import type { Figure } from "./figures.ts";
import { delays, percentile } from "./figures.ts";
import type { Load, Target } from "./load.ts";
import { flood, steady } from "./load.ts";
import { bareTargets, demandeTargets } from "./targets.ts";
import type { BenchWorld } from "./world.ts";

const RATE = 20;
const HANDS = 16;
const MOST_ACK_MS = 300;
const LEAST_RATIO = 0.5;
const WAIT_MS = 10;
const GIVE_UP_MS = 120_000;
/** The first clicks of a process meet code not yet compiled: not counted. */
const WARM_UP = 40;

export interface ClickPlan {
  /** Clicks at the steady rate. */
  readonly steady: number;
  /** Clicks as fast as they go, in each round. */
  readonly flood: number;
  readonly rounds: number;
}

interface Measured {
  readonly steady: readonly number[];
  readonly floods: readonly Load[];
  /** Of the app, by click of the floods (ms). */
  readonly processor: number;
}

async function until(condition: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const start = performance.now();
  while (!(await condition())) {
    if (performance.now() - start > GIVE_UP_MS) throw new Error(`still waiting: ${what}`);
    await sleep(WAIT_MS);
  }
}

/** Warm-up, the steady rate, then the floods, all on buttons never clicked before. */
async function measure(
  { slack }: BenchWorld,
  plan: ClickPlan,
  targets: readonly Target[],
  app: Child,
  done: () => Promise<void>,
): Promise<Measured> {
  let from = 0;
  const next = (count: number): readonly Target[] => {
    from += count;
    return targets.slice(from - count, from);
  };
  await flood(slack, next(WARM_UP), 4, done);
  const atRate = await steady(slack, next(plan.steady), RATE);
  await done();
  const floods: Load[] = [];
  const before = await app.processor();
  for (let round = 0; round < plan.rounds; round += 1) floods.push(await flood(slack, next(plan.flood), HANDS, done));
  const processor = ((await app.processor()) - before) / (plan.flood * plan.rounds);
  return { steady: atRate, floods, processor };
}

const needed = (plan: ClickPlan): number => WARM_UP + plan.steady + plan.flood * plan.rounds;

async function measureBare(world: BenchWorld, plan: ClickPlan): Promise<Measured> {
  const targets = await bareTargets(world, needed(plan));
  let clicked = 0;
  let posted = 0;
  const forget = world.slack.onCall((phase, method) => {
    if (phase === "after" && method === "chat.postMessage") posted += 1;
  });
  const app = startChild("bench/bare.js", [], world.env("bench_bare"));
  try {
    await app.line(/^ready/);
    const counted = { ...world, slack: counting(world.slack, () => (clicked += 1)) };
    return await measure(counted, plan, targets, app, () => until(() => posted >= clicked, "the bare app's messages"));
  } finally {
    forget();
    await app.stop();
  }
}

/** The same Slack, with each click counted. */
function counting(slack: BenchWorld["slack"], count: () => void): BenchWorld["slack"] {
  const click: typeof slack.control.click = (input) => {
    count();
    return slack.control.click(input);
  };
  return { ...slack, control: Object.assign(Object.create(slack.control), { click }) };
}

async function measureBot(world: BenchWorld, plan: ClickPlan): Promise<Measured> {
  const database = "bench_bot";
  const { db, targets } = await demandeTargets(world, database, needed(plan));
  const app = startChild("src/main.js", [], world.env(database));
  try {
    await app.line(/aplus-bot fonctionne/);
    const waiting = () => db.demandes.model.countDocuments({ deliverAt: { $gt: new Date(0) } });
    return await measure(world, plan, targets, app, () => until(async () => (await waiting()) === 0, "the deliveries"));
  } finally {
    await app.stop();
    await db.connection.dropDatabase();
    await db.close();
  }
}

const perSecond = (count: number, ms: number): number => (count * 1000) / ms;

/** The middle of the rounds: one bad round on a busy machine is not the figure. */
const middle = (values: readonly number[]): number => percentile(values, 0.5);

export async function clickFigures(world: BenchWorld, plan: ClickPlan): Promise<Figure[]> {
  const bare = await measureBare(world, plan);
  const bot = await measureBot(world, plan);
  const ack = `Clic « Je m’en occupe » à ${RATE} par seconde, acquitté`;
  const flow = `Clics soutenus, ${HANDS} personnes à la fois`;
  const rate = (of: Measured, until: "acknowledged" | "done") =>
    middle(of.floods.map((load) => perSecond(load.delays.length, load[until])));
  const figure = (name: string, value: number, unit: string): Figure => ({ group: flow, name, value, unit });
  const bareDone = rate(bare, "done");
  return [
    ...delays(ack, "aplus-bot", bot.steady, MOST_ACK_MS),
    ...delays(ack, "application nue", bare.steady),
    figure("application nue, acquittés", rate(bare, "acknowledged"), "/s"),
    figure("application nue, tout fait (1 écriture, 1 message)", bareDone, "/s"),
    figure("aplus-bot, acquittés une fois écrits", rate(bot, "acknowledged"), "/s"),
    figure("aplus-bot, tout livré (2 fils : 2 messages, 2 cartes)", rate(bot, "done"), "/s"),
    {
      ...figure("rapport, acquittés une fois écrits / tout fait", rate(bot, "acknowledged") / bareDone, ""),
      target: { least: LEAST_RATIO },
    },
    figure("rapport, tout livré / tout fait", rate(bot, "done") / bareDone, ""),
    figure("application nue, processeur par clic", bare.processor, "ms"),
    figure("aplus-bot, processeur par clic", bot.processor, "ms"),
  ];
}
