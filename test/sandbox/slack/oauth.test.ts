import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { Builder } from "../../../sandbox/slack/control/build.ts";
import { OAuth } from "../../../sandbox/slack/oauth.ts";
import { type SlackSandbox, startSlackSandbox } from "../../../sandbox/slack/server.ts";
import { World } from "../../../sandbox/slack/state/world.ts";
import { callApi } from "./world.ts";

const REDIRECT = "https://robot.exemple.test/slack/oauth_redirect";
const SHAPE = { name: "Exemple", redirectUrls: [REDIRECT], installed: false };

let slack: SlackSandbox;
let app: Awaited<ReturnType<SlackSandbox["control"]["createWorkspace"]>>;

beforeAll(async () => {
  slack = await startSlackSandbox();
  app = await slack.control.createWorkspace(SHAPE);
});

afterAll(() => slack.close());

async function decided(query: Record<string, string>, decision: string) {
  const url = `${slack.url}/oauth/v2/authorize?${new URLSearchParams(query)}`;
  const body = new URLSearchParams({ team: app.teamId, decision });
  const response = await fetch(url, { method: "POST", redirect: "manual", body });
  const back = response.headers.get("location");
  return { status: response.status, back: back === null ? null : new URL(back), text: await response.text() };
}

const asked = () => ({ client_id: app.clientId, redirect_uri: REDIRECT, scope: "chat:write,commands", state: "etat" });

async function granted(): Promise<string> {
  const { back } = await decided(asked(), "allow");
  expect(back?.searchParams.get("state")).toBe("etat");
  return back?.searchParams.get("code") ?? "";
}

const access = (args: Record<string, unknown>) => {
  const own = { client_id: app.clientId, client_secret: app.clientSecret, redirect_uri: REDIRECT };
  return callApi(slack.apiUrl, "oauth.v2.access", { ...own, ...args }, "");
};

test("the page sends browsers back to a declared address only, with a code or a refusal", async () => {
  expect((await decided({ ...asked(), redirect_uri: "https://ailleurs.exemple.test/" }, "allow")).text).toContain(
    "bad_redirect_uri",
  );
  expect((await decided({ ...asked(), client_id: "1.2" }, "allow")).text).toContain("invalid_client_id");
  const { back } = await decided(asked(), "deny");
  expect(back?.searchParams.get("error")).toBe("access_denied");
  const shown = await fetch(`${slack.url}/oauth/v2/authorize?${new URLSearchParams(asked())}`);
  expect(await shown.text()).toContain(`value="${app.teamId}"`);
});

test("a code serves once, for its own app and address, and another installation ends the former token", async () => {
  const code = await granted();
  expect(await access({ code, client_secret: "faux" })).toMatchObject({ ok: false, error: "bad_client_secret" });
  expect(await access({ code, redirect_uri: `${REDIRECT}/` })).toMatchObject({ ok: false, error: "bad_redirect_uri" });
  expect(await access({ code: "inventé" })).toMatchObject({ ok: false, error: "invalid_code" });
  const first = await access({ code });
  expect(first).toMatchObject({ ok: true, token_type: "bot", scope: "chat:write,commands", team: { id: app.teamId } });
  expect(await access({ code })).toMatchObject({ ok: false, error: "code_already_used" });
  const token = String((first as Record<string, unknown>).access_token);
  expect(await callApi(slack.apiUrl, "auth.test", {}, token)).toMatchObject({ ok: true, team_id: app.teamId });
  await access({ code: await granted() });
  expect(await callApi(slack.apiUrl, "auth.test", {}, token)).toMatchObject({ ok: false, error: "invalid_auth" });
});

test("a code is good for ten minutes", async () => {
  let now = 0;
  const world = new World({ clock: { now: () => new Date() } });
  const installation = await new Builder(world, undefined).createWorkspace(SHAPE);
  const oauth = new OAuth(world, () => now);
  const grant = { appId: installation.appId, teamId: installation.teamId, scopes: ["commands"], redirectUri: REDIRECT };
  const code = oauth.grant(grant);
  const { clientId: client_id, clientSecret: client_secret } = installation;
  now = 10 * 60_000 + 1;
  expect(() => oauth.access({ client_id, client_secret, code, redirect_uri: REDIRECT })).toThrow("code_expired");
  await world.store.close();
});
