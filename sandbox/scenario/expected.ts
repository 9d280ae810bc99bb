/** What must be there after each step: the whole of it, from what each step says that it changes. */

import type { PlatformName } from "../../src/domain/demande.ts";
import type { BaseSeen } from "./base.ts";
import type { ThreadRead } from "./side.ts";
import type { CardText, Change, DueDates, Left, ThreadPlace } from "./story.ts";

export interface Seen {
  readonly threads: ReadonlyMap<string, ThreadRead | null>;
  readonly base: BaseSeen | null;
}

const NOTHING_DUE: DueDates = { overdueAt: null, remindAt: null, archiveInvitationAt: null, wipeAt: null };

function changed(lines: readonly string[], change: Change): string[] {
  if ("add" in change) return [...lines, change.add];
  if ("edit" in change) return lines.map((line) => (line === change.edit ? change.to : line));
  return lines.filter((line) => line !== change.remove);
}

/** The lines of the card, in that platform's order. */
function cardLines({ status, groupes, viewed, alerts = [] }: CardText, platform: PlatformName): readonly string[] {
  const seen = viewed === undefined ? [] : [viewed];
  return [status, ...groupes, ...(platform === "slack" ? [...seen, ...alerts] : [...alerts, ...seen])];
}

const quoted = (lines: readonly string[]): string => (lines.length > 0 ? lines.map((line) => `« ${line} »`).join(", ") : "rien");

/** The first line that differs, or that one of the two lacks. */
function lineFault(expected: readonly string[], found: readonly string[]): string | null {
  const at = Math.max(expected.length, found.length);
  for (let n = 0; n < at; n += 1)
    if (expected[n] !== found[n])
      return `message ${n + 1} : attendu ${quoted(expected.slice(n, n + 1))}, lu ${quoted(found.slice(n, n + 1))}`;
  return null;
}

const listFault = (what: string, expected: readonly string[], found: readonly string[]): string | null =>
  expected.length === found.length && expected.every((line, n) => line === found[n])
    ? null
    : `${what} : attendu ${quoted(expected)}, lu ${quoted(found)}`;

const valueFault = (what: string, expected: string | null, found: string | null): string | null =>
  expected === found ? null : `${what} : attendu ${expected ?? "rien"}, lu ${found ?? "rien"}`;

/** The state that the steps so far must have left. */
export class Expected {
  private readonly places: Readonly<Record<string, ThreadPlace>>;
  private readonly lines = new Map<string, readonly string[]>();
  private readonly buttons = new Map<string, readonly string[]>();
  private card: CardText = { status: "", groupes: [] };
  private status = "";
  private usefulness: string | null = null;
  private events: readonly string[] = [];
  private due: DueDates = NOTHING_DUE;

  constructor(places: Readonly<Record<string, ThreadPlace>>) {
    this.places = places;
  }

  /** Takes in what one more step leaves. */
  apply({ threads = {}, card, buttons = {}, status, events = [], due, usefulness }: Left): void {
    for (const [thread, changes] of Object.entries(threads))
      this.lines.set(thread, changes.reduce<readonly string[]>(changed, this.lines.get(thread) ?? []));
    for (const [thread, labels] of Object.entries(buttons)) this.buttons.set(thread, labels);
    this.card = card ?? this.card;
    this.status = status ?? this.status;
    this.events = [...this.events, ...events];
    this.due = { ...this.due, ...due };
    if (usefulness !== undefined) this.usefulness = usefulness;
  }

  /** What is not as it must be, each in a sentence; empty when all is. */
  faults({ threads, base }: Seen): string[] {
    const found = [...threads].flatMap(([name, seen]) => this.threadFaults(name, seen));
    return [...found, ...this.baseFaults(base)].filter((fault) => fault !== null);
  }

  private threadFaults(name: string, seen: ThreadRead | null): (string | null)[] {
    const lines = this.lines.get(name);
    if (!lines) return [seen ? `${name} : un fil est là où il ne devait pas y en avoir` : null];
    if (!seen) return [`${name} : pas de fil`];
    const faults = [
      lineFault(lines, seen.lines),
      listFault("carte", cardLines(this.card, this.places[name]?.platform ?? "slack"), seen.card),
      listFault("boutons", this.buttons.get(name) ?? [], seen.buttons),
    ];
    return faults.map((fault) => fault && `${name}, ${fault}`);
  }

  private baseFaults(base: BaseSeen | null): (string | null)[] {
    if (!base) return ["base : pas de demande"];
    const dates = Object.entries(this.due) as [keyof DueDates, string | null][];
    return [
      valueFault("base, état", this.status, base.status),
      valueFault("base, état enregistré", this.status, base.storedStatus),
      valueFault("base, avis", this.usefulness, base.usefulness),
      listFault("base, événements", this.events, base.events),
      ...dates.map(([field, date]) => valueFault(`base, ${field}`, date, base.due[field])),
      base.delivered ? null : "base : tout n’est pas encore livré",
    ];
  }
}
