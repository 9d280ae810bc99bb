/**
 * Canaries in every field and every message of two whole lives, one begun on Slack and one on Matrix, with refused inputs and with
 * faults: none may be found in a log, a metric, an error, an address, what Slack carries for the bot, a clear field of the database or
 * the bytes of the embedded store; and after the wipe, none where the bot had posted it.
 */
import { join } from "node:path";
import { botHere } from "../../sandbox/bot/followed.ts";
import { moveTo } from "../../sandbox/time.ts";
import { sweepShowings } from "../../src/delivery/lookAgain.ts";
import type { FormValues } from "../../src/presentation/form.ts";
import { BotProcess, startBotHere } from "../support/bot.ts";
import { bytesUnder, CANARY, canariesIn, canariesInDatabase, FIGURES } from "../support/canaries.ts";
import { demandeOf, type Name, openDemande, threadOf } from "../support/demandes.ts";
import { hiddenOnSlack, type Outsider, startOutsider } from "../support/eavesdropper.ts";
import { matrixPeople } from "../support/matrixPeople.ts";
import type { PlatformUnderTest } from "../support/platformUnderTest.ts";
import { sitesOf, untilQuiet } from "../support/quiet.ts";
import { slackPeople } from "../support/slackPeople.ts";
import { openWorld, type World } from "../support/world.ts";

const SECRET = "un-secret-d-essai-de-plus-de-32-caracteres";
const MINUTE = 60_000;
const DAY_MS = 86_400_000;
const MONTHS_MS = 190 * DAY_MS;

const word = (of: string): string => `${CANARY}${of}`;
const FORM: FormValues = {
  groupes: ["caf-01", "prefecture-01"],
  sujet: word("sujet"),
  prenom: word("prenom"),
  nomDeFamille: word("nom"),
  description: word("description"),
};
const MORE: FormValues = {
  adressePostale: `1 rue du ${word("adresse")}`,
  nomDeNaissance: word("naissance"),
  autre: word("autre"),
  ...FIGURES,
};

let world: World;
let outsider: Outsider;

const peopleOf = (who: string): PlatformUnderTest =>
  world.account(who).platform === "slack" ? slackPeople(world) : matrixPeople(world);
const thread = async (ref: number, name: Name) => threadOf(await demandeOf(world.db, ref), name);
const quiet = () => untilQuiet(world.db, sitesOf(world));

async function form(who: string, ref: number, name: Name, action: Parameters<PlatformUnderTest["click"]>[2], values: FormValues) {
  const begun = await peopleOf(who).click(who, await thread(ref, name), action);
  expect({ action, kind: begun.kind }).toEqual({ action, kind: "form" });
  const told = await peopleOf(who).submit(who, values);
  expect({ action, kind: told.kind }).not.toEqual({ action, kind: "faults" });
}

const say = async (who: string, ref: number, name: Name, text: string, file?: string) => {
  const files = file
    ? [{ name: `${word(file)}.pdf`, mimetype: "application/pdf", bytes: Buffer.from(`%PDF ${word("octets")}`) }]
    : [];
  return (await peopleOf(who).say(who, await thread(ref, name), text, files)).id;
};

/** Each platform refuses for good, fails, and loses an answer; a write is lost. */
function trouble(): void {
  const { faults } = world.slack;
  faults.add({ kind: "refuse", method: "chat.postMessage", error: "msg_too_long", times: 1 });
  faults.add({ kind: "refuse", method: "chat.update", status: 500, times: 1 });
  faults.add({ kind: "loseAnswer", method: "chat.postMessage", times: 1 });
  if (world.matrix) {
    let left = 3;
    world.matrix.proxy.judge = ({ method, path }) => {
      if (method !== "PUT" || !path.includes("/send/m.room.message/") || left === 0) return undefined;
      left -= 1;
      if (left === 2) return { kind: "refuse", status: 413, body: { errcode: "M_TOO_LARGE", error: "too large" } };
      return left === 1 ? { kind: "refuse", status: 502, body: {} } : { kind: "loseAnswer" };
    };
  }
  let lost = false;
  world.intercept?.(async (phase, command, _db, collection) => {
    if (lost || phase !== "before" || command !== "update" || collection !== "demandes") return;
    lost = true;
    throw new Error("the write was lost on the way");
  });
}

