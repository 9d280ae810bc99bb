/**
 * No kill here: Slack refuses, loses answers, drops calls, tells twice, cuts the socket, is down; the database is away; a channel
 * is archived, the bot is sent out of another. Everything is delivered in the end, once.
 */
import { type LocalBot, startBotHere } from "../support/bot.ts";
import { compareWorlds } from "../support/compareWorlds.ts";
import { Crowd, doneFaults, everyDemande } from "../support/crowd.ts";
import { demandeOf, openDemande, threadOf } from "../support/demandes.ts";
import type { PlatformUnderTest } from "../support/platformUnderTest.ts";
import { untilQuiet } from "../support/quiet.ts";
import { slackPeople } from "../support/slackPeople.ts";
import { until } from "../support/until.ts";
import { openWorld, type World } from "../support/world.ts";

let world: World;
let bot: LocalBot;
let people: PlatformUnderTest;

beforeEach(async () => {
  world = await openWorld();
  bot = await startBotHere(world);
  people = slackPeople(world, "ack");
  isUp = true;
});

afterEach(async () => {
  await bot?.stop();
  await world?.close();
});

const quiet = () => untilQuiet(world.db, world.slack);

async function expectSame(): Promise<void> {
  const { faults, messages } = await compareWorlds({ db: world.db, views: [people.view], now: world.clock.now() });
  expect(faults).toEqual([]);
  expect(messages).toBeGreaterThan(0);
}

/** Whether the crowd thinks that its acts are taken. */
let isUp = true;

/** Nobody is there to take what people do, while they try that much. */
async function away(crowd: Crowd, acts: number): Promise<void> {
  isUp = false;
  const before = crowd.acts;
  await until("people trying", () => crowd.acts >= before + acts || crowd.allWait);
  isUp = true;
}

/** Resolves once the bot takes commands. */
async function untilHeard(): Promise<void> {
  const ask = () =>
    world.slack.control.command({ as: world.account("claude.admin").user, channel: "dm", command: "/aplus", wait: "ack" });
  await until("the bot heard again", async () => (await ask()).ok);
}

/** A crowd at work until it has done that much, while `trouble` goes on beside it. */
async function crowdUnder(acts: number, trouble: (crowd: Crowd) => Promise<void>): Promise<Crowd> {
  const crowd = new Crowd({ people: () => people, db: world.db, random: Math.random, isUp: () => isUp, mostDemandes: 6 });
  const living = crowd.live();
  try {
    await until("the crowd at work", () => crowd.acts > acts / 4);
    await trouble(crowd);
    await until("the crowd's work", () => crowd.acts > acts);
  } finally {
    crowd.rest();
  }
  await living;
  return crowd;
}

async function expectAllDone(crowd: Crowd): Promise<void> {
  await quiet();
  await expectSame();
  expect(doneFaults(crowd.done, await everyDemande(world.db))).toEqual([]);
}

describe("Slack in trouble", () => {
  test.each([
    ["limits the rate, with Retry-After", [{ kind: "refuse", method: "chat.*", status: 429, retryAfter: 1, times: 6 }]],
    [
      "fails with 500 and 503",
      [
        { kind: "refuse", method: "chat.*", status: 503, times: 6 },
        { kind: "refuse", method: "conversations.*", status: 500, times: 4 },
      ],
    ],
    ["acts, and loses its answers", [{ kind: "loseAnswer", method: "chat.*", times: 12 }]],
    ["loses what it is asked", [{ kind: "dropBefore", method: "*", times: 15 }]],
    ["loses its answers about files", [{ kind: "loseAnswer", method: "files.*", times: 8 }]],
    ["tells everything twice", [{ kind: "redeliver", times: 60 }]],
  ] as const)("it %s", async (_name, faults) => {
    const crowd = await crowdUnder(60, async () => {
      for (const fault of faults) world.slack.faults.add(fault);
    });
    await expectAllDone(crowd);
  });

  test("it cuts the socket again and again", async () => {
    const crowd = await crowdUnder(60, async (atWork) => {
      for (const _ of [1, 2, 3, 4, 5]) {
        world.slack.faults.add({ kind: "cut" });
        await untilHeard();
        const before = atWork.acts;
        await until("some work", () => atWork.acts > before + 2);
      }
    });
    await expectAllDone(crowd);
  });

  test("it is down for a while", async () => {
    const crowd = await crowdUnder(60, async (atWork) => {
      const down = world.slack.faults.add({ kind: "down" });
      await away(atWork, 10);
      world.slack.faults.clear(down);
      await untilHeard();
    });
    await expectAllDone(crowd);
  });
});

