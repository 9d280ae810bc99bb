import { randomUUID } from "node:crypto";
import type { LoadedDemande } from "../../models/demandes.ts";
import type { ActionId } from "../../src/actions.ts";
import { ACTION_IDS, actionOf } from "../../src/actions.ts";
import { isActForm } from "../../src/demandes/formRights.ts";
import { demandeId } from "../../src/domain/ids.ts";
import type { FormId, FormValues } from "../../src/presentation/form.ts";
import { isField } from "../../src/presentation/form.ts";
import { eventsOf, personOf, placeOf, told, World } from "./world.ts";

let w: World;
beforeAll(async () => {
  w = await World.open();
});
afterAll(() => w.close());

const UNKNOWN = "Cette demande n’existe pas, ou vous n’y avez pas accès.";
const inCaf = { side: "instructeurs", groupe: "caf" } as const;
const inAidant = { side: "aidant", groupe: "" } as const;

/** Sends the form of an act, as from that thread. */
const send = (
  who: string,
  form: FormId,
  { id }: LoadedDemande,
  values: FormValues = {},
  stand: Record<string, string> = inCaf,
  inbound?: string,
) => w.submit(who, form, values, { demande: id, ...stand }, inbound);

const FILLED: Readonly<Record<string, FormValues>> = {
  relais: {},
  decliner: {},
  repondre: { texte: "Bonjour" },
  inviter: { territoire: "01", groupes: ["cpam"], texte: "Pour vous" },
  traiter: { texte: "C’est fait" },
  archiver: { utile: "oui" },
  completer: { telephone: "04 00 00 00 00" },
};
const isStoredForm = (action: ActionId) => isActForm(actionOf(action).form);

describe("each action, from each side", () => {
  // By action: who may, in which thread; the events that it leaves when it is done.
  test.each<[ActionId, string, string, string]>([
    ["voir", "ada", "caf", "viewed"],
    ["voir", "camille", "aidant", "viewed"],
    ["prendre", "ada", "caf", "taken"],
    ["relayer", "ada", "caf", "taken"],
    ["decliner", "ada", "caf", "declined"],
    ["repondre", "ada", "caf", "message"],
    ["inviter", "ada", "caf", "invited message"],
    ["inviter", "camille", "aidant", "invited message"],
    ["traitee", "ada", "caf", "message processed"],
    ["archiver", "camille", "aidant", "archived"],
    ["archiver", "dominique", "aidant", "archived"],
    ["completer", "camille", "aidant", "infoAdded"],
  ])("« %s » by %s in the thread %s gives %s, once, however often it arrives", async (action, who, thread, events) => {
    const demande = await w.demande();
    const inbound = randomUUID();
    const shown = await w.click(who, action, demande.id, { thread, id: inbound });
    const { form } = actionOf(action);
    if (isActForm(form)) {
      expect(told(shown)).toBe(`formulaire ${form}`);
      if (shown.kind !== "form") throw new Error("no form");
      const once = await w.submit(who, form, FILLED[form] ?? {}, shown.form.context, inbound);
      const twice = await w.submit(who, form, FILLED[form] ?? {}, shown.form.context, inbound);
      expect([once, twice]).toEqual([{ kind: "nothing" }, { kind: "nothing" }]);
    } else expect(await w.click(who, action, demande.id, { thread, id: inbound })).toEqual(shown);
    expect(eventsOf(await w.load(demande.id)).join(" ")).toBe(`opened ${events}`);
  });

  test("two colleagues at the same instant: one has it, the other is offered to take over", async () => {
    const { id } = await w.demande();
    const reactions = await Promise.all(["ada", "bob"].map((who) => w.click(who, "prendre", id, { thread: "caf" })));
    const offered = reactions.filter((r) => r.kind === "tell");
    expect(reactions.filter((r) => r.kind === "nothing")).toHaveLength(1);
    expect(offered).toHaveLength(1);
    expect(offered[0]?.kind === "tell" && offered[0].message.buttons.map((b) => b.action)).toEqual(["relayer"]);
    expect(eventsOf(await w.load(id))).toEqual(["opened", "taken"]);
  });

  test("twenty people at once: all is kept, in one order, without a gap", async () => {
    const { id } = await w.demande();
    await Promise.all(Array.from({ length: 20 }, (_, n) => w.say(n % 2 ? "ada" : "bob", id, "caf", `Mot ${n}`)));
    const { events } = await w.load(id);
    expect(events.map((e) => e.seq)).toEqual(Array.from({ length: 21 }, (_, n) => n + 1));
  });
});

