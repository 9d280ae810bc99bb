/** The bytes of a file on their way from one platform to another: as many as were announced, of the type that was, and without a stop. */
import type { Readable } from "node:stream";
import { contradicts, HEAD_BYTES } from "../domain/fileTypes.ts";
import { DeliveryFault, type OutgoingFile } from "./port.ts";

/** How bytes are asked for: as they are stored, and not packed for the way. What is unpacked may have any length. */
export const AS_STORED = { "accept-encoding": "identity" } as const;

/** A source that says nothing for so long is asked again later. */
const SILENCE_MS = 30_000;

/** @throws DeliveryFault to retry, where the next bytes have not come by then */
async function inTime<T>(next: Promise<T>, source: Readable, silenceMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new DeliveryFault("retry", "file_stalled"));
      source.destroy();
    }, silenceMs);
  });
  try {
    return await Promise.race([next, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The bytes of a file, nothing of which is given on before its head was looked at. What is wrong with them will be wrong the next
 * time too: trying for ever would keep all that follows in the thread.
 * @throws DeliveryFault of its content, when they are more or fewer than announced or of another type; to retry, when they stop coming
 */
export async function* announcedBytes(
  { mimetype, size }: Pick<OutgoingFile, "mimetype" | "size">,
  source: Readable,
  silenceMs = SILENCE_MS,
): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  let held: Buffer[] | null = [];
  let passed = 0;
  const headOf = (all: readonly Buffer[]): Buffer => {
    const head = Buffer.concat(all);
    if (contradicts(mimetype, head)) throw new DeliveryFault("content", "file_type");
    return head;
  };
  try {
    for (;;) {
      const { value, done } = await inTime(chunks.next(), source, silenceMs);
      if (done) break;
      const chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      passed += chunk.length;
      if (passed > size) throw new DeliveryFault("content", "file_size");
      held?.push(chunk);
      if (held && passed < HEAD_BYTES) continue;
      yield held ? headOf(held) : chunk;
      held = null;
    }
    if (passed < size) throw new DeliveryFault("content", "file_size");
    if (held) yield headOf(held);
  } finally {
    source.destroy();
  }
}
