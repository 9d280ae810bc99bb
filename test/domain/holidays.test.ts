import type { RegimeFeries } from "../../src/domain/holidays.ts";
import { joursFeries } from "../../src/domain/holidays.ts";

const DAY = 86_400_000;

/** Easter Sunday by Gauss's rule with its two exceptions: independent of the library, and of the algorithm that it uses. */
function easter(year: number): number {
  const [a, b, c] = [year % 19, year % 4, year % 7];
  const k = Math.floor(year / 100);
  const p = Math.floor((13 + 8 * k) / 25);
  const q = Math.floor(k / 4);
  const m = (15 - p + k - q) % 30;
  const n = (4 + k - q) % 7;
  const d = (19 * a + m) % 30;
  const e = (2 * b + 4 * c + 6 * d + n) % 7;
  if (d === 29 && e === 6) return Date.UTC(year, 3, 19);
  if (d === 28 && e === 6 && (11 * m + 11) % 30 < 19) return Date.UTC(year, 3, 18);
  return Date.UTC(year, 2, 22 + d + e);
}

const iso = (instant: number) => new Date(instant).toISOString().slice(0, 10);
const afterEaster = (year: number, days: number) => iso(easter(year) + days * DAY);

/** L3133-1. */
const national = (year: number) => [
  ...["01-01", "05-01", "05-08", "07-14", "08-15", "11-01", "11-11", "12-25"].map((day) => `${year}-${day}`),
  afterEaster(year, 1),
  afterEaster(year, 39),
  afterEaster(year, 50),
];

/** What each place has beside the national list. */
const LOCAL: Record<RegimeFeries, (year: number) => string[]> = {
  national: () => [],
  "alsace-moselle": (year) => [afterEaster(year, -2), `${year}-12-26`],
  guadeloupe: (year) => [`${year}-05-27`],
  martinique: (year) => [`${year}-05-22`],
  guyane: (year) => [`${year}-06-10`],
  "la-reunion": (year) => [`${year}-12-20`],
  mayotte: (year) => [`${year}-04-27`],
  "saint-barthelemy": (year) => [`${year}-10-09`],
  "saint-martin": (year) => [`${year}-05-${year < 2018 ? 27 : 28}`],
  "wallis-et-futuna": (year) => [`${year}-04-28`, `${year}-06-29`, `${year}-07-29`],
  "polynesie-francaise": (year) => [`${year}-03-05`, afterEaster(year, -2), year < 2026 ? `${year}-06-29` : `${year}-11-20`],
  "nouvelle-caledonie": (year) => [`${year}-09-24`],
};

const dates = (regime: RegimeFeries, year: number) => [...new Set(joursFeries(regime, year).map(({ date }) => date))];

describe.each(Object.keys(LOCAL) as RegimeFeries[])("the legal holidays of %s", (regime) => {
  test("are those of the law, every year from 2010 to 2040, in order", () => {
    for (let year = 2010; year <= 2040; year++)
      expect(dates(regime, year)).toEqual([...new Set([...national(year), ...LOCAL[regime](year)])].sort());
  });
});

test("the days bound to Easter are right up to the last year of the calendar", () => {
  for (let year = 1960; year <= 2199; year++) expect(dates("national", year)).toEqual([...new Set(national(year))].sort());
});

test("Easter Monday, Ascension and Whit Monday of years known by heart", () => {
  const moving = (year: number) =>
    joursFeries("national", year)
      .filter(({ nom }) => /Pâques|Ascension|Pentecôte/.test(nom))
      .map(({ date }) => date);
  expect(moving(2024)).toEqual(["2024-04-01", "2024-05-09", "2024-05-20"]);
  expect(moving(2025)).toEqual(["2025-04-21", "2025-05-29", "2025-06-09"]);
  expect(moving(2026)).toEqual(["2026-04-06", "2026-05-14", "2026-05-25"]);
  expect(moving(2038)).toEqual(["2038-04-26", "2038-06-03", "2038-06-14"]);
});

test("names are French, and two holidays of one day are both there", () => {
  expect(joursFeries("national", 2008).filter(({ date }) => date === "2008-05-01")).toHaveLength(2);
  expect(joursFeries("la-reunion", 2026).find(({ date }) => date === "2026-12-20")?.nom).toBe("Abolition de l’esclavage");
  expect(joursFeries("saint-martin", 2026).find(({ date }) => date === "2026-05-28")?.nom).toBe("Abolition de l’esclavage");
  expect(joursFeries("nouvelle-caledonie", 2026).find(({ date }) => date === "2026-09-24")?.nom).toBe("Fête de la Citoyenneté");
});

test("no custom passes for law in the Antilles", () => {
  for (const regime of ["guadeloupe", "martinique", "saint-barthelemy", "saint-martin"] as const) {
    expect(dates(regime, 2026)).not.toContain("2026-04-03");
    expect(dates(regime, 2026)).not.toContain("2026-07-21");
  }
});
