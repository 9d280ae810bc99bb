import { badRequest } from "../state/error.ts";

/** The token of a position: what comes after it is new. */
export const tokenOf = (position: number): string => `s${position}`;

/** The position of a token that a sync or a page of messages gave. Throws a MatrixError when it is no token. */
export function positionOf(token: string, sentence = "Invalid stream token"): number {
  const match = /^[st](\d{1,15})$/.exec(token);
  if (!match) throw badRequest(sentence);
  return Number(match[1]);
}
