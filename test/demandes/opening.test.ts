import { demandeId } from "../../src/domain/ids.ts";
import type { FormValues } from "../../src/presentation/form.ts";
import { isField } from "../../src/presentation/form.ts";
import { eventsOf, personOf, placeOf, told, VALID, World } from "./world.ts";

let w: World;
beforeAll(async () => {
  w = await World.open();
});
afterAll(() => w.close());

const count = () => w.db.demandes.model.countDocuments({});
const HOSTILE = [
  "<!channel> @room",
  "$where: 1",
  "<script>alert(1)</script>",
  "=cmd()",
  "{{7*7}} %s %00",
  "👩‍👩‍👧 é",
  "مرحبا",
  "a\u202eb",
];

test.each<[string, unknown, string, string]>([
  ["territoire", undefined, "territoire", "Choisissez le territoire concerné."],
  ["territoire", "20", "territoire", "Choisissez le territoire concerné."],
  ["territoire", "$ne", "territoire", "Choisissez le territoire concerné."],
  ["groupes", [], "groupes", "Choisissez au moins un groupe"],
  ["groupes", ["caf67"], "groupes", "n’est pas de ce territoire"],
  ["groupes", ["vide"], "groupes", "n’est pas de ce territoire"],
  ["groupes", ["caf", "inconnu"], "groupes", "n’est pas de ce territoire"],
  ["groupeDemandeur", "caf", "groupeDemandeur", "Choisissez une des réponses"],
  ["sujet", "   ", "sujet", "obligatoire"],
  ["sujet", "é".repeat(151), "sujet", "150 caractères au plus"],
  ["sujet", "Dossier de Nomusager", "sujet", "identifie l’usager"],
  ["sujet", "Appeler le 06 12 34 56 78", "sujet", "identifie l’usager"],
  ["sujet", "a\u0000b", "sujet", "caractères invisibles"],
  ["prenom", "", "prenom", "obligatoire"],
  ["prenom", "x".repeat(201), "prenom", "200 caractères au plus"],
  ["nomDeFamille", "\u200b", "nomDeFamille", "obligatoire"],
  ["nomDeFamille", "a\u0007", "nomDeFamille", "caractères invisibles"],
  ["dateDeNaissance", "", "dateDeNaissance", "obligatoire"],
  ["dateDeNaissance", "avril 1955", "dateDeNaissance", "jj/mm/aaaa"],
  ["dateDeNaissance", "31/02/1980", "dateDeNaissance", "n’existe pas"],
  ["dateDeNaissance", "03/03/2026", "dateDeNaissance", "pas encore passée"],
  ["dateDeNaissance", "01/01/1800", "dateDeNaissance", "trop ancienne"],
  ["description", " \n ", "description", "obligatoire"],
  ["description", "x".repeat(3001), "description", "3000 caractères au plus"],
  ["description", "\ud800", "description", "caractères invisibles"],
  ["autorisation", false, "autorisation", "l’autorisation de l’usager"],
  ["numeroSecuriteSociale", "1 80 12 01 234 567", "numeroSecuriteSociale", "15 chiffres"],
  ["numeroSecuriteSociale", "255047511612344", "numeroSecuriteSociale", "clé"],
  ["numeroAllocataire", "12", "numeroAllocataire", "7 chiffres"],
  ["numeroFiscal", "12", "numeroFiscal", "13 chiffres"],
  ["telephone", "06", "telephone", "téléphone"],
  ["numeroEtranger", "abc", "numeroEtranger", "n’est pas valable"],
  ["autre", "x".repeat(201), "autre", "200 caractères au plus"],
])("« %s » = %j is refused beside its field, in French, and nothing is stored", async (field, value, where, sentence) => {
  const before = await count();
  const reaction = await w.submit("camille", "ouvrir", { ...VALID, [field]: value } as FormValues, {});
  expect(reaction.kind).toBe("faults");
  if (reaction.kind === "faults") {
    expect(Object.keys(reaction.faults)).toEqual([where]);
    expect(reaction.faults[where]).toContain(sentence);
  }
  expect(await count()).toBe(before);
  expect(w.kicked).toEqual([]);
});

test("every fault at once", async () => {
  const reaction = await w.submit("camille", "ouvrir", {}, {});
  const faults = reaction.kind === "faults" ? Object.keys(reaction.faults) : [];
  expect(faults.toSorted()).toEqual([
    "autorisation",
    "dateDeNaissance",
    "description",
    "groupes",
    "nomDeFamille",
    "prenom",
    "sujet",
    "territoire",
  ]);
});

