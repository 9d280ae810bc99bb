/** `!groupe` on Matrix: an unmodified matrix-bot-sdk in the bot; at the other end of the wire the sandbox's homeserver, or a real one. */
import { startBotHere } from "../support/bot.ts";
import { matrixPeople } from "../support/matrixPeople.ts";
import { sitesOf, untilQuiet } from "../support/quiet.ts";
import { openWorld, type World } from "../support/world.ts";
import { groupesOverTheWire } from "./overTheWire.ts";

function siteOf({ matrix }: World) {
  if (matrix === null) throw new Error("nobody is on Matrix in this world");
  return matrix;
}

groupesOverTheWire("Matrix", "!", async () => {
  const world = await openWorld({ matrix: "everybody" });
  const bot = await startBotHere(world);
  const site = siteOf(world);
  const people = matrixPeople(world);
  const stored = (room: string) => people.view.stored({ platform: "matrix", workspace: "", channel: room });
  return {
    world,
    people,
    async quiet() {
      await bot.idle();
      await untilQuiet(world.db, sitesOf(world));
    },
    async close() {
      await bot.stop();
      await world.close();
    },
    tellTwice: () => people.tellTwice(),
    mention: (who) => site.person(who).user,
    async direct(who) {
      const rooms = await site.bot
        .call("GET", `user/${encodeURIComponent(site.bot.user)}/account_data/m.direct`)
        .catch(() => ({}));
      const [room] = rooms[site.person(who).user] ?? [];
      return room === undefined ? "" : stored(room);
    },
    channel: (name) => stored(site.seeded.place(name)?.channel ?? name),
    async newChannel(who) {
      const room = await site.person(who).createRoom({ name: "Nouveau salon", invite: [site.bot.user] });
      await site.settled();
      return room;
    },
  };
});
