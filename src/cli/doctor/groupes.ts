/** Groupes that nobody would see, or in which nobody would answer. */
import type { Groupe } from "../../../models/groupe.ts";
import type { Inspection } from "../../../models/inspection.ts";
import { organisme } from "../../domain/organismes.ts";
import { doctorTexts as texts } from "../texts.ts";
import type { Finding } from "./finding.ts";
import { fine, wrong } from "./finding.ts";

const MOST_NAMED = 10;

const someNames = (groupes: readonly Groupe[]): string =>
  texts.someNames(
    groupes.slice(0, MOST_NAMED).map(({ name }) => name),
    Math.max(0, groupes.length - MOST_NAMED),
  );

const verdict = (
  check: string,
  found: readonly Groupe[],
  ok: string,
  detail: (names: string) => string,
  remedy: string,
): Finding => (found.length === 0 ? fine(check, ok) : wrong(check, detail(someNames(found)), remedy));

/** Aidants' demandes are told to each in person: their groupe needs no channel. */
const needsChannel = (groupe: Groupe, instructed: ReadonlySet<string>): boolean =>
  instructed.has(groupe.id) || organisme(groupe.organisme).type === "operateur";

export async function checkGroupes(inspection: Inspection): Promise<readonly Finding[]> {
  const groupes = await inspection.db.groupes.all();
  if (groupes.length === 0) return [wrong(texts.groupes, texts.groupesNone, texts.groupesNoneRemedy)];
  const { aidant, instructeur, responsable } = await inspection.groupesByRole();
  const lonely = groupes.filter(({ id }) => !aidant.has(id) && !instructeur.has(id));
  const unbound = groupes.filter((groupe) => !groupe.place && needsChannel(groupe, instructeur));
  const headless = groupes.filter(({ id }) => !responsable.has(id));
  return [
    fine(texts.groupes, texts.groupesOk(groupes.length)),
    verdict(texts.unbound, unbound, texts.unboundOk, texts.unboundFound, texts.unboundRemedy),
    verdict(texts.instructeurs, lonely, texts.instructeursOk, texts.instructeursFound, texts.instructeursRemedy),
    verdict(texts.responsables, headless, texts.responsablesOk, texts.responsablesFound, texts.responsablesRemedy),
  ];
}

/** Ids of the Slack channels to which groupes are bound. */
export async function boundChannels(inspection: Inspection): Promise<readonly string[]> {
  const groupes = await inspection.db.groupes.all();
  return groupes.flatMap(({ place }) => (place?.platform === "slack" ? [place.channel] : []));
}
