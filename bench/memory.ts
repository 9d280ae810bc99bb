/**
 * The memory of a bot under a steady load over both platforms: whether it grows with time. What is garbage is collected before
 * each look, so that what is left is what the program holds.
 */

import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Child } from "./child.ts";
import { startChild } from "./child.ts";
import type { Figure } from "./figures.ts";
import type { Site, SiteGroupe } from "./site.ts";
import { openSite } from "./site.ts";
import type { Point } from "./slope.ts";
import { slopeOf } from "./slope.ts";
import type { BenchWorld } from "./world.ts";

const LANES = 6;
const MATRIX_GROUPES = 2;
const ACTS_PER_SECOND = 3;
const ROUNDS = 3;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SAMPLES = 120;
const LEAST_SAMPLE_MS = 2_000;
/** Caches fill and code is compiled: what comes in this part of the time is no growth. */
const WARM_UP = 1 / 3;
const MEGABYTE = 1024 * 1024;
const LOOK_MS = 50;
const GIVE_UP_MS = 60_000;
/** Flat: by the upper end of its interval of confidence, what the program holds grows by less than this (MB by hour). */
const MOST_GROWTH = 15;
/** A shorter run says what it saw, and is held to nothing: the interval is too wide. */
const TELLING_MINUTES = 10;

async function until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  const start = performance.now();
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (performance.now() - start > GIVE_UP_MS) throw new Error(`still waiting for ${what}`);
    await sleep(LOOK_MS);
  }
}

interface Lane {
  readonly aidant: string;
  readonly slack: SiteGroupe;
  readonly matrix: SiteGroupe;
}

/** Where a demande just opened stands, once each of its threads has its card. */
async function standing({ db, identity }: Site, aidant: string, known: number) {
  const { user } = identity(aidant);
  if (!user) throw new Error(`no account for ${aidant}`);
  return until("the cards of a demande", async () => {
    const found = await db.demandes.model.findOne({ openerId: aidant, ref: { $gt: known } }, { ref: 1, threads: 1 }).lean();
    return found?.threads.every(({ root }) => root !== null) ? found : null;
  });
}

function ok(what: string, outcome: { readonly ok: boolean }): void {
  if (!outcome.ok) throw new Error(`${what}: ${JSON.stringify(outcome).slice(0, 500)}`);
}

/** One demande lived through, a step at each turn: opened, taken, talked about on both platforms and by the aidant. */
async function* life(site: Site, { aidant, slack, matrix }: Lane, known: number): AsyncGenerator<void, number> {
  const { control } = site.slack;
  ok("/demande", await control.command({ as: aidant, channel: "dm", command: "/demande" }));
  const values = {
    territoire: "01",
    prenom: "Camille",
    nomDeFamille: "Usager-Fictif",
    dateDeNaissance: "01/02/1980",
    groupes: [slack.id, matrix.id],
    sujet: "Dossier bloqué",
    description: "Une description de longueur ordinaire, comme un aidant l’écrit.",
    autorisation: true,
  };
  ok("ouvrir", await control.submit({ as: aidant, values, wait: "ack" }));
  const { ref, threads } = await standing(site, aidant, known);
  yield;
  const own = (fits: (thread: (typeof threads)[number]) => boolean) => {
    const found = threads.find(fits);
    if (!found?.channel || !found.root) throw new Error("a thread is missing");
    return { channel: found.channel, root: found.root };
  };
  const [caf, prefecture, direct] = [
    own(({ groupeId }) => groupeId === slack.id),
    own(({ groupeId }) => groupeId === matrix.id),
    own(({ side }) => side === "aidant"),
  ];
  ok(
    "prendre",
    await control.click({ as: slack.instructeur, channel: caf.channel, message: caf.root, action: "prendre", wait: "ack" }),
  );
  yield;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const says = (as: string, { channel, root }: typeof caf, text: string) =>
      control.message({ as, channel, thread: root, text, wait: "ack" });
    ok("message", await says(slack.instructeur, caf, `Point n° ${round} entre instructeurs.`));
    yield;
    await matrix.person?.send(prefecture.channel, "m.room.message", {
      msgtype: "m.text",
      body: `Vu de la préfecture, point n° ${round}.`,
      "m.relates_to": { rel_type: "m.thread", event_id: prefecture.root },
    });
    yield;
    ok("message", await says(aidant, direct, `Précision n° ${round} de l’aidant.`));
    yield;
  }
  return ref;
}

interface Load {
  /** How many acts were made. */
  acts(): number;
  /** How many failed. */
  missed(): number;
  stop(): Promise<void>;
}

