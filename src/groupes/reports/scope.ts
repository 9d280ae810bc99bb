/** A period of a groupe, as instants and as words, in the time of the groupe. */
import type { Scope } from "../../../models/demandeFigures.ts";
import type { Groupe } from "../../../models/groupe.ts";
import type { Period } from "../../domain/period.ts";
import { boundsOf } from "../../domain/period.ts";
import { territoire } from "../../domain/territoires.ts";
import { formatDay } from "../../presentation/dates.ts";
import { periodTexts } from "../../texts/reports.ts";

const MAINLAND = "Europe/Paris";

/** The time zone of its first territoire. */
export const zoneOf = ({ territoires: [first] }: Pick<Groupe, "territoires">): string =>
  first === undefined ? MAINLAND : territoire(first).timeZone;

export const scopeOf = (groupe: Groupe, period: Period): Scope => ({ groupe: groupe.id, ...boundsOf(period, zoneOf(groupe)) });

const dayText = (day: string): string => formatDay(new Date(`${day}T12:00:00Z`), "UTC").replace(/^1 /, "1er ");

/** « du 1er août 2026 au 25 novembre 2026 » */
export const spanText = ({ first, last }: Period): string => periodTexts.span(dayText(first), dayText(last));