/** A whole life, with a canary in everything that a person can write. */
async function live(aidant: string): Promise<number> {
  // What is refused first.
  const people = peopleOf(aidant);
  expect((await people.begin(aidant, "dm")).kind).toBe("form");
  const refused = await people.submit(aidant, { ...FORM, territoire: "01", dateDeNaissance: "31/02/1955", autorisation: true });
  expect(refused.kind).toBe("faults");
  await people.dismiss(aidant);
  const ref = await openDemande(people, FORM, { who: aidant });
  await quiet();
  const slip = await say(aidant, ref, "aidant", word("aidant"));
  await people.edit(aidant, await thread(ref, "aidant"), slip, word("corrige"));
  await say(aidant, ref, "aidant", word("piece"), "fichier");
  for (const [who, name] of [["alix.modele", "caf-01"] as const, ["morgan.fictif", "prefecture-01"] as const]) {
    const theirs = peopleOf(who);
    expect((await theirs.click(who, await thread(ref, name), "voir")).kind).toBe("form");
    await theirs.dismiss(who);
    await say(who, ref, name, word("prive"));
    const slipped = await say(who, ref, name, word("efface"));
    await theirs.remove(who, await thread(ref, name), slipped);
    await form(who, ref, name, "repondre", { texte: word("reponse") });
    await theirs.ask(who, `demandes chercher ${word("nom")}`);
  }
  await form("alix.modele", ref, "caf-01", "inviter", { groupes: ["cpam-01"], texte: word("invitation") });
  await quiet();
  trouble();
  await say("alix.modele", ref, "caf-01", word("pendant"), "avec-panne");
  await say(aidant, ref, "aidant", word("panne"));
  await form("sacha.specimen", ref, "cpam-01", "decliner", {});
  await form(aidant, ref, "aidant", "completer", MORE);
  await quiet();
  await form("morgan.fictif", ref, "prefecture-01", "traitee", { texte: word("traitee") });
  await form(aidant, ref, "aidant", "archiver", { utile: "oui" });
  await people.click(aidant, await thread(ref, "aidant"), "rouvrir");
  await quiet();
  await form(aidant, ref, "aidant", "archiver", { utile: "non" });
  await world.slack.control.home({ as: world.account("alix.modele").user });
  return ref;
}

/** What strangers send to the program's own address, with what it answers. */
async function knock(url: string): Promise<string> {
  const body = JSON.stringify({ sujet: word("api"), usager: { prenom: word("api") } });
  const headers = { "content-type": "application/json", "aplus-signature": `v1=${word("signature")}`, "aplus-timestamp": "1" };
  const answers = await Promise.all([
    fetch(`${url}/api/demandes`, { method: "POST", headers: { ...headers, "idempotency-key": word("cle") }, body }),
    fetch(`${url}/api/demandes/${word("adresse")}?nom=${word("adresse")}`, { headers }),
    fetch(`${url}/${word("adresse")}`, { method: "POST", body }),
  ]);
  return (await Promise.all(answers.map((answer) => answer.text()))).join("\n");
}

/** What the bot itself has posted and still stands there. */
async function botsOwn(): Promise<string[]> {
  const matrixBot = world.matrix?.bot.user;
  const own: string[] = [];
  for (const { view } of [slackPeople(world), matrixPeople(world)])
    for (const place of await view.places())
      for (const message of JSON.parse(await view.stored(place)).flat(3) as Record<string, unknown>[])
        if (message?.bot_id !== undefined || (matrixBot !== undefined && message?.sender === matrixBot))
          own.push(JSON.stringify(message));
  const { view } = await world.slack.control.home({ as: world.account("alix.modele").user });
  return [...own, JSON.stringify(view)];
}

