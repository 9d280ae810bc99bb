/**
 * Search by words without storing a word: keyed hashes, each bound to an agent or groupe who may find the demande by it. So
 * a search reads what its person may find and nothing else, and equal words of two groupes do not show as equal.
 */
import type { DemandeState } from "../src/domain/demande.ts";
import { fold } from "../src/domain/folding.ts";
import type { AgentId, GroupeId } from "../src/domain/ids.ts";
import type { Sealer } from "./sealing.ts";

/** Who looks: what they opened themselves, and what was asked of their groupes. */
export interface SearchScopes {
  readonly opener: AgentId;
  readonly groupes: readonly GroupeId[];
}

/** Of a subject, which has 150 characters; and of a search. */
const MOST_WORDS = 20;
const MOST_SEARCHED = 8;

const wordsOf = (text: string): string[] => [...new Set(fold(text).split(" ").filter(Boolean))];
/** « de », « le », « à » find everything: in a subject they are not words. A figure is. */
const telling = (word: string): boolean => word.length > 2 || /\d/.test(word);

const hashOf = (word: string, sealer: Sealer): string => sealer.fingerprint(`usager/${word}`);

const openerScope = (agent: string): string => `agent/${agent}`;
const groupeScope = (groupe: string): string => `groupe/${groupe}`;
const bound = (hash: string, scope: string, sealer: Sealer): string => sealer.fingerprint(`${scope}/${hash}`);

/** What is stored; nothing once the data are wiped. */
export function searchHashes(state: DemandeState, sealer: Sealer): string[] {
  const { usager, sujet, opener, groupes } = state;
  const names = usager ? wordsOf([usager.prenom, usager.nomDeFamille, usager.nomDeNaissance ?? ""].join(" ")) : [];
  const subject = wordsOf(sujet).filter(telling).slice(0, MOST_WORDS);
  const hashes = [...new Set([...names, ...subject])].map((word) => hashOf(word, sealer));
  const scopes = [
    ...(opener.agentId === null ? [] : [openerScope(opener.agentId)]),
    ...groupes.map(({ groupeId }) => groupeScope(groupeId)),
  ];
  return scopes.flatMap((scope) => hashes.map((hash) => bound(hash, scope, sealer)));
}

/** Of the words of a search; a very long one is looked for by its first words. */
export const wordHashes = (text: string, sealer: Sealer): string[] => {
  const words = wordsOf(text);
  const kept = words.some(telling) ? words.filter(telling) : words;
  return kept.slice(0, MOST_SEARCHED).map((word) => hashOf(word, sealer));
};

const all = (words: readonly Record<string, unknown>[]): Record<string, unknown> =>
  words.length === 1 ? { ...words[0] } : { $and: words };

/**
 * What finds those who have all these words. A demande has all its words for each who may find it: one word may be found for one
 * groupe and the next for another, it is the same demande.
 */
export function boundWords(
  hashes: readonly string[],
  { opener, groupes }: SearchScopes,
  sealer: Sealer,
): Record<string, unknown> {
  const scopes = [openerScope(opener), ...groupes.map(groupeScope)];
  return all(hashes.map((hash) => ({ names: { $in: scopes.map((scope) => bound(hash, scope, sealer)) } })));
}
