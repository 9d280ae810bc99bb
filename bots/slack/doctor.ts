/** Whether this configuration works with Slack, and how to mend each thing that does not. */
import { webApi } from "@slack/bolt";
import { installDoctorTexts } from "../../src/texts/slackInstall.ts";
import { slackTexts } from "../../src/texts.ts";
import type { Log } from "../log.ts";
import { clientOptions } from "./client.ts";
import { slackCode } from "./faults.ts";
import { SLACK_SCOPE_NAMES } from "./manifest.ts";
import type { SlackConfig } from "./platform.ts";

export type DoctorConfig = SlackConfig & {
  /** Ids of the channels in which the bot must be. */
  readonly channels?: readonly string[];
  /** With OAuth: the workspaces that installed the app, or that should have. */
  readonly workspaces?: readonly CheckedWorkspace[];
};

export interface CheckedWorkspace {
  /** `T…` */
  readonly team: string;
  readonly name: string;
  /** Null: the app is not installed there. */
  readonly botToken: string | null;
  /** When it was taken away, and Slack's word for it; null when it never was there. */
  readonly removed: { readonly at: Date; readonly why: string } | null;
  /** Ids of the channels in which the bot must be. */
  readonly channels: readonly string[];
}

export interface Finding {
  /** What was looked at. */
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
  /** How to mend it; null when there is nothing to mend. */
  readonly remedy: string | null;
}

const texts = slackTexts.doctor;
const silent: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

const fine = (check: string, detail: string): Finding => ({ check, ok: true, detail, remedy: null });
const wrong = (check: string, detail: string, remedy: string): Finding => ({ check, ok: false, detail, remedy });

/** Slack's own refusal, or no answer at all: they are mended in different places. */
function refused(check: string, error: unknown, detail: (code: string) => string, remedy: string): Finding {
  const code = slackCode(error);
  return code === null
    ? wrong(check, texts.unreachable(error instanceof Error ? error.name : "?"), texts.unreachableRemedy)
    : wrong(check, detail(code), remedy);
}

async function checkBotToken(client: webApi.WebClient): Promise<{ finding: Finding; scopes: readonly string[] | null }> {
  try {
    const answer = await client.auth.test();
    return {
      finding: fine(texts.botToken, texts.botTokenOk(answer.team ?? "?", answer.user ?? "?")),
      scopes: answer.response_metadata?.scopes ?? [],
    };
  } catch (error) {
    return { finding: refused(texts.botToken, error, texts.botTokenFault, texts.botTokenRemedy), scopes: null };
  }
}

const checkScopes = (granted: readonly string[]): Finding[] =>
  SLACK_SCOPE_NAMES.map((scope) =>
    granted.includes(scope)
      ? fine(texts.scope(scope), texts.scopeOk)
      : wrong(texts.scope(scope), texts.scopeFault, texts.scopeRemedy),
  );

async function checkAppToken(config: DoctorConfig): Promise<Finding> {
  if (!config.appToken) return wrong(texts.appToken, texts.appTokenMissing, texts.appTokenRemedy);
  try {
    await new webApi.WebClient(config.appToken, optionsOf(config)).apps.connections.open({});
    return fine(texts.appToken, texts.appTokenOk);
  } catch (error) {
    return refused(texts.appToken, error, texts.appTokenFault, texts.appTokenRemedy);
  }
}

const checkSigningSecret = ({ signingSecret }: DoctorConfig): Finding =>
  signingSecret
    ? fine(texts.signingSecret, texts.signingSecretOk)
    : wrong(texts.signingSecret, texts.signingSecretMissing, texts.signingSecretRemedy);

async function checkChannel(client: webApi.WebClient, channel: string): Promise<Finding> {
  const check = texts.channel(channel);
  try {
    const { channel: found } = await client.conversations.info({ channel });
    const name = found?.name ?? channel;
    if (found?.is_archived) return wrong(check, texts.channelArchived(name), texts.channelArchivedRemedy);
    return found?.is_member ? fine(check, texts.channelOk(name)) : wrong(check, texts.channelOutside(name), texts.channelRemedy);
  } catch (error) {
    return refused(check, error, texts.channelUnknown, texts.channelRemedy);
  }
}

const optionsOf = (config: DoctorConfig) => clientOptions({ apiUrl: config.apiUrl, log: silent });

/** The bot of this token: who it is, what it may do, whether it is where it must be. */
async function checkToken(config: DoctorConfig, token: string, channels: readonly string[]): Promise<Finding[]> {
  const client = new webApi.WebClient(token, optionsOf(config));
  const { finding, scopes } = await checkBotToken(client);
  if (scopes === null) return [finding];
  return [finding, ...checkScopes(scopes), ...(await Promise.all(channels.map((channel) => checkChannel(client, channel))))];
}

async function checkWorkspace(config: DoctorConfig, workspace: CheckedWorkspace): Promise<Finding[]> {
  const { team, name, botToken, removed, channels } = workspace;
  const about = name === team ? team : `${name} (${team})`;
  const check = installDoctorTexts.workspace(about);
  if (botToken === null) {
    if (removed === null && channels.length === 0) return [fine(check, installDoctorTexts.toCome)];
    const detail = removed === null ? installDoctorTexts.never : installDoctorTexts.removed(removed.at, removed.why);
    return [wrong(check, detail, installDoctorTexts.remedy)];
  }
  const found = await checkToken(config, botToken, channels);
  return found.map((finding) => ({ ...finding, check: installDoctorTexts.inWorkspace(about, finding.check) }));
}

/** Never throws: what does not work is a finding. The tokens appear in none. */
export async function checkSlack(config: DoctorConfig): Promise<Finding[]> {
  const connection = config.mode === "socket" ? await checkAppToken(config) : checkSigningSecret(config);
  if (config.oauth) {
    const found = await Promise.all((config.workspaces ?? []).map((workspace) => checkWorkspace(config, workspace)));
    return [connection, ...found.flat()];
  }
  const [first, ...others] = await checkToken(config, config.botToken, config.channels ?? []);
  return [...(first ? [first] : []), connection, ...others];
}
