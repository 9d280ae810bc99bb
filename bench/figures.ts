/** Figures, with what is aimed at: as a table for people, as JSON for comparing. */

export interface Figure {
  readonly group: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What is aimed at, where something is: at most, or at least. */
  readonly target?: { readonly most: number } | { readonly least: number };
  /** What the value was made of, told beside it. */
  readonly note?: string;
}

/** The value below which that share of them lies (nearest rank). @param share 0 to 1 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

/** p50, p95, p99 and the longest, of delays in milliseconds. */
export function delays(group: string, name: string, values: readonly number[], mostAtP99?: number): Figure[] {
  const figure = (label: string, value: number): Figure => ({ group, name: `${name}, ${label}`, value, unit: "ms" });
  return [
    figure("p50", percentile(values, 0.5)),
    figure("p95", percentile(values, 0.95)),
    { ...figure("p99", percentile(values, 0.99)), ...(mostAtP99 !== undefined && { target: { most: mostAtP99 } }) },
    figure("le plus long", Math.max(...values)),
  ];
}

export function isMet({ value, target }: Figure): boolean | null {
  if (!target) return null;
  return "most" in target ? value <= target.most : value >= target.least;
}

const number = new Intl.NumberFormat("fr-FR", { maximumSignificantDigits: 3 });
const shown = (value: number, unit: string): string =>
  `${number.format(value >= 1000 ? Math.round(value) : value)}${unit === "" ? "" : ` ${unit}`}`;

function targetText(figure: Figure): string {
  const { target, unit } = figure;
  if (!target) return "";
  const aim = "most" in target ? `≤ ${shown(target.most, unit)}` : `≥ ${shown(target.least, unit)}`;
  return `${isMet(figure) ? "✓" : "✗"} ${aim}`;
}

export function table(figures: readonly Figure[]): string {
  const width = Math.max(...figures.map(({ name }) => name.length));
  const lines: string[] = [];
  let group = "";
  for (const figure of figures) {
    if (figure.group !== group) lines.push("", figure.group);
    group = figure.group;
    lines.push(
      `  ${figure.name.padEnd(width)}  ${shown(figure.value, figure.unit).padStart(12)}  ${targetText(figure)}  ${figure.note ?? ""}`.trimEnd(),
    );
  }
  return lines.join("\n");
}
