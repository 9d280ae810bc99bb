import { randomBytes, randomInt } from "node:crypto";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/** An id of Slack's look: its kind's letter, then ten capitals and digits. */
export function newId(prefix: string): string {
  let id = `${prefix}0`;
  for (let i = 0; i < 9; i++) id += ALPHABET[randomInt(ALPHABET.length)];
  return id;
}

/** A secret of `bytes` random bytes, in hexadecimal. */
export function newSecret(bytes = 16): string {
  return randomBytes(bytes).toString("hex");
}

/** A five-character block_id, as Slack gives to blocks that come without one. */
export function newBlockId(): string {
  return randomBytes(4).toString("base64url").slice(0, 5);
}
