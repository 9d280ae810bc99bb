/** Whether this configuration works with Slack, and how to mend each thing that does not. */
import { webApi } from "@slack/bolt";
import { slackTexts } from "../../src/texts.ts";
import type { Log } from "../log.ts";
import { clientOptions } from "./client.ts";
import { slackCode } from "./faults.ts";
import { SLACK_SCOPE_NAMES } from "./manifest.ts";
import type { SlackConfig } from "./platform.ts";

export interface DoctorConfig extends SlackConfig {
  /** Ids of the channels in which the bot must be. */
  readonly channels?: readonly string[];
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

/** Never throws: what does not work is a finding. The tokens appear in none. */
export async function checkSlack(config: DoctorConfig): Promise<Finding[]> {
  const client = new webApi.WebClient(config.botToken, optionsOf(config));
  const { finding, scopes } = await checkBotToken(client);
  const connection = config.mode === "socket" ? await checkAppToken(config) : checkSigningSecret(config);
  if (scopes === null) return [finding, connection];
  const channels = await Promise.all((config.channels ?? []).map((channel) => checkChannel(client, channel)));
  return [finding, ...checkScopes(scopes), connection, ...channels];
}