/** What is done to one demande; the others open a form or turn a page. */
const ON_A_DEMANDE = ACTION_IDS.filter((action) => actionOf(action).capability !== null);

describe("those who may not", () => {
  test("a stranger learns nothing: the answer is the same, to the letter, as for a demande that is not there", async () => {
    const { id } = await w.demande();
    const absent = demandeId("absente");
    for (const who of ["zoe", "ailleurs"])
      for (const action of ON_A_DEMANDE) {
        for (const more of [{}, { groupe: "caf" }, { more: "demain" }]) {
          const [real, none] = await Promise.all([id, absent].map((one) => w.click(who, action, one, more)));
          expect(real).toEqual(none);
          expect(real && told(real)).toBe(UNKNOWN);
        }
        const { form } = actionOf(action);
        if (!isActForm(form)) continue;
        for (const values of [FILLED[form] ?? {}, { texte: "\u0000" }])
          for (const stand of [inCaf, inAidant, { side: "instructeurs", groupe: "" }, {}] as Record<string, string>[]) {
            const [real, none] = await Promise.all(
              [id, absent].map((one) => w.submit(who, form, values, { demande: one, ...stand })),
            );
            expect(real).toEqual(none);
            expect(real && told(real)).toBe(UNKNOWN);
            const person = personOf(who);
            expect(await w.desk.refreshForm({ id: "x", person, form, values, context: { demande: id, ...stand } })).toBeNull();
          }
      }
    expect(eventsOf(await w.load(id))).toEqual(["opened"]);
  });

  test.each([
    ["parti", "est désactivé"],
    ["inconnue", "n’est pas connu"],
  ])("%s has no account that counts", async (who, why) => {
    const { id } = await w.demande();
    for (const action of ON_A_DEMANDE) expect(told(await w.click(who, action, id, { thread: "caf" }))).toContain(why);
    expect(told(await send(who, "repondre", await w.load(id), { texte: "Bonjour" }))).toContain(why);
    expect(told(await w.say(who, id, "caf", "Bonjour"))).toContain(why);
    expect(eventsOf(await w.load(id))).toEqual(["opened"]);
  });

  test("an agent disabled meanwhile can do no more, from the very next click", async () => {
    const { id } = await w.demande();
    const bob = await w.db.agents.byEmail("bob@exemple.test");
    if (!bob) throw new Error("no bob");
    const { identities, ...agent } = bob;
    await w.db.agents.save({ ...agent, disabled: true }, identities);
    expect(told(await w.click("bob", "prendre", id, { thread: "caf" }))).toContain("est désactivé");
    await w.db.agents.save(agent, identities);
    expect(await w.click("bob", "prendre", id, { thread: "caf" })).toEqual({ kind: "nothing" });
  });

  test.each<[string, ActionId, string, string]>([
    ["ada", "archiver", "caf", "Seul l’aidant qui a ouvert la demande"],
    ["ada", "rouvrir", "caf", "Seul l’aidant qui a ouvert la demande"],
    ["ada", "completer", "caf", "Seul l’aidant qui a ouvert la demande peut compléter"],
    ["dominique", "completer", "aidant", "Seul l’aidant qui a ouvert la demande peut compléter"],
    ["dominique", "voir", "aidant", "ne sont visibles que"],
    ["rita", "voir", "caf", "ne sont visibles que"],
    ["admin", "voir", "caf", "ne sont visibles que"],
    ["admin", "prendre", "caf", "réservée aux instructeurs"],
    ["camille", "prendre", "aidant", "réservée aux instructeurs"],
    ["camille", "traitee", "aidant", "réservée aux instructeurs"],
    ["zoe", "prendre", "caf", UNKNOWN],
  ])("%s may not « %s » in the thread %s", async (who, action, thread, sentence) => {
    const { id } = await w.demande();
    expect(told(await w.click(who, action, id, { thread }))).toContain(sentence);
    const { form } = actionOf(action);
    const stand = thread === "aidant" ? inAidant : inCaf;
    if (isActForm(form))
      // The refusal comes before the fields are looked at.
      for (const values of [FILLED[form] ?? {}, {}])
        expect(told(await send(who, form, await w.load(id), values, stand))).toContain(sentence);
    expect(eventsOf(await w.load(id))).toEqual(["opened"]);
  });
});

