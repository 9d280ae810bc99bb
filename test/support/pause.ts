/** A bot stopped where it is, at the worst moment: a post is announced in the database, and not made yet. */
import type { Thread } from "../../models/thread.ts";
import type { BotProcess } from "./bot.ts";
import { until } from "./until.ts";
import type { World } from "./world.ts";

export interface Paused {
  /** Whether another bot has made the post since; on a database whose writes cannot be watched, whether another could have. */
  madeElsewhere(): Promise<boolean>;
}

/** Longer than any lease on a demande. */
const LEASE_OVER_MS = 21_000;

async function threadsHeldBy({ db }: World, instance: string): Promise<Thread[]> {
  const prefix = `${instance}/`;
  const held = await db.demandes.model
    .find({ "lease.owner": { $gte: prefix, $lt: `${prefix}\uffff` } }, { threads: 1 })
    .lean<{ threads: Thread[] }[]>();
  return held.flatMap(({ threads }) => threads);
}

/** Posts on Slack that this instance has announced: Matrix knows a post that is made twice by itself. */
async function announcedBy(world: World, instance: string): Promise<Thread[]> {
  const threads = await threadsHeldBy(world, instance);
  return threads.filter(({ platform, posting }) => platform === "slack" && posting !== null);
}

/**
 * Resolves once it is stopped. Where writes can be watched, it is stopped before it is told that its announcement is written,
 * so that the post is what it does first when it is resumed.
 */
export async function pauseBeforeAPost(world: World, instance: string, bot: BotProcess): Promise<Paused> {
  if (world.intercept === null) {
    bot.pause();
    const stopped = performance.now();
    const isOver = () => performance.now() - stopped > LEASE_OVER_MS;
    return { madeElsewhere: async () => isOver() && (await threadsHeldBy(world, instance)).length === 0 };
  }
  let before: string[] = [];
  let found: Thread | undefined;
  world.intercept(async (phase, command, _db, collection) => {
    if (found || command !== "update" || collection !== "demandes") return;
    const announced = await announcedBy(world, instance);
    const isNew = announced.find(({ posting }) => !before.includes(posting?.delivery ?? ""));
    before = announced.map(({ posting }) => posting?.delivery ?? "");
    if (phase === "before" || !isNew || found) return;
    bot.pause();
    found = isNew;
  });
  const { id, posting } = await until(`${instance} to announce a post`, () => found);
  world.intercept(undefined);
  const made = { threads: { $elemMatch: { id, delivered: { $gte: posting?.seq ?? 0 }, posting: null } } };
  return { madeElsewhere: async () => (await world.db.demandes.model.exists(made)) !== null };
}
