/** What a process knows of installations, with another process on the same database: the real store, the sandbox's Slack. */
import { InstalledWorkspaces } from "../../bots/slack/installed.ts";
import type { Workspace } from "../../bots/slack/workspaces.ts";
import { type SlackSandbox, startSlackSandbox } from "../../sandbox/slack/server.ts";
import { recordingLog } from "../bots/desk.ts";
import { openStore, type Store } from "../models/store.ts";

const TEAM = "TESSAI001";

let store: Store;
let slack: SlackSandbox;

beforeEach(async () => {
  store = await openStore();
  slack = await startSlackSandbox();
  await slack.control.createWorkspace({ id: TEAM, name: "Essai" });
});

afterEach(async () => {
  await slack.close();
  await store.close();
});

/** The registry of one process. */
async function registry(allowed: readonly string[] = [TEAM]) {
  const came: string[] = [];
  const works: Promise<void>[] = [];
  const log = recordingLog();
  const workspaces = new InstalledWorkspaces({
    book: store.db.installations,
    allowed,
    client: { apiUrl: slack.apiUrl, log },
    came: ({ id }: Workspace) => came.push(id),
    after: (work) => works.push(work),
  });
  await workspaces.load();
  return { workspaces, came, settled: () => Promise.all(works) };
}

const save = () => {
  const { botToken, botUserId, botId } = slack.control.installation(TEAM);
  return store.db.installations.save({ team: TEAM, name: "Essai", botToken, botUserId, botId }, new Date());
};

test("an installation that another process stored is found when it is heard of, and told once", async () => {
  const one = await registry();
  await save();
  expect(one.workspaces.get(TEAM)).toBeUndefined();
  expect(await one.workspaces.find(TEAM)).toMatchObject({ id: TEAM });
  await one.workspaces.load();
  expect(one.came).toEqual([TEAM]);
  // What was there at the start is no news.
  expect((await registry()).came).toEqual([]);
});

test("the refusal of a former token does not take away the installation that came since", async () => {
  await save();
  const late = await registry();
  const former = late.workspaces.get(TEAM);
  const { app } = await reinstalled();
  await save();
  await expect(former?.client.auth.test()).rejects.toThrow("invalid_auth");
  await late.settled();
  expect(await store.db.installations.all()).toMatchObject([{ team: TEAM, botToken: app.botToken }]);
  await late.workspaces.load();
  expect((await late.workspaces.get(TEAM)?.client.auth.test())?.team_id).toBe(TEAM);
  expect(late.came).toEqual([TEAM]);
});

test("an event that tells late of an uninstall takes nothing away; one that is true forgets the token before it is acknowledged", async () => {
  await save();
  const { workspaces } = await registry();
  await workspaces.ended(TEAM);
  expect(workspaces.get(TEAM)).toBeDefined();
  slack.faults.add({ kind: "down" });
  await expect(workspaces.ended(TEAM)).rejects.toMatchObject({ kind: "retry" });
  slack.faults.clear();
  expect(await store.db.installations.all()).toHaveLength(1);
  await slack.control.uninstall(TEAM);
  await workspaces.ended(TEAM);
  expect(workspaces.get(TEAM)).toBeUndefined();
  expect(await store.db.installations.all()).toEqual([]);
  expect(await store.db.installations.past()).toMatchObject([{ team: TEAM, why: "token_revoked" }]);
});

test("a workspace that the configuration names no more is not served", async () => {
  await save();
  const { workspaces } = await registry(["TAUTRE001"]);
  expect(workspaces.all()).toEqual([]);
  expect(await workspaces.find(TEAM)).toBeUndefined();
});

/** Installed anew: Slack gives another token. */
async function reinstalled() {
  const redirect = "https://robot.exemple.test/retour";
  const other = await slack.control.createWorkspace({ name: "Autre", redirectUrls: [redirect] });
  const query = { client_id: other.clientId, redirect_uri: redirect, scope: "chat:write", state: "" };
  const page = await fetch(`${slack.url}/oauth/v2/authorize?${new URLSearchParams(query)}`, {
    method: "POST",
    redirect: "manual",
    body: new URLSearchParams({ team: TEAM, decision: "allow" }),
  });
  const code = new URL(page.headers.get("location") ?? "").searchParams.get("code") ?? "";
  await fetch(`${slack.apiUrl}oauth.v2.access`, {
    method: "POST",
    body: new URLSearchParams({ client_id: other.clientId, client_secret: other.clientSecret, code, redirect_uri: redirect }),
  });
  return { app: slack.control.installation(TEAM) };
}
