/**
 * The program, installed through OAuth in two Slack workspaces: a demande that spans both, and nothing of one in the other that
 * is not part of it; a workspace that takes the app away, and gives it back.
 */
import { randomUUID } from "node:crypto";
import { BSON } from "mongodb";
import { WORKSPACE } from "../../sandbox/seed/slack.ts";
import { SEED_AGENTS } from "../../sandbox/seed/world.ts";
import { formatRef } from "../../src/domain/ids.ts";
import type { FormValues } from "../../src/presentation/form.ts";
import { type Desktop, type Ran, startDesktop } from "../cli/command.ts";
import type { BotProcess } from "../support/bot.ts";
import { demandeOf, threadOf } from "../support/demandes.ts";
import type { PlatformUnderTest } from "../support/platformUnderTest.ts";
import { until } from "../support/until.ts";
import type { World } from "../support/world.ts";
import type { Browser } from "./browser.ts";
import { FOREIGN, OTHER, openStage, PUBLIC_URL, REDIRECT, type Stage } from "./stage.ts";

const COOKIE = "slack-app-oauth-state";

let stage: Stage;
let world: World;
let bot: BotProcess;
let people: PlatformUnderTest;
let caf: string;
let desktop: Desktop;
let doctor: () => Promise<Ran>;
let inOther: Stage["inOther"];
let tokens: Stage["tokens"];
const logged: string[] = [];

const browser = () => stage.browser(bot);
const asked = (by: Browser, team: string, decision?: "allow" | "deny") => stage.asked(by, team, decision);
const install = (team: string) => stage.install(bot, team);
const quiet = () => stage.quiet();
const opened = (values: FormValues) => stage.opened(values);
const formOf = (who: string) => stage.formOf(who);
const installedTeams = () => stage.installedTeams();
const stored = (team: string) => world.db.installations.model.exists({ _id: team });

/** All that stands in a workspace: channels and direct conversations, what one person alone sees, homes. */
async function shownIn(team: string): Promise<string> {
  const { control } = world.slack;
  const users = control.users(team).map(({ id }) => id);
  const parts: unknown[] = [];
  for (const { id, members } of control.channels(team)) {
    parts.push(await people.view.stored({ platform: "slack", workspace: team, channel: id }));
    for (const as of users.filter((user) => members.includes(user)))
      parts.push((await control.messages({ channel: id, as })).messages);
  }
  for (const as of users) parts.push(await control.home({ as }), await control.view({ as }));
  return JSON.stringify(parts);
}

beforeAll(async () => {
  stage = await openStage();
  ({ world, people, caf, inOther, tokens } = stage);
  desktop = await startDesktop();
  const { SLACK_BOT_TOKEN: _, ...own } = stage.settings;
  const keys = {
    ENCRYPTION_KEYS: `essai:${world.keys.encryption.toString("base64")}`,
    SEARCH_KEY: world.keys.search.toString("base64"),
  };
  const environment = { ...own, ...keys, MONGODB_URI: world.mongodbUri, SLACK_API_URL: world.slack.apiUrl };
  doctor = () => desktop.run(["doctor"], environment);
  bot = await stage.start("plusieurs", (line) => logged.push(line));
});

afterAll(async () => {
  await bot?.stop();
  await desktop?.close();
  await stage?.close();
});

