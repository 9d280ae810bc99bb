/**
 * Two, then three bots on one database and one Slack: they share the work, do nothing twice, and when one is killed the
 * others take up what it had under way.
 */
import { BotProcess } from "../support/bot.ts";
import { compareWorlds } from "../support/compareWorlds.ts";
import { Crowd, doneFaults, everyDemande } from "../support/crowd.ts";
import { untilQuiet } from "../support/quiet.ts";
import { slackPeople } from "../support/slackPeople.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

const NAMES = ["un", "deux", "trois"] as const;

test("several bots share the work, each killed in its turn", async () => {
  const world = await openWorld();
  const bots = new Map<string, BotProcess>();
  const people = slackPeople(world, "ack");
  const crowd = new Crowd({ people: () => people, db: world.db, random: Math.random, isUp: () => true, mostDemandes: 8 });
  /** Who held a demande for a delivery, as seen in passing. */
  const seen = new Set<string>();
  const look = async () => {
    const held = await world.db.demandes.model
      .find({ lease: { $ne: null } }, { lease: 1 })
      .lean<{ lease: { owner: string } }[]>();
    for (const { lease } of held) seen.add(lease.owner.split("/")[0] ?? "");
  };
  const work = async (acts: number, who: readonly string[]) => {
    const target = crowd.acts + acts;
    seen.clear();
    await until(
      () => `work by all of ${who.join(", ")}; seen ${[...seen].join(", ")}`,
      async () => {
        await look();
        return crowd.acts >= target && who.every((name) => seen.has(name));
      },
      300_000,
    );
  };
  for (const name of NAMES.slice(0, 2)) bots.set(name, await BotProcess.start(world, name));
  let unexpected: unknown = null;
  const living = crowd.live().catch((error: unknown) => {
    unexpected = error;
  });
  try {
    await work(25, ["un", "deux"]);
    bots.set("trois", await BotProcess.start(world, "trois"));
    await work(25, NAMES);
    for (const name of NAMES) {
      await bots.get(name)?.kill();
      await work(
        10,
        NAMES.filter((other) => other !== name),
      );
      bots.set(name, await BotProcess.start(world, name));
    }
    crowd.rest();
    await living;
    if (unexpected !== null) throw unexpected;
    await untilQuiet(world.db, world.slack);
    // Slack gives the messages of one thread now to one bot and now to another: they are events in the order of their writing.
    const { faults, messages } = await compareWorlds({
      db: world.db,
      views: [people.view],
      now: world.clock.now(),
      inOrder: false,
    });
    expect([...faults, ...doneFaults(crowd.done, await everyDemande(world.db))]).toEqual([]);
    expect(messages).toBeGreaterThan(50);
  } finally {
    crowd.rest();
    await living;
    await Promise.all([...bots.values()].map((bot) => bot.kill()));
    await world.close();
  }
}, 600_000);
