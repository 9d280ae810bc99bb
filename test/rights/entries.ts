/** Every way in to a demande: buttons, typed words, forms shown and sent, messages with all that may befall them, shortcuts. */
import { randomUUID } from "node:crypto";
import { ACTION_IDS, actionOf } from "../../src/actions.ts";
import type { Desk, FormReaction } from "../../src/demandes/desk.ts";
import type { FileRef } from "../../src/domain/demande.ts";
import { richText } from "../../src/domain/richtext.ts";
import type { ActFormId, Form, FormValues } from "../../src/presentation/form.ts";
import { personOf, told } from "../demandes/world.ts";
import type { Target } from "./stage.ts";
import { SIGNED } from "./stage.ts";
import type { Act, Answer, Person, Spot } from "./table.ts";
import { SPOTS } from "./table.ts";

/** What comes back: a reaction, or a form built anew and null for who may not see it. */
export type Given = FormReaction | { readonly kind: "rebuilt"; readonly form: Form | null };

export interface Entry {
  readonly name: string;
  readonly act: Act;
  readonly spot: Spot;
  /** Whether the very same can be asked of what does not exist: one writes only in threads that are there. */
  readonly named: boolean;
  /** Null where there is nothing to try it on: a message that nobody has written yet. */
  run(desk: Desk, who: Person, target: Target): Promise<Given> | null;
}

type Part<Name extends keyof Desk> = Omit<Parameters<Desk[Name]>[0], "id" | "person" | "place" | "root">;

const isAct = (id: string): id is Exclude<Act, "ecrire"> => id !== "lister" && id !== "ouvrir";
const IN_THREADS: readonly Spot[] = ["fil de l’aidant", "fil de la CAF", "fil de la CPAM"];

const NAMED: Readonly<Partial<Record<Spot, string>>> = { "pour la CAF": "caf", "pour une autre CAF": "caf67" };

/** The choice that the button bears. */
function moreOf(act: Act, target: Target, spot: Spot): string {
  if (act === "rappeler") return "demain";
  return act === "publier" ? (target.stand(spot).said?.event ?? "aucun") : "";
}

const clicks = ACTION_IDS.filter(isAct).flatMap((act) =>
  SPOTS.map(
    (spot): Entry => ({
      name: `bouton ${act}`,
      act,
      spot,
      named: true,
      run: (desk, who, target) => {
        const value = [target.id, NAMED[spot] ?? "", moreOf(act, target, spot)].join("|");
        return desk.click({ id: randomUUID(), person: personOf(who), action: act, value, ...target.stand(spot) });
      },
    }),
  ),
);

const words = ACTION_IDS.filter(isAct).flatMap((act) =>
  IN_THREADS.map(
    (spot): Entry => ({
      name: `mot ${actionOf(act).word}`,
      act,
      spot,
      named: true,
      run: (desk, who, target) => {
        const { place, root } = target.stand(spot);
        return desk.word({ id: randomUUID(), person: personOf(who), word: actionOf(act).word, place, root: root ?? "" });
      },
    }),
  ),
);

/** The act of each form. One that is new has no row here, and this does not compile. */
const ACT_OF_FORM = {
  relais: "relayer",
  decliner: "decliner",
  repondre: "repondre",
  inviter: "inviter",
  traiter: "traitee",
  archiver: "archiver",
  completer: "completer",
} as const satisfies Record<ActFormId, Act>;
export const FORMS_TRIED = Object.keys(ACT_OF_FORM) as ActFormId[];

const FILLED: FormValues = {
  texte: "Bonjour",
  signature: "Prénom Essai, accueil",
  utile: "oui",
  territoire: "67",
  groupes: ["caf67"],
  nomDeNaissance: "Inventé",
};

/** In what capacity a form says that it is sent: what it claims is anybody's to forge. */
const CLAIMS: readonly (readonly [Spot, side: string, groupe: string])[] = [
  ["fil de l’aidant", "aidant", ""],
  ["fil de la CAF", "instructeurs", "caf"],
  ["fil de la CPAM", "instructeurs", "cpam"],
  ["pour une autre CAF", "instructeurs", "caf67"],
  // For no groupe at all: nobody’s, like a groupe that was not asked.
  ["pour une autre CAF", "instructeurs", ""],
];

