/** `/groupe` on Slack: an unmodified Bolt in the bot, the sandbox's Slack at the other end of the wire. */
import { WORKSPACE } from "../../sandbox/seed/slack.ts";
import { startBotHere } from "../support/bot.ts";
import { untilQuiet } from "../support/quiet.ts";
import { slackPeople } from "../support/slackPeople.ts";
import { openWorld } from "../support/world.ts";
import { groupesOverTheWire } from "./overTheWire.ts";

groupesOverTheWire("Slack", "/", async () => {
  const world = await openWorld();
  const bot = await startBotHere(world);
  const { control } = world.slack;
  const idOf = (name: string) => control.channels(WORKSPACE).find((one) => one.name === name)?.id ?? name;
  return {
    world,
    people: slackPeople(world),
    async quiet() {
      await bot.idle();
      await untilQuiet(world.db, world.slack);
    },
    async close() {
      await bot.stop();
      await world.close();
    },
    tellTwice() {
      const fault = world.slack.faults.add({ kind: "redeliver", method: "slash_commands", times: 1 });
      return () => world.slack.faults.clear(fault);
    },
    mention: (who) => `<@${world.account(who).user}>`,
    direct: async (who) => JSON.stringify(await control.messages({ channel: "dm", as: world.account(who).user })),
    channel: async (name) => JSON.stringify(await control.messages({ channel: idOf(name) })),
    async newChannel(who) {
      const name = `nouveau-${who.replaceAll(".", "-")}`;
      await control.createChannel({ workspace: WORKSPACE, name, members: ["bot", world.account(who).user] });
      return name;
    },
  };
});
