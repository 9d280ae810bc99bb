/** The contract on Slack: an unmodified Bolt in the bot, the sandbox's Slack at the other end of the wire. */
import { BotProcess, startBotHere } from "../support/bot.ts";
import { untilQuiet } from "../support/quiet.ts";
import { slackPeople } from "../support/slackPeople.ts";
import { openWorld } from "../support/world.ts";
import { contract } from "./contract.ts";

contract("Slack", {
  async here() {
    const world = await openWorld();
    const bot = await startBotHere(world);
    return {
      world,
      people: slackPeople(world),
      async quiet() {
        await bot.idle();
        await untilQuiet(world.db, world.slack);
      },
      crash: () => Promise.reject(new Error("a bot in this process cannot be killed")),
      async close() {
        await bot.stop();
        await world.close();
      },
    };
  },
  async apart() {
    const world = await openWorld();
    let bot = await BotProcess.start(world, "contrat");
    return {
      world,
      people: slackPeople(world),
      quiet: () => untilQuiet(world.db, world.slack),
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
});
