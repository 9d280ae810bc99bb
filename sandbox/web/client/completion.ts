/** What is proposed while something is typed: commands at the beginning, people after an @. Pure. */
import type { CommandHint } from "../protocol.ts";

export interface Proposal {
  readonly label: string;
  readonly detail: string;
  /** The whole text, once taken. */
  readonly text: string;
}

const MOST = 8;

const folded = (text: string): string =>
  text
    .normalize("NFD")
    .replace(/\p{Mn}/gu, "")
    .toLowerCase();

export interface Typing {
  readonly text: string;
  readonly commands: readonly CommandHint[];
  readonly people: readonly string[];
  readonly isThread: boolean;
}

export function proposalsFor({ text, commands, people, isThread }: Typing): Proposal[] {
  if (/^[/!]\S*$/.test(text))
    return commands
      .filter(({ typed, inThread }) => folded(typed).startsWith(folded(text)) && inThread === isThread)
      .slice(0, MOST * 2)
      .map(({ typed, usage, help }) => ({ label: `${typed} ${usage}`.trim(), detail: help, text: `${typed} ` }));
  const [, before = "", asked] = /^([\s\S]*(?:^|\s))@([\p{L}\p{N}._ -]{0,30})$/u.exec(text) ?? [];
  if (asked === undefined) return [];
  return people
    .filter((name) => folded(name).startsWith(folded(asked)) && folded(name) !== folded(asked.trim()))
    .slice(0, MOST)
    .map((name) => ({ label: `@${name}`, detail: "", text: `${before}@${name} ` }));
}
