/**
 * Where a demande is found: on shelves, one for each of those whom it concerns, in what way, and how far it is. All boards, lists
 * and digests read by one index of shelves and numbers (docs/decisions/0025-shelves.md): what is asked for together lies together,
 * however much else its groupe ever had.
 */
import type { DemandeState } from "../src/domain/demande.ts";
import type { AgentId, GroupeId } from "../src/domain/ids.ts";
import type { Status } from "../src/domain/status.ts";

export type DemandeFilter = Readonly<Record<string, unknown>>;

declare const brand: unique symbol;
export type Shelf = string & { readonly [brand]: "Shelf" };

/** In what way a demande concerns a groupe. */
export type GroupeRelation =
  /** Addressed to it. */
  | "asked"
  /** Addressed to it, and it did not say that it is not the right one. */
  | "active"
  /** Addressed to it, and others follow it. */
  | "elsewhere"
  /** Marked as processed for it. */
  | "processed"
  /** Opened on its behalf. */
  | "opened";

export const groupeShelf = (relation: GroupeRelation, groupe: GroupeId, status: Status): Shelf =>
  `${relation}/${groupe}/${status}` as Shelf;

/** Of all these groupes, in all these states. */
export const groupeShelves = (relation: GroupeRelation, groupes: readonly GroupeId[], statuses: readonly Status[]): Shelf[] =>
  statuses.flatMap((status) => groupes.map((groupe) => groupeShelf(relation, groupe, status)));

/** Of what this agent opened. */
export const ownShelf = (agent: AgentId, status: Status): Shelf => `own/${agent}/${status}` as Shelf;

const WEEK_MS = 7 * 86_400_000;
const weekOf = (at: Date): number => Math.floor(at.getTime() / WEEK_MS);
const movedShelf = (relation: "asked" | "opened", groupe: GroupeId, week: number): Shelf =>
  `moved/${relation}/${groupe}/${week}` as Shelf;

/** Of what last changed between these instants, and up to a week before and two after. */
export function movedShelves(relation: "asked" | "opened", groupe: GroupeId, from: Date, to: Date): Shelf[] {
  const first = weekOf(from);
  return Array.from({ length: weekOf(to) - first + 2 }, (_, n) => movedShelf(relation, groupe, first + n));
}

/**
 * An archive only grows. It stands on its own shelf, to be counted, and on sections of a thousand numbers, to be read from one end: a
 * server may sort all that it finds (DocumentDB does), and that is little in a few sections.
 */
const SECTION = 1000;
export const sectionOf = (ref: number): number => Math.floor(ref / SECTION);
export const sectionShelf = (archive: Shelf, section: number): Shelf => `${archive}/${section}` as Shelf;

/** What is looked for. Of several, none finds what another finds. */
export type Wanted =
  /** On any of these shelves, none of them an archive. */
  | { readonly kind: "shelves"; readonly shelves: readonly Shelf[]; readonly also?: DemandeFilter }
  /** In any of these archives. */
  | { readonly kind: "archives"; readonly shelves: readonly Shelf[]; readonly also?: DemandeFilter }
  /** What another index finds, by number. */
  | { readonly kind: "filter"; readonly filter: DemandeFilter };

const among = (shelves: readonly Shelf[]) => (shelves.length === 1 ? shelves[0] : { $in: shelves });

export const filterOf = (wanted: Wanted): DemandeFilter =>
  wanted.kind === "filter" ? wanted.filter : { shelves: among(wanted.shelves), ...wanted.also };

/** The shelves of all of these, in all these states; nothing for nobody. */
export function wantedOf(
  shelf: (status: Status) => readonly Shelf[],
  statuses: readonly Status[],
  also?: DemandeFilter,
): Wanted[] {
  const kinds = [
    { kind: "shelves", shelves: statuses.filter((status) => status !== "archivee").flatMap(shelf) },
    { kind: "archives", shelves: statuses.filter((status) => status === "archivee").flatMap(shelf) },
  ] as const;
  return kinds.filter(({ shelves }) => shelves.length > 0).map((kind) => ({ ...kind, ...(also && { also }) }));
}

/** The asked groupes that have nothing more to do: they left it to others, or another marked it as processed. */
function leftToOthers({ status, groupes, processedFor }: DemandeState): GroupeId[] {
  switch (status) {
    case "nouvelle":
    case "en_cours":
      return groupes.filter(({ out }) => out).map(({ groupeId }) => groupeId);
    case "traitee":
      if (processedFor === null) return [];
      return groupes.filter(({ groupeId }) => groupeId !== processedFor).map(({ groupeId }) => groupeId);
    case "archivee":
      return [];
  }
}

/** The shelves of whoever it concerns, with its status. */
function standing(state: DemandeState): Shelf[] {
  const { status, groupes, opener, processedFor } = state;
  const of = (relation: GroupeRelation, ids: readonly GroupeId[]) => ids.map((id) => groupeShelf(relation, id, status));
  const asked = groupes.map(({ groupeId }) => groupeId);
  const always = [
    ...of("asked", asked),
    ...(opener.groupeId === null ? [] : of("opened", [opener.groupeId])),
    ...(opener.agentId === null ? [] : [ownShelf(opener.agentId, status)]),
  ];
  if (status === "archivee") return always;
  const active = groupes.filter(({ out }) => !out).map(({ groupeId }) => groupeId);
  return [
    ...always,
    ...of("active", active),
    ...of("elsewhere", leftToOthers(state)),
    ...(processedFor === null ? [] : of("processed", [processedFor])),
  ];
}

/** Those of the digests; what is wiped moved too, and is told in none. */
function moved({ wipedAt, updatedAt, groupes, opener, shared }: DemandeState): Shelf[] {
  if (wipedAt !== null) return [];
  const week = weekOf(updatedAt);
  return [
    ...groupes.map(({ groupeId }) => movedShelf("asked", groupeId, week)),
    ...(opener.groupeId === null || !shared ? [] : [movedShelf("opened", opener.groupeId, week)]),
  ];
}

/** All shelves on which a demande stands. */
export function shelvesOf(state: DemandeState): Shelf[] {
  const shelves = standing(state);
  const sections = state.status === "archivee" ? shelves.map((shelf) => sectionShelf(shelf, sectionOf(state.ref))) : [];
  return [...shelves, ...sections, ...moved(state)];
}
