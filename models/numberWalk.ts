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

const FIRST_STRETCH = 4_000;
/** A groupe that has few gets them in as many readings as it takes to pass its last hundred thousand numbers: three. */
const WIDER = 8;

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

/** @param filter fixes the fields of an index that ends with `ref` */
export async function walkByNumber(
  model: Model<DemandeDocument>,
  fields: Readonly<Record<string, 1>>,
  filter: Readonly<Record<string, unknown>>,
  way: Way,
): Promise<DemandeDocument[]> {
  const found: DemandeDocument[] = [];
  for (const range of stretches(way)) {
    const within = Object.keys(range).length === 0 ? filter : { ...filter, ref: range };
    const limit = way.limit - found.length;
    found.push(...(await model.find(within, fields).sort({ ref: way.order }).limit(limit).lean<DemandeDocument[]>()));
    if (found.length >= way.limit) break;
  }
  return found;
}
