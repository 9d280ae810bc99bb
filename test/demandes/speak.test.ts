import { randomUUID } from "node:crypto";
import { currentText } from "../../models/demandes.ts";
import type { FileRef } from "../../src/domain/demande.ts";
import type { DemandeId } from "../../src/domain/ids.ts";
import { plainText, richText } from "../../src/domain/richtext.ts";
import { eventsOf, personOf, placeOf, told, World } from "./world.ts";

let w: World;
beforeAll(async () => {
  w = await World.open();
});
afterAll(() => w.close());

const file = (more: Partial<FileRef> = {}): FileRef => ({
  name: "justificatif.pdf",
  mimetype: "application/pdf",
  size: 1000,
  platform: "slack",
  workspace: "T1",
  file: "F1",
  ...more,
});
const wordsOf = async (id: DemandeId) => {
  const { events, state } = await w.load(id);
  return state.utterances.map((u) => plainText(currentText(events, u.id) ?? []));
};
const at = (id: DemandeId, thread: string, message: string) => ({ ...w.spot(id, thread), message });

describe("what is written in a thread", () => {
  test("between instructeurs on their side, with the way to send it to the aidant after all; for all on the aidant's", async () => {
    const { id } = await w.demande();
    const reaction = await w.say("ada", id, "caf", "Entre nous");
    expect(told(reaction)).toContain("n’est visible que des instructeurs");
    const [button] = reaction.kind === "tell" ? reaction.message.buttons : [];
    expect(button?.action).toBe("publier");
    expect(await w.say("camille", id, "aidant", "Bonjour")).toEqual({ kind: "nothing" });
    expect(eventsOf(await w.load(id))).toEqual(["opened", "message*", "message"]);
    expect(told(await w.click("bob", "publier", id, { thread: "caf", value: button?.value ?? "" }))).toContain(
      "envoyé à l’aidant",
    );
    const { state } = await w.load(id);
    expect(state.utterances.map((u) => u.audience)).toEqual(["tous", "tous"]);
    expect(told(await w.click("ada", "publier", id, { thread: "caf", value: button?.value ?? "" }))).toContain("déjà visible");
  });

  test("a redelivery changes nothing, and two messages with the same words are two", async () => {
    const { id } = await w.demande();
    for (let n = 0; n < 3; n += 1) await w.say("ada", id, "caf", "Bonjour", { id: `recu-${id}`, message: "m1" });
    await Promise.all([1, 2, 3].map(() => w.say("ada", id, "caf", "Bonjour", { id: `recu2-${id}`, message: "m2" })));
    expect(eventsOf(await w.load(id))).toEqual(["opened", "message*", "message*"]);
  });

  test.each([
    "<!channel> <!here> <@U123>",
    "$where: function() { while(1); }",
    '<img src=x onerror="alert(1)"> &amp; <b>x</b>',
    "@room %s %00 {{7*7}}",
    "👩‍👩‍👧 🇫🇷 e\u0301",
    "مرحبا بالعالم",
    "=HYPERLINK(1)",
  ])("hostile words are words: %s", async (text) => {
    const { id } = await w.demande();
    await w.say("camille", id, "aidant", text);
    const { events } = await w.load(id);
    expect(events[1]).toMatchObject({ type: "message", text: richText(text) });
  });

  test("control characters, lone surrogates and marks of direction go no further; a message of nothing else is empty", async () => {
    const { id } = await w.demande();
    await w.say("camille", id, "aidant", "a\u0000b\u0007\u202ec\ud800");
    expect(await wordsOf(id)).toEqual(["abc\ufffd"]);
    expect(await w.say("camille", id, "aidant", "\u0000\u200b")).toEqual({ kind: "nothing" });
    expect(told(await w.say("camille", id, "aidant", "x".repeat(20_001)))).toContain("trop long");
    expect(await wordsOf(id)).toHaveLength(1);
  });

  test("by those who follow the demande only; elsewhere nobody is told anything", async () => {
    const { id } = await w.demande();
    for (const who of ["zoe", "ailleurs"])
      expect(told(await w.say(who, id, "caf", "Bonjour"))).toContain("n’existe pas, ou vous n’y avez pas accès");
    for (const who of ["rita", "dominique", "admin"])
      expect(told(await w.say(who, id, "caf", "Bonjour"))).toContain("n’a pas été transmis");
    const talk = { id: "x", person: personOf("ada"), place: placeOf("C-caf"), message: "m", text: richText("Café ?"), files: [] };
    expect(await w.desk.message({ ...talk, root: null, direct: false })).toEqual({ kind: "nothing" });
    expect(await w.desk.message({ ...talk, root: "autre", direct: false })).toEqual({ kind: "nothing" });
    expect(await w.desk.message({ ...talk, person: personOf("inconnue"), root: "autre", direct: false })).toEqual({
      kind: "nothing",
    });
    expect(told(await w.desk.message({ ...talk, root: null, direct: true }))).toContain("Écrivez dans le fil d’une demande");
    expect(eventsOf(await w.load(id))).toEqual(["opened"]);
  });

  test("after « traitée » it brings the demande back; on an archived one, the aidant's word reopens it", async () => {
    const { id } = await w.demande();
    await w.submit("ada", "traiter", {}, { demande: id, side: "instructeurs", groupe: "caf" });
    await w.say("camille", id, "aidant", "Toujours bloqué");
    expect((await w.load(id)).state.status).toBe("en_cours");
    await w.submit("camille", "archiver", { utile: "oui" }, { demande: id, side: "aidant", groupe: "" });
    await w.say("ada", id, "caf", "Note");
    expect((await w.load(id)).state.status).toBe("archivee");
    await w.say("camille", id, "aidant", "Encore");
    expect((await w.load(id)).state).toMatchObject({ status: "en_cours", usefulness: null });
  });

  test("in the channel of the aidant's own groupe, its members write too", async () => {
    const before = w.kicked.length;
    const values = {
      territoire: "01",
      groupes: ["caf"],
      sujet: "S",
      prenom: "P",
      nomDeFamille: "Nom",
      dateDeNaissance: "01/01/1980",
      description: "D",
      autorisation: true,
    };
    await w.submit("camille", "ouvrir", values, { channel: "C-fs" });
    const id = w.kicked[before];
    if (!id) throw new Error("not opened");
    await w.settle(id);
    const { threads } = await w.load(id);
    const root = threads[0]?.root ?? "";
    const inbound = {
      id: "w1",
      person: personOf("dominique"),
      place: placeOf(threads[0]?.channel ?? ""),
      root,
      message: "m",
      direct: false,
      text: richText("Moi aussi"),
      files: [],
    };
    expect(await w.desk.message(inbound)).toEqual({ kind: "nothing" });
    expect((await w.load(id)).events.at(-1)).toMatchObject({
      type: "message",
      audience: "tous",
      by: { name: "dominique Exemple", groupeId: "fs" },
    });
    expect(told(await w.desk.message({ ...inbound, id: "w2", person: personOf("ailleurs") }))).toContain("n’existe pas");
  });
});

