import { Precedence } from "../../src/delivery/precedence.ts";

/** An act that ends when told to. */
function act() {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { do: () => ended, end: () => end() };
}

test("a delivery begins at once when nobody acts", async () => {
  await new Precedence().turn(true);
});

test("a delivery waits for what people do, and begins when the last of it is done", async () => {
  const precedence = new Precedence();
  const [one, two] = [act(), act()];
  const order: string[] = [];
  const acts = [one, two].map((each, n) => precedence.first(each.do).then(() => order.push(`act ${n}`)));
  const delivery = precedence.turn(true).then(() => order.push("delivery"));
  one.end();
  await acts[0];
  two.end();
  await Promise.all([...acts, delivery]);
  expect(order.slice(0, 1)).toEqual(["act 0"]);
  expect(order).toContain("delivery");
  expect(order.indexOf("delivery")).toBeGreaterThan(0);
});

test("people who never pause do not hold deliveries back for ever, which go in their order", async () => {
  const precedence = new Precedence();
  const endless = act();
  const acting = precedence.first(endless.do);
  const order: number[] = [];
  await Promise.all([1, 2, 3].map((n) => precedence.turn(true).then(() => order.push(n))));
  expect(order).toEqual([1, 2, 3]);
  endless.end();
  await acting;
});

test("what somebody just did does not wait behind what is left from before, which goes on all the same", async () => {
  const precedence = new Precedence();
  const endless = act();
  const acting = precedence.first(endless.do);
  const order: string[] = [];
  const turn = (name: string, isAsked: boolean) => precedence.turn(isAsked).then(() => order.push(name));
  const older = [1, 2, 3].map((n) => turn(`older ${n}`, false));
  await Promise.all([turn("asked", true), ...older]);
  expect(order.indexOf("asked")).toBe(0);
  expect(order.slice(1)).toEqual(["older 1", "older 2", "older 3"]);
  endless.end();
  await acting;
});

test("an act that fails frees the deliveries as well, and its fault is its own", async () => {
  const precedence = new Precedence();
  const failing = precedence.first(() => Promise.reject(new Error("refused")));
  const turn = precedence.turn(true);
  await expect(failing).rejects.toThrow("refused");
  await turn;
});
