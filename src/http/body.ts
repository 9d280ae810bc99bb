/** The body of a request, read within limits of size and time. */
import type { IncomingMessage } from "node:http";

export interface BodyLimits {
  readonly mostBytes: number;
  /** Within this time the whole body must be there (ms). */
  readonly withinMs: number;
}

/** `cut`: its sender took too long, or went away. */
export type BodyRead =
  | { readonly kind: "whole"; readonly body: Buffer }
  | { readonly kind: "tooLong" }
  | { readonly kind: "cut" };

/** How long what is refused may still come in, so that its sender reads the answer instead of a broken connection (ms). */
const LINGER_MS = 2_000;

/** Never more than the limit in memory, whatever the request says of its length. */
export function readBody(request: IncomingMessage, { mostBytes, withinMs }: BodyLimits): Promise<BodyRead> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const end = (read: BodyRead) => {
      clearTimeout(timer);
      request.removeAllListeners("data");
      resolve(read);
    };
    const timer = setTimeout(() => end({ kind: "cut" }), withinMs);
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > mostBytes) end({ kind: "tooLong" });
      else chunks.push(chunk);
    });
    request.once("end", () => end({ kind: "whole", body: Buffer.concat(chunks) }));
    request.once("error", () => end({ kind: "cut" }));
    request.once("close", () => end({ kind: "cut" }));
  });
}

/**
 * For who refuses a request before its end: what still comes is thrown away for a moment, then the connection is closed. The answer
 * must bear `connection: close`.
 */
export function drop(request: IncomingMessage): void {
  request.on("error", () => undefined);
  request.resume();
  const close = setTimeout(() => request.destroy(), LINGER_MS);
  request.once("close", () => clearTimeout(close));
  request.once("end", () => clearTimeout(close));
}
