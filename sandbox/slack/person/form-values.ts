import { z } from "zod";
import { choicesOf } from "../blocks/values.ts";
import { newBlockId } from "../state/ids.ts";
import type { Json, UserRecord } from "../state/model.ts";
import type { World } from "../state/world.ts";
import { type Attached, storeFile } from "./commands.ts";
import { readLabel } from "./find-element.ts";
import { Refusal } from "./refusal.ts";
import { resolveChannel, resolvePerson } from "./resolve.ts";

/** A value as a control call gives it for an element. */
export type Given = unknown;

/** What the element then holds; or why Slack's client would not take it. */
export type Parsed = { value: Json } | { error: string };

export interface Filler {
  world: World;
  person: UserRecord;
  /** The choices of an external menu for what was typed into it. */
  suggest(typed: string): Promise<Json[]>;
}

const fileShape = z.strictObject({
  name: z.string().min(1).max(255),
  mimetype: z.string().min(1).max(100).default("application/octet-stream"),
  contentBase64: z.base64(),
});

/** A file as control calls give it. */
export const attachedFile = fileShape.transform(
  ({ name, mimetype, contentBase64 }): Attached => ({ name, mimetype, bytes: Buffer.from(contentBase64, "base64") }),
);

function impossible(expected: string): Refusal {
  return new Refusal(400, `Cette valeur ne convient pas à ce champ : ${expected}.`);
}

/** A written word, or nothing. */
function written(given: Given): string | null {
  if (given === null || given === undefined || given === "") return null;
  if (typeof given === "string") return given;
  if (typeof given === "number") return String(given);
  throw impossible("un texte est attendu");
}

function several(given: Given): string[] {
  if (given === null || given === undefined || given === "") return [];
  const items = Array.isArray(given) ? given : [given];
  return items.map((item) => written(item) ?? "").filter((item) => item !== "");
}

const labelOf = (choice: Json): string => readLabel((choice.text as { text: string }).text);
/** « Ain (01) » as people say it: « Ain ». */
const withoutNote = (label: string): string => label.replace(/ \([^()]*\)$/, "");

function choose(choices: readonly Json[], asked: string): Json {
  const label = readLabel(asked);
  const found =
    choices.find((choice) => choice.value === asked) ??
    choices.find((choice) => labelOf(choice) === label) ??
    onlyOne(choices.filter((choice) => withoutNote(labelOf(choice)) === label));
  if (found) return found;
  const names = choices.slice(0, 30).map((choice) => `« ${(choice.text as { text: string }).text} » (${String(choice.value)})`);
  throw new Refusal(
    400,
    `Le choix « ${asked.slice(0, 80)} » n’est pas proposé. Choix possibles : ${names.join(", ") || "aucun"}.`,
  );
}

const onlyOne = <T>(found: readonly T[]): T | undefined => (found.length === 1 ? found[0] : undefined);

/** A date typed as YYYY-MM-DD or dd/mm/yyyy. */
function readDate(typed: string): string | undefined {
  const french = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(typed.trim());
  const iso = french ? `${french[3]}-${french[2]?.padStart(2, "0")}-${french[1]?.padStart(2, "0")}` : typed.trim();
  if (!/^\d{4}-\d{2}-\d{2}$/.test(iso)) return undefined;
  const date = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso) ? iso : undefined;
}

const TICKED = new Map([
  ["oui", true],
  ["vrai", true],
  ["true", true],
  ["non", false],
  ["faux", false],
  ["false", false],
]);

/** A single box may be ticked or not by a boolean, or by its word. */
function checked(element: Json, given: Given): Json[] {
  const options = (element.options as Json[] | undefined) ?? [];
  const isOwn = options.some((option) => option.value === given);
  const ticked = typeof given === "string" && options.length === 1 && !isOwn ? TICKED.get(readLabel(given)) : given;
  if (typeof ticked !== "boolean") return several(given).map((asked) => choose(options, asked));
  if (options.length !== 1) throw impossible("donnez la liste des cases à cocher");
  return ticked ? options : [];
}

