/** Groupes that nobody would see, or in which nobody would answer. */
import type { Groupe } from "../../../models/groupe.ts";
import type { Inspection } from "../../../models/inspection.ts";
import type { PlatformName } from "../../delivery/port.ts";
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

/** Somebody who works there and is recognised on Matrix: a homeserver gives no e-mail address. */
async function hasAccounts({ db }: Inspection, { id }: Groupe): Promise<boolean> {
  const members = await db.agents.ofGroupe(id);
  return members.some(({ disabled, identities }) => !disabled && identities.some(({ platform }) => platform === "matrix"));
}

async function checkMxids(inspection: Inspection, groupes: readonly Groupe[]): Promise<readonly Finding[]> {
  const bound = groupes.filter(({ place }) => place?.platform === "matrix");
  if (bound.length === 0) return [];
  const mute: Groupe[] = [];
  for (const groupe of bound) if (!(await hasAccounts(inspection, groupe))) mute.push(groupe);
  return [verdict(texts.mxids, mute, texts.mxidsOk, texts.mxidsFound, texts.mxidsRemedy)];
}

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
    ...(await checkMxids(inspection, groupes)),
  ];
}

/** Ids of the channels to which groupes are bound. */
export type BoundChannels = Readonly<Record<PlatformName, readonly string[]>>;

export const NOTHING_BOUND: BoundChannels = { slack: [], matrix: [] };

export async function boundChannels(inspection: Inspection): Promise<BoundChannels> {
  const groupes = await inspection.db.groupes.all();
  const on = (platform: PlatformName) => groupes.flatMap(({ place }) => (place?.platform === platform ? [place.channel] : []));
  return { slack: on("slack"), matrix: on("matrix") };
}
