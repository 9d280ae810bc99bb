/** Where a demande belongs: its département or collectivité, with the hours and holidays that hold there. */
import { fold } from "./folding.ts";
import type { RegimeFeries } from "./holidays.ts";
import { TERRITOIRE_ROWS } from "./territoires.data.ts";

declare const brand: unique symbol;
/** INSEE code: « 01 » … « 95 », « 2A », « 2B », « 971 » … « 988 ». Only this module makes one. */
export type CodeTerritoire = string & { readonly [brand]: "CodeTerritoire" };

export interface Territoire {
  readonly code: CodeTerritoire;
  readonly nom: string;
  /** The name after « … », as in « la préfecture … » : « de l’Ain », « du Rhône », « de La Réunion ». */
  readonly de: string;
  /** The région; « Collectivités d’outre-mer » for those that are in none. */
  readonly region: string;
  /** IANA name of the time zone of the place. */
  readonly timeZone: string;
  readonly feries: RegimeFeries;
}

const OUTRE_MER = "Outre-mer";

/** All of them, in the order of their codes. */
export const TERRITOIRES: readonly Territoire[] = TERRITOIRE_ROWS.map((row) => ({
  ...row,
  code: row.code as CodeTerritoire,
  timeZone: row.timeZone ?? "Europe/Paris",
  feries: row.feries ?? "national",
}));

const BY_CODE: ReadonlyMap<string, Territoire> = new Map(TERRITOIRES.map((t) => [t.code, t]));

/**
 * The code as people and files write it: « 1 », « 01 », « 2a », « 2A », « 974 », with spaces around. Undefined for all else,
 * « 20 » (Corsica before 1976) included: it does not say which of the two is meant.
 */
export function parseCodeTerritoire(text: string): CodeTerritoire | undefined {
  return BY_CODE.get(text.trim().toUpperCase().padStart(2, "0"))?.code;
}

/**
 * The territoire of a code, written as `parseCodeTerritoire` takes it.
 * @throws RangeError when there is none.
 */
export function territoire(code: string): Territoire {
  const found = BY_CODE.get(code) ?? BY_CODE.get(parseCodeTerritoire(code) ?? "");
  if (!found) throw new RangeError(`unknown territoire: ${JSON.stringify(code)}`);
  return found;
}

/** 0: the code itself; 1: the name begins so; 2: a word of it does; 3: it is somewhere in it; undefined: not at all. */
function rank({ code, nom: name }: Territoire, query: string): number | undefined {
  const nom = fold(name);
  if (code.toLowerCase() === query.padStart(2, "0")) return 0;
  if (nom.startsWith(query) || code.toLowerCase().startsWith(query)) return 1;
  if (` ${nom}`.includes(` ${query}`)) return 2;
  return nom.includes(query) ? 3 : undefined;
}

/** Those whose code or name has the text, whatever its case and accents, best first. All of them for a blank text. */
export function searchTerritoires(text: string): readonly Territoire[] {
  const query = fold(text);
  if (query === "") return text.trim() === "" ? TERRITOIRES : [];
  return TERRITOIRES.flatMap((found) => {
    const place = rank(found, query);
    return place === undefined ? [] : [{ found, place }];
  })
    .sort((a, b) => a.place - b.place)
    .map(({ found }) => found);
}

export interface RegionGroup {
  readonly region: string;
  readonly territoires: readonly Territoire[];
}

/**
 * For choices in a form: by région in alphabetical order, at most 13 territoires in each, then everything overseas in one
 * group, whose régions would each be a group of one.
 */
export function territoiresByRegion(): readonly RegionGroup[] {
  const groups = new Map<string, Territoire[]>();
  for (const each of TERRITOIRES) {
    const region = each.code.length === 3 ? OUTRE_MER : each.region;
    groups.set(region, [...(groups.get(region) ?? []), each]);
  }
  return [...groups]
    .map(([region, territoires]) => ({ region, territoires }))
    .sort((a, b) => Number(a.region === OUTRE_MER) - Number(b.region === OUTRE_MER) || a.region.localeCompare(b.region, "fr"));
}
