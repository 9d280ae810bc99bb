/**
 * Encryption at rest of personal data: AES-256-GCM, with the id of the key written beside the data so that keys can be
 * renewed, and the place of the data (demande, event) bound to it so that it cannot be moved elsewhere in the database.
 */
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { PermanentError, RetryError } from "../src/errors.ts";

const FORMAT = 1;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;

export interface SealingKey {
  /** At most 32 characters; written in clear beside what it seals. */
  readonly id: string;
  /** 32 bytes. */
  readonly key: Buffer;
}

/** What is stored does not open: it was changed, or moved. */
export class SealFault extends PermanentError {}

/** What is stored opens with a key that this process was not given: with it, or once it is sealed anew, the same is tried again. */
export class UnknownKey extends RetryError {}

/** Whether what is stored does not open, or not with the keys that are there: no quick second try helps. */
export const doesNotOpen = (error: unknown): error is SealFault | UnknownKey =>
  error instanceof SealFault || error instanceof UnknownKey;

export interface Sealer {
  /** The value, as JSON, sealed for this place only. */
  seal(value: unknown, place: string): Buffer;
  /** @throws UnknownKey; SealFault when the data was changed or moved */
  open(sealed: Buffer, place: string): unknown;
  /** A keyed hash, for finding equal values without storing them. Base64url, 22 characters. */
  fingerprint(value: string): string;
  readonly currentKeyId: string;
  /** Of all its keys, the current one first. */
  readonly keyIds: readonly string[];
}

/** Node gives a Buffer, the driver a Binary: both hold the same bytes. */
export type StoredBytes = Buffer | { readonly buffer: Uint8Array };

export const bytesOf = (stored: StoredBytes): Buffer => (Buffer.isBuffer(stored) ? stored : Buffer.from(stored.buffer));

/** The id of the key that sealed this; "" for what is not sealed as it is done here. */
export const keyIdOf = (sealed: Buffer): string =>
  sealed[0] === FORMAT ? sealed.subarray(2, 2 + (sealed[1] ?? 0)).toString() : "";

/**
 * @param keys the first one seals, all of them open
 * @param searchKey 32 bytes for fingerprints; it does not change when the others are renewed
 * @throws PermanentError for a key of another length, or none
 */
export function createSealer(keys: readonly SealingKey[], searchKey: Buffer): Sealer {
  const [current] = keys;
  if (!current) throw new PermanentError("no encryption key");
  for (const { id, key } of keys) {
    if (key.length !== KEY_BYTES) throw new PermanentError(`encryption key « ${id} » must be ${KEY_BYTES} bytes long`);
    if (id.length === 0 || Buffer.byteLength(id) > 32)
      throw new PermanentError("the id of an encryption key has 1 to 32 characters");
  }
  if (searchKey.length !== KEY_BYTES) throw new PermanentError(`the search key must be ${KEY_BYTES} bytes long`);
  const byId = new Map(keys.map(({ id, key }) => [id, key]));
  const fingerprintKey = Buffer.from(hkdfSync("sha256", searchKey, "", "aplus-bot fingerprint", KEY_BYTES));

  return {
    currentKeyId: current.id,
    keyIds: keys.map(({ id }) => id),
    seal(value, place) {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv("aes-256-gcm", current.key, iv);
      cipher.setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(JSON.stringify(value), "utf8"), cipher.final()]);
      const id = Buffer.from(current.id);
      return Buffer.concat([Buffer.from([FORMAT, id.length]), id, iv, cipher.getAuthTag(), body]);
    },
    open(sealed, place) {
      const idEnd = 2 + (sealed[1] ?? 0);
      const id = sealed.subarray(2, idEnd).toString();
      if (sealed[0] !== FORMAT) throw new SealFault(`stored data do not open (${place}): of an unknown format`);
      const key = byId.get(id);
      if (!key) throw new UnknownKey(`no key « ${id} » to open what is stored: put it back in ENCRYPTION_KEYS`);
      const tagStart = idEnd + IV_BYTES;
      const bodyStart = tagStart + TAG_BYTES;
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(idEnd, tagStart), { authTagLength: TAG_BYTES });
        decipher.setAAD(Buffer.from(place));
        decipher.setAuthTag(sealed.subarray(tagStart, bodyStart));
        return JSON.parse(Buffer.concat([decipher.update(sealed.subarray(bodyStart)), decipher.final()]).toString("utf8"));
      } catch (cause) {
        throw new SealFault(`stored data do not open (${place}): changed, moved, or sealed with another key « ${id} »`, {
          cause,
        });
      }
    },
    fingerprint: (value) => createHmac("sha256", fingerprintKey).update(value).digest().subarray(0, 16).toString("base64url"),
  };
}
