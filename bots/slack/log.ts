/** What Bolt and Slack's clients may write in the log. */
import type { Logger } from "@slack/bolt";
import { LogLevel } from "@slack/bolt";
import { faultFields, type Log } from "../log.ts";

/**
 * Bolt's and the clients' logger. Their debug lines hold whole payloads, so those are dropped whatever the level; their
 * warnings and errors are sentences of their own.
 */
export function libraryLogger(log: Log): Logger {
  const sentence = (parts: readonly unknown[]) => parts.filter((part) => typeof part === "string").join(" ");
  const fields = (parts: readonly unknown[]) => {
    const error = parts.find((part) => part instanceof Error);
    return error === undefined ? {} : faultFields(error);
  };
  return {
    debug: () => undefined,
    info: (...parts) => log.debug(fields(parts), sentence(parts)),
    warn: (...parts) => log.warn(fields(parts), sentence(parts)),
    error: (...parts) => log.error(fields(parts), sentence(parts)),
    getLevel: () => LogLevel.INFO,
    setLevel: () => undefined,
    setName: () => undefined,
  };
}
