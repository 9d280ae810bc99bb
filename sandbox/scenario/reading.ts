/** A message as people read it, the same whatever its platform, and the line that tells it. */
import { createHash } from "node:crypto";
import type { TextStyle } from "../../src/domain/richtext.ts";

export interface MessageRead {
  readonly who: string;
  /** Marked « entre instructeurs ». */
  readonly isPrivate: boolean;
  readonly words: string;
  /** Marked « modifié ». */
  readonly edited: boolean;
  /** Each as `fileMark` tells it. */
  readonly files: readonly string[];
  readonly buttons: readonly string[];
}

export const BOT = "Administration+";
export const PRIVATE_MARK = "🔒 Entre instructeurs";
export const EDITED_MARK = "(modifié)";

export const squeezed = (text: string): string => text.replace(/\s+/g, " ").trim();

/** « qui : 🔒 Entre instructeurs texte (modifié) 📎 fichier [bouton] » */
export function lineOf({ who, isPrivate, words, edited, files, buttons }: MessageRead): string {
  const parts = [
    isPrivate ? PRIVATE_MARK : "",
    squeezed(words),
    edited ? EDITED_MARK : "",
    ...files,
    ...buttons.map((label) => `[${label}]`),
  ];
  return `${who} : ${parts.filter((part) => part !== "").join(" ")}`;
}

/** Somebody named by a mention of the platform's own, which alerts whoever is there, where a name alone alerts nobody. */
export const rings = (name: string): string => `🔔@${name}`;

/** A file by its name and its very bytes: two files of the same mark are the same. */
export const fileMark = (name: string, bytes: Uint8Array): string =>
  `📎 ${name} (${bytes.length} octets, empreinte ${createHash("sha256").update(bytes).digest("hex").slice(0, 12)})`;

const MARKS: readonly (readonly [keyof TextStyle, string])[] = [
  ["code", "`"],
  ["strike", "~"],
  ["italic", "_"],
  ["bold", "*"],
];

/** The words between the marks of their style; the blanks around them stay outside. */
export function styled(text: string, style: { readonly [K in keyof TextStyle]?: boolean | undefined }): string {
  const [, before = "", words = "", after = ""] = /^(\s*)(.*?)(\s*)$/s.exec(text) ?? [];
  if (words === "") return text;
  const marked = MARKS.reduce((inner, [name, mark]) => (style[name] ? `${mark}${inner}${mark}` : inner), words);
  return before + marked + after;
}

export const linked = (text: string, url: string): string => (text === "" || text === url ? url : `[${text}](${url})`);

export const listItem = (number: number | null): string => (number === null ? " • " : ` ${number}. `);
