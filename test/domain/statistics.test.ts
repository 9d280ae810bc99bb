/** Delays, shares and spreads, against a plain recomputation. */
import fc from "fast-check";
import { workingHoursBetween } from "../../src/domain/calendar.ts";
import { quantile, spreadOf } from "../../src/domain/measures.ts";
import type { Counted } from "../../src/domain/statistics.ts";
import { statisticsOf } from "../../src/domain/statistics.ts";

const HOUR = 3_600_000;
const at = (text: string) => new Date(text);

test("quantiles are those of spreadsheets", () => {
  expect(quantile([], 0.5)).toBeNull();
  expect(quantile([7], 0.9)).toBe(7);
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  // =CENTILE({1;2;3;4;5;6;7;8;9;10};0,9)
  expect(quantile([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.9)).toBeCloseTo(9.1, 10);
  expect(spreadOf([10, 2, 30])).toEqual({ count: 3, median: 10, ninth: 26, mean: 14 });
});

test("half of them lie on each side of the median, whatever they are", () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1e4, noNaN: true }), { minLength: 1 }), (values) => {
      const { median, ninth } = spreadOf(values);
      if (median === null || ninth === null) throw new Error("none");
      expect(values.filter((v) => v < median).length).toBeLessThanOrEqual(values.length / 2);
      expect(values.filter((v) => v > median).length).toBeLessThanOrEqual(values.length / 2);
      expect(ninth).toBeGreaterThanOrEqual(median);
    }),
  );
});

async function* these(demandes: readonly Counted[]) {
  yield* demandes;
}

const base: Counted = {
  status: "nouvelle",
  territoire: "01",
  openedAt: at("2026-09-01T08:00:00Z"),
  firstAnswerAt: null,
  processedAt: null,
  archivedAt: null,
  usefulness: null,
  overdueAt: null,
  own: false,
};

test("each demande is counted once in each figure", async () => {
  const demandes: Counted[] = [
    { ...base, overdueAt: at("2026-09-04T08:00:00Z") },
    { ...base, openedAt: at("2026-10-30T08:00:00Z"), overdueAt: at("2026-11-05T08:00:00Z"), own: true },
    // Friday noon to Monday noon: 24 working hours.
    { ...base, status: "en_cours", openedAt: at("2026-09-04T10:00:00Z"), firstAnswerAt: at("2026-09-07T10:00:00Z") },
    {
      ...base,
      status: "archivee",
      usefulness: "oui",
      openedAt: at("2026-09-07T10:00:00Z"),
      firstAnswerAt: at("2026-09-11T10:00:00Z"),
      processedAt: at("2026-09-11T10:00:00Z"),
      archivedAt: at("2026-09-14T10:00:00Z"),
    },
  ];
  const period = { first: "2026-09-01", last: "2026-11-15" };
  const figures = await statisticsOf(these(demandes), period, "Europe/Paris", at("2026-11-03T10:00:00Z"));
  expect(figures).toMatchObject({
    total: 4,
    own: 1,
    byStatus: { nouvelle: 2, en_cours: 1, traitee: 0, archivee: 1 },
    open: 3,
    overdue: 1,
    // The second was opened less than three working days before: it is neither in time nor late.
    inTime: 1,
    answerable: 3,
    firstAnswer: { count: 2, median: 60, mean: 60 },
    processing: { count: 1, median: 96 },
    closing: { count: 1, median: 120 },
    usefulness: { oui: 1, non: 0, je_ne_sais_pas: 0, none: 3 },
    months: [
      { month: "2026-09", total: 3, closed: 1, firstAnswer: 60 },
      { month: "2026-10", total: 1, closed: 0, firstAnswer: null },
      { month: "2026-11", total: 0, closed: 0, firstAnswer: null },
    ],
  });
});

test("delays are in the working time of each demande’s own territoire", async () => {
  // Good Friday and Easter Monday: worked or not.
  const [openedAt, firstAnswerAt] = [at("2026-04-02T10:00:00Z"), at("2026-04-07T10:00:00Z")];
  for (const territoire of ["01", "67", "974"]) {
    const one = { ...base, territoire, openedAt, firstAnswerAt };
    const figures = await statisticsOf(these([one]), { first: "2026-04-01", last: "2026-04-30" }, "Europe/Paris", firstAnswerAt);
    expect(figures.firstAnswer.median).toBe(workingHoursBetween(openedAt, firstAnswerAt, territoire));
  }
  expect(workingHoursBetween(openedAt, firstAnswerAt, "01") - workingHoursBetween(openedAt, firstAnswerAt, "67")).toBe(24);
});

test("a demande opened around midnight is of the month that it is there", async () => {
  const one = { ...base, openedAt: new Date(at("2026-10-31T23:00:00Z").getTime() - HOUR / 2) };
  const period = { first: "2026-10-01", last: "2026-11-30" };
  const of = async (zone: string) => (await statisticsOf(these([one]), period, zone, one.openedAt)).months.map((m) => m.total);
  expect(await of("Europe/Paris")).toEqual([1, 0]);
  expect(await of("Indian/Reunion")).toEqual([0, 1]);
});
