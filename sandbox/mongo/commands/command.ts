/** What a command is to the server. */

import type { CursorTable } from "../cursors.ts";
import { MongoFailure } from "../failure.ts";
import type { Store } from "../store.ts";
import type { Doc, Value } from "../values.ts";
import type { Answer } from "../wire.ts";

/** Called around each write command; the command waits for it. */
export type Intercept = (phase: "before" | "after", command: string, db: string, collection: string) => Promise<void> | void;

/** What the commands share. */
export interface Service {
  readonly store: Store;
  readonly cursors: CursorTable;
  readonly now: () => Date;
  readonly startedAt: Date;
  intercept: Intercept | undefined;
}

export interface CommandContext {
  readonly service: Service;
  readonly connection: number;
  readonly db: string;
  /** The name as it was sent: some commands have several. */
  readonly name: string;
}

export type Command = (body: Doc, context: CommandContext) => Answer | Promise<Answer>;

/** @throws {MongoFailure} InvalidNamespace */
export function collectionName(db: string, given: Value): string {
  if (typeof given !== "string") throw new MongoFailure("InvalidNamespace", `collection name has invalid type ${typeof given}`);
  const valid = given !== "" && !given.includes("\0") && !given.startsWith(".") && !given.endsWith(".") && !given.includes("$");
  if (!valid || Buffer.byteLength(`${db}.${given}`) > 255) {
    throw new MongoFailure("InvalidNamespace", `Invalid namespace specified '${db}.${given}'`);
  }
  return given;
}

/** @throws {MongoFailure} InvalidNamespace */
export function databaseName(given: Value): string {
  if (typeof given !== "string" || given === "") throw new MongoFailure("InvalidNamespace", "a command needs the field $db");
  if (/[/\\. "$\0]/.test(given) || Buffer.byteLength(given) > 63)
    throw new MongoFailure("InvalidNamespace", `Invalid database name: '${given}'`);
  return given;
}

/** When a command must give up, as `performance.now()` counts. */
export function deadlineOf(maxTimeMS: number | undefined): number {
  return maxTimeMS === undefined || maxTimeMS === 0 ? Number.POSITIVE_INFINITY : performance.now() + maxTimeMS;
}
