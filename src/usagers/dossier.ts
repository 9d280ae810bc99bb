/** What is held on an usager, to be given to them (RGPD, article 15): as data, and as a text that reads. */
import type { Database } from "../../models/database.ts";
import type { LoadedDemande } from "../../models/demandes.ts";
import type { RegisterEntry } from "../../models/register.ts";
import type { DemandeEvent } from "../domain/demande.ts";
import { formatRef } from "../domain/ids.ts";
import { wipeAt } from "../domain/overdue.ts";
import { plainText } from "../domain/richtext.ts";
import { USAGER_FIELDS, type Usager } from "../domain/usager.ts";
import type { GroupeNames } from "../presentation/names.ts";
import { dossierTexts as texts } from "../texts/usager.ts";
import { usagerTexts } from "../texts.ts";

/** One thing that happened; the names of its fields are those of the file that the usager is given. */
export interface DossierEvent {
  readonly date: string;
  readonly acte: string;
  readonly par: string;
  readonly groupe: string | null;
  /** Shown to the aidant too, or only between instructeurs. */
  readonly visibilite: string;
  readonly texte?: string;
  readonly fichier?: { readonly nom: string; readonly type: string; readonly octets: number; readonly messagerie: string };
  readonly complement?: Readonly<Record<string, string>>;
}

export interface DossierDemande {
  readonly reference: string;
  readonly statut: string;
  readonly ouverteLe: string;
  readonly territoire: string;
  readonly groupes: readonly string[];
  readonly usager: Readonly<Record<string, string>>;
  readonly sujet: string;
  readonly description: string;
  readonly evenements: readonly DossierEvent[];
  readonly consultations: readonly {
    readonly date: string;
    readonly acte: string;
    /** Not the person: who of an organism looked is not for the usager to know (CJUE, C-579/21). */
    readonly organisme: string | null;
    readonly depuis: string;
  }[];
  /** Null while it is open: six months after the archiving. */
  readonly effacementPrevuLe: string | null;
}

export interface Dossier {
  readonly faitLe: string;
  readonly source: string;
  readonly demandes: readonly DossierDemande[];
}

function named(usager: Partial<Usager>): Record<string, string> {
  const told = USAGER_FIELDS.flatMap((field): [string, string][] => {
    const value = usager[field];
    return value ? [[usagerTexts[field], value]] : [];
  });
  return Object.fromEntries(told);
}

function details(event: DemandeEvent): Pick<DossierEvent, "texte" | "fichier" | "complement"> {
  switch (event.type) {
    case "message":
    case "edited":
      return { texte: plainText(event.text) };
    case "fileShared": {
      const { name, mimetype, size, platform } = event.file;
      return { fichier: { nom: name, type: mimetype, octets: size, messagerie: platform } };
    }
    case "infoAdded":
      return { complement: named(event.usager) };
    default:
      return {};
  }
}

const dossierEvent = (event: DemandeEvent, names: GroupeNames): DossierEvent => ({
  date: event.at.toISOString(),
  acte: texts.acts[event.type],
  par: event.by.name,
  groupe: event.by.groupeId && (names.get(event.by.groupeId) ?? event.by.groupeId),
  visibilite: texts.audiences[event.audience],
  ...details(event),
});

async function dossierDemande(
  db: Database,
  { state, events }: LoadedDemande,
  names: GroupeNames,
  now: Date,
): Promise<DossierDemande> {
  const whole = { from: new Date(0), before: new Date(now.getTime() + 1), ref: state.ref, agentId: null };
  const viewings: RegisterEntry[] = [];
  for await (const entry of db.register.each(whole)) viewings.push(entry);
  return {
    reference: formatRef(state.ref),
    statut: state.status,
    ouverteLe: state.openedAt.toISOString(),
    territoire: state.territoire,
    groupes: state.groupes.map(({ groupeId }) => names.get(groupeId) ?? groupeId),
    usager: named(state.usager ?? {}),
    sujet: state.sujet,
    description: state.description,
    evenements: events.map((event) => dossierEvent(event, names)),
    consultations: viewings.map(({ at, act, groupeId, from }) => ({
      date: at.toISOString(),
      acte: texts.registerActs[act],
      organisme: groupeId && (names.get(groupeId) ?? groupeId),
      depuis: from,
    })),
    effacementPrevuLe: wipeAt(state)?.toISOString() ?? null,
  };
}

/** @param now when it is made */
export async function makeDossier(db: Database, demandes: readonly LoadedDemande[], now: Date): Promise<Dossier> {
  const names = new Map((await db.groupes.all()).map(({ id, name }) => [id, name]));
  const told: DossierDemande[] = [];
  for (const demande of demandes) told.push(await dossierDemande(db, demande, names, now));
  return { faitLe: now.toISOString(), source: texts.source, demandes: told };
}

const lines = (fields: Readonly<Record<string, string>>): string[] =>
  Object.entries(fields).map(([label, value]) => `${label} : ${value}`);

function eventLines({ date, acte, par, groupe, visibilite, texte, fichier, complement }: DossierEvent): string[] {
  const head = `${date} — ${acte} — ${par}${groupe === null ? "" : ` (${groupe})`} — ${visibilite}`;
  const more = [
    ...(texte === undefined ? [] : texte.split("\n")),
    ...(fichier === undefined ? [] : [texts.file(fichier.nom, fichier.type, fichier.octets, fichier.messagerie)]),
    ...(complement === undefined ? [] : lines(complement)),
  ];
  return [head, ...more.map((line) => `    ${line}`)];
}

/** The same, to be read or printed. */
export function dossierText({ faitLe, source, demandes }: Dossier): string {
  const parts = demandes.map((demande) => [
    `${demande.reference} — ${demande.sujet}`,
    "",
    ...lines({
      [texts.openedAt]: demande.ouverteLe,
      [texts.status]: demande.statut,
      [texts.territoire]: demande.territoire,
      [texts.groupes]: demande.groupes.join(", "),
      [texts.wipeAt]: demande.effacementPrevuLe ?? texts.wipeUnknown,
    }),
    "",
    texts.identity,
    ...lines(demande.usager),
    "",
    texts.description,
    demande.description,
    "",
    texts.events,
    ...demande.evenements.flatMap(eventLines),
    "",
    texts.viewings,
    ...demande.consultations.map(({ date, acte, organisme, depuis }) =>
      [date, acte, organisme, depuis].filter(Boolean).join(" — "),
    ),
  ]);
  return [texts.title(faitLe), source, ...parts.flatMap((part) => ["", "―".repeat(60), ...part]), ""].join("\n");
}
