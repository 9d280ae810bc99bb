/** What the columns of an import may hold. Cells are cleaned as all that people type is. */
import { z } from "zod";
import { OPENING_DAYS } from "../../models/groupe.ts";
import type { Cleaned } from "../domain/cleaning.ts";
import { cleanLine, cleanText } from "../domain/cleaning.ts";
import { fold } from "../domain/folding.ts";
import type { Organisme } from "../domain/organismes.ts";
import { findOrganisme } from "../domain/organismes.ts";
import { normaliseTelephone } from "../domain/telephone.ts";
import type { CodeTerritoire } from "../domain/territoires.ts";
import { parseCodeTerritoire } from "../domain/territoires.ts";
import { clears, NONE, undefused } from "./csvCells.ts";
import type { Columns, ImportFault, Row, Table } from "./importTable.ts";
import { quotable } from "./importTable.ts";
import { importFaults } from "./importTexts.ts";

const LONGEST_CELL = 2000;
/** In code points; as the forms of /groupe have them, which must be able to show what was imported. */
export const LONGEST = { nom: 100, description: 1000, adresse: 200, hours: 200, qualite: 200, telephone: 200 } as const;

type Clean = (text: string, maxLength: number) => Cleaned;

const cell = (clean: Clean, maxLength: number) =>
  z.string().transform((text, context) => {
    const cleaned = clean(undefused(text.trim()), maxLength);
    if (cleaned.ok) return cleaned.value;
    context.addIssue(cleaned.reason === "tooLong" ? importFaults.tooLong(maxLength) : importFaults.controlCharacters);
    return z.NEVER;
  });

const line = (maxLength: number) => cell(cleanLine, maxLength);

/** What an optional cell says: null for an empty one, which keeps what is stored; "" for « aucun », which clears it. */
export type OptionalCell = string | null;

const optional = (schema: z.ZodType<string, string>) =>
  z.string().transform((text, context): OptionalCell => {
    if (text.trim() === "") return null;
    if (clears(text)) return "";
    const parsed = schema.safeParse(text);
    if (parsed.success) return parsed.data === "" ? null : parsed.data;
    for (const { message } of parsed.error.issues) context.addIssue(message);
    return z.NEVER;
  });

const optionalLine = (maxLength: number) => optional(line(maxLength));
const optionalText = (maxLength: number) => optional(cell(cleanText, maxLength));

/** A spreadsheet takes it for a number, and drops the zero at its head. */
const WITHOUT_ZERO = /^[1-9]\d{8}$/;

/** In one form when it is one of the national plan or an international one; short numbers and « poste 12 » as they are written. */
const telephone = optional(
  line(LONGEST.telephone).transform((text, context): string => {
    if (text === "") return text;
    if (WITHOUT_ZERO.test(text)) context.addIssue(importFaults.telephoneZero);
    else if (!/\d\d/.test(text)) context.addIssue(importFaults.telephone);
    return normaliseTelephone(text) ?? text;
  }),
);

export const isEmail = (text: string): boolean => z.email().safeParse(text).success;

const mailbox = optional(line(200).refine((text) => text === "" || isEmail(text), importFaults.email));

const filled = (maxLength: number) => line(maxLength).refine((text) => text !== "", importFaults.required);

/** « 01, 2A » or « 01 2A » */
const words = (text: string): string[] => text.split(/[\s,;|/]+/).filter(Boolean);

const yesOrNo = line(10).transform((text, context): boolean | null => {
  if (text === "") return null;
  if (["oui", "o", "vrai", "true", "1", "x"].includes(fold(text))) return true;
  if (["non", "n", "faux", "false", "0"].includes(fold(text))) return false;
  context.addIssue(importFaults.yesOrNo);
  return z.NEVER;
});

const IDENTIFIANT = /^[a-z0-9][a-z0-9-]{0,59}$/;
const identifiant = filled(200).refine((text) => IDENTIFIANT.test(text), importFaults.identifiant);

const organisme = filled(200).transform((text, context): Organisme => {
  const found = findOrganisme(text);
  if (found) return found;
  context.addIssue(importFaults.organisme(quotable(text)));
  return z.NEVER;
});

