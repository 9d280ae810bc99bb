import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import type { Session } from "../../../sandbox/matrix/control/build.ts";
import { Api, inRoom, inThread, sectionOf, until } from "./world.ts";

interface Held {
  process: ChildProcess;
  url: string;
  room: string;
  bot: Session;
  camille: Session;
}

let folder: string;
let held: Held;

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

async function hold(): Promise<Held> {
  const loader = here("../slack/register-typescript.mjs");
  const child = spawn(process.execPath, ["--import", loader, here("./holder.ts"), folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = (await once(lines, "line")) as [string];
  return { process: child, ...JSON.parse(line) };
}

async function kill(): Promise<void> {
  const gone = once(held.process, "exit");
  held.process.kill("SIGKILL");
  await gone;
}

/** Kills the sandbox and starts another on what it left. */
async function killAndReturn(): Promise<void> {
  await kill();
  held = await hold();
}

const bot = () => new Api(held.url, held.bot.accessToken);
const camille = () => new Api(held.url, held.camille.accessToken);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "matrix-"));
  held = await hold();
});

afterEach(async () => {
  await kill();
  await rm(folder, { recursive: true });
});

test("whatever was answered outlives a kill: sessions, rooms, events, relations, redactions, data, files, sync tokens", async () => {
  const { room } = held;
  const since = (await bot().sync()).body.next_batch;
  const root = await bot().say(room, "racine");
  const reply = await camille().say(room, "réponse", inThread(root));
  await bot().react(room, root, "✋ Je m’en occupe");
  const gone = await bot().say(room, "effacé");
  await bot().redact(room, gone, "r1", "erreur");
  await bot().send(
    room,
    {
      msgtype: "m.text",
      body: "* racine 2",
      "m.new_content": { msgtype: "m.text", body: "racine 2" },
      "m.relates_to": { rel_type: "m.replace", event_id: root },
    },
    "m.room.message",
    "e1",
  );
  await camille().put(inRoom(room, "/state/m.room.topic/"), { topic: "Sujet" });
  await bot().put(`/user/${held.bot.userId}/account_data/m.direct`, { "@x:localhost": [room] });
  await bot().post(inRoom(room, `/receipt/m.read/${reply}`));
  const { body: filter } = await bot().post(`/user/${held.bot.userId}/filter`, { room: { timeline: { limit: 50 } } });
  const { body: media } = await camille().call("POST", "/_matrix/media/v3/upload", "octets", { "content-type": "text/plain" });
  const direct = (await bot().post("/createRoom", { invite: [held.camille.userId], is_direct: true })).body.room_id;
  const sent = await bot().send(room, { msgtype: "m.text", body: "une fois" }, "m.room.message", "livraison-7");
  const before = await bot().sync({ since, filter: filter.filter_id });
  await killAndReturn();

  const after = await bot().sync({ since, filter: filter.filter_id });
  const plain = (answer: { body: unknown }) =>
    JSON.parse(JSON.stringify(answer.body, (key, value) => (key === "age" ? 0 : value)));
  expect(plain(after)).toEqual(plain(before));
  expect(await bot().send(room, { msgtype: "m.text", body: "une fois" }, "m.room.message", "livraison-7")).toEqual(sent);
  expect((await bot().get(inRoom(room, `/event/${root}`))).body.unsigned["m.relations"]).toMatchObject({
    "m.replace": { content: { "m.new_content": { body: "racine 2" } } },
    "m.thread": { count: 1 },
  });
  expect((await bot().get(inRoom(room, `/event/${gone}`))).body).toMatchObject({
    content: {},
    unsigned: { redacted_because: {} },
  });
  expect((await bot().react(room, root, "✋ Je m’en occupe")).body.errcode).toBe("M_DUPLICATE_ANNOTATION");
  expect((await bot().get(`/_matrix/client/v1/media/download/${media.content_uri.slice(6)}`)).body).toEqual({ text: "octets" });
  expect((await camille().sync()).body.rooms.invite).toHaveProperty([direct]);
  await killAndReturn();
  const next = await bot().sync({ since: after.body.next_batch });
  expect(next.body.rooms).toBeUndefined();
  await camille().say(room, "après");
  expect(sectionOf(await bot().sync({ since: next.body.next_batch }), room).timeline.events).toMatchObject([
    { content: { body: "après" } },
  ]);
});

test("killed at random instants, it has every event it answered for, once, in order, and no sync skips one", async () => {
  const answered: string[] = [];
  const synced: string[] = [];
  let since = (await bot().sync()).body.next_batch;
  for (let round = 0; round < 4; round++) {
    let isDead = false;
    const write = async (writer: number) => {
      for (let i = 0; !isDead; i++) {
        const body = `tour ${round}, ${writer}, message ${i}`;
        const sent = await camille()
          .send(held.room, { msgtype: "m.text", body })
          .catch(() => undefined);
        if (sent?.status === 200) answered.push(sent.body.event_id);
      }
    };
    const read = async () => {
      while (!isDead) {
        const filter = '{"room":{"timeline":{"limit":1000}}}';
        const answer = await bot()
          .sync({ since, timeout: "1000", filter })
          .catch(() => undefined);
        if (answer?.status !== 200) continue;
        for (const event of answer.body.rooms?.join?.[held.room]?.timeline.events ?? []) synced.push(event.event_id);
        since = answer.body.next_batch;
      }
    };
    const work = [write(1), write(2), write(3), read()];
    await until(() => answered.length > (round + 1) * 40, "messages");
    await kill();
    isDead = true;
    await Promise.all(work);
    held = await hold();
  }
  const rest = await bot().sync({ since, filter: '{"room":{"timeline":{"limit":1000}}}' });
  for (const event of rest.body.rooms?.join?.[held.room]?.timeline.events ?? []) synced.push(event.event_id);
  const { body } = await bot().get(inRoom(held.room, "/messages"), {
    dir: "f",
    limit: "1000",
    filter: '{"types":["m.room.message"]}',
  });
  const stored = body.chunk.map(({ event_id: id }) => id);
  expect(new Set(stored).size).toBe(stored.length);
  expect(answered.filter((id) => !stored.includes(id))).toEqual([]);
  expect(synced).toEqual(stored);
});
