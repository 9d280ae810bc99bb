/** The figures of a groupe as text: all that its picture shows, for those who do not see it or copy it into a report. */

import type { Spread } from "../domain/measures.ts";
import type { Inline, RichText } from "../domain/richtext.ts";
import { plainText } from "../domain/richtext.ts";
import type { Statistics } from "../domain/statistics.ts";
import { STATUSES } from "../domain/status.ts";
import { statsTexts } from "../texts/reports.ts";

const plain = (text: string): Inline => ({ type: "text", text });
const bold = (text: string): Inline => ({ type: "text", text, style: { bold: true } });
const italic = (text: string): Inline => ({ type: "text", text, style: { italic: true } });

/** « août 2026 », from yyyy-mm */
export const monthName = (month: string, style: "long" | "short" = "long"): string =>
  new Intl.DateTimeFormat("fr-FR", { month: style, ...(style === "long" && { year: "numeric" }), timeZone: "UTC" }).format(
    new Date(`${month}-01T00:00:00Z`),
  );

function delayLine(label: string, { count, median, ninth, mean }: Spread): string {
  if (median === null || ninth === null || mean === null) return statsTexts.none(label);
  return statsTexts.spread(label, count, statsTexts.delay(median), statsTexts.delay(ninth), statsTexts.delay(mean));
}

export interface StatsHeading {
  readonly groupe: string;
  /** « du 1er août 2026 au 25 novembre 2026 » */
  readonly span: string;
}

export function statsText({ groupe, span }: StatsHeading, figures: Statistics): RichText {
  const { total, own, byStatus, open, overdue, inTime, answerable, usefulness, months } = figures;
  const title: Inline[] = [bold(statsTexts.title(groupe)), plain(`, ${span}`)];
  if (total === 0)
    return [
      { type: "paragraph", inlines: title },
      { type: "paragraph", inlines: [plain(statsTexts.empty(span))] },
    ];
  const { labels } = statsTexts;
  const lines = [
    statsTexts.total(total, total - own, own),
    STATUSES.filter((status) => byStatus[status] > 0)
      .map((status) => statsTexts.status(status, byStatus[status]))
      .join(", "),
    statsTexts.overdue(overdue, open),
    delayLine(labels.firstAnswer, figures.firstAnswer),
    ...(answerable > 0 ? [statsTexts.inTime(inTime, answerable)] : []),
    delayLine(labels.processing, figures.processing),
    delayLine(labels.closing, figures.closing),
    statsTexts.useful(usefulness),
  ];
  const items = (texts: readonly string[]) => texts.map((text) => ({ indent: 0, inlines: [plain(text)] }));
  const monthLines = months.map(({ month, total: count, closed, firstAnswer }) =>
    statsTexts.month(monthName(month), count, closed, firstAnswer === null ? null : statsTexts.days(firstAnswer)),
  );
  return [
    { type: "paragraph", inlines: title },
    { type: "list", ordered: false, items: items(lines) },
    { type: "paragraph", inlines: [bold(statsTexts.monthsTitle)] },
    { type: "list", ordered: false, items: items(monthLines) },
    { type: "paragraph", inlines: [italic(statsTexts.method)] },
  ];
}

export const statsPlainText = (heading: StatsHeading, figures: Statistics): string => plainText(statsText(heading, figures));
