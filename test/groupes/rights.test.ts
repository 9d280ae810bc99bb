/**
 * Every sub-command of `/groupe`, its pages and its forms, tried by everybody on their own groupe and on another. What is expected
 * is written here from the sentence of the design and not from the table of rights: « `/groupe`, for responsables, in person or in
 * the groupe's channel »; an admin has « all groupes and accounts, never the personal data »; a refusal « leaks nothing ».
 */
import { randomUUID } from "node:crypto";
import { groupeId } from "../../src/domain/ids.ts";
import { GROUPE_COMMANDS } from "../../src/groupes/commands/registry.ts";
import type { Form, GroupeFormId } from "../../src/presentation/form.ts";
import { personOf, placeOf } from "../demandes/world.ts";
import { formIn, GroupeDesk, words } from "./groupeDesk.ts";

const OWN = "CAF de l’Ain";
const OTHER = "CPAM de l’Ain";
const UNKNOWN = "Ce groupe n’existe pas, ou vous n’en êtes pas responsable.";
const FORBIDDEN = "Seule une personne responsable du groupe « CAF de l’Ain » peut le faire : rita Exemple.";

/** What each may on the CAF and on the CPAM: everything, nothing though they know it, or not even know it. */
const PEOPLE: Readonly<Record<string, readonly [own: "all" | "told" | "unknown", other: "all" | "told" | "unknown"]>> = {
  "un aidant du groupe": ["told", "unknown"],
  "un instructeur du groupe": ["told", "unknown"],
  "une responsable du groupe": ["all", "unknown"],
  "un responsable d’un autre groupe": ["unknown", "all"],
  "un membre de rien": ["unknown", "unknown"],
  "un administrateur": ["all", "all"],
};

const HANDLES: Readonly<Record<string, string>> = {
  "un aidant du groupe": "aide",
  "un instructeur du groupe": "ada",
  "une responsable du groupe": "rita",
  "un responsable d’un autre groupe": "raoul",
  "un membre de rien": "seul",
  "un administrateur": "admin",
};

/** What follows each sub-command so that it would have something to do. */
const TEXTS: Readonly<Record<string, string>> = {
  ajouter: "camille@exemple.test instructeur",
  retirer: "cible",
  role: "cible instructeur",
};

/** What may never be read by who may not know the other groupe: its name where it was not typed, its people, their addresses. */
const SECRETS = [
  "zoe",
  "raoul",
  "partout",
  "Conseil confidentiel",
  "cpam@exemple.test",
  "Sujet",
  "Nomusager",
  "Prénomusager",
  "Blocage",
];

const FORM_OF: Readonly<Record<string, GroupeFormId>> = {
  ajouter: "groupe-ajouter",
  retirer: "groupe-retirer",
  role: "groupe-role",
  "creer-compte": "groupe-creer",
  modifier: "groupe-modifier",
  relier: "groupe-relier",
};

let desk: GroupeDesk;
beforeAll(async () => {
  desk = await GroupeDesk.open();
  await desk.person("aide", { caf: "a" });
  await desk.person("seul", {});
  await desk.person("cible", { caf: "a", cpam: "a" });
  await desk.world.demande({ groupes: ["cpam"], sujet: "Sujet de la CPAM" });
  const cpam = await desk.world.db.groupes.byId(groupeId("cpam"));
  if (!cpam) throw new Error("no CPAM");
  const details = { ...cpam.details, bal: "cpam@exemple.test" };
  await desk.world.db.groupes.save({ ...cpam, description: "Conseil confidentiel", details });
});
afterAll(() => desk.world.close());

/** Everything that the database holds of groupes and people: nothing of it may change by what is refused. */
const state = async (): Promise<string> => {
  const { groupes, agents, journal, notices } = desk.world.db;
  const all = [
    groupes.model.find({}),
    agents.model.find({}),
    journal.model.find({}),
    notices.model.find({ lane: { $ne: "report" } }),
  ];
  return JSON.stringify(await Promise.all(all.map((query) => query.lean())));
};

/** The reports asked for, whose rights are asked again when they are made. */
const reports = (): Promise<number> => desk.world.db.notices.model.countDocuments({ lane: "report" });
const REPORTS: ReadonlySet<string> = new Set(["exporter", "stats"]);

const commandNames = GROUPE_COMMANDS.map(({ name }) => name);

const written = (name: string, groupe: string): string => `${name} ${TEXTS[name] ?? ""} dans ${groupe}`;

