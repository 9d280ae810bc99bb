/** Slack and Matrix: what each bot's own doctor finds, and the clock of its server. */
import type { CheckedWorkspace } from "../../../bots/slack/doctor.ts";
import type { Config } from "../../config.ts";
import { installDoctorTexts } from "../../texts/slackInstall.ts";
import { clockOffsetOf, matrixClock, slackClock } from "../../watch/clocks.ts";
import { doctorTexts as texts } from "../texts.ts";
import type { Finding, Told } from "./finding.ts";
import { fine, guarded, wrong } from "./finding.ts";
import type { BoundChannels } from "./groupes.ts";
import { clockFinding } from "./machine.ts";

async function checkClock(reference: string, request: Request): Promise<readonly Finding[]> {
  const offset = await clockOffsetOf(request);
  return offset === null ? [] : [clockFinding(reference, offset)];
}

/** A platform that nobody asked for is fine; one to which groupes are bound is missed. */
const unconfigured = (check: string, detail: string, remedy: string, bound: readonly string[]): Finding =>
  bound.length === 0 ? fine(check, detail) : wrong(check, texts.platformMissed(bound.length), remedy);

/** What is known from the database of where the bot must be; `workspaces` is null when it could not be asked. */
export interface Presence {
  readonly bound: BoundChannels;
  readonly workspaces: readonly CheckedWorkspace[] | null;
}

async function checkSlack({ slack }: Config, { bound, workspaces }: Presence, told: Told): Promise<void> {
  const channels = bound.slack;
  if (!slack) {
    told([unconfigured(texts.slack, texts.slackNone, texts.slackRemedy, channels)]);
    return;
  }
  told(await checkClock(texts.clockOf.slack, slackClock(slack.apiUrl)));
  const bot = await import("../../../bots/slack/doctor.ts");
  if (slack.oauth && workspaces === null) told([fine(texts.slack, installDoctorTexts.needsDatabase)]);
  told(await guarded(texts.slack, () => bot.checkSlack({ ...slack, channels, workspaces: workspaces ?? [] })));
}

async function checkMatrix({ matrix }: Config, rooms: readonly string[], told: Told): Promise<void> {
  if (!matrix) {
    told([unconfigured(texts.matrix, texts.matrixNone, texts.matrixRemedy, rooms)]);
    return;
  }
  told(await checkClock(texts.clockOf.matrix, matrixClock(matrix.homeserver)));
  const bot = await import("../../../bots/matrix/doctor.ts");
  told(await guarded(texts.matrix, () => bot.checkMatrix({ ...matrix, rooms })));
}

export async function checkPlatforms(config: Config, presence: Presence, told: Told): Promise<void> {
  await checkSlack(config, presence, told);
  await checkMatrix(config, presence.bound.matrix, told);
  if (!config.slack && !config.matrix) told([fine(texts.sandbox, texts.sandboxRuns)]);
}
