/**
 * The figures of a groupe as a picture, in SVG: upright, as a phone is held, large type, colours that everybody tells apart
 * (Okabe and Ito’s, https://jfly.uni-koeln.de/color/), each figure written beside its bar.
 */

import type { MonthFigures, Statistics } from "../domain/statistics.ts";
import { statsTexts } from "../texts/reports.ts";
import { escapeHtml } from "./html.ts";
import type { StatsHeading } from "./statsMessage.ts";
import { monthName } from "./statsMessage.ts";

const { chart: texts } = statsTexts;

export const CHART = { width: 1080, height: 1556, font: "DejaVu Sans" } as const;

const MARGIN = 60;
const INNER = CHART.width - 2 * MARGIN;
/** More bars could not bear their figures. */
const MOST_MONTHS = 12;

const INK = "#1b1b35";
const SOFT = "#5a5a72";
const LINE = "#d9dae6";
const PANEL = "#f4f5fb";
const BLUE = "#0072b2";
const SKY = "#56b4e9";
const ORANGE = "#e69f00";
const VERMILION = "#d55e00";
const GREY = "#a6a8b8";

const escaped = (text: string): string => escapeHtml(text.replace(/\p{Cc}/gu, " "));

interface Lettering {
  readonly size: number;
  readonly fill?: string;
  readonly bold?: boolean;
  readonly anchor?: "start" | "middle" | "end";
  /** Over lines and bars: a white rim keeps it readable. */
  readonly rim?: boolean;
}

const label = (
  x: number,
  y: number,
  text: string,
  { size, fill = INK, bold = false, anchor = "start", rim = false }: Lettering,
): string =>
  `<text x="${x}" y="${y}" font-size="${size}" fill="${fill}" text-anchor="${anchor}"${bold ? ' font-weight="bold"' : ""}${rim ? ' stroke="#ffffff" stroke-width="8" stroke-linejoin="round" paint-order="stroke"' : ""}>${escaped(text)}</text>`;

const box = (x: number, y: number, width: number, height: number, fill: string, radius = 0): string =>
  `<rect x="${x}" y="${y}" width="${width}" height="${Math.max(height, 0)}" fill="${fill}"${radius ? ` rx="${radius}"` : ""}/>`;

const rule = (y: number, colour = LINE, dashes = ""): string =>
  `<line x1="${MARGIN}" y1="${y}" x2="${CHART.width - MARGIN}" y2="${y}" stroke="${colour}" stroke-width="2"${dashes && ` stroke-dasharray="${dashes}"`}/>`;

/** Letters of this size that a width holds, at the least: capitals are wider than that, names are not written in them. */
const lettersIn = (width: number, size: number): number => Math.floor(width / (size * 0.64));

const fitted = (text: string, most: number): string => (text.length <= most ? text : `${text.slice(0, most - 1).trimEnd()}…`);

/** The name in one line, or in two that are smaller. */
function title(name: string): string {
  const one = lettersIn(INNER, 46);
  if (name.length <= one) return label(MARGIN, 90, name, { size: 46, bold: true });
  const most = lettersIn(INNER, 34);
  const cut = name.lastIndexOf(" ", most);
  const end = cut > 0 ? cut : most;
  return (
    label(MARGIN, 54, name.slice(0, end), { size: 34, bold: true }) +
    label(MARGIN, 95, fitted(name.slice(end).trim(), most), { size: 34, bold: true })
  );
}

const days = (hours: number): string => (hours / 24).toLocaleString("fr-FR", { maximumFractionDigits: 1 });

const percent = (part: number, whole: number): string => (whole === 0 ? texts.noFigure : statsTexts.share(part, whole));

function tiles(figures: Statistics, top: number): string {
  const { total, overdue, open, firstAnswer, usefulness } = figures;
  const opinions = usefulness.oui + usefulness.non + usefulness.je_ne_sais_pas;
  const all: [string, string, string][] = [
    [String(total), texts.demandes, INK],
    [percent(overdue, open), texts.overdue(overdue, open), overdue > 0 ? VERMILION : INK],
    [firstAnswer.median === null ? texts.noFigure : `${days(firstAnswer.median)} j`, texts.firstAnswer, BLUE],
    [percent(usefulness.oui, opinions), texts.useful(usefulness.oui, opinions), INK],
  ];
  const gap = 24;
  const width = (INNER - gap) / 2;
  return all
    .map(([figure, what, colour], index) => {
      const x = MARGIN + (index % 2) * (width + gap);
      const y = top + Math.floor(index / 2) * 154;
      return (
        box(x, y, width, 134, PANEL, 16) +
        label(x + 28, y + 70, figure, { size: 58, bold: true, fill: colour }) +
        label(x + 28, y + 112, what, { size: 26, fill: SOFT })
      );
    })
    .join("");
}

interface Slots {
  readonly months: readonly MonthFigures[];
  readonly middle: (index: number) => number;
  readonly bar: number;
}