describe.each(Object.keys(PEOPLE))("%s", (who) => {
  const handle = HANDLES[who] ?? "";
  const [own, other] = PEOPLE[who] ?? ["unknown", "unknown"];

  const check = (said: string, may: "all" | "told" | "unknown", groupe: string) => {
    if (may === "told") expect(said).toBe(FORBIDDEN);
    if (may === "unknown") {
      expect(said.replace(/ Vouliez-vous dire « [^»]+ » \?$/, "")).toBe(UNKNOWN);
      // Close names are those of groupes that the person runs.
      const meant = /« ([^»]+) »/.exec(said)?.[1];
      if (meant !== undefined) expect(meant).toBe(handle === "raoul" ? OTHER : OWN);
      if (handle !== "raoul") for (const secret of SECRETS) expect(said).not.toContain(secret);
    }
    if (may === "all") {
      expect(said).not.toContain(UNKNOWN);
      expect(said).not.toContain("Seule une personne responsable");
      // No personal data, whoever asks: not even the words of a demande that they do not follow.
      for (const secret of ["Sujet", "Nomusager", "Prénomusager", "Blocage"]) expect(said).not.toContain(secret);
    }
    return groupe;
  };

  test.each(commandNames)("%s, in person and in the channel, on either groupe", async (name) => {
    const before = await state();
    const asked = await reports();
    const entitled = [own, other].filter((may) => may === "all").length;
    for (const [groupe, channel, may] of [
      [OWN, "C-caf", own],
      [OTHER, "C-cpam", other],
    ] as const) {
      check(await desk.says(handle, written(name, groupe)), may, groupe);
      // In a channel that is nobody's, so that « relier » has something to say.
      if (name === "relier") check(await desk.says(handle, written(name, groupe), { channel: "C-libre" }), may, groupe);
      else check(await desk.says(handle, `${name} ${TEXTS[name] ?? ""}`, { channel }), may, groupe);
    }
    // Listing and asking change nothing, and neither does what is refused; a report is written down for who may have it.
    expect(await state()).toBe(before);
    expect((await reports()) - asked).toBe(REPORTS.has(name) ? 2 * entitled : 0);
  });

  test("aide, on either groupe", async () => {
    check(await desk.says(handle, `aide dans ${OWN}`), own, OWN);
    check(await desk.says(handle, `aide membres dans ${OTHER}`), other, OTHER);
  });

  test.each(["membres", "demandes"])("a page of %s, by the button of somebody else", async (list) => {
    for (const [groupe, may] of [
      ["caf", own],
      ["cpam", other],
    ] as const) {
      const reaction = await desk.world.desk.click({
        id: randomUUID(),
        person: personOf(handle),
        action: "lister",
        value: `groupe|${list}|${groupe}|0|,`,
        place: placeOf("D-direct"),
        root: null,
      });
      check(words(reaction), may, groupe);
    }
  });

  const refused = (
    [
      [OWN, own],
      [OTHER, other],
    ] as const
  ).filter(([, may]) => may !== "all");
  // Nothing to refuse to who may everything: their forms are sent in the tests of each sub-command.
  if (refused.length === 0) return;

  test.each(Object.entries(FORM_OF))("the form of %s, opened by who may and sent by this person", async (name, id) => {
    for (const [groupe, may] of refused) {
      const form: Form = formIn(await desk.type("admin", written(name, groupe), { channel: "C-libre" }));
      expect(form.id).toBe(id);
      const before = await state();
      const values = { nom: "Nom pris", email: "nouveau@exemple.test", roles: ["aidant"], adresse: "ailleurs" };
      check(words(await desk.send(handle, form, values)), may, groupe);
      const refreshed = await desk.world.desk.refreshForm({
        id: randomUUID(),
        person: personOf(handle),
        form: form.id,
        context: form.context,
        values,
      });
      expect(refreshed).toBeNull();
      expect(await state()).toBe(before);
    }
  });
});

test.each([
  ["a disabled account", "parti", "Votre compte Administration+ est désactivé"],
  ["a stranger", "inconnu", "Votre compte n’est pas connu d’Administration+"],
])("%s is told whom to ask, whatever they try, and nothing else", async (_, handle, told) => {
  const before = await state();
  // In the channel of a groupe whoever reads it is told who runs that groupe; and never of another.
  const check = (said: string) => {
    expect(said.startsWith(told)).toBe(true);
    for (const secret of [OTHER, ...SECRETS, "@exemple.test", "ada", "bob"]) expect(said).not.toContain(secret);
  };
  for (const name of [...commandNames, "aide", ""]) {
    check(await desk.says(handle, name === "" ? "" : written(name, OWN), { channel: "C-caf" }));
    check(await desk.says(handle, name === "" ? "" : written(name, OTHER), { channel: "C-caf" }));
  }
  for (const name of Object.keys(FORM_OF)) {
    const form = formIn(await desk.type("admin", written(name, OWN), { channel: "C-libre" }));
    check(words(await desk.send(handle, form)));
  }
  expect(await state()).toBe(before);
});

test("a form that names a groupe, a person or roles that do not exist does nothing", async () => {
  const before = await state();
  for (const id of Object.values(FORM_OF)) {
    expect(words(await desk.world.submit("rita", id, {}, { groupe: "aucun" }))).toBe(UNKNOWN);
    expect(words(await desk.world.submit("rita", id, {}, {}))).toBe(UNKNOWN);
  }
  for (const id of ["groupe-ajouter", "groupe-retirer", "groupe-role", "groupe-relier"] as const)
    expect(words(await desk.world.submit("rita", id, {}, { groupe: "caf", agent: "personne", roles: "roi" }))).toBe(
      "Ce formulaire n’est plus valable : tapez de nouveau la commande.",
    );
  expect(await state()).toBe(before);
});

test("every sub-command of the registry that opens a form is tried above", () => {
  const opening = commandNames.filter((name) => Object.hasOwn(FORM_OF, name));
  expect(opening.toSorted()).toEqual(Object.keys(FORM_OF).toSorted());
});
