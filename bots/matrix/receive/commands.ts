/** Commands and words as people type them: `!demande`, `!prendre`, `!aplus aide`. */
import { COMMANDS } from "../../../src/actions.ts";

export interface Typed {
  /** Without its sign. */
  readonly word: string;
  readonly rest: string;
}

const TYPED = /^!(\p{L}[\p{L}\d_-]*)(?:\s+([\s\S]*))?$/u;

/** Null for what is no command: « !!! », « 3 ! ». */
export function typedCommand(body: string): Typed | null {
  const [, word, rest = ""] = TYPED.exec(body.trim()) ?? [];
  return word === undefined ? null : { word, rest: rest.trim() };
}

/** The command of that name and its text; `!aide` is `!aplus aide` said in short. Undefined for none of ours. */
export function commandOf({ word, rest }: Typed): { readonly command: string; readonly text: string } | undefined {
  const name = word.toLowerCase();
  if (name === "aide") return { command: "aplus", text: "aide" };
  const known = COMMANDS.find(({ command }) => command === name);
  return known && { command: known.command, text: rest };
}
