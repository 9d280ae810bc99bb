/** What the columns of an import may hold. Cells are cleaned as all that people type is. */
import { z } from "zod";
import { cleanLine } from "../domain/cleaning.ts";
import { fold } from "../domain/folding.ts";
import type { Organisme } from "../domain/organismes.ts";
import { findOrganisme } from "../domain/organismes.ts";
import type { CodeTerritoire } from "../domain/territoires.ts";
import { parseCodeTerritoire } from "../domain/territoires.ts";
import type { Columns, ImportFault, Row, Table } from "./importTable.ts";
import { quotable } from "./importTable.ts";
import { importFaults } from "./importTexts.ts";

const LONGEST_CELL = 2000;

const line = (maxLength: number) =>
  z.string().transform((text, context) => {
    const cleaned = cleanLine(text, maxLength);
    if (cleaned.ok) return cleaned.value;
    context.addIssue(cleaned.reason === "tooLong" ? importFaults.tooLong(maxLength) : importFaults.controlCharacters);
    return z.NEVER;
  });

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

/** A channel by its id, or by its name without `#`; null for an empty cell. */
export type ChannelCell = { readonly id: string } | { readonly name: string } | null;

const channel = line(100).transform((text, context): ChannelCell => {
  if (text === "") return null;
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

/** The id or an alias of a room; null for an empty cell. */
export type RoomCell = string | null;

const room = line(LONGEST_MATRIX_ID).transform((text, context): RoomCell => {
  if (text === "") return null;
  if (ROOM.test(text)) return text;
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
} as const satisfies Columns<string>;

const groupeRow = z.object({
  identifiant,
  nom: filled(100),
  organisme,
  territoires,
  description: line(300),
  espace: line(30).refine((text) => text === "" || /^T[A-Z0-9]{2,20}$/.test(text), importFaults.workspace),
  canal: channel,
  salon: room,
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
} as const satisfies Columns<string>;

const agentRow = z
  .object({
    email: filled(200)
      .transform((text) => text.toLowerCase())
      .refine((text) => z.email().safeParse(text).success, importFaults.email),
    nom: filled(100),
    groupe: line(200).refine((text) => text === "" || IDENTIFIANT.test(text), importFaults.identifiant),
    roles,
    partage: yesOrNo,
    desactive: yesOrNo,
    matrix: mxid,
  } satisfies Record<keyof typeof agentColumns, z.ZodType>)
  .superRefine((row, context) => {
    if (row.groupe === "" && row.roles.some((role) => role !== "admin"))
      context.addIssue({ code: "custom", path: ["roles"], message: importFaults.withoutGroupe });
  });
export type AgentRow = z.output<typeof agentRow>;

export interface Checked<T> {
  readonly rows: readonly { readonly line: number; readonly value: T }[];
  readonly faults: readonly ImportFault[];
}

export interface CheckedGroupes extends Checked<GroupeRow> {
  /** The identifiants of all rows, faulty ones included. */
  readonly named: readonly string[];
}

/** Checks each row, and gives those that hold beside the faults of all the others. */
function checkRows<Column extends string, T>(
  file: string,
  columns: Columns<Column>,
  { rows, faults }: Table<Column>,
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
  return { rows: good, faults: found };
}

export const checkGroupeRows = (file: string, table: Table<keyof typeof groupeColumns>): CheckedGroupes => ({
  ...checkRows(file, groupeColumns, table, groupeRow),
  named: table.rows.map(({ cells }) => cells.identifiant.trim()),
});

export const checkAgentRows = (file: string, table: Table<keyof typeof agentColumns>): Checked<AgentRow> =>
  checkRows(file, agentColumns, table, agentRow);
