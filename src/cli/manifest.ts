/** `aplus manifest`: the manifest of the Slack app, from the registry of commands and shortcuts. */

import { stringify } from "yaml";
import { slackManifest } from "../../bots/slack/manifest.ts";
import { EVENTS_PATH, REDIRECT_PATH } from "../../bots/slack/paths.ts";
import { PermanentError } from "../errors.ts";
import { cliTexts } from "./texts.ts";

function originOf(address: string): string {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol !== "https:" || url.pathname !== "/" || url.search !== "" || url.hash !== "" || url.username !== "")
    throw new PermanentError(cliTexts.manifest.badAddress);
  return url.origin;
}

function overHttp(origin: string) {
  const url = `${origin}${EVENTS_PATH}`;
  const { features, oauth_config, settings, ...rest } = slackManifest();
  return {
    ...rest,
    features: { ...features, slash_commands: features.slash_commands.map((command) => ({ ...command, url })) },
    oauth_config: { redirect_urls: [`${origin}${REDIRECT_PATH}`], ...oauth_config },
    settings: {
      ...settings,
      event_subscriptions: { request_url: url, ...settings.event_subscriptions },
      interactivity: { ...settings.interactivity, request_url: url },
      socket_mode_enabled: false,
    },
  };
}

/**
 * The manifest as YAML.
 * @param address public `https://` origin of a bot that Slack reaches over HTTP; null for Socket Mode
 * @throws PermanentError for another address
 */
export const manifestYaml = (address: string | null): string =>
  stringify(address === null ? slackManifest() : overHttp(originOf(address)), { lineWidth: 120 });
