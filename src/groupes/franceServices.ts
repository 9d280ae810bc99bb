/**
 * The published list of the France Services, as it stands, read as lines about aidants' groupes. What it lacks is not invented, and
 * what cannot be used is told: a line that does not say which structure it is, or where, is set aside and the others are imported.
 * Source: https://www.data.gouv.fr/fr/datasets/liste-des-structures-france-services/
 */
import type { Groupe, OpeningDay } from "../../models/groupe.ts";
import { cleanLine } from "../domain/cleaning.ts";
import { fold } from "../domain/folding.ts";
import { organisme } from "../domain/organismes.ts";
import { normaliseTelephone } from "../domain/telephone.ts";
import type { CodeTerritoire } from "../domain/territoires.ts";
import { parseCodeTerritoire } from "../domain/territoires.ts";
import { franceServicesTexts as texts } from "./franceServicesTexts.ts";
import type { GroupeColumn, GroupeLine } from "./importPlaces.ts";
import { groupeColumns, isEmail, LONGEST } from "./importRows.ts";
import type { Columns, ImportFault, Row, Table } from "./importTable.ts";
import { quotable } from "./importTable.ts";
import { importFaults } from "./importTexts.ts";

export const franceServicesColumns = {
  matricule: { title: "MATRICULE" },
  departement: { title: "DEPARTEMENT" },
  nom: { title: "FRANCE SERVICES" },
  adresse: { title: "ADRESSE", optional: true },
  complement: { title: "COMPLEMENT D'ADRESSE", optional: true },
  insee: { title: "CODE INSEE", optional: true },
  codePostal: { title: "CODE POSTAL", optional: true },
  commune: { title: "COMMUNE", optional: true },
  mail: { title: "CONTACT MAIL", optional: true },
  telephone: { title: "TELEPHONE", optional: true },
  porteuseType: { title: "TYPE STRUCTURE PORTEUSE", optional: true },
  porteuse: { title: "STRUCTURE PORTEUSE", optional: true },
  lundi: { title: "HORAIRES LUNDI", optional: true },
  mardi: { title: "HORAIRES MARDI", optional: true },
  mercredi: { title: "HORAIRES MERCREDI", optional: true },
  jeudi: { title: "HORAIRES JEUDI", optional: true },
  vendredi: { title: "HORAIRES VENDREDI", optional: true },
  samedi: { title: "HORAIRES SAMEDI", optional: true },
  dimanche: { title: "HORAIRES DIMANCHE", optional: true },
  itinerance: { title: "ITINERANCE", optional: true },
  format: { title: "FORMAT FRANCE SERVICES", optional: true },
} as const satisfies Columns<string>;
type Column = keyof typeof franceServicesColumns;
type Cells = Readonly<Record<Column, string>>;

const titles: Readonly<Record<GroupeColumn, string>> = {
  ...(Object.fromEntries(Object.entries(groupeColumns).map(([name, { title }]) => [name, title])) as Record<
    GroupeColumn,
    string
  >),
  identifiant: franceServicesColumns.matricule.title,
  nom: franceServicesColumns.nom.title,
  territoires: franceServicesColumns.departement.title,
};

const PREFIX = "france-services-";
/** Groupes that an earlier list made. */
const FROM_LIST = /^france-services-\d+$/;
/** Excel may have taken the zeros at the head of it. */
const MATRICULE = /^0*(\d{1,12})$/;

/** What the list writes for « nothing ». */
const isBlank = (text: string): boolean => text === "" || /^[-–—/.]+$/.test(text);
const present = (text: string): string => (isBlank(text) ? "" : text);

/** Tells what is wrong with one cell. */
type Tell = (column: Column, reason: string) => void;

function territoireOf({ departement, insee }: Cells, warn: Tell): CodeTerritoire | undefined {
  const told = parseCodeTerritoire(departement);
  const commune = insee.toUpperCase().padStart(5, "0");
  const located = parseCodeTerritoire(/^9[78]/.test(commune) ? commune.slice(0, 3) : commune.slice(0, 2));
  if (insee === "" || told === located) return told;
  if (told) warn("insee", texts.otherTerritoire(quotable(insee), told));
  else if (located) warn("departement", texts.territoireFromInsee(quotable(departement), located));
  return told ?? located;
}

