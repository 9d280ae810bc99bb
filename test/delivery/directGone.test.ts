/** A direct conversation that is gone before anything was shown in it, and another that is opened in its place. */
import { Delivery } from "../../src/delivery/delivery.ts";
import type { DeliveryPort, Place } from "../../src/delivery/port.ts";
import { DeliveryFault } from "../../src/delivery/port.ts";
import { VALID, World } from "../demandes/world.ts";

let w: World;

beforeEach(async () => {
  w = await World.open();
});
afterEach(() => w.close());

test("the thread of the aidant begins in the conversation that is opened anew, and the other thread does not wait", async () => {
  await w.submit("camille", "ouvrir", { ...VALID, groupes: ["caf"] }, {});
  const id = w.kicked.at(-1);
  if (!id) throw new Error("nothing was opened");
  const shown: string[] = [];
  let opened = 0;
  const show = async ({ channel }: Place): Promise<string> => {
    if (channel === "D-1") throw new DeliveryFault("place", "channel_not_found", { obstacle: "removed" });
    shown.push(channel);
    return `${channel}/${shown.length}`;
  };
  const port: Pick<DeliveryPort, "name" | "atOnce" | "openDirect" | "postCard" | "find"> = {
    name: "slack",
    atOnce: 64,
    openDirect: async ({ workspace }) => {
      opened += 1;
      return { platform: "slack", workspace, channel: `D-${opened}` };
    },
    postCard: (place) => show(place),
    find: async (place) => {
      await show(place);
      return null;
    },
  };
  const delivery = new Delivery({ ...w.context, ports: new Map([["slack", port as DeliveryPort]]), owner: "test/1" });
  await delivery.sweep();
  expect(shown).toEqual(["C-caf"]);
  const own = async () => (await w.load(id)).threads.find(({ side }) => side === "aidant");
  expect(await own()).toMatchObject({ channel: null, root: null, posting: null, broken: { code: "channel_not_found" } });
  // As ten minutes later.
  await w.db.demandes.model.updateOne({ _id: id }, { $set: { "threads.$[].retryAt": null, deliverAt: new Date() } });
  await delivery.sweep();
  expect(shown).toEqual(["C-caf", "D-2"]);
  expect(await own()).toMatchObject({ channel: "D-2", root: "D-2/2", broken: null });
});
