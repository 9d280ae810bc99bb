/**
 * Three whole programs share the jobs, on Agenda, on one database: reminders and digests of two platforms fall due, whoever runs
 * each job is killed in the middle of it, another takes it up, and everything is told once.
 */
import { JOBS } from "../../jobs/scheduler.ts";
import { compareWorlds } from "../support/compareWorlds.ts";
import { openDemande } from "../support/demandes.ts";
import { matrixPeople } from "../support/matrixPeople.ts";
import { MovedBots } from "../support/movedBots.ts";
import type { PlatformView } from "../support/platformView.ts";
import { sitesOf, untilQuiet } from "../support/quiet.ts";
import { slackPeople } from "../support/slackPeople.ts";
import { until } from "../support/until.ts";
import { openWorld, type World } from "../support/world.ts";

const NAMES = ["un", "deux", "trois"] as const;
type Name = (typeof NAMES)[number];

/** Enough for a sweep to be caught in the middle of them. */
const DEMANDES = 12;

/** A Thursday, when the demandes are opened, and the moment of the digests, when they have been en souffrance for long. */
const OPENED = "2031-02-27T10:00:00+01:00";
const MONDAY = "2031-03-10T09:01:00+01:00";

let world: World;
let bots: MovedBots<Name>;
const refs: number[] = [];

beforeAll(async () => {
  world = await openWorld({ begins: new Date(OPENED), matrix: "seed" });
  bots = await MovedBots.of<Name>(world);
  for (const name of NAMES) await bots.start(name);
  for (let n = 0; n < DEMANDES; n += 1)
    refs.push(await openDemande(slackPeople(world), { groupes: ["caf-01", "prefecture-01"], sujet: `Sujet-${n}` }));
  await untilQuiet(world.db, sitesOf(world));
});

afterAll(async () => {
  await bots?.killAll();
  await world?.close();
});

const others = (...gone: readonly Name[]) => NAMES.filter((name) => !gone.includes(name));

/** In one question: the moment at which some are reminded of and others are not is short. */
async function reminders(): Promise<number[]> {
  const found = await world.db.demandes.model
    .find({ ref: { $in: refs } }, { "events.type": 1 })
    .lean<{ events: readonly { type: string }[] }[]>();
  return found.map(({ events }) => events.filter(({ type }) => type === "reminded").length);
}

interface Digest {
  readonly _id: string;
  readonly state: string;
}
const digests = async (): Promise<Digest[]> =>
  (await world.db.notices.model.find({}, { state: 1 }).lean<Digest[]>()).filter(({ _id }) => _id.startsWith("digest."));

/** The delivery ids of all that the bot posted outside threads, on one platform. */
async function postedBy(view: PlatformView): Promise<string[]> {
  const roots = await Promise.all((await view.places()).map((place) => view.roots(place)));
  return roots.flat().flatMap(({ delivery }) => delivery ?? []);
}

test("whoever runs a job is killed in the middle of it: another ends it, and nothing is told twice or left out", async () => {
  for (const job of ["reminders", "digests"]) await bots.hold(job);
  await world.clock.set(new Date(MONDAY));
  // Reminders: one demande is reminded of, the others are still to be.
  const first = await bots.killWhoRuns("reminders", NAMES, async () => {
    const counts = await reminders();
    return counts.includes(1) && counts.includes(0);
  });
  await bots.aMinuteAfterTheDeathOf(first);
  await until("all reminded of by another", async () => (await reminders()).every((count) => count === 1));

  // Digests: some are told, the others wait. The job has ended by then: they are posted at the pace of their places.
  const isHalfway = async () => {
    const states = (await digests()).map(({ state }) => state);
    return states.includes("done") && states.includes("pending");
  };
  const second = await bots.killWhoRuns("digests", others(first), isHalfway, () => bots.posts(others(first)));
  await bots.aMinuteAfterTheDeathOf(second);
  await bots.due("digests");
  const last = others(first, second)[0] as Name;
  const isOver = async () => {
    const all = await digests();
    return all.length > 0 && all.every(({ state }) => state === "done" || state === "dead");
  };
  await until("all digests told by the last one", isOver);

  // The last one too, once the others are back: what it holds is theirs.
  for (const name of [first, second]) await bots.start(name);
  await bots.kill(last);
  await bots.aMinuteAfterTheDeathOf(last);
  const before = await world.db.connection.collection("jobs").find({}).toArray();
  await bots.due("reminders");
  await bots.due("digests");
  await until("both jobs run by those that are left", async () => {
    const now = await world.db.connection.collection("jobs").find({}).toArray();
    const ranAgain = (name: string) => {
      const at = (all: typeof now) => all.find((job) => job.name === name)?.lastFinishedAt?.getTime() ?? 0;
      return at(now) > at(before);
    };
    return ranAgain("reminders") && ranAgain("digests");
  });
  await untilQuiet(world.db, sitesOf(world));

  expect(await reminders()).toEqual(refs.map(() => 1));
  const views = [slackPeople(world).view, matrixPeople(world).view];
  const { faults, notices } = await compareWorlds({ db: world.db, views, now: world.clock.now() });
  expect(faults).toEqual([]);
  const told = (await Promise.all(views.map(postedBy))).flat().filter((delivery) => delivery.startsWith("n.digest."));
  const done = (await digests()).filter(({ state }) => state === "done").map(({ _id }) => `n.${_id}`);
  expect(told.toSorted()).toEqual(done.toSorted());
  expect(done.length).toBeGreaterThan(4);
  expect(notices).toBeGreaterThanOrEqual(done.length);
  // However many programs there are, one of each job.
  const jobs = await world.db.connection.collection("jobs").find({}).toArray();
  expect(jobs.map(({ name }) => name).toSorted()).toEqual(JOBS.map(({ name }) => name).toSorted());
});
