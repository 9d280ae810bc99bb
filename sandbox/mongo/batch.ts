/** The answers that hold stored documents: the documents go in as they are stored, without being decoded again. */
import { Long } from "bson";
import { encode } from "./values.ts";

/** How much of documents goes into one batch, leaving room for the rest of the answer within 16 MB. */
export const BATCH_BYTES = 16 * 1024 * 1024 - 64 * 1024;

/** `{cursor: {<name>: [documents…], id, ns}, ok: 1}` */
export function batchAnswer(
  name: "firstBatch" | "nextBatch",
  documents: readonly Uint8Array[],
  cursorId: bigint,
  namespace: string,
): Buffer {
  const array = arrayOf(documents);
  const rest = encode({ id: Long.fromBigInt(cursorId), ns: namespace });
  const cursor = documentOf([element(4, name, array), rest.subarray(4, rest.length - 1)]);
  const ok = encode({ ok: 1 });
  return documentOf([element(3, "cursor", cursor), ok.subarray(4, ok.length - 1)]);
}

/** `{lastErrorObject, value: <document or null>, ok: 1}` */
export function valueAnswer(lastErrorObject: Record<string, unknown>, value: Uint8Array | undefined): Buffer {
  if (value === undefined) return encode({ lastErrorObject, value: null, ok: 1 });
  const before = encode({ lastErrorObject });
  const after = encode({ ok: 1 });
  return documentOf([before.subarray(4, before.length - 1), element(3, "value", value), after.subarray(4, after.length - 1)]);
}

function arrayOf(documents: readonly Uint8Array[]): Buffer {
  return documentOf(documents.flatMap((bytes, i) => [Buffer.from(`\x03${i}\0`, "latin1"), bytes]));
}

function element(type: number, name: string, value: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([type]), Buffer.from(`${name}\0`), value]);
}

function documentOf(parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 5);
  const size = Buffer.allocUnsafe(4);
  size.writeInt32LE(length);
  return Buffer.concat([size, ...parts, Buffer.from([0])], length);
}
