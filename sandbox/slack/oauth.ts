/**
 * The app installed through OAuth, as Slack does it: a page where an administrator allows or refuses it for a workspace, a code
 * that serves once and for ten minutes, and the token in exchange for it. https://docs.slack.dev/authentication/installing-with-oauth
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import { escapeHtml } from "../../src/presentation/html.ts";
import { newSecret } from "./state/ids.ts";
import type { AppRecord, Json } from "./state/model.ts";
import type { World } from "./state/world.ts";
import { SlackError } from "./web-api/method.ts";

const CODE_MS = 10 * 60_000;

interface Grant {
  readonly appId: string;
  readonly teamId: string;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly until: number;
  spent: boolean;
}

function page(response: ServerResponse, status: number, body: string): void {
  response
    .writeHead(status, { "content-type": "text/html; charset=utf-8" })
    .end(`<!doctype html><html lang="fr"><meta charset="utf-8"><title>Slack (bac à sable)</title><main>${body}</main></html>`);
}

export class OAuth {
  readonly #world: World;
  readonly #now: () => number;
  readonly #codes = new Map<string, Grant>();

  /** @param now milliseconds by which codes grow old */
  constructor(world: World, now: () => number = () => performance.now()) {
    this.#world = world;
    this.#now = now;
  }

  clear(): void {
    this.#codes.clear();
  }

  /** GET: the page; POST of `team` and `decision` (« allow » or « deny »): what the administrator chose. */
  async answer(request: IncomingMessage, url: URL, body: Buffer, response: ServerResponse): Promise<void> {
    const asked = url.searchParams;
    const app = this.#appOf(asked.get("client_id"));
    const redirectUri = asked.get("redirect_uri") ?? "";
    if (!app) return page(response, 400, "<p>invalid_client_id</p>");
    if (!isRegistered(app, redirectUri)) return page(response, 400, "<p>bad_redirect_uri</p>");
    const scopes = (asked.get("scope") ?? "").split(",").filter((scope) => scope !== "");
    if (scopes.length === 0) return page(response, 400, "<p>invalid_scope</p>");
    if (request.method !== "POST") return page(response, 200, this.#form(app, url));
    const given = new URLSearchParams(body.toString("utf8"));
    const back = new URL(redirectUri);
    back.searchParams.set("state", asked.get("state") ?? "");
    const workspace = this.#world.workspaces.get(given.get("team") ?? "");
    if (given.get("decision") !== "allow") back.searchParams.set("error", "access_denied");
    else if (!workspace || workspace.appId !== app.id) return page(response, 400, "<p>invalid_team</p>");
    else back.searchParams.set("code", this.grant({ appId: app.id, teamId: workspace.id, scopes, redirectUri }));
    response.writeHead(302, { location: back.href }).end();
  }

  /** `oauth.v2.access`. A workspace that had the app already gets another token, and its former one is good no more. */
  access(args: Json): Json {
    const { client_id: clientId, client_secret: clientSecret, code, redirect_uri: redirectUri } = args;
    const app = this.#appOf(clientId);
    if (!app) throw new SlackError("invalid_client_id");
    if (clientSecret !== app.clientSecret) throw new SlackError("bad_client_secret");
    const grant = this.#codes.get(String(code ?? ""));
    if (!grant || grant.appId !== app.id) throw new SlackError("invalid_code");
    if (grant.spent) throw new SlackError("code_already_used");
    if (grant.until < this.#now()) throw new SlackError("code_expired");
    if (redirectUri !== grant.redirectUri) throw new SlackError("bad_redirect_uri");
    const workspace = this.#world.workspaces.get(grant.teamId);
    if (!workspace) throw new SlackError("invalid_code");
    grant.spent = true;
    const botToken = `xoxb-${newSecret(6)}-${newSecret(12)}`;
    this.#world.workspaces.put(workspace.id, { ...workspace, botToken, botScopes: [...grant.scopes], installed: true });
    return {
      app_id: app.id,
      access_token: botToken,
      token_type: "bot",
      scope: grant.scopes.join(","),
      bot_user_id: workspace.botUserId,
      team: { id: workspace.id, name: workspace.name },
      enterprise: null,
      is_enterprise_install: false,
      authed_user: { id: this.#world.usersOf(workspace.id).find(({ isBot }) => !isBot)?.id ?? "U0ADMIN" },
    };
  }

  #appOf(clientId: unknown): AppRecord | undefined {
    return [...this.#world.apps.values()].find((app) => app.clientId !== undefined && app.clientId === clientId);
  }

  /** A code for this. */
  grant(grant: Omit<Grant, "until" | "spent">): string {
    const code = `${newSecret(6)}.${newSecret(16)}`;
    this.#codes.set(code, { ...grant, until: this.#now() + CODE_MS, spent: false });
    return code;
  }

  #form(app: AppRecord, url: URL): string {
    const choices = [...this.#world.workspaces.values()].filter(({ appId }) => appId === app.id);
    const options = choices.map(({ id, name }) => `<option value="${escapeHtml(id)}">${escapeHtml(name)}</option>`).join("");
    const buttons =
      '<button name="decision" value="allow">Autoriser</button> <button name="decision" value="deny">Annuler</button>';
    return (
      `<h1>${escapeHtml(app.name)} demande à accéder à un espace</h1><form method="post" action="${escapeHtml(url.pathname + url.search)}">` +
      `<label>Espace <select name="team">${options}</select></label> ${buttons}</form>`
    );
  }
}

const isRegistered = (app: AppRecord, redirectUri: string): boolean =>
  URL.canParse(redirectUri) && (app.redirectUrls ?? []).includes(redirectUri);
