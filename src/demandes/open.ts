/** Opening a demande: what was sent, checked, and stored once however many times it arrives. */
import type { AgentRecord } from "../../models/agent.ts";
import type { ApiSource } from "../../models/demande.ts";
import { newThread } from "../../models/thread.ts";
import type { Identity, Place } from "../delivery/port.ts";
import { aidantGroupes } from "../domain/agent.ts";
import type { AgentActor, Refusal } from "../domain/commands.ts";
import { authorOf, decideOpening } from "../domain/decide.ts";
import { evolve } from "../domain/demande.ts";
import type { CommandId, DemandeId } from "../domain/ids.ts";
import { demandeId, formatRef, threadId } from "../domain/ids.ts";
import { richText } from "../domain/richtext.ts";
import type { Form, FormValues } from "../presentation/form.ts";
import { say } from "../presentation/message.ts";
import { refusalTexts, replyTexts } from "../texts.ts";
import { commandIdOf, numberEvents, threadsForGroupes } from "./act.ts";
import type { UseCaseContext } from "./context.ts";
import type { FormReaction, Reaction } from "./desk.ts";
import type { Faults } from "./faults.ts";
import type { Prefill } from "./openForm.ts";
import { checkOpening, openForm } from "./openForm.ts";
import { refusalSentence, refuse } from "./refusals.ts";

/** Where the form was asked for: decides whether the groupe's channel sees the demande. */
const encodePlace = (place: Place): Record<string, string> => ({ ...place });

/** Shows the form to an aidant; anybody else is told why not. */
export async function startOpening(
  context: UseCaseContext,
  agent: AgentRecord,
  place: Place,
  prefill: Prefill,
): Promise<Reaction> {
  if (aidantGroupes(agent).length === 0) return refuse(refusalTexts.forbidden.open);
  return { kind: "form", form: await openForm(context, agent, {}, encodePlace(place), prefill) };
}

export const refreshOpening = (
  context: UseCaseContext,
  agent: AgentRecord,
  values: FormValues,
  ids: Readonly<Record<string, string>>,
): Promise<Form> => openForm(context, agent, values, ids);

/** A demande that is asked for: by the form, or by another system. */
export interface Asking {
  readonly agent: AgentRecord;
  /** Identifies the sending: the same one, sent again after a lost answer, finds the demande stored. */
  readonly command: CommandId;
  /** In the terms of the form. */
  readonly values: FormValues;
  /** Who filled in the form and in which channel; null where none was: the aidant is then found on a platform of theirs. */
  readonly from: { readonly person: Identity; readonly channel: string | undefined } | null;
  /** Kept with the demande, when another system asks for it. */
  readonly source?: ApiSource;
}

export type Opened =
  | { readonly kind: "opened"; readonly id: DemandeId; readonly ref: number }
  | { readonly kind: "faults"; readonly faults: Faults }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** Stores the demande, once: every way in comes through here, with the same checks and the same rights. */
export async function openDemande(context: UseCaseContext, asking: Asking): Promise<Opened> {
  const { db, clock, delivery } = context;
  const { agent, command, values, from, source } = asking;
  const id = demandeId(command);
  const existing = await db.demandes.load(id);
  if (existing) return { kind: "opened", id, ref: existing.state.ref };

  if (aidantGroupes(agent).length === 0) return { kind: "refused", refusal: { reason: "forbidden", command: "open" } };
  const now = clock.now();
  const checked = await checkOpening(context, agent, values, now);
  if (!checked.ok) return { kind: "faults", faults: checked.faults };
  const bound = from?.channel ? await db.groupes.byPlace({ ...from.person, channel: from.channel }) : null;
  const shared = bound?.id === checked.groupeId;
  const actor: AgentActor = { kind: "agent", agent, groupeId: null, side: "aidant" };
  const ref = await db.nextRef();
  const opening = { ...checked.opening, ref, shared };
  const decision = decideOpening({ type: "open", opening, groupeId: checked.groupeId }, actor);
  if (decision.kind === "refused") return decision;

  const events = numberEvents(command, decision.events, authorOf(null, actor, checked.groupeId), now, undefined);
  const [first] = events;
  if (!first) throw new Error("an opening gave no event");
  const state = evolve(id, null, first);
  const direct = from && { platform: from.person.platform, workspace: from.person.workspace };
  const own = newThread(
    threadId(`${id}-aidant`),
    "aidant",
    shared ? { groupeId: checked.groupeId } : { agentId: agent.id, ...direct },
  );
  const threads = [own, ...threadsForGroupes(id, null, state)];
  const stored = await db.demandes.insert(state, events, threads, now, new Date(), source);
  delivery.kick(id);
  if (stored) return { kind: "opened", id, ref };
  context.metrics.duplicate();
  const other = await db.demandes.load(id);
  return { kind: "opened", id, ref: other?.state.ref ?? ref };
}

/** The form, sent. `inbound` identifies the sending. */
export async function open(
  context: UseCaseContext,
  agent: AgentRecord,
  person: Identity,
  inbound: string,
  values: FormValues,
  ids: Readonly<Record<string, string>>,
): Promise<FormReaction> {
  const command = commandIdOf(inbound);
  const result = await openDemande(context, { agent, command, values, from: { person, channel: ids.channel } });
  switch (result.kind) {
    case "faults":
      return result;
    case "refused":
      return refuse(refusalSentence(result.refusal));
    case "opened":
      return { kind: "tell", message: say(richText(replyTexts.opened(formatRef(result.ref)))) };
  }
}
