/** Each ask at both sizes, taken in turn within one run, so that what else the machine does weighs on both. */
import type { Figure } from "../figures.ts";
import { percentile } from "../figures.ts";
import type { BenchWorld } from "../world.ts";
import { actAsks } from "./actAsks.ts";
import type { Ask, Stage } from "./asks.ts";
import { stageOn } from "./asks.ts";
import { boardAsks } from "./boardAsks.ts";
import { scaleOf } from "./population.ts";
import { scaleDatabase } from "./seed.ts";
import { sweepAsks } from "./sweepAsks.ts";

/** At the larger size no ask takes more than this many times its time at the smaller. */
const MOST_RATIO = 1.5;

/** Below it, what one asks for grows with the size: nothing is held to anything. */
const LEAST_COMPARED = 10_000;

type Group = readonly [title: string, of: (stage: Stage) => Promise<Ask[]> | Ask[]];
const GROUPS: readonly Group[] = [
  ["tableaux et recherches", boardAsks],
  ["actes", actAsks],
  ["balayages et bilans", sweepAsks],
];

async function timed({ prepare, run, restore, per = 1 }: Ask): Promise<number> {
  await prepare?.();
  const start = performance.now();
  try {
    await run();
    return (performance.now() - start) / per;
  } finally {
    await restore?.();
  }
}

const byName = (asks: readonly Ask[]): Map<string, Ask[]> => {
  const names = new Map<string, Ask[]>();
  for (const ask of asks) names.set(ask.name, [...(names.get(ask.name) ?? []), ask]);
  return names;
};

/** The asks of one name, one at each size in turn; the first of each meets cold code and caches and is not counted. */
async function measure(name: string, sizes: readonly (readonly Ask[])[], least: number): Promise<number[][]> {
  const times: number[][] = sizes.map(() => []);
  for (let turn = -1; turn < least; turn += 1)
    for (const [n, asks] of sizes.entries()) {
      const ask = asks[Math.max(0, turn) % asks.length];
      if (!ask) throw new Error(`« ${name} » is not asked at both sizes`);
      const ms = await timed(ask);
      if (turn >= 0) times[n]?.push(ms);
    }
  return times;
}

const shown = (ms: number): string => (ms < 10 ? ms.toFixed(1) : Math.round(ms).toFixed(0)).replace(".", ",");

function figureOf(group: string, name: string, [few = [], many = []]: readonly number[][], aimed: boolean): Figure {
  const [p50, p95] = [0.5, 0.95].map((share) => [percentile(few, share), percentile(many, share)] as const);
  if (!p50 || !p95) throw new Error("two shares were asked for");
  const note = `p50 ${shown(p50[0])} → ${shown(p50[1])} ms, p95 ${shown(p95[0])} → ${shown(p95[1])} ms`;
  return { group, name, value: p50[1] / p50[0], unit: "×", ...(aimed && { target: { most: MOST_RATIO } }), note };
}

const number = new Intl.NumberFormat("fr-FR");

/**
 * @param sizes the smaller, then the larger: how many demandes
 * @param only those whose name has this in it
 */
export async function scaleFigures(
  world: BenchWorld,
  sizes: readonly [number, number],
  { samples, only, keep }: { readonly samples: number; readonly only: string; readonly keep: boolean },
): Promise<Figure[]> {
  const stages: Stage[] = [];
  try {
    for (const demandes of sizes) {
      const scale = scaleOf(demandes);
      stages.push(stageOn(await scaleDatabase(world.uri(`bench_scale_${demandes}`), scale), scale));
    }
    const figures: Figure[] = [];
    for (const [title, of] of GROUPS) {
      const asks = await Promise.all(stages.map(async (stage) => byName(await of(stage))));
      const group = `${title}, ${sizes.map((size) => number.format(size)).join(" → ")} demandes`;
      for (const name of asks[0]?.keys() ?? []) {
        if (!name.includes(only)) continue;
        const measured = asks.map((names) => names.get(name) ?? []);
        const times = await measure(name, measured, Math.max(samples, ...measured.map((all) => all.length)));
        figures.push(figureOf(group, name, times, sizes[0] >= LEAST_COMPARED));
      }
    }
    return figures;
  } finally {
    for (const { db } of stages) {
      if (!keep) await db.connection.dropDatabase();
      await db.close();
    }
  }
}
