/** Pages of lists about a groupe: the buttons that turn them, and what stands on each. */
import { actionOf } from "../actions.ts";
import type { GroupeId } from "../domain/ids.ts";
import { groupeId } from "../domain/ids.ts";
import type { List } from "../presentation/list.ts";
import type { Button } from "../presentation/message.ts";
import { listTexts } from "../texts/boards.ts";

/** The mark, in a button's value, that it turns a page of a groupe's list. */
const MARK = "groupe";
/** Lines on a page. */
export const PAGE = 10;

/** Which list of which groupe. `more`: what else it was asked, without `|`. */
export interface GroupePage {
  readonly list: string;
  readonly groupe: GroupeId;
  readonly page: number;
  readonly more: string;
}

const encodePage = ({ list, groupe, page, more }: GroupePage): string => [MARK, list, groupe, page, more].join("|");

/** Null for the value of another button. */
export function decodeGroupePage(value: string): GroupePage | null {
  const [mark, list = "", groupe = "", page = "", more = "", ...rest] = value.split("|");
  if (mark !== MARK || rest.length > 0 || value.length > 200 || !/^\d{1,5}$/.test(page)) return null;
  return { list, groupe: groupeId(groupe), page: Number(page), more };
}

const turn = (page: GroupePage, label: string): Button => ({
  action: "lister",
  label,
  emoji: actionOf("lister").emoji,
  style: "default",
  value: encodePage(page),
});

/** The page that exists: one too far is the last. `skip` and `limit` say what stands on it. */
export function pageWithin(
  page: number,
  total: number,
): { readonly page: number; readonly skip: number; readonly limit: number } {
  const last = Math.max(0, Math.ceil(total / PAGE) - 1);
  const within = Math.min(Math.max(0, page), last);
  return { page: within, skip: within * PAGE, limit: PAGE };
}

/** « 11 à 20 sur 42 », and the buttons before and after. */
export function pageTurns(asked: GroupePage, total: number): Pick<List, "footer" | "pages"> {
  const { page, skip, limit } = pageWithin(asked.page, total);
  if (total <= limit) return { footer: null, pages: [] };
  const last = Math.min(skip + limit, total);
  return {
    footer: listTexts.footer(skip + 1, last, total),
    pages: [
      ...(page > 0 ? [turn({ ...asked, page: page - 1 }, listTexts.previous)] : []),
      ...(last < total ? [turn({ ...asked, page: page + 1 }, listTexts.next)] : []),
    ],
  };
}