beforeEach(async () => {
  world = await openWorld({ matrix: "seed" });
  outsider = await startOutsider();
});
afterEach(async () => {
  outsider.close();
  await world.close();
});

test(
  "no word of anybody’s is where it should not be",
  async () => {
    const heard: string[] = [];
    const hidden = hiddenOnSlack(world);
    const settings = {
      LOG_LEVEL: "trace",
      API_CLIENTS: `essai:${SECRET}`,
      WEBHOOKS: `essai:${SECRET}:${outsider.url}`,
      WEBHOOKS_PRIVATE: "true",
    };
    const bot = await BotProcess.start(world, "canari", settings, (line) => heard.push(line));
    const refs: number[] = [];
    for (const aidant of ["camille.exemple", "andrea.essai"]) refs.push(await live(aidant));
    const answers = await knock(bot.url);
    const metrics = await (await fetch(`${bot.url}/metrics`)).text();
    const health = await (await fetch(`${bot.url}/sante`)).text();
    await bot.stop();

    // That they were planted, and that they would be found: they are where people read them, and in what is sealed once it is opened.
    expect(canariesIn((await botsOwn()).join("\n")).length).toBeGreaterThan(0);
    const { state } = await demandeOf(world.db, refs[0] ?? 0);
    expect(state).toMatchObject({ sujet: FORM.sujet, usager: { nomDeFamille: FORM.nomDeFamille } });
    expect(canariesIn(JSON.stringify(state.usager)).length).toBeGreaterThan(1);
    // The faults are told, by their codes.
    for (const code of ["msg_too_long", "M_TOO_LARGE"]) expect(heard.join("\n")).toContain(code);
    expect(hidden.length).toBeGreaterThan(100);
    expect(metrics).toContain("aplus_");

    const database = await canariesInDatabase(world.db);
    expect(database.documents).toBeGreaterThan(50);
    const urls = world.matrix?.proxy.calls.map(({ url, path }) => `${url} ${path}`) ?? [];
    expect({
      logs: heard.flatMap(canariesIn),
      answers: canariesIn(answers),
      metrics: canariesIn(metrics),
      health: canariesIn(health),
      webhooks: outsider.requests.flatMap(canariesIn),
      slack: hidden.flatMap(canariesIn),
      matrix: urls.flatMap(canariesIn),
      database: database.found,
    }).toEqual({ logs: [], answers: [], metrics: [], health: [], webhooks: [], slack: [], matrix: [], database: [] });
    expect(outsider.requests.length).toBeGreaterThan(10);
    if (world.intercept) {
      const store = await bytesUnder(join(world.folder, "mongo"));
      // What is clear there is read as it is: the search finds what there is to find.
      expect(store.includes("france-services-exemple")).toBe(true);
      expect(canariesIn(store)).toEqual([]);
    }

    // A form that came to nothing goes after a week of the machine's own time: it is made to have passed.
    const weekAgo = new Date(Date.now() - 8 * DAY_MS);
    await world.db.showings.model.updateMany({ lookAgainAt: { $ne: null } }, { $set: { at: weekAgo, lookAgainAt: weekAgo } });
    const after = await startBotHere(world);
    try {
      await sweepShowings(after.runtime.jobs.deliveries);
      await moveTo(new Date(world.clock.now().getTime() + MONTHS_MS), world.clock, botHere(after.runtime), world.db);
      await after.idle();
      await quiet();
    } finally {
      await after.stop();
    }
    for (const ref of refs) expect((await demandeOf(world.db, ref)).state).toMatchObject({ sujet: "", usager: null });
    expect((await botsOwn()).flatMap(canariesIn)).toEqual([]);
    expect((await canariesInDatabase(world.db)).found).toEqual([]);
  },
  5 * MINUTE,
);
