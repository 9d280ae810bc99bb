/** What waits in the database when a bot starts: more for one slow place than a sweep reads at once, and little for another, younger. */
import PQueue from "p-queue";
import { Delivery } from "../../src/delivery/delivery.ts";
import type { DeliveryPort, Place } from "../../src/delivery/port.ts";
import { placeOf, VALID, World } from "../demandes/world.ts";
import { until } from "../support/until.ts";

const [BACKLOG, LOOKED_AT] = [100, 25];
const WITHIN_MS = 40_000;

/** A platform that answers about one channel when it is let, and about the others at once. */
function slowPlatform(slow: string) {
  let release: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const shown = new Map<string, number>();
  const show = async ({ channel }: Place): Promise<string> => {
    if (channel === slow) await released;
    shown.set(channel, (shown.get(channel) ?? 0) + 1);
    return `${channel}/${shown.get(channel)}`;
  };
  const port: Pick<DeliveryPort, "name" | "atOnce" | "openDirect" | "postCard" | "updateCard" | "post"> = {
    name: "slack",
    atOnce: 64,
    openDirect: async ({ user, workspace }) => ({ platform: "slack", workspace, channel: `D-${user}` }),
    postCard: (place) => show(place),
    updateCard: async (place) => void (await show(place)),
    post: (place) => show(place),
  };
  return { port: port as DeliveryPort, release: () => release(), shownIn: (channel: string) => shown.get(channel) ?? 0 };
}

let w: World;

beforeEach(async () => {
  w = await World.open();
});
afterEach(() => w.close());

const openFor = (groupe: string) => w.submit("camille", "ouvrir", { ...VALID, groupes: [groupe] }, {});

/** Opened and delivered by nobody; one in two stands there already, and has something more to show. */
async function backlogFor(groupe: string, count: number): Promise<void> {
  const queue = new PQueue({ concurrency: 32 });
  await queue.addAll(Array.from({ length: count }, () => () => openFor(groupe)));
  const fields = Object.entries({ ...placeOf(`C-${groupe}`), root: "carte", key: "carte" });
  await w.db.demandes.model.updateMany(
    { ref: { $mod: [2, 0] } },
    { $set: Object.fromEntries(fields.map(([field, value]) => [`threads.$[own].${field}`, value])) },
    { arrayFilters: [{ "own.groupeId": groupe }] },
  );
}

test("more than a sweep reads at once, for a slow place, does not hide the younger one that waits for another", async () => {
  await backlogFor("caf", BACKLOG);
  await openFor("cpam");
  const platform = slowPlatform("C-caf");
  const delivery = new Delivery(
    { ...w.context, ports: new Map([["slack", platform.port]]), owner: "test/1" },
    { lookedAt: LOOKED_AT },
  );
  await delivery.takeUp();
  await until("the one of the quick place shown", () => platform.shownIn("C-cpam") > 0, WITHIN_MS);
  expect(platform.shownIn("C-caf")).toBe(0);
  // Who stands in line holds no lease.
  const leases = () => w.db.demandes.model.countDocuments({ lease: { $ne: null } });
  await until("no lease but of those at work there", async () => (await leases()) <= 2, WITHIN_MS);
  platform.release();
  await delivery.stop();
  expect(platform.shownIn("C-caf")).toBeGreaterThan(0);
});
