import { matrixRooms } from "../../../bots/matrix/account.ts";
import { checkMatrix } from "../../../bots/matrix/doctor.ts";
import { DeliveryFault } from "../../../src/delivery/port.ts";
import { recordingLog } from "../desk.ts";
import { type Bench, startBench } from "./harness.ts";

describe("the doctor, and the account's own facts", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(() => bench.close());

  test("says what works, room by room, and how to mend what does not; never the token", async () => {
    const { homeserver, bot, room, camille } = bench;
    const outside = await camille.createRoom();
    const config = { homeserver: homeserver.url, accessToken: bot.token };
    const found = await checkMatrix({ ...config, rooms: [room, outside, "#inconnu:localhost"] });
    expect(found.map(({ ok }) => ok)).toEqual([true, true, true, true, false, false]);
    expect(found[1]?.detail).toContain(bot.user);
    expect(found.filter(({ ok, remedy }) => ok !== (remedy === null))).toEqual([]);
    const refused = await checkMatrix({ ...config, accessToken: "faux" });
    expect(refused.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(refused[1]?.detail).toContain("M_UNKNOWN_TOKEN");
    const away = await checkMatrix({ ...config, homeserver: "http://127.0.0.1:9", cryptoFolder: "/nulle/part" });
    expect(away.map(({ ok }) => ok)).toEqual([false, false]);
    expect(JSON.stringify([found, refused, away])).not.toContain(bot.token);
  });

  test("rooms are known by their aliases", async () => {
    const { homeserver, bot, camille, workspace } = bench;
    const alias = `caf-${Date.now()}`;
    const room = await camille.createRoom({ room_alias_name: alias });
    const rooms = await matrixRooms({ homeserver: homeserver.url, accessToken: bot.token, log: recordingLog() });
    expect(rooms.workspace).toBe(workspace);
    expect(await rooms.idOf(`#${alias}:${workspace}`)).toBe(room);
    expect(await rooms.idOf(room)).toBe(room);
    expect(await rooms.idOf(`#absent:${workspace}`)).toBeNull();
    const wrong = matrixRooms({ homeserver: homeserver.url, accessToken: "faux", log: recordingLog() });
    await expect(wrong).rejects.toBeInstanceOf(DeliveryFault);
  });
});
