import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import mongoose from "mongoose";
import { card, nothing, until } from "../desk.ts";
import { type Bench, startBench } from "./harness.ts";

const NO_USERS = new Map();
const isSync = (path: string) => path.includes("/v3/sync");

describe("reading an account's events", () => {
  let bench: Bench;
  let root: string;
  beforeAll(async () => {
    bench = await startBench();
    root = await bench.platform.port.postCard(bench.place, card(), "s.0", NO_USERS);
  });
  afterAll(() => bench.close());
  beforeEach(() => {
    bench.desk.calls.length = 0;
    bench.desk.reaction = nothing;
    bench.desk.open = [];
  });
  afterEach(() => {
    bench.proxy.judge = () => undefined;
    bench.desk.before = async () => undefined;
  });

  const heardIds = () => bench.desk.of("message").map(({ id }) => id);
  const say = async (count: number, from = 0): Promise<string[]> => {
    const ids: string[] = [];
    for (let index = from; index < from + count; index++) ids.push(await bench.camille.say(bench.room, `n° ${index}`, root));
    return ids;
  };

  test("what was said while nobody read is heard at the start, in order, however much it was", async () => {
    await bench.platform.stop();
    const ids = await say(260);
    bench.platform = bench.create();
    await bench.platform.start();
    expect(heardIds()).toEqual(ids);
  });

  test("nothing is heard again at a restart", async () => {
    const ids = await say(3);
    await bench.heard("message", 3);
    await bench.restart();
    const more = await say(1, 3);
    await bench.heard("message", 4);
    expect(heardIds()).toEqual([...ids, ...more]);
  });

  test("a timeline cut short by the homeserver is fetched back to the last event known", async () => {
    const [last] = await say(1);
    await bench.heard("message", 1);
    // From then on, the homeserver says of every timeline that only its end is there.
    bench.proxy.judge = ({ path }) =>
      isSync(path)
        ? {
            kind: "change",
            change: async (answer) => {
              const joined = answer.rooms?.join?.[bench.room];
              const timeline = joined?.timeline;
              if (!timeline || timeline.events.length === 0) return answer;
              const at = await bench.camille.call(
                "GET",
                `rooms/${encodeURIComponent(bench.room)}/context/${encodeURIComponent(timeline.events.at(-1).event_id)}?limit=0`,
              );
              return {
                ...answer,
                rooms: {
                  ...answer.rooms,
                  join: { [bench.room]: { ...joined, timeline: { events: [], limited: true, prev_batch: at.end } } },
                },
              };
            },
          }
        : undefined;
    const ids = await say(5, 1);
    await bench.heard("message", 6);
    expect(heardIds()).toEqual([last, ...ids]);
  });

  test("what the database or a fault keeps from being written is tried again, and keeps its order", async () => {
    let failures = 3;
    bench.desk.before = async () => {
      failures -= 1;
      if (failures >= 0) throw new Error("not now");
    };
    const ids = await say(3);
    await bench.heard("message", 3);
    expect(heardIds()).toEqual(ids);
  });

  test("a refused token is said plainly, and forgotten without a restart once it works again", async () => {
    expect(bench.platform.health()).toEqual({ ok: true });
    const refused = { kind: "refuse", status: 401, body: { errcode: "M_UNKNOWN_TOKEN", error: "x" } } as const;
    bench.proxy.judge = () => refused;
    const [first] = await say(1);
    await until(() => !bench.platform.health().ok, "the health turned bad");
    expect(bench.platform.health()).toMatchObject({ reason: expect.stringContaining("M_UNKNOWN_TOKEN") });
    bench.proxy.judge = () => undefined;
    await until(() => bench.platform.health().ok, "the health turned good");
    await bench.heard("message", 1);
    expect(heardIds()).toEqual([first]);
  });

  test("a homeserver that is away is asked again, and nothing said meanwhile is lost", async () => {
    bench.proxy.judge = () => ({ kind: "drop" });
    const ids = await say(2);
    await until(() => bench.log.lines.some(({ message }) => message === "No news from the homeserver"), "a pause");
    bench.proxy.judge = () => ({ kind: "refuse", status: 502, body: ["<html>"] });
    await until(
      () => bench.log.lines.filter(({ message }) => message === "No news from the homeserver").length > 2,
      "another pause",
    );
    bench.proxy.judge = () => undefined;
    await bench.heard("message", 2);
    expect(heardIds()).toEqual(ids);
  });

  test("where the homeserver no longer knows the place reached, the open threads are read", async () => {
    const [known] = await say(1);
    await bench.heard("message", 1);
    await bench.platform.stop();
    const ids = await say(3, 1);
    bench.desk.open = [{ place: bench.place, root, seen: known ?? "" }];
    let refused = false;
    bench.proxy.judge = ({ path }) => {
      if (refused || !isSync(path) || !path.includes("since=")) return undefined;
      refused = true;
      return { kind: "refuse", status: 400, body: { errcode: "M_UNKNOWN", error: "Invalid stream token" } };
    };
    bench.platform = bench.create();
    await bench.platform.start();
    await bench.heard("message", 4);
    expect(heardIds()).toEqual([known, ...ids]);
  });

  test("the first reading of all replays nothing", async () => {
    const fresh = await startBench({ start: false });
    try {
      await fresh.bot.join(fresh.room);
      await fresh.camille.say(fresh.room, "!demande d’avant");
      await fresh.platform.start();
      await fresh.camille.say(fresh.room, "!demande d’après");
      await fresh.heard("command");
      expect(fresh.desk.of("command")).toMatchObject([{ text: "d’après" }]);
    } finally {
      await fresh.close();
    }
  });

  test("one process reads; another takes over once it is gone", async () => {
    const second = bench.create();
    await second.start();
    try {
      const ids = await say(3);
      // What was said before this test may be read again by whoever begins to read: it changes nothing, and is not looked at.
      const own = (said: readonly string[]) => heardIds().filter((id) => said.includes(id));
      await until(() => own(ids).length >= 3, "the first messages at the desk");
      expect(own(ids)).toEqual(ids);
      await bench.platform.stop();
      const more = await say(2, 3);
      await until(() => own(more).length >= 2, "the next messages at the desk");
      expect(own([...ids, ...more])).toEqual([...ids, ...more]);
    } finally {
      await second.stop();
      bench.platform = bench.create();
      await bench.platform.start();
    }
  });

  test("a reading with nothing new asks nothing of the database", async () => {
    let rounds = 0;
    await bench.platform.stop();
    bench.proxy.judge = ({ path }) => {
      const since = /since=([^&]+)/.exec(path)?.[1];
      if (!isSync(path) || since === undefined || rounds >= 50) return undefined;
      rounds += 1;
      if (rounds === 2) bench.queries.length = 0;
      return { kind: "refuse", status: 200, body: { next_batch: since } };
    };
    bench.platform = bench.create();
    await bench.platform.start();
    await until(() => rounds === 50, "fifty readings");
    // What the start itself asks, and the lease's sign of life, are none of the readings'.
    const others = bench.queries.filter(
      ({ collection }) => !["matrixAccounts", "prompts", "dialogues"].includes(`${collection}`),
    );
    expect(others).toEqual([]);
    expect(bench.queries.length).toBeLessThan(10);
  });
});

