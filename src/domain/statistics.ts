/** The figures of a groupe over a period, from its demandes one by one. */

import { workingHoursBetween } from "./calendar.ts";
import type { Status, Usefulness } from "./demande.ts";
import type { Course, Spread } from "./measures.ts";
import { answeredInTime, delaysOf, spreadOf } from "./measures.ts";
import { FIRST_ANSWER_HOURS } from "./overdue.ts";
import type { Period } from "./period.ts";
import { dayIn } from "./zone.ts";

export interface Counted extends Course {
  readonly status: Status;
  readonly usefulness: Usefulness | null;
  readonly overdueAt: Date | null;
  /** Opened by the groupe itself, and not asked of it. */
  readonly own: boolean;
}

export interface MonthFigures {
  /** yyyy-mm */
  readonly month: string;
  readonly total: number;
  /** Of these, how many are traitées or archivées by now. */
  readonly closed: number;
  /** Median of the first answers, in working hours. */
  readonly firstAnswer: number | null;
}

export interface Statistics {
  readonly total: number;
  readonly own: number;
  readonly byStatus: Readonly<Record<Status, number>>;
  /** Nouvelles and en cours, and those of them that are en souffrance. */
  readonly open: number;
  readonly overdue: number;
  /** First answers within three jours ouvrés, among those given or late by now. */
  readonly inTime: number;
  readonly answerable: number;
  readonly firstAnswer: Spread;
  readonly processing: Spread;
  readonly closing: Spread;
  readonly usefulness: Readonly<Record<Usefulness | "none", number>>;
  /** Each month of the period, by opening. */
  readonly months: readonly MonthFigures[];
}

function* monthsOf({ first, last }: Period): Generator<string> {
  let [year = 0, month = 0] = first.split("-").map(Number);
  for (;;) {
    const name = `${year}-${String(month).padStart(2, "0")}`;
    if (name > last.slice(0, 7)) return;
    yield name;
    [year, month] = month === 12 ? [year + 1, 1] : [year, month + 1];
  }
}

/**
 * @param zone IANA name, of the months
 * @param now domain time: what is late by then
 */
export async function statisticsOf(
  demandes: AsyncIterable<Counted>,
  period: Period,
  zone: string,
  now: Date,
): Promise<Statistics> {
  const byStatus = { nouvelle: 0, en_cours: 0, traitee: 0, archivee: 0 };
  const usefulness = { oui: 0, non: 0, je_ne_sais_pas: 0, none: 0 };
  const firstAnswers: number[] = [];
  const processings: number[] = [];
  const closings: number[] = [];
  const months = new Map([...monthsOf(period)].map((month) => [month, { total: 0, closed: 0, answers: [] as number[] }]));
  let [total, own, overdue, inTime, answerable] = [0, 0, 0, 0, 0];
  for await (const demande of demandes) {
    total += 1;
    if (demande.own) own += 1;
    byStatus[demande.status] += 1;
    usefulness[demande.usefulness ?? "none"] += 1;
    const isOpen = demande.status === "nouvelle" || demande.status === "en_cours";
    if (isOpen && demande.overdueAt !== null && demande.overdueAt < now) overdue += 1;
    const delays = delaysOf(demande);
    if (delays.firstAnswer !== null) firstAnswers.push(delays.firstAnswer);
    if (delays.processing !== null) processings.push(delays.processing);
    if (delays.closing !== null) closings.push(delays.closing);
    if (answeredInTime(delays)) inTime += 1;
    const waits = isOpen && delays.firstAnswer === null;
    const late = waits && workingHoursBetween(demande.openedAt, now, demande.territoire) > FIRST_ANSWER_HOURS;
    if (delays.firstAnswer !== null || late) answerable += 1;
    const month = months.get(dayIn(zone, demande.openedAt).slice(0, 7));
    if (!month) continue;
    month.total += 1;
    if (!isOpen) month.closed += 1;
    if (delays.firstAnswer !== null) month.answers.push(delays.firstAnswer);
  }
  return {
    total,
    own,
    byStatus,
    open: byStatus.nouvelle + byStatus.en_cours,
    overdue,
    inTime,
    answerable,
    firstAnswer: spreadOf(firstAnswers),
    processing: spreadOf(processings),
    closing: spreadOf(closings),
    usefulness,
    months: [...months].map(([month, { total: count, closed, answers }]) => ({
      month,
      total: count,
      closed,
      firstAnswer: spreadOf(answers).median,
    })),
  };
}
