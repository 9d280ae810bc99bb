/**
 * Who may do what to a demande, and when, written from the instructeur's guide (« seul l’aidant pourra archiver ») and from
 * sections 4, 9 and 10 of the design, by hand: nothing here is computed from `src/domain/permissions.ts`, which it judges.
 */
import type { ActionId } from "../../src/actions.ts";

/** What is done to a demande; « ecrire » stands for all that one writes, changes, removes or attaches in a thread. */
export type Act = Exclude<ActionId, "lister" | "ouvrir"> | "ecrire";

/** Where it is done: in a thread; elsewhere, by a button that names a groupe; elsewhere, by one that names none. */
export const SPOTS = [
  "fil de l’aidant",
  "fil de la CAF",
  "fil de la CPAM",
  "pour la CAF",
  "pour une autre CAF",
  "hors fil",
] as const;
export type Spot = (typeof SPOTS)[number];

export const STATES = ["nouvelle", "en cours", "CAF sortie", "traitée", "rouverte", "archivée", "effacée", "partagée"] as const;
export type State = (typeof STATES)[number];

/** What somebody is told. */
export type Answer =
  | "admis"
  /** « Cette demande n’existe pas, ou vous n’y avez pas accès »: the very words for one that does not exist. */
  | "ignorée"
  /** They may know that it exists, and why this is not for them. */
  | "interdit"
  | "pas maintenant"
  | "effacée"
  /** Their account may do nothing at all any more, or not yet. */
  | "compte désactivé"
  | "compte inconnu"
  | "canal quitté";

const rows = (table: string): string[][] =>
  table
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split("|").map((cell) => cell.trim()));

/** « Collègue »: of the author's groupe. « Témoin »: a colleague, when the demande was opened in the channel of their groupe. */
const ACTS = rows(`
  acte      | auteur | collègue | témoin | instructeur | nouvelle | en cours | traitée | archivée
  voir      | oui    |          | oui    | oui         | oui      | oui      | oui     | oui
  prendre   |        |          |        | oui         | oui      | oui      | oui     |
  relayer   |        |          |        | oui         | oui      | oui      | oui     |
  decliner  |        |          |        | oui         | oui      | oui      | oui     |
  repondre  |        |          |        | oui         | oui      | oui      | oui     |
  inviter   | oui    | oui      | oui    | oui         | oui      | oui      | oui     |
  traitee   |        |          |        | oui         | oui      | oui      |         |
  archiver  | oui    | oui      | oui    |             | oui      | oui      | oui     |
  rouvrir   | oui    | oui      | oui    |             |          |          | oui     | oui
  completer | oui    |          |        |             | oui      | oui      | oui     |
  publier   |        |          |        | oui         | oui      | oui      | oui     |
  rappeler  |        |          |        | oui         | oui      | oui      |         |
  ecrire    | oui    |          | oui    | oui         | oui      | oui      | oui     | oui
`);

/**
 * What each person is in each thread; « le sait »: they may know that the demande exists; « la lit »: it stands on their boards and
 * is found by their searches. An account that may do nothing has its reason in the last column.
 */
const PEOPLE = rows(`
  personne      | fil de l’aidant | fil de la CAF | fil de la CPAM | hors fil    | le sait | la lit | compte
  auteur        | auteur          |               |                | auteur      | oui     | oui    |
  collegue      | collègue        |               |                | collègue    | oui     |        |
  sansrole      | collègue        |               |                | collègue    | oui     |        |
  respfs        | collègue        |               |                | collègue    | oui     |        |
  ailleurs      |                 |               |                |             |         |        |
  instructrice  |                 | instructeur   |                | instructeur | oui     | oui    |
  confrere      |                 | instructeur   |                | instructeur | oui     | oui    |
  membrecaf     |                 |               |                |             |         |        |
  respcaf       |                 |               |                |             | oui     |        |
  invitee       |                 |               | instructeur    | instructeur | oui     | oui    |
  respcpam      |                 |               |                |             | oui     |        |
  etranger67    |                 |               |                |             |         |        |
  resp67        |                 |               |                |             |         |        |
  double        | collègue        |               | instructeur    | instructeur | oui     | oui    |
  guichet       | collègue        | instructeur   |                | instructeur | oui     | oui    |
  rien          |                 |               |                |             |         |        |
  admin         |                 |               |                |             | oui     |        |
  desactive     |                 |               |                |             |         |        | compte désactivé
  auteurparti   |                 |               |                |             |         |        | compte désactivé
  adminparti    |                 |               |                |             |         |        | compte désactivé
  sorticaf      |                 |               |                |             |         |        | canal quitté
  sortifs       |                 |               |                |             |         |        | canal quitté
  inconnu       |                 |               |                |             |         |        | compte inconnu
`);