test("nothing is installed without a state of ours, of this browser, recent, and for the first time", async () => {
  const by = browser();
  const back = new URL(await asked(by, OTHER));
  const code = back.searchParams.get("code") ?? "";
  const state = back.searchParams.get("state") ?? "";
  const refused = async (from: Browser, query: Record<string, string>, sentence: string, status = 400) => {
    const page = await from.visit(`${REDIRECT}?${new URLSearchParams(query)}`);
    expect(page).toMatchObject({ status, text: expect.stringContaining(sentence) });
    expect(page.text).not.toContain(code);
  };
  /** A browser that bears this state, whoever made it. */
  const bearing = (cookie: string) => {
    const one = browser();
    one.cookies.set(COOKIE, cookie);
    return one;
  };
  await refused(bearing(state), { code }, "ne vient pas de ce navigateur");
  await refused(browser(), { code, state }, "ne vient pas de ce navigateur");
  await refused(bearing("autre"), { code, state }, "ne vient pas de ce navigateur");
  const forged = Buffer.from(JSON.stringify({ id: randomUUID(), until: Date.now() + 60_000 })).toString("base64url");
  await refused(bearing(forged), { code, state: forged }, "ne vient pas de ce navigateur");
  const changed = `${state.slice(0, -2)}${state.endsWith("AA") ? "BB" : "AA"}`;
  await refused(bearing(changed), { code, state: changed }, "ne vient pas de ce navigateur");
  const stale = world.db.installations.sealState({ id: randomUUID(), until: Date.now() - 1 });
  await refused(bearing(stale), { code, state: stale }, "plus de dix minutes");
  await refused(bearing(state), { state }, "Il manque à cette adresse");
  await refused(browser(), { error: "access_denied", state }, "refusée ou abandonnée", 403);
  const denied = browser();
  expect(await denied.visit(await asked(denied, OTHER, "deny"))).toMatchObject({ status: 403 });
  const unknown = browser();
  const { location } = await unknown.visit(`${PUBLIC_URL}/slack/install`);
  const good = new URL(location).searchParams.get("state") ?? "";
  await refused(unknown, { code: "inventé", state: good }, "Slack n’a pas confirmé", 502);
  expect(await installedTeams()).toEqual([]);
  // All of these left it good for its own browser, once.
  expect(await by.visit(back.href)).toMatchObject({ status: 200, text: expect.stringContaining("Caisse d’allocations") });
  tokens.add(world.slack.control.installation(OTHER).botToken);
  await refused(bearing(state), { code, state }, "a déjà servi");
  expect(await installedTeams()).toEqual([OTHER]);
});

test("a workspace that the configuration does not name is refused, and its token given back", async () => {
  const by = browser();
  const page = await by.visit(await asked(by, FOREIGN));
  expect(page).toMatchObject({ status: 403, text: expect.stringContaining(FOREIGN) });
  expect(await stored(FOREIGN)).toBeNull();
  const { botToken } = world.slack.control.installation(FOREIGN);
  tokens.add(botToken);
  const answer = await fetch(`${world.slack.apiUrl}auth.test`, {
    method: "POST",
    headers: { authorization: `Bearer ${botToken}` },
  });
  expect(await answer.json()).toMatchObject({ ok: false, error: "token_revoked" });
});

test("a demande spans both, lives to its end, and each workspace sees what it is part of", async () => {
  await install(WORKSPACE);
  expect(await installedTeams()).toEqual([WORKSPACE, OTHER].sort());
  await quiet();
  const shared = await opened({ groupes: ["caf-01"], sujet: "Sujet-partagé" });
  const apart = await opened({
    groupes: ["cpam-01"],
    sujet: "Sujet-de-la-CPAM",
    description: "Description-de-la-CPAM",
  });
  await quiet();
  const thread = async (name: "caf-01" | "aidant") => threadOf(await demandeOf(world.db, shared), name);
  expect(await thread("caf-01")).toMatchObject({ workspace: OTHER, channel: caf, broken: null });
  expect(await thread("aidant")).toMatchObject({ workspace: WORKSPACE, broken: null });
  await people.click("alix.modele", await thread("caf-01"), "prendre");
  await people.say("camille.exemple", await thread("aidant"), "Voici-la-suite");
  await quiet();
  await people.click("alix.modele", await thread("caf-01"), "traitee");
  await formOf("alix.modele");
  await people.submit("alix.modele", { texte: "C’est-réglé" });
  await quiet();
  expect((await demandeOf(world.db, shared)).state.status).toBe("traitee");
  // Asked for there, the other demande is nobody's: not found, and not shown.
  for (const typed of [`demandes chercher ${formatRef(apart)}`, "demandes", "demandes nouvelles"])
    expect(JSON.stringify(await people.ask("alix.modele", typed))).not.toMatch(/Sujet-de-la-CPAM|Description-de-la-CPAM/);
  await quiet();
  const there = await shownIn(OTHER);
  expect(there).toContain("Sujet-partagé");
  expect(there).toContain("Voici-la-suite");
  for (const word of ["Sujet-de-la-CPAM", "Description-de-la-CPAM"]) expect(there).not.toContain(word);
  const here = await shownIn(WORKSPACE);
  for (const word of ["Sujet-partagé", "C’est-réglé", "Sujet-de-la-CPAM"]) expect(here).toContain(word);
  expect(await shownIn(FOREIGN)).not.toMatch(/Sujet|Description/);
});