describe("a process killed between what it handled and the place it saves", () => {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill("SIGKILL"));

  test("the next one reads it again, and nothing is skipped", async () => {
    const bench = await startBench({ start: false });
    const connection = await mongoose.createConnection(bench.database.uri).asPromise();
    try {
      const start = (stopBeforeSave: string): Promise<void> =>
        new Promise((resolve, reject) => {
          child = fork(fileURLToPath(new URL("reader.mjs", import.meta.url)), {
            env: {
              ...process.env,
              NODE_OPTIONS: "",
              HOMESERVER: bench.proxy.url,
              TOKEN: bench.bot.token,
              DATABASE: bench.database.uri,
              STOP_BEFORE_SAVE: stopBeforeSave,
            },
          });
          child.once("message", () => resolve());
          child.once("error", reject);
          child.once("exit", (code) => (code === null ? undefined : reject(new Error(`the reader ended with ${code}`))));
        });
      const killed = () =>
        new Promise<void>((resolve) => {
          child?.once("exit", () => resolve());
          child?.kill("SIGKILL");
        });
      const heard = async () => (await connection.collection("heardByTheDesk").find({}).toArray()).map(({ id }) => id);
      await bench.bot.join(bench.room);
      await start("");
      const root = await bench.bot.say(bench.room, "Une carte");
      const ids = [await bench.camille.say(bench.room, "avant", root)];
      await until(async () => (await heard()).length === 1, "the first message");
      await killed();
      ids.push(await bench.camille.say(bench.room, "pendant", root), await bench.camille.say(bench.room, "aussi", root));
      await bench.db.matrixState.freeInstance("reader");
      await start("2");
      expect(await heard()).toEqual(expect.arrayContaining(ids));
      await killed();
      ids.push(await bench.camille.say(bench.room, "après", root));
      await bench.db.matrixState.freeInstance("reader");
      await start("");
      await until(async () => (await heard()).includes(ids.at(-1)), "the last message");
      // What was handled but not saved comes again, with the same ids: that is what makes it harmless.
      const all = await heard();
      expect(new Set(all)).toEqual(new Set(ids));
      expect(all.filter((id) => id === ids[1] || id === ids[2])).toEqual([ids[1], ids[2], ids[1], ids[2]]);
    } finally {
      child?.kill("SIGKILL");
      await connection.close();
      await bench.close();
    }
  });
});
