/** Boards as plain data: their tabs, the choice of a groupe, and the page of each, named by the value of a button. */
import { actionOf } from "../actions.ts";
import type { GroupeId } from "../domain/ids.ts";
import { groupeId } from "../domain/ids.ts";
import { boardTexts } from "../texts/boards.ts";
import type { List } from "./list.ts";
import type { Button, Message } from "./message.ts";

export type BoardId = keyof typeof boardTexts;

export const isBoard = (text: string): text is BoardId => Object.hasOwn(boardTexts, text);

/**
 * Where a page begins: beyond the demande of this number in the order of the list, or before it when turning back.
 * `rank`: how many demandes come before the page, as far as is known; it is shown and decides nothing.
 */
export interface Cursor {
  readonly ref: number;
  readonly back: boolean;
  readonly rank: number;
}

/** What a page of demandes was asked for. */
export type BoardView =
  | { readonly kind: "tab"; readonly board: BoardId; readonly groupe: GroupeId | null; readonly from: Cursor | null }
  /** Keyed hashes of the words looked for: a word may be somebody's name, and a button is kept by the platform. */
  | { readonly kind: "words"; readonly hashes: readonly string[]; readonly from: Cursor | null }
  | { readonly kind: "number"; readonly ref: number };

/** The mark, in a button's value, that it is about a board and not about a demande. */
const MARK = "liste";
const WORDS = "mots";
const NUMBER = "numero";
const LONGEST = 500;

const encodeCursor = (from: Cursor | null): string[] => (from ? [`${from.back ? "<" : ">"}${from.ref}`, String(from.rank)] : []);

export function encodeView(view: BoardView): string {
  switch (view.kind) {
    case "tab":
      return [MARK, view.board, view.groupe ?? "", ...encodeCursor(view.from)].join("|");
    case "words":
      return [MARK, WORDS, view.hashes.join("."), ...encodeCursor(view.from)].join("|");
    case "number":
      return [MARK, NUMBER, view.ref].join("|");
  }
}

function decodeCursor(at: string | undefined, rank: string | undefined): Cursor | null | undefined {
  if (at === undefined && rank === undefined) return null;
  const [, sign, ref] = /^([<>])(\d{1,9})$/.exec(at ?? "") ?? [];
  if (ref === undefined || !/^\d{1,7}$/.test(rank ?? "")) return undefined;
  return { ref: Number(ref), back: sign === "<", rank: Number(rank) };
}

/** Null for a value that no board's button bears. */
export function decodeView(value: string): BoardView | null {
  const [mark, name = "", what = "", at, rank, ...rest] = value.split("|");
  if (mark !== MARK || rest.length > 0 || value.length > LONGEST) return null;
  if (name === NUMBER) return /^\d{1,9}$/.test(what) && at === undefined ? { kind: "number", ref: Number(what) } : null;
  const from = decodeCursor(at, rank);
  if (from === undefined) return null;
  if (name === WORDS) {
    const hashes = what.split(".");
    return hashes.every((hash) => /^[\w-]{22}$/.test(hash)) ? { kind: "words", hashes, from } : null;
  }
  return isBoard(name) ? { kind: "tab", board: name, groupe: what === "" ? null : groupeId(what), from } : null;
}

/** The button to a page of a board. */
export const viewButton = (view: BoardView, label: string): Button => ({
  action: "lister",
  label,
  emoji: actionOf("lister").emoji,
  style: "default",
  value: encodeView(view),
});

export interface Tab {
  readonly label: string;
  /** « 12 », or « 1 000+ » where nobody counts further. */
  readonly count: string;
  /** What is typed after `/demandes` to have it. */
  readonly word: string;
  readonly current: boolean;
  readonly value: string;
}

export interface GroupeChoice {
  readonly label: string;
  readonly chosen: boolean;
  readonly value: string;
}

/** What stands around the page of a board. */
export interface BoardFrame {
  readonly tabs: readonly Tab[];
  /** « Tous mes groupes », then each; none for who has one groupe. */
  readonly groupes: readonly GroupeChoice[];
}

/** The home of the application. `view` is its value, by which it can be asked for again. */
export type Home =
  | {
      readonly kind: "board";
      readonly view: string;
      readonly list: List;
      readonly buttons: readonly Button[];
      /** « Mis à jour aujourd’hui à 10:32 » */
      readonly note: string;
      readonly search: { readonly label: string; readonly placeholder: string };
    }
  /** Nothing of any demande, only why. */
  | { readonly kind: "closed"; readonly message: Message };