test("the database is away for a moment", async () => {
  const { intercept } = world;
  if (intercept === null) return;
  const crowd = await crowdUnder(60, async (atWork) => {
    let refused = 0;
    intercept(async () => {
      refused += 1;
      throw new Error("the database is away");
    });
    await until("some writes refused", () => refused > 15);
    await away(atWork, 5);
    intercept(undefined);
  });
  await expectAllDone(crowd);
});

describe("a place that cannot be written to", () => {
  const broken = async (ref: number, groupe: "caf-01" | "cpam-01") => threadOf(await demandeOf(world.db, ref), groupe).broken;

  /** The bot's own words to that person, in direct. */
  async function inPerson(handle: string): Promise<string[]> {
    const { messages } = await world.slack.control.messages({ channel: "dm", as: world.account(handle).user });
    return messages.filter(({ bot_id: by }) => by !== undefined).map(({ text }) => String(text));
  }

  /** As when its responsable says that it is mended; otherwise it is tried again every ten minutes. */
  async function tryAgain(ref: number): Promise<void> {
    const { id } = await demandeOf(world.db, ref);
    await world.db.demandes.model.updateOne({ _id: id }, { $set: { "threads.$[].retryAt": null, deliverAt: new Date() } });
    await bot.runtime.delivery.sweep();
  }

  test.each([
    {
      how: "archived, then unarchived",
      spoil: (channel: string) => world.slack.control.archive(channel),
      mend: (channel: string) => world.slack.control.archive(channel, false),
      cause: "le canal est archivé",
    },
    {
      how: "without the bot, then with it again",
      spoil: (channel: string) => world.slack.control.leave(channel, "bot"),
      mend: (channel: string) => world.slack.control.join(channel, "bot", "charlie.modele"),
      cause: "le robot n’est plus dans le canal",
    },
  ])("a channel $how: the others go on, its responsables are told once, and it catches up", async ({ spoil, mend, cause }) => {
    const ref = await openDemande(slackPeople(world), { groupes: ["caf-01", "cpam-01"] });
    await quiet();
    const caf = threadOf(await demandeOf(world.db, ref), "caf-01");
    const before = await inPerson("charlie.modele");
    await spoil(caf.channel ?? "");
    const own = threadOf(await demandeOf(world.db, ref), "aidant");
    await people.say("camille.exemple", own, "Premier message, la CAF ne le voit pas.");
    await until("the thread is known to be broken", () => broken(ref, "caf-01"));
    await people.say("camille.exemple", own, "Second message, pas davantage.");
    await until("the responsable is told", async () => (await inPerson("charlie.modele")).length > before.length);
    await tryAgain(ref);
    await bot.idle();
    const told = (await inPerson("charlie.modele")).slice(before.length);
    expect(told).toEqual([expect.stringContaining(cause)]);
    expect(await inPerson("alix.modele")).toEqual([]);
    const cpam = threadOf(await demandeOf(world.db, ref), "cpam-01");
    expect(cpam.delivered).toBe(3);
    expect(await broken(ref, "cpam-01")).toBeNull();
    await mend(caf.channel ?? "");
    await tryAgain(ref);
    await quiet();
    expect(await broken(ref, "caf-01")).toBeNull();
    await expectSame();
    expect((await inPerson("charlie.modele")).length).toBe(before.length + 1);
  });
});
