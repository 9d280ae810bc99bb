/** A bot in this process on one platform with everybody of the seed, which may stop and start again. */
import type { PlatformName } from "../../src/domain/demande.ts";
import { type LocalBot, startBotHere } from "./bot.ts";
import { matrixPeople } from "./matrixPeople.ts";
import type { PlatformUnderTest } from "./platformUnderTest.ts";
import { sitesOf, untilQuiet } from "./quiet.ts";
import { slackPeople } from "./slackPeople.ts";
import { openWorld, type World } from "./world.ts";

export interface Here {
  readonly world: World;
  readonly people: PlatformUnderTest;
  bot(): LocalBot;
  /** Resolves once everything that people did is written and shown. */
  quiet(): Promise<void>;
  /** What happens while nobody listens. */
  away(meanwhile: () => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

export async function openHere(platform: PlatformName): Promise<Here> {
  const world = await openWorld(platform === "matrix" ? { matrix: "everybody" } : {});
  let bot = await startBotHere(world);
  return {
    world,
    people: platform === "matrix" ? matrixPeople(world) : slackPeople(world),
    bot: () => bot,
    async quiet() {
      await bot.idle();
      await untilQuiet(world.db, sitesOf(world));
    },
    async away(meanwhile) {
      await bot.stop();
      if (world.matrix) world.matrix.idle = undefined;
      await meanwhile();
      bot = await startBotHere(world);
      await bot.idle();
    },
    async close() {
      await bot.stop();
      await world.close();
    },
  };
}
