/** One act on a demande: decided on its state as it is now, and written in one update; decided again if somebody was faster. */
import { createHash } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { LoadedDemande } from "../../models/demandes.ts";
import type { Thread } from "../../models/thread.ts";
import { newThread } from "../../models/thread.ts";
import type { Actor, Command, Refusal } from "../domain/commands.ts";
import { authorOf, decide } from "../domain/decide.ts";
import type { DemandeEvent, DemandeState, NewEvent } from "../domain/demande.ts";
import { evolve, groupeStateOf } from "../domain/demande.ts";
import type { CommandId, DemandeId } from "../domain/ids.ts";
import { commandId, commandOf, demandeId, eventIdOf, threadId } from "../domain/ids.ts";
import { RetryError } from "../errors.ts";
import type { UseCaseContext } from "./context.ts";

/** More than any real crowd on one demande at once. */
const MOST_RACES = 50;

export type Outcome =
  | {
      readonly kind: "done";
      readonly before: LoadedDemande;
      readonly state: DemandeState;
      readonly events: readonly DemandeEvent[];
      /** The very same act was done before: a redelivery. */
      readonly duplicate: boolean;
    }
  | { readonly kind: "refused"; readonly refusal: Refusal; readonly state: DemandeState | null };

/** The command that stands for an inbound id of a platform: the same id always gives the same command. */
export const commandIdOf = (inbound: string): CommandId =>
  commandId(createHash("sha256").update(inbound).digest("base64url").slice(0, 22));

/** The demande that this sending of the form opens, or would. */
export const openedBy = (inbound: string): DemandeId => demandeId(commandIdOf(inbound));

/** Numbers, dates and signs the events of one decision. Time never runs backwards within a demande. */
export function numberEvents(
  command: CommandId,
  drafts: readonly NewEvent[],
  by: DemandeEvent["by"],
  now: Date,
  last: DemandeEvent | undefined,
): DemandeEvent[] {
  const at = last && last.at > now ? last.at : now;
  return drafts.map(
    (draft, n) => ({ ...draft, seq: (last?.seq ?? 0) + n + 1, id: eventIdOf(command, n), at, by }) as DemandeEvent,
  );
}

/** The threads that groupes asked for the first time need. */
export function threadsForGroupes(demande: DemandeId, before: DemandeState | null, after: DemandeState): Thread[] {
  return after.groupes
    .filter((g) => !before || !groupeStateOf(before, g.groupeId))
    .map((g) => newThread(threadId(`${demande}-${g.groupeId}`), "instructeurs", { groupeId: g.groupeId }));
}

/**
 * @param load reads the demande anew, after a lost race too
 * @param ask what is asked, given the demande as loaded: rights and sides depend on it
 * @throws RetryError when the race was lost too many times
 */
export async function act(
  context: UseCaseContext,
  id: CommandId,
  load: () => Promise<LoadedDemande | null>,
  ask: (demande: LoadedDemande) => { command: Command; actor: Actor },
): Promise<Outcome> {
  for (let race = 0; race < MOST_RACES; race += 1) {
    const before = await load();
    if (!before) return { kind: "refused", refusal: { reason: "unknown" }, state: null };
    const done = before.events.filter((event) => commandOf(event.id) === id);
    if (done.length > 0) {
      context.metrics.duplicate();
      return { kind: "done", before, state: before.state, events: done, duplicate: true };
    }

    const now = context.clock.now();
    const { command, actor } = ask(before);
    const decision = decide(before.state, command, actor, now);
    if (decision.kind === "refused") return { kind: "refused", refusal: decision.refusal, state: before.state };

    const events = numberEvents(id, decision.events, authorOf(before.state, actor), now, before.events.at(-1));
    let state: DemandeState = before.state;
    for (const event of events) state = evolve(before.id, state, event);
    const threads = threadsForGroupes(before.id, before.state, state);
    if (await context.db.demandes.append(before, state, events, threads, now, new Date())) {
      context.delivery.kick(before.id);
      return { kind: "done", before, state, events, duplicate: false };
    }
    await delay(Math.random() * 5 * (race + 1));
  }
  throw new RetryError(`demande changed ${MOST_RACES} times while one act was decided`);
}