test("stored, with a thread for the aidant and one for each groupe; the number and nothing else is said", async () => {
  const demande = await w.demande({ groupes: ["caf", "cpam"] });
  expect(demande.state).toMatchObject({ status: "nouvelle", ref: 1, territoire: "01", sujet: "Droits suspendus", shared: false });
  expect(demande.state.usager).toEqual({ prenom: "Prénomusager", nomDeFamille: "Nomusager", dateDeNaissance: "03/04/1955" });
  expect(demande.state.opener).toEqual({ agentId: "camille", name: "camille Exemple", groupeId: "fs", role: "aidant" });
  expect(demande.threads.map((t) => [t.side, t.groupeId, t.agentId])).toEqual([
    ["aidant", null, "camille"],
    ["instructeurs", "caf", null],
    ["instructeurs", "cpam", null],
  ]);
  expect(demande.state.openedAt).toEqual(w.now);
});

test("sent twice, or five times at once, it is one demande with one number", async () => {
  const before = await count();
  const reactions = await Promise.all([1, 2, 3, 4, 5].map(() => w.submit("camille", "ouvrir", VALID, {}, "envoi-1")));
  const again = await w.submit("camille", "ouvrir", { ...VALID, sujet: "" }, {}, "envoi-1");
  expect(await count()).toBe(before + 1);
  const sentences = new Set([...reactions, again].map(told));
  expect(sentences.size).toBe(1);
  expect([...sentences][0]).toMatch(/^Votre demande D-\d{6} est envoyée/);
});

test("from the groupe's own channel, its members see it; a forged channel of another groupe changes nothing", async () => {
  for (const [channel, shared] of [
    ["C-fs", true],
    ["C-caf", false],
    ["C-inconnu", false],
  ] as const) {
    const before = w.kicked.length;
    await w.submit("camille", "ouvrir", VALID, { platform: "slack", workspace: "T1", channel });
    const demande = await w.load(w.kicked[before] ?? demandeId(""));
    expect(demande.state.shared).toBe(shared);
    expect(demande.threads[0]).toMatchObject(shared ? { groupeId: "fs", agentId: null } : { groupeId: null, agentId: "camille" });
  }
});

test("only aidants open: neither the form nor its sending is for anybody else", async () => {
  const before = await count();
  for (const who of ["ada", "rita", "admin"]) {
    expect(
      told(await w.desk.command({ id: "1", person: personOf(who), command: "demande", text: "", place: placeOf("C") })),
    ).toContain("Seuls les aidants ouvrent des demandes");
    expect(told(await w.submit(who, "ouvrir", VALID, {}))).toContain("Seuls les aidants ouvrent des demandes");
    expect(await w.desk.refreshForm({ id: "1", person: personOf(who), form: "ouvrir", context: {}, values: VALID })).toBeNull();
  }
  for (const [who, why] of [
    ["parti", "est désactivé"],
    ["inconnue", "n’est pas connu d’Administration+"],
  ] as const) {
    expect(told(await w.submit(who, "ouvrir", VALID, {}))).toContain(why);
    expect(await w.desk.refreshForm({ id: "1", person: personOf(who), form: "ouvrir", context: {}, values: VALID })).toBeNull();
  }
  expect(await count()).toBe(before);
});

test.each(HOSTILE)("hostile text is text: %s", async (text) => {
  const { state } = await w.demande({ description: text, prenom: text, autre: text, sujet: `Sujet ${text}` });
  const clean = text.replace("\u202e", "");
  expect([state.description, state.usager?.prenom, state.usager?.autre, state.sujet]).toEqual([
    clean,
    clean,
    clean,
    `Sujet ${clean}`,
  ]);
});

test("objects in place of texts, as a broken border would let through, are nobody's query", async () => {
  const reaction = await w.submit(
    "camille",
    "ouvrir",
    { ...VALID, groupes: { $ne: null }, territoire: { $gt: "" } } as never,
    {},
  );
  expect(reaction.kind === "faults" && Object.keys(reaction.faults).toSorted()).toEqual(["groupes", "territoire"]);
});

test("the form: the groupes of the territoire that can answer, and the fields that their organismes ask for", async () => {
  const form = await w.desk.refreshForm({
    id: "1",
    person: personOf("camille"),
    form: "ouvrir",
    context: { channel: "C" },
    values: { territoire: "01", groupes: ["caf"] },
  });
  if (!form) throw new Error("no form");
  const fields = form.parts.filter(isField);
  const groupes = fields.find((f) => f.name === "groupes");
  expect(groupes?.kind === "choice" && groupes.groups.flatMap((g) => g.options.map((o) => o.value))).toEqual(["caf", "cpam"]);
  expect(fields.map((f) => f.name)).toEqual(
    expect.arrayContaining(["numeroAllocataire", "numeroSecuriteSociale", "autorisation"]),
  );
  expect(fields.map((f) => f.name)).not.toContain("signature");
  expect(form.context).toEqual({ channel: "C" });
});

test("a shared account signs", async () => {
  const reaction = await w.submit("guichet", "ouvrir", VALID, {});
  expect(reaction.kind === "faults" && Object.keys(reaction.faults)).toEqual(["signature"]);
  const demande = await w.demande({ signature: "Prénom Exemple, accueil" }, "guichet");
  expect(demande.events[0]).toMatchObject({ signature: "Prénom Exemple, accueil" });
  expect(eventsOf(demande)).toEqual(["opened"]);
});