describe("forged or stale", () => {
  test.each(["", "|", "x|y|z|t", "absente||", "$ne||", "\u0000", "x".repeat(5000), "{}", "absente|caf|demain"])(
    "a button whose value is « %s »",
    async (value) => {
      const { id } = await w.demande();
      for (const action of ON_A_DEMANDE) expect(told(await w.click("ada", action, id, { thread: "caf", value }))).toBe(UNKNOWN);
    },
  );

  test("a value of one demande in the thread of another", async () => {
    const [one, other] = [await w.demande(), await w.demande()];
    expect(told(await w.click("ada", "prendre", one.id, { thread: "caf", value: `${other.id}||` }))).toBe(UNKNOWN);
    for (const { id } of [one, other]) expect(eventsOf(await w.load(id))).toEqual(["opened"]);
  });

  test("the thread decides for whom an act counts, whatever the button or the form claims", async () => {
    const { id } = await w.demande({ groupes: ["caf", "cpam"] });
    await w.click("zoe", "prendre", id, { thread: "cpam", groupe: "caf" });
    expect((await w.load(id)).state.groupes.map((g) => g.takenBy?.name ?? null)).toEqual([null, "zoe Exemple"]);
    expect(told(await w.click("zoe", "prendre", id, { groupe: "caf" }))).toContain("réservée aux instructeurs");
    for (const stand of [inCaf, { side: "instructeurs", groupe: "" }, { side: "instructeurs", groupe: "inconnu" }])
      expect(told(await send("zoe", "repondre", await w.load(id), { texte: "x" }, stand))).toContain("réservée aux instructeurs");
    expect(told(await send("ada", "archiver", await w.load(id), { utile: "oui" }, inAidant))).toContain("Seul l’aidant");
  });

  test("somebody who is on both sides acts from the side of the thread", async () => {
    const { id } = await w.demande({ groupes: ["cpam"] }, "partout");
    expect(told(await w.click("partout", "archiver", id, { thread: "cpam" }))).toContain("Seul l’aidant");
    expect(await w.click("partout", "prendre", id, { thread: "cpam" })).toEqual({ kind: "nothing" });
    expect((await w.load(id)).events.at(-1)?.by).toMatchObject({ role: "instructeur", groupeId: "cpam" });
  });

  test("a form left open while the demande was archived is refused, and says why", async () => {
    const demande = await w.demande();
    await send("camille", "archiver", demande, { utile: "non" }, inAidant);
    for (const form of ["repondre", "traiter", "decliner", "relais", "inviter"] as const)
      expect(told(await send("ada", form, demande, FILLED[form]))).toContain("la demande est « archivée »");
    expect(told(await w.click("ada", "prendre", demande.id, { thread: "caf" }))).toContain("« archivée »");
    expect(told(await send("camille", "archiver", demande, { utile: "oui" }, inAidant))).toContain("« archivée »");
    expect((await w.load(demande.id)).state.usefulness).toBe("non");
  });

  test("« Prendre le relais » and « pas le bon interlocuteur » a second time", async () => {
    const demande = await w.demande({ groupes: ["caf", "cpam"] });
    await w.click("ada", "prendre", demande.id, { thread: "caf" });
    expect(told(await send("ada", "relais", demande))).toBe("Vous vous en occupez déjà.");
    expect(told(await send("bob", "relais", demande))).toBe("");
    await send("ada", "decliner", demande);
    expect(told(await send("bob", "decliner", demande))).toContain("a déjà indiqué");
  });

  test("a form that none of ours is", async () => {
    const demande = await w.demande();
    expect(await send("ada", "voir", demande)).toEqual({ kind: "nothing" });
    expect(await send("ada", "__proto__" as FormId, demande)).toEqual({ kind: "nothing" });
  });
});

