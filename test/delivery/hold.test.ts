/** What a worker does while it holds something, as its own clocks tell it. */
import { setTimeout as sleep } from "node:timers/promises";
import { Lanes } from "../../bots/lanes.ts";
import { assertHeld, Hold, LeaseLost } from "../../src/delivery/hold.ts";

/** The margin for other machines' clocks, as in the source. */
const MARGIN_MS = 5_000;
const SHORT_MS = 60;

const given = async (): Promise<boolean> => true;

/** As if the process had been stopped for longer than the hold lasts. */
const hang = () => sleep(SHORT_MS + 20);

test("what nobody holds is asked for by nobody, and no call is kept back", () => {
  expect(assertHeld).not.toThrow();
});

test("calls are made while it is held, and no more once it has run out", async () => {
  const hold = new Hold(MARGIN_MS + SHORT_MS);
  await hold.renew(given);
  await hold.during(async () => {
    expect(assertHeld).not.toThrow();
    await hang();
    expect(assertHeld).toThrow(LeaseLost);
    // Nobody took it meanwhile: it is ours as before.
    await hold.renew(given);
    expect(assertHeld).not.toThrow();
  });
});

test("an answer that was long under way renews from when it was asked for, and a refusal ends it", async () => {
  const hold = new Hold(MARGIN_MS + SHORT_MS);
  const asked: Date[] = [];
  await hold.renew(async (until) => {
    asked.push(until);
    await hang();
    return true;
  });
  expect((asked[0]?.getTime() ?? 0) - Date.now()).toBeLessThan(MARGIN_MS + SHORT_MS);
  await hold.during(async () => expect(assertHeld).toThrow(LeaseLost));
  const other = new Hold(MARGIN_MS + 60_000);
  await other.renew(given);
  await other.renew(async () => null);
  await other.during(async () => expect(assertHeld).toThrow(LeaseLost));
});

test("what was set going meanwhile and outlives it is not kept back", async () => {
  const hold = new Hold(MARGIN_MS + SHORT_MS);
  await hold.renew(given);
  let after: Promise<void> = Promise.resolve();
  await hold.during(async () => {
    after = hang().then(() => assertHeld());
  });
  await expect(after).resolves.toBeUndefined();
});

test("in a queue, each is judged by what itself holds, whoever was before it", async () => {
  const lanes = new Lanes();
  const holding = async (answer: boolean) => {
    const hold = new Hold(MARGIN_MS + 60_000);
    await hold.renew(async () => answer);
    return hold;
  };
  const call = () =>
    lanes.run("canal", async () => {
      await sleep(1);
      assertHeld();
    });
  const holds = await Promise.all([true, false, true, false].map(holding));
  const ends = await Promise.allSettled([...holds.map((hold) => hold.during(call)), call()]);
  expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "rejected", "fulfilled"]);
});