describe("edits and removals", () => {
  test("change what was said, by its author, once, and keep its audience", async () => {
    const { id } = await w.demande();
    await w.say("ada", id, "caf", "Bonjuor", { message: "m1" });
    const edit = { id: `e-${id}`, person: personOf("ada"), ...at(id, "caf", "m1"), text: richText("Bonjour") };
    for (let n = 0; n < 2; n += 1) expect(await w.desk.edited(edit)).toEqual({ kind: "nothing" });
    // The platform says again what is known already: no event.
    expect(await w.desk.edited({ ...edit, id: `e2-${id}` })).toEqual({ kind: "nothing" });
    expect(told(await w.desk.edited({ ...edit, id: `e3-${id}`, person: personOf("bob"), text: richText("Non") }))).toContain(
      "Seul l’auteur",
    );
    expect(eventsOf(await w.load(id))).toEqual(["opened", "message*", "edited*"]);
    expect(await wordsOf(id)).toEqual(["Bonjour"]);
    const removal = { id: `d-${id}`, person: personOf("bob"), ...at(id, "caf", "m1") };
    await w.desk.deleted(removal);
    expect((await w.load(id)).state.utterances[0]?.deleted).toBe(false);
    for (let n = 0; n < 2; n += 1) await w.desk.deleted({ ...removal, id: `d2-${id}`, person: personOf("ada") });
    expect(eventsOf(await w.load(id))).toEqual(["opened", "message*", "edited*", "deleted*"]);
    expect(await w.desk.edited({ ...edit, id: `e4-${id}`, text: richText("Encore") })).toEqual({ kind: "nothing" });
  });

  test("of a message of another thread, or of none, are nothing", async () => {
    const [one, other] = [await w.demande(), await w.demande()];
    await w.say("ada", one.id, "caf", "Bonjour", { message: "m1" });
    const edit = { id: "e", person: personOf("ada"), text: richText("Autre") };
    expect(await w.desk.edited({ ...edit, ...at(other.id, "caf", "m1") })).toEqual({ kind: "nothing" });
    expect(await w.desk.edited({ ...edit, ...at(one.id, "aidant", "m1") })).toEqual({ kind: "nothing" });
    expect(await w.desk.edited({ ...edit, ...at(one.id, "caf", "m2") })).toEqual({ kind: "nothing" });
    expect(await w.desk.deleted({ id: "e", person: personOf("ada"), ...at(other.id, "caf", "m1") })).toEqual({ kind: "nothing" });
    expect(eventsOf(await w.load(one.id))).toEqual(["opened", "message*"]);
  });

  test("the removal of a message with files removes them all", async () => {
    const { id } = await w.demande();
    await w.say("camille", id, "aidant", "Voici", {
      message: "m1",
      files: [file(), file({ name: "deux.png", mimetype: "image/png" })],
    });
    await w.desk.deleted({ id: `d-${id}`, person: personOf("camille"), ...at(id, "aidant", "m1") });
    expect((await w.load(id)).state.utterances.map((u) => [u.kind, u.deleted])).toEqual([
      ["message", true],
      ["file", true],
      ["file", true],
    ]);
  });
});