describe("forms", () => {
  test.each<[FormId, FormValues, string, string]>([
    ["repondre", {}, "texte", "vide"],
    ["repondre", { texte: "  ", procedure: true, derniere: true }, "texte", "procédure à suivre"],
    ["repondre", { texte: "x".repeat(3001) }, "texte", "3000 caractères au plus"],
    ["repondre", { texte: "a\u0000" }, "texte", "caractères invisibles"],
    ["inviter", { territoire: "01" }, "groupes", "au moins un groupe"],
    ["inviter", { territoire: "01", groupes: ["caf"] }, "groupes", "suivent déjà"],
    ["inviter", { territoire: "01", groupes: ["caf67"] }, "groupes", "n’est pas de ce territoire"],
    ["inviter", { territoire: "$gt", groupes: ["cpam"] }, "groupes", "n’est pas de ce territoire"],
    ["inviter", { territoire: "01", groupes: ["vide"] }, "groupes", "n’est pas de ce territoire"],
    ["traiter", { texte: "x".repeat(3001) }, "texte", "3000 caractères au plus"],
  ])("« %s » with %j: the fault is beside its field", async (form, values, field, sentence) => {
    const demande = await w.demande();
    const reaction = await send("ada", form, demande, values);
    expect(reaction.kind === "faults" && Object.keys(reaction.faults)).toEqual([field]);
    expect(told(reaction)).toContain(sentence);
    expect(eventsOf(await w.load(demande.id))).toEqual(["opened"]);
  });

  test.each<[FormId, FormValues, string]>([
    ["archiver", {}, "utile"],
    ["archiver", { utile: "peut-être" }, "utile"],
    ["archiver", { utile: "__proto__" }, "utile"],
    ["completer", {}, "nomDeNaissance"],
    ["completer", { telephone: "12" }, "telephone"],
    ["completer", { numeroSecuriteSociale: "255047511612344" }, "numeroSecuriteSociale"],
  ])("« %s » with %j, on the aidant's side", async (form, values, field) => {
    const demande = await w.demande();
    const reaction = await send("camille", form, demande, values, inAidant);
    expect(reaction.kind === "faults" && Object.keys(reaction.faults)).toEqual([field]);
    expect(eventsOf(await w.load(demande.id))).toEqual(["opened"]);
  });

  test("an invitation: its word private only when an instructeur ticks it, a thread for the new groupe", async () => {
    const demande = await w.demande();
    await send("ada", "inviter", demande, { territoire: "01", groupes: ["cpam"], texte: "Entre nous", prive: true });
    await send("camille", "inviter", demande, { territoire: "67", groupes: ["caf67"] }, inAidant);
    const after = await w.load(demande.id);
    expect(eventsOf(after)).toEqual(["opened", "invited", "message*"]);
    expect(after.threads.map((t) => t.groupeId)).toEqual([null, "caf", "cpam"]);
    const other = await w.demande();
    await send("camille", "inviter", other, { territoire: "01", groupes: ["cpam"], texte: "Pour tous", prive: true }, inAidant);
    expect(eventsOf(await w.load(other.id))).toEqual(["opened", "invited", "message"]);
  });

  test("a shared account signs what it writes, an invitation too, in a field that its form has", async () => {
    const demande = await w.demande();
    for (const [form, values] of [
      ["repondre", FILLED.repondre],
      ["traiter", FILLED.traiter],
      ["inviter", FILLED.inviter],
    ] as const) {
      const action = form === "traiter" ? "traitee" : form;
      const shown = await w.click("guichet", action, demande.id, { thread: "caf" });
      const names = shown.kind === "form" ? shown.form.parts.filter(isField).map((f) => f.name) : [];
      expect(names).toContain("signature");
      const reaction = await send("guichet", form, demande, values);
      expect(reaction.kind === "faults" && Object.keys(reaction.faults)).toEqual(["signature"]);
      expect(await send("guichet", form, demande, { ...values, signature: "P. Exemple" })).toEqual({ kind: "nothing" });
    }
  });

  test("« Voir la demande » shows the identity to those entitled and writes down each viewing", async () => {
    const { id } = await w.demande();
    const reaction = await w.click("ada", "voir", id, { thread: "caf" });
    const notes = reaction.kind === "form" ? reaction.form.parts.map((p) => (p.kind === "note" ? p.text : "")) : [];
    expect(notes).toEqual(expect.arrayContaining(["Prénomusager", "Nomusager", "03/04/1955", "Blocage depuis janvier"]));
    expect((await w.load(id)).state.viewers).toMatchObject([{ agentId: "ada" }]);
  });

  test("no form carries anything but ids", async () => {
    const { id } = await w.demande();
    for (const action of ACTION_IDS.filter(isStoredForm)) {
      const thread = ["archiver", "completer"].includes(action) ? "aidant" : "caf";
      const shown = await w.click(thread === "aidant" ? "camille" : "ada", action, id, { thread });
      if (shown.kind !== "form") throw new Error(`no form for ${action}: ${told(shown)}`);
      expect(shown.form.title.length).toBeLessThanOrEqual(24);
      expect(shown.form.submit?.length ?? 1).toBeLessThanOrEqual(24);
      expect(JSON.stringify(shown.form.context)).not.toMatch(/usager|Droits|Blocage|Exemple/i);
    }
  });
});