/** Puts a given value into an element, as a person would. Throws a Refusal for what nobody could enter there. */
export async function parseValue(filler: Filler, element: Json, given: Given): Promise<Parsed> {
  const type = String(element.type);
  const { world, person } = filler;
  switch (type) {
    case "plain_text_input":
    case "email_text_input":
    case "url_text_input":
    case "number_input":
      return { value: { type, value: written(given) } };
    case "rich_text_input": {
      const typed = written(given);
      const elements = [{ type: "rich_text_section", elements: [{ type: "text", text: typed ?? "" }] }];
      return {
        value: { type, rich_text_value: typed === null ? null : { type: "rich_text", block_id: newBlockId(), elements } },
      };
    }
    case "static_select":
    case "radio_buttons":
    case "overflow": {
      const asked = written(given);
      return { value: { type, selected_option: asked === null ? null : choose(choicesOf(element) ?? [], asked) } };
    }
    case "multi_static_select":
      return limited(element, { type, selected_options: several(given).map((asked) => choose(choicesOf(element) ?? [], asked)) });
    case "checkboxes":
      return { value: { type, selected_options: checked(element, given) } };
    case "external_select": {
      const asked = written(given);
      return { value: { type, selected_option: asked === null ? null : choose(await filler.suggest(asked), asked) } };
    }
    case "multi_external_select": {
      const picked: Json[] = [];
      for (const asked of several(given)) picked.push(choose(await filler.suggest(asked), asked));
      return limited(element, { type, selected_options: picked });
    }
    case "datepicker":
      return pick(type, "selected_date", given, readDate, "Saisissez une date valide.");
    case "timepicker":
      return pick(
        type,
        "selected_time",
        given,
        (typed) => /^([01]\d|2[0-3]):[0-5]\d$/.exec(typed)?.[0],
        "Saisissez une heure valide.",
      );
    case "datetimepicker":
      return pick(type, "selected_date_time", given, readInstant, "Saisissez une date et une heure valides.");
    case "users_select":
      return { value: { type, selected_user: one(given, (asked) => resolvePerson(world, asked, person.teamId).id) } };
    case "multi_users_select":
      return limited(element, {
        type,
        selected_users: several(given).map((asked) => resolvePerson(world, asked, person.teamId).id),
      });
    case "channels_select":
      return { value: { type, selected_channel: one(given, (asked) => resolveChannel(world, asked, person.teamId).id) } };
    case "multi_channels_select":
      return limited(element, {
        type,
        selected_channels: several(given).map((asked) => resolveChannel(world, asked, person.teamId).id),
      });
    case "conversations_select":
      return { value: { type, selected_conversation: one(given, (asked) => resolveChannel(world, asked, person.teamId).id) } };
    case "multi_conversations_select":
      return limited(element, {
        type,
        selected_conversations: several(given).map((asked) => resolveChannel(world, asked, person.teamId).id),
      });
    case "file_input":
      return files(filler, element, given);
    default:
      throw new Refusal(400, "Ce champ ne se remplit pas : cliquez dessus.");
  }
}

function one(given: Given, resolve: (asked: string) => string): string | null {
  const asked = written(given);
  return asked === null ? null : resolve(asked);
}

function pick(type: string, field: string, given: Given, read: (typed: string) => unknown, error: string): Parsed {
  const typed = written(given);
  if (typed === null) return { value: { type, [field]: null } };
  const value = read(typed);
  return value === undefined ? { error } : { value: { type, [field]: value } };
}

function readInstant(typed: string): number | undefined {
  const seconds = /^\d{10}$/.test(typed) ? Number(typed) : Math.floor(Date.parse(typed) / 1000);
  return Number.isNaN(seconds) ? undefined : seconds;
}

function limited(element: Json, value: Json): Parsed {
  const most = element.max_selected_items;
  const list = Object.values(value).find(Array.isArray) ?? [];
  return typeof most === "number" && list.length > most ? { error: `Pas plus de ${most} choix.` } : { value };
}

function files({ world, person }: Filler, element: Json, given: Given): Parsed {
  const parsed = z.array(attachedFile).safeParse(given ?? []);
  if (!parsed.success) throw impossible("des fichiers {name, mimetype, contentBase64} sont attendus");
  const types = element.filetypes as string[] | undefined;
  const most = (element.max_files as number | undefined) ?? 10;
  if (parsed.data.length > most) return { error: `Pas plus de ${most} fichiers.` };
  const foreign = parsed.data.find((file) => types && !types.includes(file.name.split(".").at(-1)?.toLowerCase() ?? ""));
  if (foreign) return { error: "Ce type de fichier n’est pas accepté." };
  const stored = parsed.data.map((file) => storeFile({ world }, person, file, []));
  return { value: { type: "file_input", files: stored.map(({ id, name, mimetype, size }) => ({ id, name, mimetype, size })) } };
}