/** What each is, in the terms of the import: a aidant, i instructeur, r responsable, by groupe. */
export const ROLES = {
  auteur: { fs: "a" },
  collegue: { fs: "a" },
  sansrole: { fs: "" },
  respfs: { fs: "r" },
  ailleurs: { fs2: "a" },
  instructrice: { caf: "i" },
  confrere: { caf: "i" },
  membrecaf: { caf: "" },
  respcaf: { caf: "r" },
  invitee: { cpam: "i" },
  respcpam: { cpam: "r" },
  etranger67: { caf67: "i" },
  resp67: { caf67: "ir" },
  double: { fs: "a", cpam: "i" },
  guichet: { fs: "a", caf: "i" },
  rien: {},
  admin: {},
  desactive: { caf: "i", fs: "a" },
  auteurparti: { fs: "a" },
  adminparti: {},
  sorticaf: { caf: "i" },
  sortifs: { fs: "a" },
  inconnu: null,
} as const satisfies Record<string, Readonly<Record<string, string>> | null>;

export type Person = keyof typeof ROLES;
export const PERSONS = Object.keys(ROLES) as Person[];

interface PersonRow {
  readonly at: Readonly<Record<Spot, string>>;
  readonly knows: boolean;
  readonly reads: boolean;
  readonly account: Answer | null;
}

const person = new Map<string, PersonRow>(
  PEOPLE.map(([name = "", aidant = "", caf = "", cpam = "", outside = "", knows = "", reads = "", account = ""]) => [
    name,
    {
      // A button that names the CAF counts as in its thread; one that names a groupe which was not asked counts for nobody.
      at: {
        "fil de l’aidant": aidant,
        "fil de la CAF": caf,
        "fil de la CPAM": cpam,
        "pour la CAF": caf,
        "pour une autre CAF": "",
        "hors fil": outside,
      },
      knows: knows === "oui",
      reads: reads === "oui",
      account: account === "" ? null : (account as Answer),
    },
  ]),
);

const act = new Map(
  ACTS.map(([name = "", ...cells]) => {
    const yes = (names: readonly string[], from: number) => new Set(names.filter((_, n) => cells[from + n] === "oui"));
    const who = yes(["auteur", "collègue", "témoin", "instructeur"], 0);
    return [name, { who, when: yes(["nouvelle", "en cours", "traitée", "archivée"], 4) }];
  }),
);

/** The states of the table in which each state of the test is. */
const STATUS: Readonly<Record<State, string>> = {
  nouvelle: "nouvelle",
  "en cours": "en cours",
  "CAF sortie": "en cours",
  traitée: "traitée",
  rouverte: "en cours",
  archivée: "archivée",
  effacée: "archivée",
  partagée: "en cours",
};

function rowOf(name: Person): PersonRow {
  const row = person.get(name);
  if (!row) throw new Error(`${name} has no row in the table of people`);
  return row;
}

function isEntitled(name: Person, of: Act, spot: Spot, state: State): boolean {
  const row = act.get(of);
  if (!row) throw new Error(`« ${of} » has no row in the table of acts`);
  const role = rowOf(name).at[spot];
  return row.who.has(role) || (role === "collègue" && state === "partagée" && row.who.has("témoin"));
}

/** What this person is told of this act, made there, on a demande in this state. */
export function expected(name: Person, of: Act, spot: Spot, state: State): Answer {
  const { account, knows } = rowOf(name);
  if (account) return account;
  if (!isEntitled(name, of, spot, state)) return knows ? "interdit" : "ignorée";
  if (state === "effacée") return "effacée";
  return act.get(of)?.when.has(STATUS[state]) ? "admis" : "pas maintenant";
}

/** Why the account may do nothing, whatever it asks; null for one that may act. */
export const closedAccount = (name: Person): Answer | null => rowOf(name).account;

/** Whether it stands on a board of theirs, and their searches find it. */
export const reads = (name: Person): boolean => rowOf(name).reads;

/** Whether its number, typed, finds it: as on the boards, and for those who see the thread in the channel of their groupe. */
export const findsByNumber = (name: Person, state: State): boolean =>
  rowOf(name).reads || (state === "partagée" && rowOf(name).at["fil de l’aidant"] === "collègue");

/** The rows, for the check that nothing of the registries is missing. */
export const ACTS_OF_THE_TABLE: readonly string[] = [...act.keys()];
export const PEOPLE_OF_THE_TABLE: readonly string[] = [...person.keys()];
