/** The organismes whose groupes open and answer demandes. */
import { fold } from "./folding.ts";
import { ORGANISME_ROWS } from "./organismes.data.ts";
import type { UsagerField } from "./usager.ts";
import { USAGER_FIELDS } from "./usager.ts";

declare const brand: unique symbol;
/** « CAF », « Préf », « France Travail »: the sigle is also the id. Only this module makes one. */
export type Sigle = string & { readonly [brand]: "Sigle" };

export interface Organisme {
  readonly sigle: Sigle;
  readonly nom: string;
  /** `aidant`: its groupes open demandes; `operateur`: they answer them. */
  readonly type: "aidant" | "operateur";
  /** Former or other names, by which people look for it. */
  readonly aliases: readonly string[];
  /** What of the usager it asks for, beside the identity; never required. */
  readonly asks: readonly UsagerField[];
}

/** All of them, in the order of Administration+. */
export const ORGANISMES: readonly Organisme[] = ORGANISME_ROWS.map((row) => ({
  ...row,
  sigle: row.sigle as Sigle,
  aliases: row.aliases ?? [],
  asks: row.asks ?? [],
}));

const namesOf = ({ sigle, nom, aliases }: Organisme): string[] => [sigle, nom, ...aliases].map(fold);

const BY_NAME: ReadonlyMap<string, Organisme> = new Map(
  ORGANISMES.flatMap((each) => namesOf(each).map((name): [string, Organisme] => [name, each])),
);

/**
 * The organisme of a sigle, a full name or a former one, whatever the case, the accents and the apostrophes: « pref », « Préfecture »,
 * « PÔLE EMPLOI ». Undefined when there is none.
 */
export const findOrganisme = (text: string): Organisme | undefined => BY_NAME.get(fold(text));

/**
 * The organisme of a sigle, written as `findOrganisme` takes it.
 * @throws RangeError when there is none.
 */
export function organisme(sigle: string): Organisme {
  const found = findOrganisme(sigle);
  if (!found) throw new RangeError(`unknown organisme: ${JSON.stringify(sigle)}`);
  return found;
}

/** Those whose sigle or name has the text, those that begin with it first. All of them for a blank text. */
export function searchOrganismes(text: string): readonly Organisme[] {
  const query = fold(text);
  if (query === "") return text.trim() === "" ? ORGANISMES : [];
  const found = ORGANISMES.filter((each) => namesOf(each).some((name) => name.includes(query)));
  const begins = (each: Organisme): number => Number(namesOf(each).some((name) => name.startsWith(query)));
  return found.sort((a, b) => begins(b) - begins(a));
}

/** What these organismes ask for of the usager, together: each field once, in the order of the form. */
export function usagerFieldsFor(organismes: readonly Organisme[]): readonly UsagerField[] {
  const asked = new Set(organismes.flatMap((each) => each.asks));
  return USAGER_FIELDS.filter((field) => asked.has(field));
}
