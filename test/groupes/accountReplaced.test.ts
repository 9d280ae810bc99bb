import { randomUUID } from "node:crypto";
import { matrixRooms } from "../../bots/matrix/account.ts";
import { systemClock } from "../../src/clock.ts";
import type { Identity } from "../../src/domain/place.ts";
import { applyImport, planImport } from "../../src/groupes/import.ts";
import { createLog } from "../../src/log.ts";
import { Metrics } from "../../src/metrics.ts";
import { Runtime } from "../../src/runtime.ts";
import { recordingLog } from "../bots/desk.ts";
import { type Homeserver, Person, type Sent, testHomeserver } from "../bots/matrix/homeserver.ts";
import { VALID } from "../demandes/world.ts";
import { openStore, type Store } from "../models/store.ts";
import { until } from "../support/until.ts";

/** Camille's MXID was somebody else's: once it is put right, that person sees and does nothing more. */
describe("an agent's account on Matrix replaced by an import", () => {
  let homeserver: Homeserver;
  let store: Store;
  let runtime: Runtime;
  let bot: Person;
  let camille: Person;
  let wrong: Person;
  let dominique: Person;
  let room: string;
  let workspace: string;

  const identity = ({ user }: Person): Identity => ({ platform: "matrix", workspace, user });

  /** As the command imports, Camille's MXID being this one. */
  async function importing(mxid: string) {
    const groupes = `identifiant;nom;organisme;territoires;salon matrix\ncaf;CAF;CAF;01;${room}\nfs;FS;FS;01;\n`;
    const agents =
      "email;nom;groupe;roles;identifiant matrix\n" +
      `camille@exemple.test;Camille;fs;aidant;${mxid}\n` +
      `dominique@exemple.test;Dominique;caf;instructeur;${dominique.user}\n`;
    const files = {
      groupes: { name: "groupes.csv", bytes: Buffer.from(groupes) },
      agents: { name: "agents.csv", bytes: Buffer.from(agents) },
    };
    const rooms = () => matrixRooms({ homeserver: homeserver.url, accessToken: bot.token, log: recordingLog() });
    const plan = await planImport(store.db, files, { channels: null, rooms });
    if (plan.kind === "refused") throw new Error(JSON.stringify(plan.faults));
    await applyImport(store.db, plan);
    return plan;
  }

  beforeAll(async () => {
    homeserver = await testHomeserver();
    store = await openStore();
    const names = ["aplus", "camille", "passant", "dominique"];
    const people = await Promise.all(names.map((name) => Person.register(homeserver.url, name)));
    [bot, camille, wrong, dominique] = people as [Person, Person, Person, Person];
    workspace = bot.user.slice(bot.user.indexOf(":") + 1);
    room = await dominique.createRoom({ name: "CAF de l’Ain", invite: [bot.user] });
    await importing(wrong.user);
    runtime = new Runtime({
      db: store.db,
      clock: systemClock,
      log: createLog("silent"),
      metrics: new Metrics(),
      instance: `essai-${randomUUID()}`,
      maxFileSize: 1_000_000,
      slack: null,
      matrix: { homeserver: homeserver.url, accessToken: bot.token, callsPerSecond: 0 },
    });
    await runtime.start({ alone: true });
  });
  afterAll(async () => {
    await runtime.stop();
    await store.close();
    await homeserver.close();
  });

  /** The direct conversation to which the bot invites, once joined. */
  const direct = async (person: Person): Promise<string> => {
    const list = `user/${encodeURIComponent(bot.user)}/account_data/m.direct`;
    const known = async () => (await bot.call("GET", list).catch(() => ({})))[person.user]?.[0];
    const found = await until<string>(`the bot's conversation with ${person.user}`, known);
    await person.join(found);
    return found;
  };
  const said = (person: Person, where: string, words: RegExp): Promise<Sent> =>
    until(`« ${words} »`, async () =>
      (await person.messages(where)).find(({ sender, content }) => sender === bot.user && words.test(content.body)),
    );

  test("the open demandes go on with the account that is right, and the former one has no right left", async () => {
    const form = { id: randomUUID(), person: identity(wrong), form: "ouvrir" as const, context: {} };
    const values = { ...VALID, groupes: ["caf"] };
    expect(await runtime.desk.submitForm({ ...form, values })).toMatchObject({ kind: "tell" });
    const theirs = await direct(wrong);
    await said(wrong, theirs, /Droits suspendus/);
    const card = await said(dominique, room, /Droits suspendus/);

    const { changes } = await importing(camille.user);
    expect(changes.flatMap(({ details }) => details)).toEqual([
      `reconnu sur Matrix comme ${camille.user}, et non plus comme ${wrong.user}`,
    ]);
    expect((await importing(camille.user)).changes.flatMap(({ details }) => details)).toEqual([]);

    const own = await direct(camille);
    expect(own).not.toBe(theirs);
    const root = await said(camille, own, /Droits suspendus/);
    await dominique.say(room, "!prendre", card.event_id);
    const news = await said(camille, own, /s’occupe de votre demande/);
    expect(news.content["m.relates_to"].event_id).toBe(root.event_id);

    const stored = async () => (await store.db.demandes.model.findOne({}).lean())?.events.length;
    const before = await stored();
    await wrong.say(theirs, "!demandes");
    await said(wrong, theirs, /n’est pas connu d’Administration/);
    const [former] = (await wrong.messages(theirs)).filter(({ content }) => /Droits suspendus/.test(content.body));
    await wrong.say(theirs, "Une dernière chose", former?.event_id);
    await wrong.say(theirs, "!archiver", former?.event_id);
    await camille.say(own, "Merci beaucoup", root.event_id);
    await said(dominique, room, /Merci beaucoup/);
    await runtime.idle();
    expect(await stored()).toBe((before ?? 0) + 1);
    const seen = (await wrong.messages(theirs)).map(({ content }) => content.body).join("\n");
    expect(seen).not.toMatch(/s’occupe de votre demande|Merci beaucoup/);
  });
});
