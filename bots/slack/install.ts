/**
 * The app installed by the administrator of a workspace, from their browser: off to Slack with a state, and back with a code.
 * The exchange is @slack/oauth's; the state is ours, so that it serves once among any number of processes.
 */

import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { webApi } from "@slack/bolt";
import type { Installation, OrgInstallation } from "@slack/oauth";
import { InstallProvider } from "@slack/oauth";
import { z } from "zod";
import { escapeHtml } from "../../src/presentation/html.ts";
import { installTexts as texts } from "../../src/texts/slackInstall.ts";
import { faultFields } from "../log.ts";
import { type ClientOptions, clientOptions } from "./client.ts";
import type { InstallationBook } from "./installed.ts";
import { libraryLogger } from "./log.ts";
import { SLACK_SCOPE_NAMES } from "./manifest.ts";
import { INSTALL_PATH, REDIRECT_PATH } from "./paths.ts";
import type { RequestListener } from "./receive/receivers.ts";

export interface SlackOAuth {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Ids of the workspaces that may install the app. */
  readonly workspaces: readonly string[];
  /** Where browsers reach this program, without a final slash. */
  readonly publicUrl: string;
}

export interface InstallOptions {
  readonly oauth: SlackOAuth;
  readonly book: InstallationBook;
  readonly client: ClientOptions;
  /** An installation has just been stored. */
  readonly installed: () => Promise<void>;
}

const STATE_SECONDS = 600;
const SLACK_AUTHORIZE = "https://slack.com/oauth/v2/authorize";

/** Why an installation does not come about, by the sentence that tells so. */
type Refusal = keyof typeof texts.refusals;

class InstallRefused extends Error {
  readonly code: Refusal;

  constructor(code: Refusal, options?: ErrorOptions) {
    super(code, options);
    this.name = "InstallRefused";
    this.code = code;
  }
}

const stateShape = z.object({ id: z.uuid(), until: z.number() });

/** Sealed, good for ten minutes, once. Nothing is written before it comes back: who only asks for states fills no database. */
function stateStore(book: InstallationBook, redirectUri: string) {
  const options = { scopes: SLACK_SCOPE_NAMES, redirectUri };
  const read = (state: string) => {
    try {
      return stateShape.parse(book.openState(state));
    } catch (cause) {
      throw new InstallRefused("state", { cause });
    }
  };
  return {
    generateStateParam: async (_: unknown, now: Date) =>
      book.sealState({ id: randomUUID(), until: now.getTime() + STATE_SECONDS * 1000 }),
    verifyStateParam: async (now: Date, state: string) => {
      const { id, until } = read(state);
      if (until < now.getTime()) throw new InstallRefused("stale");
      if (!(await book.spendState(id, new Date(until)))) throw new InstallRefused("replayed");
      return options;
    },
  };
}

const CODES: Readonly<Record<string, Refusal>> = {
  slack_oauth_installer_authorization_error: "denied",
  slack_oauth_missing_code: "incomplete",
  slack_oauth_missing_state: "state",
  slack_oauth_invalid_state: "state",
};

function refusalOf(error: unknown): Refusal {
  if (error instanceof InstallRefused) return error.code;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return CODES[code] ?? "failed";
}

const STATUS: Readonly<Record<Refusal, number>> = {
  denied: 403,
  incomplete: 400,
  state: 400,
  stale: 400,
  replayed: 400,
  foreign: 403,
  unusable: 502,
  failed: 502,
};

/** Nothing of the address, which holds the code, leaves with the page. */
function answerPage(response: ServerResponse, status: number, title: string, paragraphs: readonly string[]): void {
  const words = paragraphs.map((text) => `<p>${escapeHtml(text)}</p>`).join("");
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escapeHtml(title)}</title>`;
  const style =
    "<style>body{font:1.1rem/1.6 system-ui,sans-serif;max-width:38rem;margin:4rem auto;padding:0 1rem;color:#161616}</style>";
  const page = `<!doctype html><html lang="fr"><head>${head}${style}</head><body><main><h1>${escapeHtml(title)}</h1>${words}</main></body></html>`;
  response.writeHead(status, {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(page);
}

/** Where Slack asks the administrator: beside its Web API, which is another server's in a sandbox. */
const authorizeAddress = (apiUrl: string | undefined): string =>
  apiUrl === undefined ? SLACK_AUTHORIZE : new URL("/oauth/v2/authorize", apiUrl).href;

/** Answers GET /slack/install and GET /slack/oauth_redirect. */
export function installListener({ oauth, book, client, installed }: InstallOptions): RequestListener {
  const { log } = client;
  const refused = (response: ServerResponse, refusal: Refusal, team?: string) => {
    answerPage(response, STATUS[refusal], texts.refusedTitle, [texts.refusals[refusal](team ?? "")]);
  };

  /** The token that Slack gave is not kept: it is given back. */
  const giveBack = async (token: string | undefined) => {
    if (token === undefined) return;
    const revoked = new webApi.WebClient(token, clientOptions(client)).auth.revoke();
    await revoked.catch((error: unknown) => log.warn(faultFields(error), "A token that is not wanted could not be revoked"));
  };

  const provider = new InstallProvider({
    clientId: oauth.clientId,
    clientSecret: oauth.clientSecret,
    stateStore: stateStore(book, `${oauth.publicUrl}${REDIRECT_PATH}`),
    stateCookieExpirationSeconds: STATE_SECONDS,
    directInstall: true,
    logger: libraryLogger(log),
    clientOptions: clientOptions(client),
    authorizationUrl: authorizeAddress(client.apiUrl),
    installUrlOptions: { scopes: SLACK_SCOPE_NAMES, redirectUri: `${oauth.publicUrl}${REDIRECT_PATH}` },
    installationStore: {
      async storeInstallation({ team, bot }: Installation | OrgInstallation) {
        if (team === undefined || bot === undefined) throw new InstallRefused("unusable");
        const { token: botToken, userId: botUserId, id: botId } = bot;
        await book.save({ team: team.id, name: team.name ?? team.id, botToken, botUserId, botId }, new Date());
        log.info({ workspace: team.id }, "The app was installed in a workspace");
        await installed();
      },
      // Bolt asks the registry of workspaces, not this store.
      fetchInstallation: () => Promise.reject(new Error("not read from here")),
    },
  });

  const redirected = (request: IncomingMessage, response: ServerResponse) =>
    provider.handleCallback(request, response, {
      async afterInstallation({ team, bot, isEnterpriseInstall }) {
        const usable = team !== undefined && bot !== undefined && isEnterpriseInstall !== true;
        if (usable && oauth.workspaces.includes(team.id)) return true;
        log.warn({ workspace: team?.id ?? null }, "An installation was refused: SLACK_WORKSPACES does not name this workspace");
        await giveBack(bot?.token);
        refused(response, usable ? "foreign" : "unusable", team?.id);
        return false;
      },
      success: ({ team }) => answerPage(response, 200, texts.doneTitle, [texts.done(team?.name ?? team?.id ?? ""), texts.next]),
      failure: (error) => {
        log.warn(faultFields(error), "An installation did not come about");
        refused(response, refusalOf(error));
      },
    });

  return (request, response) => {
    const path = (request.url ?? "").split("?", 1)[0];
    if (request.method !== "GET") {
      response.writeHead(405, { allow: "GET" }).end();
      return;
    }
    const answered = path === INSTALL_PATH ? provider.handleInstallPath(request, response) : redirected(request, response);
    answered.catch((error: unknown) => {
      log.error(faultFields(error), "An installation could not be answered");
      if (!response.headersSent) refused(response, "failed");
      else response.destroy();
    });
  };
}
