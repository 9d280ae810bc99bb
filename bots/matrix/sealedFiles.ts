/**
 * Files of encrypted rooms, opened here and not by the library, which would hold whatever comes, however long.
 * https://spec.matrix.org/latest/client-server-api/#sending-encrypted-attachments
 */
import { createDecipheriv, createHash, timingSafeEqual } from "node:crypto";
import type { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { z } from "zod";
import { announcedBytes } from "../../src/delivery/fileBytes.ts";
import { DeliveryFault } from "../../src/delivery/port.ts";

const sealedFile = z.object({
  v: z.literal("v2"),
  key: z.object({ alg: z.literal("A256CTR"), k: z.base64url() }),
  /** Base64 without padding, this and the hash. */
  iv: z.string(),
  hashes: z.object({ sha256: z.string() }),
});

/** Sealed bytes are of no type that could be told from them. */
const SEALED = "application/octet-stream";

/**
 * @param file what the event says of it: key, initial vector, hash
 * @param size of the file as it was announced, which its sealed bytes have too
 * @throws DeliveryFault as `announcedBytes`; of its content when it is altered, or sealed in another way
 */
export async function unsealed(file: unknown, bytes: Readable, size: number): Promise<Buffer> {
  const { data } = sealedFile.safeParse(file);
  const sealed = await buffer(announcedBytes({ mimetype: SEALED, size }, bytes));
  try {
    if (!data) throw new RangeError("Sealed in a way that is not known");
    const hash = createHash("sha256").update(sealed).digest();
    if (!timingSafeEqual(hash, Buffer.from(data.hashes.sha256, "base64"))) throw new RangeError("Altered");
    const decipher = createDecipheriv("aes-256-ctr", Buffer.from(data.key.k, "base64url"), Buffer.from(data.iv, "base64"));
    return Buffer.concat([decipher.update(sealed), decipher.final()]);
  } catch (cause) {
    throw new DeliveryFault("content", "file_encrypted", { cause });
  }
}