const territoires = filled(LONGEST_CELL).transform((text, context): CodeTerritoire[] => {
  const codes = new Set<CodeTerritoire>();
  for (const word of words(text)) {
    const code = parseCodeTerritoire(word);
    if (code) codes.add(code);
    else context.addIssue(importFaults.territoires(quotable(word)));
  }
  return [...codes].sort();
});

/** A channel by its id, or by its name without `#`; « aucun » to unbind it (`#aucun` is a name); null for an empty cell. */
export type ChannelCell = { readonly id: string } | { readonly name: string } | typeof NONE | null;

const channel = line(100).transform((text, context): ChannelCell => {
  if (text === "") return null;
  if (clears(text)) return NONE;
  if (/^[CG][A-Z0-9]{2,20}$/.test(text)) return { id: text };
  const name = text.replace(/^#/, "");
  if (/^[^\s#A-Z.,]{1,80}$/.test(name)) return { name };
  context.addIssue(importFaults.channel);
  return z.NEVER;
});

/** https://spec.matrix.org/latest/appendices/#server-name */
const SERVER = String.raw`(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?`;
/** Since version 12, the id of a room names no server. */
const ROOM = new RegExp(`^(?:![^\\s:]+(?::${SERVER})?|#[^\\s:]+:${SERVER})$`);
/** After its `@`, that of an old account may hold any printable character. */
const MXID = new RegExp(`^(?:@[!-9;-~]+|[a-z0-9._=/+-]+):${SERVER}$`);
const LONGEST_MATRIX_ID = 255;

/** The id or an alias of a room; « aucun » to unbind it; null for an empty cell. */
export type RoomCell = `!${string}` | `#${string}` | typeof NONE | null;

const room = line(LONGEST_MATRIX_ID).transform((text, context): RoomCell => {
  if (text === "") return null;
  if (clears(text)) return NONE;
  if (ROOM.test(text)) return text as RoomCell;
  context.addIssue(importFaults.room);
  return z.NEVER;
});

/** An MXID; « aucun » to take it from the agent; null for an empty cell. */
export type MxidCell = `@${string}` | "aucun" | null;

/** Spreadsheets make a formula of what begins with `@`: it may be left out. */
const mxid = line(LONGEST_MATRIX_ID).transform((text, context): MxidCell => {
  if (text === "") return null;
  if (fold(text) === "aucun") return "aucun";
  if (MXID.test(text)) return `@${text.replace(/^@/, "")}`;
  context.addIssue(importFaults.mxid);
  return z.NEVER;
});

const ROLES = ["aidant", "instructeur", "responsable", "admin", "aucun"] as const;
export type ImportedRole = Exclude<(typeof ROLES)[number], "aucun">;

/** « aucun » is an empty list. */
const roles = filled(200).transform((text, context): ImportedRole[] => {
  const found = new Set<(typeof ROLES)[number]>();
  for (const word of words(text)) {
    const role = ROLES.find((name) => name === fold(word));
    if (role) found.add(role);
    else context.addIssue(importFaults.role(quotable(word)));
  }
  if (found.has("aucun") && found.size > 1) context.addIssue(importFaults.noneAlone);
  return ROLES.filter((role) => role !== "aucun" && found.has(role)) as ImportedRole[];
});

export const groupeColumns = {
  identifiant: { title: "identifiant" },
  nom: { title: "nom" },
  organisme: { title: "organisme" },
  territoires: { title: "territoires" },
  description: { title: "description", optional: true },
  espace: { title: "espace slack", optional: true },
  canal: { title: "canal slack", optional: true },
  salon: { title: "salon matrix", optional: true },
  bal: { title: "bal", optional: true },
  telephone: { title: "telephone", optional: true },
  adresse: { title: "adresse", optional: true },
  franceServices: { title: "reseau france services", optional: true },
  lundi: { title: "horaires lundi", optional: true },
  mardi: { title: "horaires mardi", optional: true },
  mercredi: { title: "horaires mercredi", optional: true },
  jeudi: { title: "horaires jeudi", optional: true },
  vendredi: { title: "horaires vendredi", optional: true },
  samedi: { title: "horaires samedi", optional: true },
  dimanche: { title: "horaires dimanche", optional: true },
} as const satisfies Columns<string>;

const hours = Object.fromEntries(OPENING_DAYS.map((day) => [day, optionalLine(LONGEST.hours)])) as Record<
  (typeof OPENING_DAYS)[number],
  ReturnType<typeof optionalLine>
>;

const groupeRow = z.object({
  identifiant,
  nom: filled(LONGEST.nom),
  organisme,
  territoires,
  description: optionalText(LONGEST.description),
  espace: line(30).refine((text) => text === "" || /^T[A-Z0-9]{2,20}$/.test(text), importFaults.workspace),
  canal: channel,
  salon: room,
  bal: mailbox,
  telephone,
  adresse: optionalLine(LONGEST.adresse),
  franceServices: yesOrNo,
  ...hours,
} satisfies Record<keyof typeof groupeColumns, z.ZodType>);
export type GroupeRow = z.output<typeof groupeRow>;

export const agentColumns = {
  email: { title: "email" },
  nom: { title: "nom" },
  groupe: { title: "groupe" },
  roles: { title: "roles" },
  partage: { title: "partage", optional: true },
  desactive: { title: "desactive", optional: true },
  matrix: { title: "identifiant matrix", optional: true },
  qualite: { title: "qualite", optional: true },
  telephone: { title: "telephone", optional: true },
} as const satisfies Columns<string>;

const agentRow = z
  .object({
    email: filled(200)
      .transform((text) => text.toLowerCase())
      .refine(isEmail, importFaults.email),
    nom: filled(LONGEST.nom),
    groupe: line(200).refine((text) => text === "" || IDENTIFIANT.test(text), importFaults.identifiant),
    roles,
    partage: yesOrNo,
    desactive: yesOrNo,
    matrix: mxid,
    qualite: optionalLine(LONGEST.qualite),
    telephone,
  } satisfies Record<keyof typeof agentColumns, z.ZodType>)
  .superRefine((row, context) => {
    if (row.groupe === "" && row.roles.some((role) => role !== "admin"))
      context.addIssue({ code: "custom", path: ["roles"], message: importFaults.withoutGroupe });
  });
export type AgentRow = z.output<typeof agentRow>;

export interface Checked<T> {
  readonly rows: readonly { readonly line: number; readonly value: T }[];
  readonly faults: readonly ImportFault[];
  readonly warnings: readonly ImportFault[];
}

export interface CheckedGroupes extends Checked<GroupeRow> {
  /** The identifiants of all rows, faulty ones included. */
  readonly named: readonly string[];
}

/** Nothing was read. */
export const NO_ROWS = { rows: [], faults: [], warnings: [], named: [] } as const;

/** Checks each row, and gives those that hold beside the faults of all the others. */
function checkRows<Column extends string, T>(
  file: string,
  columns: Columns<Column>,
  { rows, faults, warnings }: Table<Column>,
  schema: z.ZodType<T>,
): Checked<T> {
  const found = [...faults];
  const titles = new Map<PropertyKey, string>(
    Object.entries<{ title: string }>(columns).map(([name, { title }]) => [name, title]),
  );
  const good = rows.flatMap(({ line, cells }: Row<Column>) => {
    const parsed = schema.safeParse(cells);
    if (parsed.success) return [{ line, value: parsed.data }];
    for (const { path, message } of parsed.error.issues)
      found.push({ file, line, column: titles.get(path[0] ?? "") ?? null, reason: message });
    return [];
  });
  return { rows: good, faults: found, warnings };
}

export const checkGroupeRows = (file: string, table: Table<keyof typeof groupeColumns>): CheckedGroupes => ({
  ...checkRows(file, groupeColumns, table, groupeRow),
  named: table.rows.map(({ cells }) => cells.identifiant.trim()),
});

export const checkAgentRows = (file: string, table: Table<keyof typeof agentColumns>): Checked<AgentRow> =>
  checkRows(file, agentColumns, table, agentRow);
