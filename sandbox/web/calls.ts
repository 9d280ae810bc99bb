/** The control calls that the page needs beyond those of the platforms: live stream, clock, counters, tour, bot, first day. */
import { z } from "zod";
import type { Database } from "../../models/database.ts";
import { ACTION_IDS, actionOf, COMMANDS, SHORTCUTS } from "../../src/actions.ts";
import type { FollowedBot } from "../bot/followed.ts";
import type { BotProcess } from "../bot/process.ts";
import type { Sandbox } from "../sandbox.ts";
import { nextDue } from "../time.ts";
import { describeWorld } from "../world.ts";
import { allDemandes, countEverything } from "./counters.ts";
import type { BotStatus, ClockState, CommandHint, PlatformId, ShortcutHint, Tour } from "./protocol.ts";
import { tourOf } from "./tour.ts";
import { AIN, explainMoment, openingAfter } from "./why.ts";

/** A world being played, with the bot that serves it. */
export interface Playing {
  readonly sandbox: Sandbox;
  readonly db: Database;
  readonly bot: FollowedBot;
}

const platform = z.enum(["slack", "matrix"]);

export const botBody = z.strictObject({ do: z.enum(["kill", "start"]) });
export const fileQuery = z.strictObject({ platform, file: z.string().min(1).max(500) });
export const commandsQuery = z.strictObject({ platform });

/** What can be typed there, from the registry: what is added to it shows by itself. */
export function commandHints(on: PlatformId): CommandHint[] {
  const sign = on === "slack" ? "/" : "!";
  const commands = COMMANDS.map(({ command, usage, help }) => ({ typed: `${sign}${command}`, usage, help, inThread: false }));
  if (on === "slack") return commands;
  const words = ACTION_IDS.map(actionOf)
    .filter(({ capability }) => capability !== null)
    .map(({ word, help }) => ({ typed: `!${word}`, usage: "", help, inThread: true }));
  return [...commands, ...words];
}

export const shortcutHints = (): ShortcutHint[] => SHORTCUTS.map((shortcut) => ({ ...shortcut }));

/** Null when nothing will fall due. */
export async function nextDueAfter(db: Database, now: Date): Promise<Date | null> {
  const next = await nextDue(db.due, now);
  // The rule is « after the due date », strictly.
  return next && new Date(next.getTime() + 1);
}

export async function clockState({ sandbox, db }: Playing): Promise<ClockState> {
  const now = sandbox.clock.now();
  const states = (await allDemandes(db)).map(({ state }) => state);
  const due = await nextDueAfter(db, now);
  return {
    now: now.toISOString(),
    opening: openingAfter(now, AIN).toISOString(),
    due: due?.toISOString() ?? null,
    why: explainMoment(states, now),
  };
}

export const counters = ({ sandbox, db }: Playing) => countEverything(sandbox, db);

export async function tour({ sandbox, db }: Playing): Promise<Tour> {
  const { agents, channels } = await describeWorld(db, sandbox, sandbox.clock.now());
  const groupes = new Map((await db.groupes.all()).map(({ id, place }) => [String(id), place?.channel ?? null]));
  return tourOf(await allDemandes(db), {
    account: (handle) => agents.find(({ email }) => email.startsWith(`${handle}@`))?.id ?? null,
    channelOf: (groupe) => groupes.get(groupe) ?? null,
    directOf: (account) => channels.find(({ direct }) => direct === account)?.id ?? null,
  });
}

const isProcess = (bot: FollowedBot): bot is BotProcess => "kill" in bot;

export const botStatus = ({ bot }: Playing): BotStatus =>
  isProcess(bot)
    ? { state: bot.state, pid: bot.pid, lives: bot.lives, isProcess: true }
    : { state: "running", pid: null, lives: 1, isProcess: false };

/** Kills it, or starts it again; both resolve once it is so. False where it shares the sandbox's process. */
export async function orderBot({ bot }: Playing, order: z.infer<typeof botBody>["do"]): Promise<boolean> {
  if (!isProcess(bot)) return false;
  await (order === "kill" ? bot.kill() : bot.start());
  return true;
}

export const fileOf = ({ sandbox }: Playing, { platform: on, file }: z.infer<typeof fileQuery>) =>
  on === "slack" ? sandbox.slack.file(file) : sandbox.matrix.file(file);
