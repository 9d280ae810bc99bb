/** The log that an adapter writes to, and what of a fault may stand there. */

/** As pino's: an object of fields, then a sentence. Never personal data: ids, codes and counts only. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const codeOf = (error: Error): string | undefined => ("code" in error && typeof error.code === "string" ? error.code : undefined);

/** Bolt wraps what a listener throws; the fault is inside. */
const unwrapped = (error: unknown): unknown =>
  error instanceof Error && "original" in error && error.original instanceof Error ? error.original : error;

/** The lines of a stack below its message, which may quote what somebody typed. */
const frames = (error: Error): string[] =>
  (error.stack ?? "")
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 6)
    .map((line) => line.trim());

/** What may be logged of a fault: its kind, its code, where it happened, and the same of its causes; not its message. */
export function faultFields(error: unknown): object {
  const fault = unwrapped(error);
  if (!(fault instanceof Error)) return { fault: typeof fault };
  const code = codeOf(fault);
  return {
    fault: fault.name,
    ...(code === undefined ? {} : { code }),
    at: frames(fault),
    ...(fault.cause instanceof Error ? { cause: faultFields(fault.cause) } : {}),
  };
}
