/** What a platform refuses for good to have taken away: tried again ever more rarely, then given up where the operator sees it. */
import { inspect } from "node:util";
import { demandeKey } from "../../models/showings.ts";
import { eraseShowings } from "../../src/delivery/erase.ts";
import { DeliveryFault } from "../../src/delivery/port.ts";
import { retryAfter } from "../../src/delivery/refusals.ts";
import { demandeId } from "../../src/domain/ids.ts";
import { type LocalBot, startBotHere } from "../support/bot.ts";
import { openWorld, type World } from "../support/world.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const now = new Date("2026-11-25T12:00:00Z");
const ago = (ms: number): Date => new Date(now.getTime() - ms);

test.each([
  [0, HOUR],
  [2 * DAY - 1, HOUR],
  [2 * DAY, DAY],
  [30 * DAY - 1, DAY],
  [30 * DAY, null],
  [-DAY, HOUR],
])("refused for %d ms: again in %p ms", (lasted, expected) => {
  expect(retryAfter(ago(lasted), now)).toBe(expected);
});

describe("on the database", () => {
  let world: World;
  let bot: LocalBot;
  beforeEach(async () => {
    world = await openWorld();
    bot = await startBotHere(world);
  });
  afterEach(async () => {
    await bot.stop();
    await world.close();
  });

  test("a refusal is noted with its beginning, and after a month the showing is looked for no more, but told", async () => {
    const { showings } = world.db;
    const keys = [demandeKey(demandeId("d1"))];
    const place = { platform: "slack", workspace: "T1", channel: "D1" } as const;
    const at = new Date(Date.now() - 60 * DAY);
    await showings.announce({ id: "s1", kind: "post", keys, place, message: "1.2", delivery: null, at }, at);
    const port = bot.runtime.platforms[0]?.port;
    if (!port) throw new Error("no platform");
    port.remove = async () => {
      throw new DeliveryFault("place", "is_archived");
    };
    const tried = async () => eraseShowings(bot.runtime.jobs.deliveries, await showings.ofKeys(keys, 10), null);

    expect(await tried()).toBe(HOUR);
    const [first] = await showings.ofKeys(keys, 10);
    expect(first?.refusedSince?.getTime()).toBeGreaterThan(Date.now() - HOUR);
    // The sweep that looks again at what was shown does not come back to it at each pass.
    expect(await showings.toLookAt(new Date(Date.now() + HOUR - 60_000), 10)).toEqual([]);
    expect(await tried()).toBe(HOUR);
    const [second] = await showings.ofKeys(keys, 10);
    expect(second?.refusedSince).toEqual(first?.refusedSince);

    await showings.model.updateOne({ _id: "s1" }, { $set: { refusedSince: new Date(Date.now() - 31 * DAY) } });
    expect(await tried()).toBeNull();
    expect(await showings.ofKeys(keys, 10)).toEqual([]);
    expect(await showings.toLookAt(new Date(Date.now() + 60 * DAY), 10)).toEqual([]);
    expect(await showings.hasGivenUp(keys)).toBe(true);
    expect(inspect(await showings.refusals())).toContain("is_archived");
  });
});
