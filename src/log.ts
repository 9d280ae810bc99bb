/** Structured logs, JSON, on standard error. Ids only: what people wrote or are called never reaches a log. */
import pino from "pino";

export interface Log {
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/** Fields that would hold personal data or secrets, should one ever be logged by mistake. */
const REDACTED = ["text", "sujet", "description", "usager", "email", "name", "token", "body", "payload", "values"];
const paths = REDACTED.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);

export function createLog(level: string): Log {
  return pino(
    { level, redact: { paths, censor: "[masqué]" }, serializers: { error: pino.stdSerializers.err }, base: null },
    pino.destination({ dest: 2, sync: true }),
  );
}
