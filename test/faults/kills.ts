/**
 * `npm run kills`: kills by the thousand, in worlds one after the other, on Slack, on Matrix and on both at once in turn.
 *
 * KILLS=10000 (in all), SEED=… (the same choices), PER_WORLD=20, REST_MS=0 (between two acts of a person: more kills in the same
 * time), COUNT=FILE: one line a world, and a run with the same file and seed goes on where it was stopped. Ends with status 1 when
 * a fault was found.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { liveAndDie, PLATFORMS } from "../support/deadlyLives.ts";

interface Counted {
  readonly seed: number;
  readonly world: number;
  readonly on: string;
  readonly kills: number;
  readonly acts: number;
  readonly demandes: number;
  readonly threads: number;
  readonly messages: number;
  readonly slowestStartMs: number;
  readonly caughtUpMs: number;
  readonly seconds: number;
  readonly faults: readonly string[];
  readonly kinds: Readonly<Record<string, number>>;
}

const {
  KILLS = "1000",
  PER_WORLD = "20",
  REST_MS = "0",
  SEED = String(Math.floor(Math.random() * 2 ** 31)),
  COUNT = "",
} = process.env;
const wanted = Number(KILLS);
const perWorld = Number(PER_WORLD);
const seed = Number(SEED);
const restMs = Number(REST_MS);
if (![wanted, perWorld, seed].every((n) => Number.isSafeInteger(n) && n > 0))
  throw new Error("KILLS, PER_WORLD and SEED are whole numbers above 0");
if (!Number.isSafeInteger(restMs) || restMs < 0) throw new Error("REST_MS is a whole number of milliseconds");

const say = (text: string) => process.stderr.write(`${text}\n`);

const lines = COUNT !== "" && existsSync(COUNT) ? readFileSync(COUNT, "utf8").split("\n").filter(Boolean) : [];
const counted = lines.map((line) => JSON.parse(line) as Counted).filter((one) => one.seed === seed);
const killsOf = (worlds: readonly Counted[]) => sum(worlds, ({ kills }) => kills);

function sum(worlds: readonly Counted[], of: (world: Counted) => number): number {
  return worlds.reduce((total, world) => total + of(world), 0);
}

/** How often bots were killed so far at each kind of instant on these platforms. */
function killedAt(on: string): ReadonlyMap<string, number> {
  const totals = new Map<string, number>();
  const kinds = counted.filter((one) => one.on === on).flatMap((one) => Object.entries(one.kinds));
  for (const [kind, times] of kinds) totals.set(kind, (totals.get(kind) ?? 0) + times);
  return totals;
}

async function oneWorld(world: number, kills: number): Promise<Counted> {
  const where = PLATFORMS[world % PLATFORMS.length] as (typeof PLATFORMS)[number];
  const began = performance.now();
  const lives = await liveAndDie({ where, kills, seed: seed + world, before: killedAt(where.on), restMs });
  const { faults, acts, demandes, threads, messages } = lives;
  const [slowestStartMs, caughtUpMs] = [lives.slowestStartMs, lives.caughtUpMs].map(Math.round) as [number, number];
  const seconds = Math.round((performance.now() - began) / 1000);
  const figures = { kills: lives.kills, acts, demandes, threads, messages, slowestStartMs, caughtUpMs, seconds };
  return { seed, world, on: where.on, ...figures, faults, kinds: Object.fromEntries(lives.kinds) };
}

/** A fault by its kind: without the names of what it befell. */
const kindOf = (fault: string): string =>
  fault
    .replace(/«[^»]*»/g, "« … »")
    .replace(/^[^:]*: /, "")
    .replace(/\d+/g, "n")
    .slice(0, 60);

function table(worlds: readonly Counted[]): string {
  const row = (name: string, of: readonly Counted[]) => ({
    "": name,
    worlds: of.length,
    kills: killsOf(of),
    acts: sum(of, ({ acts }) => acts),
    demandes: sum(of, ({ demandes }) => demandes),
    threads: sum(of, ({ threads }) => threads),
    messages: sum(of, ({ messages }) => messages),
    faults: sum(of, ({ faults }) => faults.length),
    "slowest start (ms)": Math.max(0, ...of.map(({ slowestStartMs }) => slowestStartMs)),
    "longest catch-up (ms)": Math.max(0, ...of.map(({ caughtUpMs }) => caughtUpMs)),
    "s a kill": (sum(of, ({ seconds }) => seconds) / Math.max(1, killsOf(of))).toFixed(1),
  });
  const rows = [
    ...PLATFORMS.map(({ on }) =>
      row(
        on,
        worlds.filter((world) => world.on === on),
      ),
    ),
    row("in all", worlds),
  ];
  const heads = Object.keys(rows[0] ?? {});
  const cells = [heads, heads.map(() => "---"), ...rows.map((one) => Object.values(one).map(String))];
  return cells.map((line) => `| ${line.join(" | ")} |`).join("\n");
}

function tally(names: readonly (readonly [string, number])[]): string {
  const totals = new Map<string, number>();
  for (const [name, times] of names) totals.set(name, (totals.get(name) ?? 0) + times);
  return [...totals]
    .sort(([, a], [, b]) => b - a)
    .map(([name, times]) => `${String(times).padStart(6)}  ${name}`)
    .join("\n");
}

say(`seed ${seed}${counted.length > 0 ? `, going on after ${killsOf(counted)} kills` : ""}`);
while (killsOf(counted) < wanted) {
  const world = counted.length;
  const one = await oneWorld(world, Math.min(perWorld, wanted - killsOf(counted)));
  counted.push(one);
  if (COUNT !== "") appendFileSync(COUNT, `${JSON.stringify(one)}\n`);
  const struck = Object.values(one.kinds).filter((times) => times > 0).length;
  const news = `${killsOf(counted)}/${wanted} kills; ${one.on}: ${one.kills} kills in ${one.seconds} s, ${one.acts} acts`;
  say(`${news}, ${one.messages} messages, ${struck} of ${Object.keys(one.kinds).length} kinds of instants`);
  for (const fault of one.faults) say(`  FAULT (seed ${seed + world}) ${fault}`);
}
const faults = counted.flatMap((world) => world.faults);
const report = [
  `seed ${seed}`,
  table(counted),
  `Where the kills at chosen instants struck (the others by chance):\n${tally(counted.flatMap(({ kinds }) => Object.entries(kinds)))}`,
  ...(faults.length > 0 ? [`Faults by kind:\n${tally(faults.map((fault) => [kindOf(fault), 1] as const))}`] : []),
];
process.stdout.write(`${report.join("\n\n")}\n`);
// The libraries under test leave timers behind.
process.exit(faults.length > 0 ? 1 : 0);
