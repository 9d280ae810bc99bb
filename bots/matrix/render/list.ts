/** A page of demandes: numbered, so that each can be asked for by its number. */
import type { BoardFrame } from "../../../src/presentation/board.ts";
import type { List, ListLine } from "../../../src/presentation/list.ts";
import type { Button } from "../../../src/presentation/message.ts";
import { listTexts } from "../../../src/texts/boards.ts";
import { matrixTexts } from "../../../src/texts/matrix.ts";
import { line } from "../limits.ts";
import { fitted, type Said } from "./content.ts";
import { bold, join, lines, NO_USERS, plain, type Written, withCode, wrap } from "./written.ts";

const LINE = 300;
const MOST_LINES = 30;

/** « 3️⃣ »: what a person reacts with to see the third demande. Beyond ten, there is no such sign. */
export const numberSign = (number: number): string => (number === 10 ? "🔟" : `${number}\ufe0f\u20e3`);

const lineOf = ({ emoji, ref, sujet, details }: ListLine, index: number): Written =>
  lines([
    join([plain(`${index + 1}. ${emoji} `), bold(`${line(ref, LINE)} · ${line(sujet, LINE)}`)]),
    // Somebody of whom nothing more is known has no second line, and not « … ».
    ...(details === "" ? [] : [plain(line(details, LINE))]),
  ]);

/** The way to each demande bears its number; the pages keep their own names. */
function buttonsOf({ lines: all, pages }: List): Button[] {
  const numbered = all.slice(0, 10).flatMap(({ buttons: [first] }, index): Button[] => {
    if (first === undefined) return [];
    const { emoji: _, ...rest } = first;
    return [{ ...rest, label: numberSign(index + 1) }];
  });
  const { previous, next } = matrixTexts.list;
  const turned = pages.map(
    (page): Button => ({
      ...page,
      emoji: "",
      label: page.label === listTexts.previous ? previous : next,
    }),
  );
  return [...numbered, ...turned];
}

/** The tabs with their counts, the current one in bold, each with the word that shows it. */
function tabsOf({ tabs }: BoardFrame): Written[] {
  if (tabs.length === 0) return [];
  const named = tabs.map(({ label, count, current }) => {
    const name = line(listTexts.counted(label, count), LINE);
    return current ? bold(name) : plain(name);
  });
  const separated = named.flatMap((name, index) => (index === 0 ? [name] : [plain(" · "), name]));
  return [join(separated), wrap("em", withCode(matrixTexts.list.tabs(tabs.map(({ word }) => word))))];
}

/** The groupes among which one may choose, the chosen one in bold. */
function groupesOf({ groupes }: BoardFrame): Written[] {
  if (groupes.length === 0) return [];
  const named = groupes.map(({ label, chosen }) => (chosen ? bold(line(label, LINE)) : plain(line(label, LINE))));
  const separated = named.flatMap((name, index) => (index === 0 ? [name] : [plain(" · "), name]));
  return [join([plain(matrixTexts.list.groupes), ...separated]), wrap("em", withCode(matrixTexts.list.filter))];
}

export function renderList(list: List): Said {
  const shown = list.lines.slice(0, MOST_LINES).map(lineOf);
  const { frame } = list;
  const parts = [
    ...(frame === undefined ? [] : tabsOf(frame)),
    bold(line(list.title, LINE)),
    ...(shown.length === 0 ? [plain(line(list.empty, LINE))] : shown),
    ...(list.footer === null ? [] : [wrap("em", plain(line(list.footer, LINE)))]),
    ...(list.lines.some(({ buttons }) => buttons.length > 0) ? [wrap("em", withCode(matrixTexts.list.open))] : []),
    ...(frame === undefined ? [] : groupesOf(frame)),
  ];
  const written: Written = {
    body: parts.map(({ body }) => body).join("\n"),
    html: parts.map(({ html }) => `<p>${html}</p>`).join(""),
  };
  return fitted(NO_USERS, () => ({ msgtype: "m.notice", written, mentions: [], buttons: buttonsOf(list) }));
}
