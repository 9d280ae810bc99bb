/**
 * Reading demandes by number, a page at a time, in stretches of numbers. A server may find by an index and yet sort all that it
 * found (DocumentDB does, for a field that holds several values): within a stretch that is little, wherever in the list it is.
 */
import type { Model } from "mongoose";
import type { DemandeDocument } from "./demande.ts";

export interface Way {
  readonly order: 1 | -1;
  /** The number after which to begin, in the direction of the order; null from the first. */
  readonly beyond: number | null;
  readonly limit: number;
  /** About the highest number there is: it says where to look first, and decides nothing. */
  readonly highest: number;
}

/** So many are found and sorted in no time: stretches of numbers would only be more readings, the more the longer all has lasted. */
const FEW = 200;
const FIRST_STRETCH = 4_000;
/** Not more: where the newest numbers hold nothing, a wide stretch would hold tens of thousands to sort. Few are read at once anyway. */
const WIDER = 3;

/** From the way's beginning to its end, each number once; the last stretch has no end. */
function* stretches({ order, beyond, highest }: Way): Generator<Record<string, number>> {
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
const beyondOf = ({ order, beyond }: Way): Record<string, number> | null =>
  beyond === null ? null : order === 1 ? { $gt: beyond } : { $lt: beyond };

/** @param filter fixes the fields of an index that ends with `ref` */
export async function walkByNumber(
  model: Model<DemandeDocument>,
  fields: Readonly<Record<string, 1>>,
  filter: Readonly<Record<string, unknown>>,
  way: Way,
): Promise<DemandeDocument[]> {
  const read = (range: Readonly<Record<string, number>> | null, limit: number) =>
    model
      .find(range === null ? filter : { ...filter, ref: range }, fields)
      .sort({ ref: way.order })
      .limit(limit)
      .lean<DemandeDocument[]>();
  const whole = beyondOf(way);
  const count = await model.countDocuments(whole === null ? filter : { ...filter, ref: whole }, { limit: FEW + 1 });
  if (count === 0) return [];
  if (count <= FEW) return read(whole, way.limit);
  const found: DemandeDocument[] = [];
  for (const range of stretches(way)) {
    found.push(...(await read(Object.keys(range).length === 0 ? null : range, way.limit - found.length)));
    if (found.length >= way.limit) break;
  }
  return found;
}
