import { z } from "zod";
import type { Json, WorkspaceRecord } from "../state/model.ts";
import type { Triggers } from "../state/triggers.ts";
import type { World } from "../state/world.ts";

/** An answer `{ok: false, error}` of the Web API, with what else the answer says. */
export class SlackError extends Error {
  readonly error: string;
  readonly detail: Json;

  constructor(error: string, detail: Json = {}) {
    super(error);
    this.error = error;
    this.detail = detail;
  }
}

/** `invalid_arguments` with the reasons that Slack gives in `response_metadata.messages`. */
export function invalidArguments(messages: string[], error = "invalid_arguments"): SlackError {
  const errors = error === "invalid_blocks" ? { errors: messages.map((message) => message.replace("[ERROR] ", "")) } : {};
  return new SlackError(error, { ...errors, response_metadata: { messages } });
}

/** How often a method may be called, as Slack's tiers go: calls a minute for a workspace, or `post` for one a second a channel. */
export type Tier = 1 | 2 | 3 | 4 | "post" | "none";

export interface Call<A> {
  world: World;
  triggers: Triggers;
  workspace: WorkspaceRecord;
  args: A;
}

export interface Method<A = unknown> {
  name: string;
  tier: Tier;
  /** All of these are needed; methods whose need depends on the conversation ask `needScope` themselves. */
  scopes: readonly string[];
  args: z.ZodType<A>;
  run(call: Call<A>): Json;
}

/** Declares a method, its arguments typed by their schema. */
export function method<S extends z.ZodType>(
  name: string,
  options: { tier: Tier; scopes?: readonly string[]; args: S },
  run: (call: Call<z.infer<S>>) => Json,
): Method {
  return { name, tier: options.tier, scopes: options.scopes ?? [], args: options.args, run: run as Method["run"] };
}

/** Refuses as Slack does when the token lacks a scope. */
export function needScope(workspace: WorkspaceRecord, ...needed: string[]): void {
  const missing = needed.find((scope) => !workspace.botScopes.includes(scope));
  if (missing === undefined) return;
  throw new SlackError("missing_scope", { needed: needed.join(","), provided: workspace.botScopes.join(",") });
}

/** A string argument; numbers are taken as written, since JSON bodies hold them. */
export const text = z.union([z.string(), z.number().transform(String)]);

/** A boolean argument: forms send words. */
export const flag = z.union([
  z.boolean(),
  z.string().transform((word) => word === "true" || word === "1"),
  z.number().transform(Boolean),
]);

/** A page size; Slack caps rather than refuses. */
export function pageSize(usual: number, most: number) {
  const capped = z.coerce.number().int().min(1).catch(usual);
  return capped
    .transform((size) => Math.min(size, most))
    .optional()
    .transform((size) => size ?? usual);
}

/** An argument that forms carry as JSON text. What is not JSON is refused. */
export function json<S extends z.ZodType>(schema: S) {
  return z.preprocess((value, context) => {
    if (typeof value !== "string") return value;
    try {
      return JSON.parse(value) as unknown;
    } catch {
      context.issues.push({ code: "custom", message: "must be valid JSON", input: value });
      return z.NEVER;
    }
  }, schema);
}

/** A list argument: an array, or text with commas. */
export const list = z.union([
  z.array(z.string()),
  z.string().transform((words) =>
    words
      .split(",")
      .map((word) => word.trim())
      .filter((word) => word !== ""),
  ),
]);

/** The page of `items` that the cursor asks for, and the cursor of the next, "" at the end. */
export function page<T>(items: readonly T[], cursor: string | undefined, size: number): { items: T[]; next: string } {
  const start = cursor ? cursorOffset(cursor) : 0;
  const items_ = items.slice(start, start + size);
  const next = start + size < items.length ? Buffer.from(`next:${start + size}`).toString("base64") : "";
  return { items: items_, next };
}

function cursorOffset(cursor: string): number {
  const match = /^next:(\d+)$/.exec(Buffer.from(cursor, "base64").toString("utf8"));
  if (!match) throw new SlackError("invalid_cursor");
  return Number(match[1]);
}
