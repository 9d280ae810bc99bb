/** What `/metrics` says, read back: the families, and each series with its labels. */

export interface Series {
  /** As it stands: `aplus_job_seconds_bucket`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Exposition {
  /** Each family and its type: `aplus_job_seconds` is a « histogram ». */
  readonly families: ReadonlyMap<string, string>;
  readonly series: readonly Series[];
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** @throws Error on a line that Prometheus would not take */
export function parseExposition(text: string): Exposition {
  const families = new Map<string, string>();
  const series: Series[] = [];
  for (const line of text.split("\n")) {
    const [, family, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
    if (family && type) families.set(family, type);
    if (line === "" || line.startsWith("#")) continue;
    const [, name = "", labels = "", value = ""] = LINE.exec(line) ?? [];
    if (name === "") throw new Error(`not a sample: ${line}`);
    const read = [...labels.matchAll(LABEL)].map(([, label = "", held = ""]) => [label, held] as const);
    series.push({ name, labels: Object.fromEntries(read), value: Number(value) });
  }
  return { families, series };
}

export const sampleOf = ({ series }: Exposition, name: string, labels: Readonly<Record<string, string>> = {}): number | null =>
  series.find((one) => one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value))
    ?.value ?? null;
