import { createMatrixPlatform, type MatrixPlatform } from "../../../bots/matrix/platform.ts";
import { Delivery } from "../../../src/delivery/delivery.ts";
import { Reception } from "../../../src/demandes/reception.ts";
import { agentId, groupeId } from "../../../src/domain/ids.ts";
import { Directory } from "../../../src/groupes/directory.ts";
import { createLog } from "../../../src/log.ts";
import { Metrics } from "../../../src/metrics.ts";
import { openStore, type Store } from "../../models/store.ts";
import { until } from "../desk.ts";
import { type Homeserver, Person, type Sent, testHomeserver } from "./homeserver.ts";

/** The whole life of a demande between two people on Matrix, behind it the desk, the delivery and the database as they are. */
describe("a demande on Matrix", () => {
  let homeserver: Homeserver;
  let store: Store;
  let platform: MatrixPlatform;
  let delivery: Delivery;
  let bot: Person;
  let camille: Person;
  let dominique: Person;
  let room: string;
  let direct: string;

  beforeAll(async () => {
    homeserver = await testHomeserver();
    store = await openStore();
    const people = await Promise.all(["aplus", "camille", "dominique"].map((name) => Person.register(homeserver.url, name)));
    [bot, camille, dominique] = people as [Person, Person, Person];
    const workspace = bot.user.slice(bot.user.indexOf(":") + 1);
    const identity = ({ user }: Person) => ({ platform: "matrix" as const, workspace, user });
    room = await dominique.createRoom({ name: "CAF de l’Ain", invite: [bot.user] });
    direct = await camille.createRoom({ invite: [bot.user], is_direct: true });
    const { db } = store;
    const groupe = (id: string, organisme: string, place: string | null) =>
      db.groupes.save({
        id: groupeId(id),
        name: id,
        description: "",
        organisme,
        territoires: ["01"],
        franceServices: false,
        place: place === null ? null : { platform: "matrix", workspace, channel: place },
      });
    await groupe("CAF de l’Ain", "CAF", room);
    await groupe("France Services", "Maison France Services", null);
    const agent = (person: Person, name: string, memberships: object) =>
      db.agents.save(
        {
          id: agentId(name),
          email: `${name}@exemple.fr`,
          name,
          disabled: false,
          shared: false,
          admin: false,
          memberships: [memberships],
        } as never,
        [identity(person)],
      );
    await agent(camille, "Camille", { groupeId: "France Services", aidant: true, instructeur: false, responsable: false });
    await agent(dominique, "Dominique", { groupeId: "CAF de l’Ain", aidant: false, instructeur: true, responsable: false });
    const directory = new Directory(db);
    const ports = new Map();
    const [log, metrics, clock] = [createLog("fatal"), new Metrics(), { now: () => new Date() }];
    delivery = new Delivery({ db, directory, ports, clock, log, metrics, owner: "test/1" });
    const desk = new Reception({ db, directory, delivery, clock, log, metrics, maxFileSize: 1_000_000 });
    platform = createMatrixPlatform({
      config: { homeserver: homeserver.url, accessToken: bot.token, callsPerSecond: 0 },
      db,
      desk,
      log,
      owner: "test/1",
      agentOf: async (who) => (await directory.agentOf(who))?.id ?? null,
    });
    ports.set("matrix", platform.port);
    directory.addPlatform("matrix", platform.people);
    await platform.start();
    await until(async () => (await camille.membership(direct, bot.user)) === "join", "the bot in the direct conversation");
    await until(async () => (await dominique.membership(room, bot.user)) === "join", "the bot in the room");
  });
  afterAll(async () => {
    await platform.stop();
    await delivery.stop();
    await store.close();
    await homeserver.close();
  });

  /** The first message of the bot's there whose words match, edits taken into account. */
  const said = async (person: Person, where: string, words: string | RegExp): Promise<Sent> => {
    const find = async () =>
      (await person.messages(where)).find(
        ({ sender, content }) => sender === bot.user && new RegExp(words).test((content["m.new_content"] ?? content).body),
      );
    await until(find, `« ${words} »`);
    return (await find()) as Sent;
  };
  const pill = async (person: Person, where: string, event: string, key: string) => {
    await until(async () => (await person.pills(where, event, bot.user)).includes(key), `the pill « ${key} »`);
    await person.react(where, event, key);
  };
  const answers: [question: string, answer: string][] = [
    ["Territoire concerné", "passer"],
    ["À qui adresser", "CAF"],
    ["Sujet", "Versement suspendu"],
    ["Prénom", "Alex"],
    ["Nom de famille", "Exemple"],
    ["Date de naissance", "31/02/1980"],
    ["Description", "Plus rien depuis janvier."],
  ];

  test("opened, taken, discussed, published, processed and archived", async () => {
    await camille.say(direct, "!demande");
    for (const [question, answer] of answers) {
      await said(camille, direct, `${question}.* \\(\\d+/\\d+\\)`);
      await camille.say(direct, answer);
    }
    await said(camille, direct, /Facultatif/);
    await camille.say(direct, "passer tout");
    await said(camille, direct, "Autorisation.* \\(\\d+/\\d+\\)");
    await camille.say(direct, "oui");
    await said(camille, direct, "Récapitulatif");
    await camille.say(direct, "envoyer");
    await said(camille, direct, "⚠️ Cette date n’existe pas");
    await camille.say(direct, "01/02/1980");
    await until(
      async () => (await camille.messages(direct)).filter(({ content }) => content.body.includes("Récapitulatif")).length === 2,
      "the recap again",
    );
    await camille.say(direct, "envoyer");
    await said(camille, direct, "Votre demande D-\\d+ est envoyée");

    const card = await said(dominique, room, "D-\\d+ · Versement suspendu");
    expect(card.content.body).not.toMatch(/Alex|1980/);
    const own = await said(camille, direct, "D-\\d+ · Versement suspendu");
    await pill(dominique, room, card.event_id, "✋ Je m’en occupe");
    await said(dominique, room, "prise en charge par Dominique");
    const news = await said(camille, direct, "s’occupe de votre demande");
    expect(news.content["m.relates_to"].event_id).toBe(own.event_id);
    expect(news.content["m.mentions"].user_ids).toEqual([camille.user]);

    await dominique.say(room, "Je vérifie auprès du service", card.event_id);
    const note = await said(dominique, room, "visible que des instructeurs");
    expect((await camille.messages(direct)).some(({ content }) => content.body.includes("Je vérifie"))).toBe(false);
    await pill(dominique, room, note.event_id, "📣 Envoyer à l’aidant");
    await said(camille, direct, "Dominique \\(CAF de l’Ain\\) : Je vérifie auprès du service$");

    await camille.say(direct, "Merci !", own.event_id);
    await said(dominique, room, "Camille \\(France Services\\) : Merci !");
    await pill(dominique, room, card.event_id, "🔎 Voir la demande");
    await until(async () => (await dominique.invitations()).length === 1, "the invitation to the direct conversation");
    const [personal = ""] = await dominique.invitations();
    await dominique.join(personal);
    await said(dominique, personal, "Prénom : Alex");

    await dominique.say(room, "!traitee", card.event_id);
    await said(dominique, personal, "Dernier message à l’aidant");
    await dominique.say(personal, "C’est rétabli.");
    await said(dominique, personal, "Récapitulatif");
    await dominique.say(personal, "envoyer");
    await said(camille, direct, "indique avoir traité la demande");
    await camille.say(direct, "!archiver", own.event_id);
    await said(camille, direct, "La réponse vous a-t-elle été utile");
    await camille.say(direct, "oui");
    await said(camille, direct, "La réponse vous a-t-elle été utile.* : Oui");
    await camille.say(direct, "envoyer");
    await said(dominique, room, "a archivé la demande");
    await said(dominique, room, "🗄️ Archivée");
  });
});