function mailOf({ mail }: Cells, warn: Tell): string | null {
  const words = present(mail)
    .split(/[\s;,/]+|\bou\b|\bet\b/)
    .filter(Boolean);
  if (words.length === 0) return null;
  const [first, ...others] = words.filter(isEmail);
  if (first === undefined || words.length > others.length + 1) {
    // « guichet@commune,fr » is one address with a fault, and not two.
    warn("mail", texts.mailUnreadable(quotable(mail), first ?? null));
    return first ?? null;
  }
  if (others.length > 0) warn("mail", texts.severalMails(first, others));
  return first;
}

function telephoneOf({ telephone }: Cells, warn: Tell): string | null {
  const text = present(telephone);
  if (text === "") return null;
  const whole = normaliseTelephone(text) ?? (/^[1-9](?:[\s.]?\d){8}$/.test(text) ? normaliseTelephone(`0${text}`) : undefined);
  if (whole !== undefined && /^[1-9]/.test(text)) warn("telephone", texts.telephoneZero(text, whole));
  if (whole !== undefined) return whole;
  const [first, ...others] = text.split(/[;,/]|\bou\b|\bet\b/).flatMap((each) => normaliseTelephone(each) ?? []);
  if (first === undefined) warn("telephone", texts.telephoneUnreadable(quotable(text)));
  else warn("telephone", texts.severalTelephones(first, others));
  return first ?? null;
}

function adresseOf({ adresse, complement, codePostal, commune }: Cells, warn: Tell): string | null {
  const code = /^\d{4}$/.test(codePostal) ? `0${codePostal}` : codePostal;
  if (code !== codePostal) warn("codePostal", texts.codePostalZero(codePostal, code));
  else if (code !== "" && !/^\d{5}$/.test(code)) warn("codePostal", texts.codePostal(quotable(code)));
  const town = [present(code), present(commune)].filter(Boolean).join(" ");
  const whole = [present(adresse), present(complement), town].filter(Boolean).join(", ");
  if ([...whole].length <= LONGEST.adresse) return whole || null;
  warn("adresse", importFaults.tooLong(LONGEST.adresse));
  return null;
}

/** « - » is a day on which it is closed; null when the list does not know. */
function hoursOf(cells: Cells, day: OpeningDay, warn: Tell): string | null {
  const text = cells[day];
  if (text === "" || fold(text) === "horaires non communiques") return null;
  if (isBlank(text)) return texts.closed;
  if ([...text].length <= LONGEST.hours) return text;
  warn(day, importFaults.tooLong(LONGEST.hours));
  return null;
}

function descriptionOf({ format, itinerance, porteuse, porteuseType }: Cells, warn: Tell): string | null {
  const text = texts.description({
    format: present(format),
    itinerant: fold(itinerance) === "oui",
    porteuse: present(porteuse) || present(porteuseType),
    type: present(porteuse) && fold(porteuse) !== fold(porteuseType) ? present(porteuseType) : "",
  });
  if (present(itinerance) !== "" && !["oui", "non"].includes(fold(itinerance)))
    warn("itinerance", texts.yesOrNo(quotable(itinerance)));
  if ([...text].length <= LONGEST.description) return text || null;
  warn("porteuse", importFaults.tooLong(LONGEST.description));
  return null;
}

/** The names of groupes, folded: each belongs to one. */
class Names {
  private readonly owners: Map<string, string>;

  constructor(owners: ReadonlyMap<string, string>) {
    this.owners = new Map(owners);
  }

  /** The name itself, or with what tells this structure from its namesake. */
  give(id: string, nom: string, marks: readonly string[]): string {
    const names = [nom, ...marks.map((mark) => `${nom} (${mark})`)];
    const free = names.find((name) => [undefined, id].includes(this.owners.get(fold(name)))) ?? nom;
    this.owners.set(fold(free), id);
    return free;
  }
}

/** « France Services Valserhône », unless the name says it already. */
const nameOf = (nom: string): string => (fold(nom).includes("france services") ? nom : `France Services ${nom}`);

export interface FranceServicesList {
  readonly lines: readonly GroupeLine[];
  /** The file itself cannot be read: nothing may be imported. */
  readonly faults: readonly ImportFault[];
  readonly warnings: readonly ImportFault[];
  /** Why each of the lines set aside was. */
  readonly aside: readonly ImportFault[];
}

/**
 * @param stored all groupes: a name that one of them has is not given twice, and their own descriptions stay
 * @param named names that the file of groupes gives, folded, with the identifiants of their groupes
 */