describe("files", () => {
  test.each<[Partial<FileRef>, string]>([
    [{ size: 1024 * 1024 + 1 }, "dépasse 1 Mo"],
    [{ mimetype: "application/x-msdownload" }, "n’a pas été transmis"],
    [{ mimetype: "image/svg+xml" }, "n’a pas été transmis"],
    [{ mimetype: "text/html" }, "n’a pas été transmis"],
    [{ mimetype: "" }, "n’a pas été transmis"],
    [{ mimetype: "application/vnd.ms-excel.sheet.macroEnabled.12" }, "n’a pas été transmis"],
    [{ name: "facture.pdf.exe" }, "n’a pas été transmis"],
    [{ name: "facture.HTML. " }, "n’a pas été transmis"],
  ])("%j is refused with the reason, the words that go with it are kept", async (more, sentence) => {
    const { id } = await w.demande();
    expect(told(await w.say("camille", id, "aidant", "Voici", { files: [file(more)] }))).toContain(sentence);
    expect(eventsOf(await w.load(id))).toEqual(["opened", "message"]);
  });

  test("a redelivery shares them once; hostile names are names", async () => {
    const { id } = await w.demande();
    const files = [file({ name: "a\u0000<!channel>\u202e.pdf" }), file({ name: "x".repeat(500) })];
    for (let n = 0; n < 2; n += 1) await w.say("ada", id, "caf", "", { id: `f-${id}`, files });
    const { events } = await w.load(id);
    expect(events.slice(1).map((e) => (e.type === "fileShared" ? [e.audience, e.file.name] : e.type))).toEqual([
      ["instructeurs", "a<!channel>.pdf"],
      ["instructeurs", "x".repeat(200)],
    ]);
  });
});

describe("the shortcut « Envoyer à l’aidant »", () => {
  const shortcut = (who: string, id: DemandeId, thread: string, message: string) =>
    w.desk.shortcut({
      id: `${who}-${message}-${id}`,
      person: personOf(who),
      shortcut: "publier",
      ...w.spot(id, thread),
      message,
      text: [],
    });

  test("on one's own message, with its words of now; nothing for anybody else or any other message", async () => {
    const { id } = await w.demande({ groupes: ["caf", "cpam"] });
    await w.say("ada", id, "caf", "Brouillon", { message: "m1" });
    await w.desk.edited({ id: `e-${id}`, person: personOf("ada"), ...at(id, "caf", "m1"), text: richText("Net") });
    expect(told(await shortcut("ada", id, "caf", "autre"))).toContain("n’existe plus");
    expect(told(await shortcut("camille", id, "caf", "m1"))).toContain("réservée aux instructeurs");
    expect(told(await shortcut("ailleurs", id, "caf", "m1"))).toContain("n’existe pas, ou vous n’y avez pas accès");
    expect(told(await shortcut("ada", id, "caf", "m1"))).toContain("envoyé à l’aidant");
    expect((await w.load(id)).events.at(-1)).toMatchObject({ type: "message", audience: "tous", text: richText("Net") });
  });

  test("« Transformer en demande » opens the form with the message for description", async () => {
    const inbound = {
      id: "s",
      person: personOf("camille"),
      shortcut: "transformer",
      place: placeOf("C"),
      root: null,
      message: "m",
      text: richText("Blocage <b>x</b>"),
    } as const;
    const reaction = await w.desk.shortcut(inbound);
    const parts = reaction.kind === "form" ? reaction.form.parts : [];
    expect(parts.find((p) => p.kind === "text" && p.name === "description")).toMatchObject({ initial: "Blocage <b>x</b>" });
    expect(told(await w.desk.shortcut({ ...inbound, person: personOf("ada") }))).toContain("Seuls les aidants");
  });
});