function slotsOf(all: readonly MonthFigures[]): Slots {
  const months = all.slice(-MOST_MONTHS);
  const slot = INNER / months.length;
  return { months, middle: (index) => MARGIN + slot * (index + 0.5), bar: Math.min(slot * 0.62, 120) };
}

function monthNames({ months, middle }: Slots, y: number): string {
  return months
    .map(({ month }, index) => {
      const year =
        index === 0 || month.endsWith("-01")
          ? label(middle(index), y + 30, month.slice(0, 4), { size: 22, fill: SOFT, anchor: "middle" })
          : "";
      return label(middle(index), y, monthName(month, "short"), { size: 24, fill: SOFT, anchor: "middle" }) + year;
    })
    .join("");
}

function legend(entries: readonly (readonly [string, string])[], y: number): string {
  let x = MARGIN;
  return entries
    .map(([colour, text]) => {
      const drawn = box(x, y - 20, 24, 24, colour, 5) + label(x + 36, y, text, { size: 24, fill: SOFT });
      x += 36 + text.length * 14 + 40;
      return drawn;
    })
    .join("");
}

function perMonth(slots: Slots, top: number, height: number): string {
  const { months, middle, bar } = slots;
  const most = Math.max(1, ...months.map(({ total }) => total));
  const base = top + height;
  const bars = months.map(({ total, closed }, index) => {
    const x = middle(index) - bar / 2;
    const [all, done] = [(total / most) * (height - 44), (closed / most) * (height - 44)];
    return (
      box(x, base - all, bar, all - done, ORANGE) +
      box(x, base - done, bar, done, BLUE) +
      label(middle(index), base - all - 12, String(total), { size: 26, bold: true, anchor: "middle", rim: true })
    );
  });
  return bars.join("") + rule(base);
}

/** What a first answer may take before a demande is en souffrance. */
const TARGET_HOURS = 72;

function perMonthDelay(slots: Slots, top: number, height: number): string {
  const { months, middle, bar } = slots;
  const most = Math.max(TARGET_HOURS * 1.15, ...months.map(({ firstAnswer }) => firstAnswer ?? 0));
  const base = top + height;
  const target = base - (TARGET_HOURS / most) * (height - 44);
  const bars = months.map(({ firstAnswer }, index) => {
    const tall = ((firstAnswer ?? 0) / most) * (height - 44);
    const text = firstAnswer === null ? texts.noFigure : days(firstAnswer);
    return (
      box(middle(index) - bar / 2, base - tall, bar, tall, (firstAnswer ?? 0) > TARGET_HOURS ? VERMILION : SKY) +
      label(middle(index), base - tall - 12, text, { size: 26, bold: true, anchor: "middle", rim: true })
    );
  });
  const mark = rule(target, VERMILION, "4 8");
  return mark + bars.join("") + rule(base);
}

function opinions({ usefulness }: Statistics, top: number): string {
  const given = [
    [BLUE, "oui", usefulness.oui],
    [ORANGE, "non", usefulness.non],
    [GREY, "je ne sais pas", usefulness.je_ne_sais_pas],
  ] as const;
  const all = given.reduce((sum, [, , count]) => sum + count, 0);
  if (all === 0) return label(MARGIN, top + 30, texts.noOpinion, { size: 26, fill: SOFT });
  let x = MARGIN;
  const parts = given.map(([colour, , count]) => {
    const width = (count / all) * INNER;
    const drawn = box(x, top, width, 44, colour);
    x += width;
    return drawn;
  });
  return (
    parts.join("") +
    legend(
      given.map(([colour, name, count]) => [colour, `${name} : ${count}`]),
      top + 88,
    )
  );
}

/** A whole SVG document of CHART's size. Figures of no demande at all are no picture: it needs at least one month. */
export function statsChart({ groupe, span }: StatsHeading, figures: Statistics): string {
  const slots = slotsOf(figures.months);
  const cut = figures.months.length > MOST_MONTHS ? texts.lastMonths(MOST_MONTHS) : "";
  const heading = (y: number, text: string) => label(MARGIN, y, text, { size: 30, bold: true });
  const body = [
    box(0, 0, CHART.width, CHART.height, "#ffffff"),
    title(groupe),
    label(MARGIN, 138, fitted(span, lettersIn(INNER, 28)), { size: 28, fill: SOFT }),
    tiles(figures, 172),
    heading(536, `${texts.perMonth}${cut}`),
    legend(
      [
        [BLUE, texts.closed],
        [ORANGE, texts.open],
      ],
      582,
    ),
    perMonth(slots, 600, 270),
    monthNames(slots, 904),
    heading(1000, texts.perMonthDelay),
    legend(
      [
        [SKY, texts.inTime],
        [VERMILION, texts.late],
      ],
      1046,
    ),
    perMonthDelay(slots, 1064, 220),
    monthNames(slots, 1318),
    heading(1414, texts.usefulTitle),
    opinions(figures, 1436),
  ].join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${CHART.width}" height="${CHART.height}" viewBox="0 0 ${CHART.width} ${CHART.height}" font-family="${CHART.font}">${body}</svg>`;
}
