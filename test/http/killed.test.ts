/** The program itself, killed while it is asked for demandes: each is stored once, and its system is told everything. */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { openDatabase } from "../../models/database.ts";
import { SEED_AGENTS } from "../../sandbox/seed/world.ts";
import { BotProcess } from "../support/bot.ts";
import { until } from "../support/until.ts";
import { openWorld, sealerOf } from "../support/world.ts";
import type { Received } from "./client.ts";
import { ASKED, get, post, SECRET } from "./client.ts";

const KILLS = Number(process.env.KILLS ?? 3);
const AT_ONCE = 4;
const [aidant] = SEED_AGENTS;

const asked = { ...ASKED, aidant: { email: aidant?.email }, groupes: ["CAF"] };

test("killed between the write and the answer, or anywhere else: a second sending finds the demande, and every event is told", async () => {
  const told = new Map<string, number[]>();
  const receiver = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const { demande, numero } = JSON.parse(text);
    told.set(demande.id, [...(told.get(demande.id) ?? []), numero]);
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const world = await openWorld();
  const settings = {
    API_CLIENTS: `essai:${SECRET}`,
    WEBHOOKS: `essai:${SECRET}:http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
  };
  const db = await openDatabase(world.mongodbUri, sealerOf(world.keys));
  let bot = await BotProcess.start(world, "api", settings);
  const done: Received[] = [];
  try {
    const before = await db.demandes.model.countDocuments({});
    for (let kill = 0; kill < KILLS; kill += 1) {
      const keys = Array.from({ length: AT_ONCE }, () => randomUUID());
      const answers = Promise.allSettled(keys.map((key) => post(bot.url, asked, { key })));
      // As soon as one of them is stored, or at some other instant.
      const stored = before + done.length + 1;
      const write = until("a demande is stored", async () => (await db.demandes.model.countDocuments({})) >= stored, 10_000);
      await Promise.race([write, delay(kill % 2 === 0 ? 5_000 : Math.random() * 60)]).catch(() => undefined);
      await bot.kill();
      await Promise.allSettled([answers, write]);
      bot = await BotProcess.start(world, "api", settings);
      for (const key of keys) {
        const answer = await post(bot.url, asked, { key });
        expect(answer.status).toBe(201);
        done.push(answer);
      }
      expect(await db.demandes.model.countDocuments({})).toBe(before + done.length);
    }
    expect(new Set(done.map(({ body }) => body.ref)).size).toBe(KILLS * AT_ONCE);
    for (const { body } of done) {
      expect((await get(bot.url, body.url)).body).toMatchObject({ id: body.id, ref: body.ref, statut: "nouvelle" });
      await until(`${body.ref} is told`, () => told.get(body.id)?.includes(1));
    }
    expect(bot.log()).not.toMatch(/Canari/);
  } finally {
    await bot.kill();
    await db.close();
    await world.close();
    receiver.close();
  }
});