describe("« Me le rappeler »", () => {
  test.each([
    ["demain", "2026-03-03T09:00:00.000Z"],
    ["3-jours", "2026-03-05T09:00:00.000Z"],
    ["semaine", "2026-03-09T09:00:00.000Z"],
  ])("%s", async (more, until) => {
    const { id } = await w.demande();
    expect(told(await w.click("ada", "rappeler", id, { thread: "caf", more }))).toContain("je vous le rappellerai");
    expect((await w.load(id)).state.groupes[0]?.snoozedUntil?.toISOString()).toBe(until);
  });

  test("any other choice is none", async () => {
    const { id } = await w.demande();
    for (const more of ["jamais", "__proto__"])
      expect(told(await w.click("ada", "rappeler", id, { thread: "caf", more }))).toBe(UNKNOWN);
  });

  test("« !rappeler », which bears no choice, is asked for it, by who may", async () => {
    const { id } = await w.demande();
    const type = (who: string) =>
      w.desk.word({ id: randomUUID(), person: personOf(who), word: "rappeler", ...w.spot(id, "caf") });
    const asked = await type("ada");
    expect(told(asked)).toBe("Quand faut-il vous le rappeler ?");
    const values = asked.kind === "tell" ? asked.message.buttons.map(({ value }) => value) : [];
    expect(values).toEqual([`${id}|caf|demain`, `${id}|caf|3-jours`, `${id}|caf|semaine`]);
    expect(told(await type("zoe"))).toBe(UNKNOWN);
  });
});

test("commands that are not known are said not to be, without repeating more than a little of them", async () => {
  const command = (name: string, text: string) =>
    w.desk.command({ id: "1", person: personOf("ada"), command: name, text, place: placeOf("C-caf") });
  expect(told(await command("aplus", ""))).toContain("Commandes");
  expect(told(await command("aplus", "AIDE"))).toContain("Boutons d’une demande");
  for (const [name, text] of [
    ["aplus", "x".repeat(500)],
    ["demandes", "y".repeat(500)],
    ["z".repeat(500), ""],
  ] as const)
    expect(told(await command(name, text)).length).toBeLessThan(260);
});