export function readFranceServices(
  file: string,
  table: Table<Column>,
  stored: readonly Groupe[],
  named: ReadonlyMap<string, string>,
): FranceServicesList {
  const warnings = [...table.warnings];
  const aside: ImportFault[] = [];
  const lines: GroupeLine[] = [];
  const seen = new Map<string, number>();
  const before = new Map<string, Groupe>(stored.map((groupe) => [groupe.id, groupe]));
  const names = new Names(new Map([...stored.map(({ id, name }): [string, string] => [fold(name), id]), ...named]));
  for (const row of table.rows) {
    const told: ImportFault[] = [];
    const tell = (list: ImportFault[]): Tell => {
      return (column, reason) => {
        list.push({ file, line: row.line, column: franceServicesColumns[column].title, reason });
      };
    };
    const groupe = groupeOf(row, tell(warnings), tell(told), { seen, before, names });
    aside.push(...told);
    if (groupe) lines.push({ file, line: row.line, titles, value: groupe });
  }
  // A list of nothing but lines set aside is no list that closes all structures.
  const current = new Set(table.rows.map(({ cells }) => `${PREFIX}${MATRICULE.exec(cells.matricule.trim())?.[1] ?? ""}`));
  if (table.faults.length === 0 && lines.length > 0)
    for (const { id, name } of stored)
      if (FROM_LIST.test(id) && !current.has(id)) warnings.push({ file, line: 1, column: null, reason: texts.gone(id, name) });
  const broken = table.faults.filter(({ line }) => line === 1 || table.rows.length === 0);
  aside.push(...table.faults.filter((fault) => !broken.includes(fault)));
  return { lines, faults: broken, warnings, aside };
}

interface Known {
  readonly seen: Map<string, number>;
  readonly before: ReadonlyMap<string, Groupe>;
  readonly names: Names;
}

function groupeOf(row: Row<Column>, warn: Tell, fault: Tell, { seen, before, names }: Known): GroupeLine["value"] | undefined {
  const cleaned = Object.entries(row.cells).map(([column, text]) => {
    const cell = cleanLine(text, 2000);
    if (!cell.ok) (isNeeded(column) ? fault : warn)(column as Column, importFaults.controlCharacters);
    return [column, cell.ok ? cell.value : ""];
  });
  const cells = Object.fromEntries(cleaned) as Cells;
  const matricule = MATRICULE.exec(cells.matricule)?.[1];
  const territoire = territoireOf(cells, warn);
  const nom = nameOf(present(cells.nom));
  if (matricule === undefined) fault("matricule", texts.matricule(quotable(cells.matricule)));
  if (territoire === undefined) fault("departement", importFaults.territoires(quotable(cells.departement)));
  if (present(cells.nom) === "") fault("nom", importFaults.required);
  const earlier = matricule === undefined ? undefined : seen.get(matricule);
  if (earlier !== undefined) fault("matricule", importFaults.twice(earlier));
  if (matricule === undefined || territoire === undefined || earlier !== undefined || present(cells.nom) === "") return undefined;
  const id = `${PREFIX}${matricule}`;
  const given = names.give(id, nom, [territoire, `${territoire}, ${matricule}`]);
  if ([...given].length > LONGEST.nom) {
    fault("nom", importFaults.tooLong(LONGEST.nom));
    return undefined;
  }
  if (given !== nom) warn("nom", texts.nameTaken(nom, given));
  seen.set(matricule, row.line);
  const hours = (day: OpeningDay) => hoursOf(cells, day, warn);
  return {
    identifiant: id,
    nom: given,
    organisme: organisme("FS"),
    territoires: [territoire],
    // Theirs once they have one: the list only fills what is empty.
    description: before.get(id)?.description ? null : descriptionOf(cells, warn),
    espace: "",
    canal: null,
    salon: null,
    bal: mailOf(cells, warn),
    telephone: telephoneOf(cells, warn),
    adresse: adresseOf(cells, warn),
    franceServices: true,
    lundi: hours("lundi"),
    mardi: hours("mardi"),
    mercredi: hours("mercredi"),
    jeudi: hours("jeudi"),
    vendredi: hours("vendredi"),
    samedi: hours("samedi"),
    dimanche: hours("dimanche"),
  };
}

const isNeeded = (column: string): boolean => ["matricule", "departement", "nom"].includes(column);