const forms = FORMS_TRIED.flatMap((form) =>
  CLAIMS.flatMap(([spot, side, groupe]) => {
    const inbound = (who: Person, target: Target, values: FormValues) => ({
      id: randomUUID(),
      person: personOf(who),
      form,
      context: { demande: target.id, side, groupe },
      values,
    });
    const entry = (name: string, run: Entry["run"]): Entry => ({
      name: `${name} ${form}${groupe === "" && side === "instructeurs" ? " sans groupe" : ""}`,
      act: ACT_OF_FORM[form],
      spot,
      named: true,
      run,
    });
    return [
      entry("formulaire envoyé", (desk, who, target) => desk.submitForm(inbound(who, target, FILLED))),
      // The faults beside its fields would tell that the demande is there.
      entry("formulaire vide", (desk, who, target) => desk.submitForm(inbound(who, target, {}))),
      entry("formulaire rafraîchi", async (desk, who, target) => ({
        kind: "rebuilt",
        form: await desk.refreshForm(inbound(who, target, FILLED)),
      })),
    ];
  }),
);

const file = (name: string, mimetype: string, size = 12): FileRef => ({
  name,
  mimetype,
  size,
  platform: "slack",
  workspace: "T1",
  file: "F1",
});

const WRITTEN: Readonly<Record<string, Partial<Part<"message">>>> = {
  message: {},
  "message non signé": { text: richText("Bonjour") },
  "message trop long": { text: richText("long ".repeat(4001)) },
  fichier: { files: [file("avis.pdf", "application/pdf")] },
  "fichier refusé": { files: [file("avis.exe", "application/x-msdownload")] },
  "fichier trop lourd": { files: [file("avis.pdf", "application/pdf", 2 ** 40)] },
};

const messages = IN_THREADS.flatMap((spot) => {
  const entry = (name: string, run: Entry["run"], act: Act = "ecrire"): Entry => ({ name, act, spot, named: false, run });
  const inbound = (who: Person, target: Target) => {
    const { place, root, said } = target.stand(spot);
    return { id: randomUUID(), person: personOf(who), place, root, message: said?.id ?? "" };
  };
  const changing =
    (run: (desk: Desk, inbound_: ReturnType<typeof inbound>) => Promise<Given>): Entry["run"] =>
    (desk, who, target) =>
      target.stand(spot).said ? run(desk, inbound(who, target)) : null;
  return [
    ...Object.entries(WRITTEN).map(([name, more]) =>
      entry(name, (desk, who, target) => {
        const base = { ...inbound(who, target), message: randomUUID(), direct: false, text: richText(SIGNED), files: [] };
        return desk.message({ ...base, ...more });
      }),
    ),
    entry(
      "modification",
      changing((desk, at) => desk.edited({ ...at, text: richText(`${SIGNED} bis`) })),
    ),
    entry(
      "modification non signée",
      changing((desk, at) => desk.edited({ ...at, text: richText("Bonjour") })),
    ),
    entry(
      "suppression",
      changing((desk, at) => desk.deleted(at)),
    ),
    {
      ...entry(
        "raccourci publier",
        (desk, who, target) => desk.shortcut({ ...inbound(who, target), shortcut: "publier", text: richText("Motsdecanari") }),
        "publier",
      ),
      named: true,
    },
  ];
});

export const ENTRIES: readonly Entry[] = [...clicks, ...words, ...forms, ...messages];

/** The sentences of refusals, as people read them. */
const SENTENCES: readonly (readonly [Answer, RegExp])[] = [
  ["ignorée", /^Cette demande n’existe pas, ou vous n’y avez pas accès\.$/],
  ["pas maintenant", /^Ce n’est plus possible : la demande est « [^»]+ »\.$/],
  ["effacée", /^Les données personnelles de cette demande ont été effacées : elle ne peut plus changer\.$/],
  ["interdit", /^Seuls? l(?:’|es )aidants?|^Les informations sur l’usager ne sont visibles/],
  ["interdit", /^Votre message n’a pas été transmis : seules les personnes|^Cette action est réservée aux instructeurs/],
  ["compte désactivé", /^Votre compte Administration\+ est désactivé/],
  ["compte inconnu", /^Votre compte n’est pas connu d’Administration\+/],
  ["canal quitté", /^Vous avez quitté le canal du groupe/],
];

/** What somebody was told: one of the refusals, or that they may. */
export function answerOf(given: Given): Answer {
  if (given.kind !== "tell") return "admis";
  const read = told(given);
  return SENTENCES.find(([, sentence]) => sentence.test(read))?.[0] ?? "admis";
}
