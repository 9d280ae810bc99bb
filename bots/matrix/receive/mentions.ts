/** People named in a command: by pills, or by their whole identifier. */
import type { MatrixEvent } from "../events.ts";
import type { Typed } from "./commands.ts";
import { typedCommand } from "./commands.ts";
import { bodyOf, typedWithPeople } from "./richtext.ts";

/** « @camille:exemple.fr », as typed in full: https://spec.matrix.org/latest/appendices/#user-identifiers */
const MXID = /@[a-z0-9._=/+-]+:[a-z0-9.-]+(?::\d{1,5})?/gi;

export interface TypedWithPeople extends Typed {
  /** The rest without the people named. */
  readonly withoutMentions: string;
  /** Their MXIDs, in order. */
  readonly users: readonly string[];
}

/** Null for what is no command. */
export function commandWithPeople(event: Pick<MatrixEvent, "content">): TypedWithPeople | null {
  const plain = typedCommand(bodyOf(event));
  if (plain === null) return null;
  const pieces = typedWithPeople(event);
  const users = pieces.flatMap(({ user }) => (user === null ? [] : [user]));
  const words = users.length === 0 ? bodyOf(event) : pieces.map(({ user, text }) => (user === null ? text : "")).join("");
  const typed = words.match(MXID) ?? [];
  const rest = typedCommand(words.replace(MXID, ""))?.rest ?? "";
  return { ...plain, withoutMentions: rest, users: [...users, ...typed] };
}
