/**
 * `npm run bench [-- --quick] [--json FILE] [--only clicks,pills,sweep,boards,start,scale] [--mongodb URI] [--homeserver URL]`
 * and for `scale`: `[--size 1000000] [--ask « nom »]`.
 */
import { writeFile } from "node:fs/promises";
import { availableParallelism, cpus } from "node:os";
import { parseArgs } from "node:util";
import { boardFigures } from "./boards.ts";
import { clickFigures } from "./clicks.ts";
import { drainFigures } from "./drain.ts";
import type { Figure } from "./figures.ts";
import { isMet, table } from "./figures.ts";
import { memoryFigures } from "./memory.ts";
import { pillFigures } from "./pills.ts";
import { scaleFigures } from "./scale/figures.ts";
import { startFigures } from "./start.ts";
import { sweepFigures } from "./sweep.ts";
import type { BenchWorld } from "./world.ts";
import { startWorld } from "./world.ts";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean" },
    json: { type: "string" },
    only: { type: "string" },
    mongodb: { type: "string" },
    homeserver: { type: "string" },
    size: { type: "string" },
    ask: { type: "string" },
    events: { type: "string" },
    minutes: { type: "string" },
  },
});
const quick = options.quick === true;

type Part = (world: BenchWorld) => Promise<Figure[]>;
const PARTS: Readonly<Record<string, Part>> = {
  clicks: (world) => clickFigures(world, quick ? { steady: 100, flood: 100, rounds: 1 } : { steady: 400, flood: 250, rounds: 3 }),
  pills: (world) => pillFigures(world, options.homeserver ?? null, quick ? 30 : 100),
  sweep: (world) => sweepFigures(world, quick ? [1_000, 10_000] : [1_000, 100_000]),
  boards: (world) => {
    const small = { groupes: 50, agents: 2_000, demandes: 10_000, big: 1_000 };
    const whole = { groupes: 500, agents: 20_000, demandes: 200_000, big: 20_000 };
    const real = options.mongodb !== undefined;
    return boardFigures(world, real && !quick ? whole : small, real);
  },
  scale: (world) => {
    // A real server keeps what it was filled with: a million demandes are not made up twice.
    const real = options.mongodb !== undefined;
    const size = Number(options.size ?? (real && !quick ? 1_000_000 : 2_000));
    const small = Math.min(10_000, Math.round(size / 2));
    return scaleFigures(world, [small, size], { samples: quick ? 5 : 31, only: options.ask ?? "", keep: real });
  },
  drain: (world) => {
    const events = Number(options.events ?? (quick ? 200 : 1_000));
    // So many channels that what the limits impose is a matter of minutes.
    const slackGroupes = Math.max(2, Math.round(events / 350));
    return drainFigures(world, { events, slackGroupes, matrixGroupes: 4, matrixShare: 0.2 });
  },
  memory: (world) => memoryFigures(world, Number(options.minutes ?? (quick ? 1 : 3))),
  start: () => startFigures(quick ? 10 : 60),
};

const wanted = options.only?.split(",") ?? Object.keys(PARTS);
const figures: Figure[] = [];
for (const name of wanted) {
  const part = PARTS[name];
  if (!part) throw new Error(`--only takes: ${Object.keys(PARTS).join(", ")}`);
  console.error(`… ${name}`);
  const world = await startWorld(options.mongodb ?? null);
  try {
    figures.push(...(await part(world)));
  } finally {
    await world.close();
  }
}
console.log(
  `${cpus()[0]?.model ?? "?"}, ${availableParallelism()} cœurs, Node.js ${process.version}${quick ? ", essai rapide" : ""}`,
);
console.log(table(figures));
if (options.json)
  await writeFile(
    options.json,
    `${JSON.stringify({ at: new Date().toISOString(), node: process.version, cores: availableParallelism(), quick, figures }, null, 2)}\n`,
  );
process.exit(figures.every((figure) => isMet(figure) !== false) ? 0 : 1);
