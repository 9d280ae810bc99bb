/**
 * Reading demandes by number, a page at a time, in stretches of numbers. A server may find by an index and yet sort all that it
 * found (DocumentDB does, for a field that holds several values): within a stretch that is little, wherever in the list it is.
 */
import type { Model } from "mongoose";
import type { DemandeDocument } from "./demande.ts";
import type { DemandeFilter, Shelf, Wanted } from "./shelves.ts";
import { filterOf, sectionOf, sectionShelf } from "./shelves.ts";

export interface Way {
  readonly order: 1 | -1;
  /** The number after which to begin, in the direction of the order; null from the first. */
  readonly beyond: number | null;
  readonly limit: number;
  /** The highest number there is: it says where to look first. Beyond it, nothing of an archive is found. */
  readonly highest: number;
}

/** So many are found and sorted in no time: stretches of numbers would only be more readings, the more the longer all has lasted. */
export const FEW = 200;
const FIRST_STRETCH = 4_000;
/** Not more: where the newest numbers hold nothing, a wide stretch would hold tens of thousands to sort. Few are read at once anyway. */
const WIDER = 3;

const FIRST_SECTIONS = 4;
/** For the same reason; a reading that finds nothing in an archive costs next to nothing. */
const MORE_SECTIONS = 2;
/** Shelves named in one question, whoever has however many groupes. */
const MOST_SHELVES = 2_000;

type Range = Readonly<Record<string, number>>;

/** From the way's beginning to its end, each number once; the last stretch has no end. */
function* stretches({ order, beyond, highest }: Way): Generator<Range> {
  let from = beyond;
  let reached = beyond ?? (order === 1 ? 0 : highest);
  for (let width = FIRST_STRETCH; ; width *= WIDER) {
    reached += order * width;
    const last = order === 1 ? reached >= highest : reached <= 0;
    if (order === 1) yield { ...(from !== null && { $gt: from }), ...(!last && { $lte: reached }) };
    else yield { ...(from !== null && { $lt: from }), ...(!last && { $gte: reached }) };
    if (last) return;
    from = reached;
  }
}

/** The numbers beyond the way's beginning; null for all of them. */
const beyondOf = ({ order, beyond }: Way): Range | null =>
  beyond === null ? null : order === 1 ? { $gt: beyond } : { $lt: beyond };

/** The same by sections of the archives. @param newest from the newest of all, one goes down to this one at once */
function* sections(
  archives: readonly Shelf[],
  { order, beyond, highest }: Way,
  newest: number | null,
): Generator<readonly Shelf[]> {
  const [lowest, top] = [0, sectionOf(Math.max(highest, beyond ?? 0))];
  const most = Math.max(1, Math.floor(MOST_SHELVES / archives.length));
  let at = sectionOf(Math.max(0, beyond ?? (order === 1 ? 0 : highest)));
  // With the next one: a page may begin at the very end of a section.
  const first = newest !== null && order === -1 && beyond === null ? at - sectionOf(newest) + 2 : FIRST_SECTIONS;
  for (let width = Math.min(Math.max(1, first), most); at >= lowest && at <= top; width = Math.min(width * MORE_SECTIONS, most)) {
    const within = Array.from({ length: width }, (_, n) => at + order * n).filter((n) => n >= lowest && n <= top);
    yield within.flatMap((section) => archives.map((archive) => sectionShelf(archive, section)));
    at += order * width;
  }
}

/** What to ask, one after the other, until there is enough. */
function* questions(wanted: Wanted, way: Way, newest: number | null): Generator<DemandeFilter> {
  if (wanted.kind !== "archives") {
    for (const ref of stretches(way)) yield { ...filterOf(wanted), ...(Object.keys(ref).length > 0 && { ref }) };
    return;
  }
  const ref = beyondOf(way);
  for (const shelves of sections(wanted.shelves, way, newest))
    yield { shelves: { $in: shelves }, ...wanted.also, ...(ref && { ref }) };
}

/** What is known already: that more than a few are there, which are not counted first; and which is the newest. */
export interface Known {
  readonly many: boolean;
  readonly newest: number | null;
}

/**
 * The first `limit` of what is wanted, by number, from the way's beginning on.
 * @param fields those of each document that are read
 */
export async function walkByNumber(
  model: Model<DemandeDocument>,
  fields: Readonly<Record<string, 1>>,
  wanted: Wanted,
  way: Way,
  { many, newest }: Known = { many: false, newest: null },
): Promise<DemandeDocument[]> {
  const read = (filter: DemandeFilter, limit: number) =>
    model.find(filter, fields).sort({ ref: way.order }).limit(limit).lean<DemandeDocument[]>();
  const ref = beyondOf(way);
  const whole = { ...filterOf(wanted), ...(ref && { ref }) };
  if (!many) {
    const count = await model.countDocuments(whole, { limit: FEW + 1 });
    if (count === 0) return [];
    if (count <= FEW) return read(whole, way.limit);
  }
  const found: DemandeDocument[] = [];
  for (const filter of questions(wanted, way, newest)) {
    found.push(...(await read(filter, way.limit - found.length)));
    if (found.length >= way.limit) break;
  }
  return found;
}
