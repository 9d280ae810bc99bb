/** What a person does to one demande, in all that it asks of the database; undone afterwards. */
import { randomUUID } from "node:crypto";
import type { ActionId } from "../../src/actions.ts";
import { Reception } from "../../src/demandes/reception.ts";
import { richText } from "../../src/domain/richtext.ts";
import { encodeTarget } from "../../src/presentation/buttons.ts";
import type { Ask, Stage } from "./asks.ts";
import { spread } from "./asks.ts";
import { agentOf, demandeOf, groupeOf, identityOf, summaryOf, territoireOf } from "./population.ts";

const EACH = 8;

type Acted = { readonly kind: string };

/** @throws when what was to be measured was refused */
function done(what: string, reaction: Acted, expected: readonly string[]): void {
  if (!expected.includes(reaction.kind)) throw new Error(`${what}: ${JSON.stringify(reaction)}`);
}

export function actAsks(stage: Stage): Ask[] {
  const { db, scale, context } = stage;
  const desk = new Reception(context);
  const archived = scale.demandes - scale.open;
  const nextNouvelle = (from: number): number => {
    for (let n = from; n < scale.demandes; n += 1) if (summaryOf(n, scale).ends === "nouvelle") return n;
    throw new Error("no demande is new");
  };
  const recent = spread(archived, scale.demandes - EACH, EACH).map(nextNouvelle);
  const old = spread(0, archived, EACH);

  /** As it was, its register entries gone. */
  const kept = (n: number): Pick<Ask, "prepare" | "restore"> => {
    const id = demandeOf(n);
    let before: Record<string, unknown> | null = null;
    return {
      async prepare() {
        before = await db.demandes.model.collection.findOne({ _id: id as never });
      },
      async restore() {
        if (before) await db.demandes.model.collection.replaceOne({ _id: id as never }, before as never);
        await db.register.model.deleteMany({ ref: n + 1, from: "slack" });
      },
    };
  };
  const spot = (n: number, groupe: number) => ({
    place: { platform: "slack", workspace: "T", channel: `C${groupe}` } as const,
    root: `${n}.000100`,
  });
  const click = (name: string, n: number, action: ActionId, expected: readonly string[]): Ask => {
    const { groupe } = summaryOf(n, scale);
    const value = encodeTarget({ demande: demandeOf(n), groupe: groupeOf(groupe), more: null });
    return {
      name,
      ...kept(n),
      run: async () => {
        const person = identityOf(agentOf(groupe));
        done(name, await desk.click({ id: randomUUID(), person, action, value, ...spot(n, groupe) }), expected);
      },
    };
  };
  const says = (n: number): Ask => {
    const { groupe } = summaryOf(n, scale);
    const person = identityOf(agentOf(groupe));
    const text = richText("Un mot de plus entre nous.");
    return {
      name: "message dans un fil",
      ...kept(n),
      run: async () => {
        const message = { id: randomUUID(), person, message: randomUUID(), direct: false, text, files: [] };
        done("message", await desk.message({ ...message, ...spot(n, groupe) }), ["nothing", "tell"]);
      },
    };
  };
  const opens = (n: number): Ask => {
    const { groupe, opener } = summaryOf(n, scale);
    const values = {
      territoire: territoireOf(groupe),
      groupes: [groupeOf(groupe)],
      sujet: "Dossier bloqué depuis deux mois",
      description: "Une description de longueur ordinaire, comme un aidant l’écrit.",
      prenom: "Camille",
      nomDeFamille: "Usager-Fictif",
      dateDeNaissance: "01/02/1980",
      autorisation: true,
    };
    return {
      name: "ouverture d’une demande",
      run: async () => {
        const sent = { id: randomUUID(), person: identityOf(agentOf(opener)), form: "ouvrir" as const, context: {}, values };
        done("ouvrir", await desk.submitForm(sent), ["nothing", "tell"]);
      },
      async restore() {
        await db.demandes.model.collection.deleteMany({ ref: { $gt: scale.demandes } });
      },
    };
  };
  return [
    ...recent.map((n) => click("clic « Je m’en occupe »", n, "prendre", ["nothing"])),
    ...recent.map((n) => click("clic « Voir la demande »", n, "voir", ["form"])),
    ...old.map((n) => click("clic sur une demande archivée depuis longtemps", n, "voir", ["form", "tell"])),
    ...recent.map(says),
    ...recent.map(opens),
  ];
}