/** Each lane has its people; together they keep the pace, as far as the bot follows. */
function startLoad(site: Site, lanes: readonly Lane[]): Load {
  let acts = 0;
  let missed = 0;
  let stopped = false;
  const pause = (lanes.length * 1000) / ACTS_PER_SECOND;
  const work = async (lane: Lane) => {
    await sleep(randomInt(Math.ceil(pause)));
    for (let known = 0; !stopped; ) {
      const steps = life(site, lane, known);
      for (let due = performance.now(); ; ) {
        // On a busy machine an act may pass Slack's three seconds: another demande is begun, and it is told how often that was.
        const step = await steps.next().catch(() => null);
        if (step === null) missed += 1;
        else acts += 1;
        due = Math.max(due + pause, performance.now());
        await sleep(due - performance.now());
        if (step?.done) known = step.value;
        if (step === null || step.done || stopped) break;
      }
    }
  };
  const all = Promise.all(lanes.map(work));
  // Told by `stop`: nobody waits before.
  all.catch(() => undefined);
  return {
    acts: () => acts,
    missed: () => missed,
    async stop() {
      stopped = true;
      await all;
    },
  };
}

/** What the program holds once its garbage is collected (bytes). */
async function held(app: Child): Promise<number> {
  const told = app.next(/^tas (\d+)/);
  process.kill(app.pid, "SIGUSR2");
  return Number((await told)[1]);
}

interface Watched {
  readonly heap: readonly Point[];
  readonly resident: readonly Point[];
}

/** @returns megabytes by hours, the warm-up left out */
async function watch(app: Child, minutes: number): Promise<Watched> {
  const every = Math.max(LEAST_SAMPLE_MS, (minutes * MINUTE) / SAMPLES);
  const [heap, resident]: [Point[], Point[]] = [[], []];
  const start = performance.now();
  for (let due = every; due <= minutes * MINUTE; due += every) {
    await sleep(Math.max(0, start + due - performance.now()));
    const at = (performance.now() - start) / HOUR;
    heap.push({ at, value: (await held(app)) / MEGABYTE });
    resident.push({ at, value: (await app.memory()).resident });
  }
  const warm = (points: readonly Point[]) => points.filter((point) => point.at >= (minutes * WARM_UP * MINUTE) / HOUR);
  return { heap: warm(heap), resident: warm(resident) };
}

const number = new Intl.NumberFormat("fr-FR", { maximumFractionDigits: 1, signDisplay: "exceptZero" });

function growth(group: string, name: string, points: readonly Point[], most: number | null): Figure[] {
  const { slope, within } = slopeOf(points);
  const last = points.at(-1)?.value ?? Number.NaN;
  const first = points[0]?.value ?? Number.NaN;
  return [
    { group, name: `${name}, à la fin`, value: last, unit: "Mo", note: `${Math.round(first)} Mo après la mise en route` },
    {
      group,
      name: `${name}, pente au plus (confiance 95 %)`,
      value: slope + within,
      unit: "Mo/h",
      note: `pente ${number.format(slope)} ± ${number.format(within).replace("+", "")} Mo/h, ${points.length} mesures`,
      ...(most !== null && { target: { most } }),
    },
  ];
}

export async function memoryFigures(world: BenchWorld, minutes: number): Promise<Figure[]> {
  const plan = { slackGroupes: LANES, matrixGroupes: MATRIX_GROUPES, aidants: LANES, matrixPace: 0 };
  const site = await openSite(world, "bench_memory", plan);
  const teller = fileURLToPath(new URL("./heapTeller.js", import.meta.url));
  const app = startChild("src/main.js", [], site.env(), ["--expose-gc", "--import", teller]);
  try {
    await app.line(/aplus-bot fonctionne/);
    const [slack, matrix] = [true, false].map((isSlack) => site.groupes.filter(({ person }) => (person === null) === isSlack));
    const lanes = (slack ?? []).map((groupe, n): Lane => {
      const other = matrix?.[n % matrix.length];
      if (!other) throw new Error("no groupe on Matrix");
      return { aidant: site.aidants[n] ?? "", slack: groupe, matrix: other };
    });
    const load = startLoad(site, lanes);
    const { heap, resident } = await watch(app, minutes);
    const [acts, missed] = [load.acts(), load.missed()];
    await load.stop();
    const group = `Mémoire du robot, ${minutes} minutes de charge (Slack et Matrix)`;
    return [
      { group, name: "actes par seconde", value: acts / (minutes * 60), unit: "/s", note: `${acts} actes, ${missed} manqués` },
      ...growth(group, "tas, déchets ramassés", heap, minutes >= TELLING_MINUTES ? MOST_GROWTH : null),
      ...growth(group, "mémoire résidente", resident, null),
    ];
  } finally {
    await app.stop();
    await site.close();
  }
}
