/** The contract on Matrix: an unmodified matrix-bot-sdk in the bot; at the other end of the wire the sandbox's homeserver, or a real one. */
import { BotProcess, startBotHere } from "../support/bot.ts";
import { compareWorlds } from "../support/compareWorlds.ts";
import { openDemande } from "../support/demandes.ts";
import { matrixPeople } from "../support/matrixPeople.ts";
import { sitesOf, untilQuiet } from "../support/quiet.ts";
import { openWorld } from "../support/world.ts";
import { type BenchMaker, contract } from "./contract.ts";

const benches: BenchMaker = {
  async here() {
    const world = await openWorld({ matrix: "everybody" });
    const bot = await startBotHere(world);
    return {
      world,
      people: matrixPeople(world),
      async quiet() {
        await bot.idle();
        await untilQuiet(world.db, sitesOf(world));
      },
      crash: () => Promise.reject(new Error("a bot in this process cannot be killed")),
      async close() {
        await bot.stop();
        await world.close();
      },
    };
  },
  async apart() {
    const world = await openWorld({ matrix: "everybody" });
    let bot = await BotProcess.start(world, "contrat");
    return {
      world,
      people: matrixPeople(world),
      quiet: () => untilQuiet(world.db, sitesOf(world)),
      async crash() {
        await bot.kill();
        bot = BotProcess.spawn(world, "contrat");
      },
      async close() {
        await bot.ready;
        await bot.stop();
        await world.close();
      },
    };
  },
};

contract("Matrix", benches);

test("a form of which every message is told twice is asked once and sent once", async () => {
  const { world, people, quiet, close } = await benches.here();
  try {
    const end = people.tellTwice();
    await openDemande(people);
    end();
    await quiet();
    expect(await world.db.demandes.model.countDocuments({})).toBe(1);
    expect(await people.typed("camille.exemple")).toBeNull();
    expect((await compareWorlds({ db: world.db, views: [people.view], now: world.clock.now() })).faults).toEqual([]);
  } finally {
    await close();
  }
});
