/** A bot that is late with an event, which Slack then sends again and again. */
import { RetryError } from "../../../src/errors.ts";
import { until } from "../../support/until.ts";
import { type Bench, startBench } from "./harness.ts";

let bench: Bench;
let root: string;
beforeEach(async () => {
  bench = await startBench({ mode: "http", sandbox: { ackTimeout: 100, retryDelays: Array.from({ length: 50 }, () => 10) } });
  ({ ts: root } = await bench.control.message({ as: bench.camille.id, channel: bench.channel.id, text: "Racine", wait: "ack" }));
  // On a slow machine the first try is late already: the root must be done before the tests count what is begun.
  await bench.slack.settled();
});
afterEach(() => bench.close());

const said = () => bench.desk.of("message").filter(({ root: thread }) => thread === root);

test("does it once, and acknowledges it as soon as it is done", async () => {
  const { desk, control, camille, channel, slack, tries } = bench;
  let begun = 0;
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  desk.before = () => {
    begun += 1;
    return gate;
  };
  void control.message({ as: camille.id, channel: channel.id, thread: root, text: "Une fois", wait: "ack" });
  await until("Slack has sent it several times", () => tries.includes(4));
  release();
  await slack.settled();
  expect(begun).toBe(1);
  expect(said()).toHaveLength(1);
});

test("one that could not be done is done when it is sent again", async () => {
  const { desk, control, camille, channel, slack } = bench;
  let refusals = 1;
  desk.before = async () => {
    if (refusals-- > 0) throw new Error("a fault that does not pass by itself", { cause: new RetryError("away") });
  };
  await control.message({ as: camille.id, channel: channel.id, thread: root, text: "Encore", wait: "ack" });
  await slack.settled();
  expect(said()).toHaveLength(1);
});
