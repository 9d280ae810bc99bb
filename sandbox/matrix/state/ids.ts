import { randomBytes, randomInt } from "node:crypto";

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** `$` and 43 characters of URL-safe base64, as event ids are since room version 4. */
export const newEventId = (): string => `$${randomBytes(32).toString("base64url")}`;

/** `count` random letters, as the ids that homeservers choose are made of. */
export function newLetters(count: number): string {
  let letters = "";
  for (let i = 0; i < count; i++) letters += LETTERS[randomInt(LETTERS.length)];
  return letters;
}

export const newDeviceId = (): string => newLetters(10).toUpperCase();

/** A new access token; it tells nothing of whose it is. */
export const newToken = (): string => `syt_${randomBytes(30).toString("base64url")}`;

/** The name before the colon in a user id. */
export const localpartOf = (userId: string): string => userId.slice(1).split(":")[0] ?? "";

/** Whether it looks like a user id: `@name:server`. */
export const isUserId = (text: string): boolean => /^@[^:\s]+:[^\s]+$/.test(text) && text.length <= 255;
