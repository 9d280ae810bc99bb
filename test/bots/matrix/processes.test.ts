/** Two processes on one account: one reads, the other posts too, and takes over what the first knew. */
import type { MatrixPlatform } from "../../../bots/matrix/platform.ts";
import { DeliveryFault } from "../../../src/delivery/port.ts";
import { richText } from "../../../src/domain/richtext.ts";
import { say } from "../../../src/presentation/message.ts";
import { until } from "../desk.ts";
import { type Bench, startBench } from "./harness.ts";
import type { Person } from "./homeserver.ts";

let bench: Bench;
let second: MatrixPlatform;
beforeEach(async () => {
  bench = await startBench();
  second = bench.create();
  await second.start();
});
afterEach(async () => {
  await second.stop();
  await bench.close();
});

const openBy = async (platform: MatrixPlatform, { user }: Person): Promise<string> => {
  const { channel } = await platform.port.openDirect({ platform: "matrix", workspace: bench.workspace, user });
  return channel;
};

const listed = async (): Promise<Record<string, string[]>> => {
  const { bot } = bench;
  return bot.call("GET", `user/${encodeURIComponent(bot.user)}/account_data/m.direct`);
};

test("whoever takes over hears what people say in the conversations that the other has begun with them", async () => {
  const room = await bench.direct(bench.camille);
  const write = async (body: string) => {
    const before = bench.desk.of("message").length;
    const path = `rooms/${encodeURIComponent(room)}/send/m.room.message/${before}`;
    await bench.camille.call("PUT", path, { msgtype: "m.text", body });
    await bench.heard("message", before + 1);
  };
  // The place reached is then after the conversation came into the list: it is told to nobody again.
  for (const body of ["Bonjour", "Il y a quelqu’un ?", "Merci"]) await write(body);
  await bench.platform.stop();
  await write("Vous êtes toujours là ?");
  expect(bench.desk.of("message").at(-1)).toMatchObject({ direct: true });
});

test("there is one conversation with each person, whichever process begins it, and none is lost from the list", async () => {
  const { platform, camille, dominique } = bench;
  const opened = await Promise.all([
    openBy(platform, camille),
    openBy(second, camille),
    openBy(second, dominique),
    openBy(platform, dominique),
  ]);
  expect(opened[0]).toBe(opened[1]);
  expect(opened[2]).toBe(opened[3]);
  expect(await listed()).toEqual({ [camille.user]: [opened[0]], [dominique.user]: [opened[2]] });
});

test("a process that is told nothing of rooms looks whether the person is still there before it writes to them", async () => {
  const { camille, bot } = bench;
  const room = await bench.direct(camille);
  expect(await openBy(second, camille)).toBe(room);
  await camille.call("POST", `rooms/${encodeURIComponent(room)}/leave`, {});
  expect(await openBy(second, camille)).toBe(room);
  expect(await bot.membership(room, camille.user)).toBe("invite");
});

test("nor does it write in clear where the room was encrypted meanwhile", async () => {
  const { camille, room, place } = bench;
  const message = say(richText("En clair ?"));
  await second.port.post(place, null, message, "avant", new Map());
  await camille.call("PUT", `rooms/${encodeURIComponent(room)}/state/m.room.encryption/`, { algorithm: "m.megolm.v1.aes-sha2" });
  const posted = second.port.post(place, null, message, "apres", new Map());
  await expect(posted).rejects.toBeInstanceOf(DeliveryFault);
});

test("the one that took over follows rooms from then on", async () => {
  const room = await bench.direct(bench.camille);
  await bench.platform.stop();
  await until(async () => {
    const asked = bench.called.length;
    await openBy(second, bench.camille);
    return bench.called.length === asked;
  }, "a conversation that is known without asking");
  expect(await openBy(second, bench.camille)).toBe(room);
});
