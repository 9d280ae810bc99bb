/**
 * The legal holidays of each territoire, from date-holidays, corrected where it and the law differ.
 *
 * The national list is that of article L3133-1 of the Code du travail: eleven days. The local ones:
 * - Alsace-Moselle (article L3134-13): vendredi saint and 26 December. The article gives vendredi saint to the communes that
 *   have a Protestant temple or a mixed church; as offices of the State do, it is taken for all of the three départements.
 * - Guadeloupe, Martinique, Guyane, La Réunion, Mayotte, Saint-Barthélemy, Saint-Martin (article L3422-2): the day of the
 *   abolition of slavery. For Mayotte the same chapter leaves Miradji, Idi-el-Fitri, Idi-el-Kabir and Maoulid to collective
 *   agreements and usage: they are no legal holidays.
 * - Saint-Pierre-et-Miquelon and the Terres australes: the national list alone.
 * - Wallis-et-Futuna: 28 April, 29 June and 29 July, as the yearly arrêté of the administrateur supérieur lists them.
 * - Polynésie française: 5 March, vendredi saint, and 29 June until 2025, 20 November (Matari’i) from 2026 (loi du pays of
 *   2025 changing the list of the Polynesian Code du travail).
 * - Nouvelle-Calédonie: 24 September.
 *
 * Today’s list is applied to all years but where a year is named: demandes do not reach back to what was before.
 */
import Holidays from "date-holidays";

export type RegimeFeries =
  | "national"
  | "alsace-moselle"
  | "guadeloupe"
  | "martinique"
  | "guyane"
  | "la-reunion"
  | "mayotte"
  | "saint-barthelemy"
  | "saint-martin"
  | "wallis-et-futuna"
  | "polynesie-francaise"
  | "nouvelle-caledonie";

export interface JourFerie {
  /** yyyy-mm-dd, in the territoire’s own calendar. */
  readonly date: string;
  /** In French, for display. */
  readonly nom: string;
}

interface Regime {
  /** Where date-holidays has it: country, and state where there is one. */
  readonly library: readonly [country: string, state?: string];
  /** Rules of date-holidays that the law does not know. */
  readonly without?: readonly string[];
  /** Rules that it lacks, from the first year to the last, both included. */
  readonly with?: readonly { readonly rule: string; readonly nom: string; readonly from?: number; readonly to?: number }[];
}

/** date-holidays has one rule for « vendredi saint », which only custom keeps in the Antilles. */
const VENDREDI_SAINT = "easter -2";
const ABOLITION = "Abolition de l’esclavage";

const REGIMES: Readonly<Record<RegimeFeries, Regime>> = {
  national: { library: ["FR"] },
  // Bas-Rhin, Haut-Rhin and Moselle have the same rules.
  "alsace-moselle": { library: ["FR", "67"] },
  guadeloupe: { library: ["GP"], without: [VENDREDI_SAINT] },
  martinique: { library: ["MQ"], without: [VENDREDI_SAINT] },
  guyane: { library: ["GF"] },
  "la-reunion": { library: ["RE"] },
  mayotte: { library: ["YT"] },
  "saint-barthelemy": { library: ["BL"] },
  // Saint-Martin kept Guadeloupe’s day until 2017. The interministerial circulars of May 2018 and May 2019, on the ground of
  // loi n° 2017-256, moved it to 28 May, and the prefecture states that L3422-2 applies to that date, though the article’s own
  // words were slow to follow.
  "saint-martin": {
    library: ["MF"],
    without: ["05-27"],
    with: [
      { rule: "05-27", nom: ABOLITION, to: 2017 },
      { rule: "05-28", nom: ABOLITION, from: 2018 },
    ],
  },
  "wallis-et-futuna": { library: ["WF"] },
  "polynesie-francaise": { library: ["PF"] },
  "nouvelle-caledonie": { library: ["NC"] },
};

/** As the library writes dates, and compares them: from the first of January to before the next. */
const activeRange = (from?: number, to?: number) => [
  { ...(from !== undefined && { from: `${from}-01-01` }), ...(to !== undefined && { to: `${to + 1}-01-01` }) },
];

function build(regime: Regime): Holidays {
  const [country, state] = regime.library;
  const options = { languages: "fr", types: ["public" as const] };
  const holidays = state === undefined ? new Holidays(country, options) : new Holidays(country, state, options);
  // Dates alone are wanted, and no instants: without a zone the library is seven times as fast.
  holidays.setTimezone("");
  for (const rule of regime.without ?? []) {
    // A correction that no longer corrects anything would go unseen when the library changes.
    if (!holidays.unsetRule(rule)) throw new Error(`date-holidays has no rule « ${rule} » for ${country}`);
  }
  for (const { rule, nom, from, to } of regime.with ?? [])
    holidays.setHoliday(rule, { name: { fr: nom }, type: "public", active: activeRange(from, to) });
  return holidays;
}

/** Building one takes a millisecond and half a megabyte: one a regime, when it is first asked for. */
const libraries = new Map<RegimeFeries, Holidays>();
const years = new Map<string, readonly JourFerie[]>();

function compute(regime: RegimeFeries, year: number): readonly JourFerie[] {
  let library = libraries.get(regime);
  if (!library) {
    library = build(REGIMES[regime]);
    libraries.set(regime, library);
  }
  // One day may bear two holidays (Ascension on 1 or 8 May): both are listed.
  return library.getHolidays(year).map(({ date, name }) => ({ date: date.slice(0, 10), nom: name }));
}

/** The legal holidays of a year, in order. A day is named twice when two holidays fall on it. */
export function joursFeries(regime: RegimeFeries, year: number): readonly JourFerie[] {
  const key = `${regime} ${year}`;
  let days = years.get(key);
  if (!days) {
    days = compute(regime, year);
    years.set(key, days);
  }
  return days;
}
