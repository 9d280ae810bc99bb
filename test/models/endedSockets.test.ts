/** Sockets to the database that have ended and are not quite closed: what is written to them fails at once, and the database is found again. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { until } from "../support/until.ts";
import { openStore, type Store } from "./store.ts";

const CREATED = "net.client.socket";
const sockets: Socket[] = [];
const keep = (message: unknown): void => {
  sockets.push((message as { readonly socket: Socket }).socket);
};

let s: Store;
beforeAll(async () => {
  subscribe(CREATED, keep);
  s = await openStore();
});
afterAll(async () => {
  unsubscribe(CREATED, keep);
  await s?.close();
});

test("a question asked in that instant is answered with an error, and the next ones with what they ask", async () => {
  for (let turns = 0; turns < 5; turns += 1) {
    await s.db.ping();
    expect(sockets.some(({ destroyed }) => !destroyed)).toBe(true);
    for (const socket of sockets) socket.destroy();
    await expect(s.db.ping()).rejects.toThrow(/ended while it was written to|closed|cleared/);
    await until(
      "the database is found again",
      () =>
        s.db.ping().then(
          () => true,
          () => false,
        ),
      30_000,
    );
  }
}, 60_000);
