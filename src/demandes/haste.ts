/** Who goes on faster than people do is told to wait, once; what they do meanwhile changes nothing. */
import { paceTexts } from "../texts/paces.ts";
import type { Caller } from "./admission.ts";
import type { UseCaseContext } from "./context.ts";
import type { Reaction } from "./desk.ts";
import { refuse } from "./refusals.ts";

/**
 * Not a form that is sent, which would be lost with all that was typed in it and which a counted act opened; not a removal, which
 * may take away what should never have been written; not the home, which changes nothing.
 */
const COUNTED: ReadonlySet<string> = new Set(["click", "command", "word", "shortcut", "message", "edit"]);

/** What was said while the bot was away comes all at once. */
const LATE_MS = 60_000;

/** What they are told instead; null when the act is to be done. */
export function haste({ paces, clock }: UseCaseContext, { id, person, saidAt }: Caller, kind: string): Reaction | null {
  if (!paces || !COUNTED.has(kind)) return null;
  if (saidAt && clock.now().getTime() - saidAt.getTime() > LATE_MS) return null;
  const { waitMs, begins } = paces.take(`${person.platform}/${person.workspace}/${person.user}`, id && `${kind}/${id}`);
  if (waitMs === 0) return null;
  // Told once: an answer to each would be a flood of our own.
  return begins ? refuse(paceTexts.paused(Math.ceil(waitMs / 1000))) : { kind: "nothing" };
}
