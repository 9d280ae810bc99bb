/**
 * Who speaks from an account that several people share. Administration+ obliges them to sign each demande and each answer; what they
 * write in a thread is signed by its last line: « — Prénom Nom, accueil ».
 */
import type { Agent } from "./agent.ts";

const SIGNED = /(?:^|\n)[ \t]*(?:[—–]|--?)[ \t]*(\S[^\n]{1,80}?)\s*$/u;
const LONGEST_NAME = 80;

/** The signature that ends a text; null when there is none. At least two letters: « — » alone signs nothing. */
export function signatureOf(text: string): string | null {
  const found = SIGNED.exec(text.trimEnd())?.[1];
  return found !== undefined && (found.match(/\p{L}/gu)?.length ?? 0) >= 2 ? found : null;
}

/** The agent under the name that others read: « Camille Exemple (compte partagé Accueil) ». */
export const signedBy = <A extends Agent>(agent: A, signature: string): A => ({
  ...agent,
  name: `${[...signature].slice(0, LONGEST_NAME).join("")} (compte partagé ${agent.name})`,
});