test("an account is nobody's in another workspace, even under the same id", async () => {
  const { control } = world.slack;
  const { id } = await control.createUser({
    workspace: OTHER,
    name: "homonyme",
    realName: "Homonyme Exemple",
    email: "h@exemple.test",
  });
  const [admin] = SEED_AGENTS.filter((agent) => agent.admin);
  if (!admin) throw new Error("the seed has no admin");
  await world.db.agents.link(admin.id, { platform: "slack", workspace: WORKSPACE, user: id });
  inOther.set("homonyme", { platform: "slack", workspace: OTHER, user: id });
  let told = await people.ask("homonyme", "demandes");
  await until("an answer", async () => {
    if (told.kind === "nothing") told = await people.ask("homonyme", "demandes");
    return told.kind !== "nothing";
  });
  expect(told).toMatchObject({ kind: "said", words: expect.stringContaining("pas") });
  expect(JSON.stringify(told)).not.toMatch(/D-\d{6}/);
  expect((await world.db.agents.byId(admin.id))?.identities).not.toContainEqual(inOther.get("homonyme"));
});

test("a workspace that takes the app away is forgotten at once; what waits arrives once when it comes back", async () => {
  const { control } = world.slack;
  const ref = await opened({ groupes: ["caf-01"], sujet: "Sujet-qui-attend" });
  await quiet();
  const thread = async (name: "caf-01" | "aidant") => threadOf(await demandeOf(world.db, ref), name);
  await control.uninstall(OTHER);
  await until("the token forgotten", async () => !(await installedTeams()).includes(OTHER));
  expect(await world.db.installations.past()).toMatchObject([{ team: OTHER, why: "token_revoked" }]);
  for (const text of ["Attente-un", "Attente-deux"]) await people.say("camille.exemple", await thread("aidant"), text);
  const during = await opened({ groupes: ["caf-01"], sujet: "Sujet-pendant" });
  await until("the threads there told to be out of reach", async () => {
    const found = [await thread("caf-01"), threadOf(await demandeOf(world.db, during), "caf-01")];
    return found.every(({ broken }) => broken?.code === "team_not_installed");
  });
  // The other workspace goes on.
  expect(await (await fetch(`${bot.url}/sante`)).json()).toMatchObject({ status: "ok" });
  expect(await thread("aidant")).toMatchObject({ broken: null });
  const { status, out } = await doctor();
  expect(status).toBe(1);
  expect(out).toMatch(
    /✗ Espace Slack Caisse d’allocations \(exemple\) \(TCAF00001\) : l’application y a été retirée le .* \(token_revoked\)/,
  );
  expect(out).toContain(`✓ Espace Slack Administrations de l’Ain (${WORKSPACE}), Jeton du robot`);
  for (const word of tokens) expect(out).not.toContain(word);
  await install(OTHER);
  await until("what waited delivered", async () => {
    const found = [await demandeOf(world.db, ref), await demandeOf(world.db, during)];
    return found.every(
      (demande) => threadOf(demande, "caf-01").delivered === demande.state.seq && !threadOf(demande, "caf-01").broken,
    );
  });
  await quiet();
  const shown = await Promise.all(
    (await people.view.roots({ platform: "slack", workspace: OTHER, channel: caf })).map(async ({ id }) =>
      people.view.thread({ platform: "slack", workspace: OTHER, channel: caf }, id),
    ),
  );
  const words = shown.flat().map((message) => message.words);
  for (const text of ["Attente-un", "Attente-deux", "Sujet-pendant"])
    expect(words.filter((one) => one.includes(text))).toHaveLength(1);
});

test("a token that Slack refuses has the same effect as an uninstall", async () => {
  world.slack.faults.add({ kind: "refuse", method: "chat.postMessage", error: "account_inactive", times: 1 });
  const ref = await opened({ groupes: ["msa-01"], sujet: "Sujet-refusé" });
  await until("one of the two forgotten", async () => (await installedTeams()).length === 1);
  const [lost] = await world.db.installations.past();
  await install(lost?.team ?? "");
  await until("all delivered", async () => (await demandeOf(world.db, ref)).threads.every(({ root, broken }) => root && !broken));
});

test("no token and no secret stands in the database, nor in the log", async () => {
  const { connection } = world.db;
  const words = [...tokens, "xoxb-"];
  let documents = 0;
  for (const { name } of (await connection.db?.listCollections().toArray()) ?? [])
    for (const document of await connection.collection(name).find({}).toArray()) {
      documents += 1;
      const bytes = Buffer.from(BSON.serialize(document));
      for (const word of words) expect(bytes.includes(word)).toBe(false);
    }
  expect(documents).toBeGreaterThan(20);
  expect(logged.length).toBeGreaterThan(10);
  for (const word of words) expect(logged.filter((line) => line.includes(word))).toEqual([]);
});
