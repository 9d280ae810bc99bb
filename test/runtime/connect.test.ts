/** Two platforms, one of them away at the start: the other works at once, and the late one joins without a restart. */
import { onSlack } from "../../sandbox/seed/slack.ts";
import { startBotHere } from "../support/bot.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

test("a homeserver that is away at the start, or refuses the token, does not keep Slack waiting, and joins once it answers", async () => {
  const world = await openWorld({ matrix: "seed" });
  const { matrix, slack } = world;
  if (matrix === null) throw new Error("Matrix was asked for");
  matrix.proxy.judge = () => ({ kind: "refuse", status: 401, body: { errcode: "M_UNKNOWN_TOKEN", error: "x" } });
  const bot = await startBotHere(world);
  try {
    const user = onSlack(slack).identity("camille.exemple")?.user ?? "";
    const told = await slack.control.command({ as: user, channel: "dm", command: "/aplus" });
    expect(told.ok).toBe(true);
    expect(bot.runtime.slack?.health()).toEqual({ ok: true });
    expect(bot.runtime.matrix?.health()).toMatchObject({ ok: false, reason: expect.stringContaining("M_UNKNOWN_TOKEN") });
    matrix.proxy.judge = () => undefined;
    await until("Matrix joins", () => bot.runtime.matrix?.health().ok === true);
    const andrea = matrix.person("andrea.essai");
    const direct = await andrea.createRoom({ invite: [matrix.bot.user], is_direct: true });
    await until("the bot comes", async () => (await andrea.membership(direct, matrix.bot.user)) === "join");
  } finally {
    await bot.stop();
    await world.close();
  }
});

test("with no platform to go on with, the start fails and says why", async () => {
  const world = await openWorld({ matrix: "seed" });
  const { matrix, slack } = world;
  if (matrix === null) throw new Error("Matrix was asked for");
  matrix.proxy.judge = () => ({ kind: "drop" });
  slack.faults.add({ kind: "down" });
  try {
    await expect(startBotHere(world)).rejects.toThrow();
  } finally {
    await world.close();
  }
});