test("what was read is remembered, and open threads are told to the catch-up", async () => {
  const { id } = await w.demande();
  await w.say("ada", id, "caf", "Bonjour", { message: "m9" });
  const open = await w.desk.openThreads({ platform: "slack", workspace: "T1" });
  const mine = open.filter((t) => t.root === `${id}-root`);
  expect(mine.map((t) => [t.place.channel, t.seen]).toSorted()).toEqual([
    ["C-caf", "m9"],
    ["D-camille", null],
  ]);
});

describe("a shared account", () => {
  const edit = (id: DemandeId, thread: string, message: string, text: string, inbound: string = randomUUID()) =>
    w.desk.edited({ id: inbound, person: personOf("guichet"), ...w.spot(id, thread), message, text: richText(text) });
  const said = async (id: DemandeId) => (await w.load(id)).events.filter(({ type }) => type === "message");

  test("signs what it writes by the last line, under whose name it then stands", async () => {
    const { id } = await w.demande();
    expect(told(await w.say("guichet", id, "caf", "Je regarde.", { message: "m1" }))).toContain("n’a pas été transmis");
    expect(await said(id)).toEqual([]);
    await w.say("guichet", id, "caf", "Je regarde.\n— Camille Exemple", { message: "m2" });
    expect((await said(id)).map(({ by }) => by.name)).toEqual(["Camille Exemple (compte partagé guichet Exemple)"]);
  });

  test("what it did not sign goes once it is edited to be signed: once, however often it is told", async () => {
    const { id } = await w.demande({ signature: "Lou" }, "guichet");
    await w.say("guichet", id, "caf", "Une précision.", { message: "m1" });
    expect(told(await edit(id, "caf", "m1", "Une autre."))).toContain("n’a pas été transmis");
    await edit(id, "caf", "m1", "Une précision.\n— Lou", "e1");
    await edit(id, "caf", "m1", "Une précision.\n— Lou", "e1");
    // Slack tells of the message again before each later edit.
    await w.say("guichet", id, "caf", "Une précision.\n— Lou", { message: "m1" });
    await edit(id, "caf", "m1", "Une précision utile.\n— Lou", "e2");
    expect(await said(id)).toHaveLength(1);
    expect((await w.load(id)).events.at(-1)).toMatchObject({ type: "edited" });
    await w.desk.deleted({ id: "d1", person: personOf("guichet"), ...w.spot(id, "caf"), message: "m1" });
    expect(told(await edit(id, "caf", "m1", "De retour.\n— Lou"))).toBe("");
    expect(await said(id)).toHaveLength(1);
  });

  const kinds = async (id: DemandeId) => (await w.load(id)).events.map(({ type }) => type).filter((type) => type !== "opened");

  test("a crash between its text and its files loses no file: the redelivery gives them, once", async () => {
    const { id } = await w.demande({ signature: "Lou" }, "guichet");
    const text = "Voici la pièce.\n— Lou";
    // What the process that died had written: the text, under this very id.
    await w.say("guichet", id, "caf", text, { id: "i1", message: "m1" });
    for (let time = 0; time < 2; time += 1) await w.say("guichet", id, "caf", text, { id: "i1", message: "m1", files: [file()] });
    expect(await kinds(id)).toEqual(["message", "fileShared"]);
  });

  test("files that came with an unsigned text are not lost without a word, and go once when told of again", async () => {
    const { id } = await w.demande({ signature: "Lou" }, "guichet");
    const files = [file()];
    expect(told(await w.say("guichet", id, "caf", "La pièce.", { id: "i1", message: "m1", files }))).toContain("ni ses fichiers");
    expect(told(await w.say("guichet", id, "caf", "", { message: "m0", files }))).toContain("ni ses fichiers");
    await edit(id, "caf", "m1", "La pièce.\n— Lou");
    expect(await kinds(id)).toEqual(["message"]);
    // A catch-up reads the message as it now stands, with its files.
    for (const inbound of ["c1", "c2"])
      await w.say("guichet", id, "caf", "La pièce.\n— Lou", { id: inbound, message: "m1", files });
    expect(await kinds(id)).toEqual(["message", "fileShared"]);
  });
});
