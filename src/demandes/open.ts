/** Opening a demande: the form sent, checked, and stored once however many times it arrives. */
import type { AgentRecord } from "../../models/agent.ts";
import { newThread } from "../../models/thread.ts";
import type { Identity, Place } from "../delivery/port.ts";
import { aidantGroupes } from "../domain/agent.ts";
import type { AgentActor } from "../domain/commands.ts";
import { authorOf, decideOpening } from "../domain/decide.ts";
import { evolve } from "../domain/demande.ts";
import { demandeId, formatRef, threadId } from "../domain/ids.ts";
import { richText } from "../domain/richtext.ts";
import type { Form, FormValues } from "../presentation/form.ts";
import { say } from "../presentation/message.ts";
import { refusalTexts, replyTexts } from "../texts.ts";
import { commandIdOf, numberEvents, threadsForGroupes } from "./act.ts";
import type { UseCaseContext } from "./context.ts";
import type { FormReaction, Reaction } from "./desk.ts";
import type { Prefill } from "./openForm.ts";
import { checkOpening, openForm } from "./openForm.ts";
import { refusalSentence, refuse, tell } from "./refusals.ts";

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

const opened = (ref: number): Reaction => ({ kind: "tell", message: say(richText(replyTexts.opened(formatRef(ref)))) });

/**
 * Stores the demande. `inbound` identifies the sending: the same one, sent again after a lost answer, finds it stored.
 */
export async function open(
  context: UseCaseContext,
  agent: AgentRecord,
  person: Identity,
  inbound: string,
  values: FormValues,
  ids: Readonly<Record<string, string>>,
): Promise<FormReaction> {
  const { db, clock, delivery } = context;
  const command = commandIdOf(inbound);
  const id = demandeId(command);
  const existing = await db.demandes.load(id);
  if (existing) return opened(existing.state.ref);

  if (aidantGroupes(agent).length === 0) return refuse(refusalTexts.forbidden.open);
  const now = clock.now();
  const checked = await checkOpening(context, agent, values, now);
  if (!checked.ok) return { kind: "faults", faults: checked.faults };
  const bound = ids.channel ? await db.groupes.byPlace({ ...person, channel: ids.channel }) : null;
  const shared = bound?.id === checked.groupeId;
  const actor: AgentActor = { kind: "agent", agent, groupeId: null, side: "aidant" };
  const ref = await db.nextRef();
  const opening = { ...checked.opening, ref, shared };
  const decision = decideOpening({ type: "open", opening, groupeId: checked.groupeId }, actor);
  if (decision.kind === "refused") return tell(refusalSentence(decision.refusal));

  const events = numberEvents(command, decision.events, authorOf(null, actor, checked.groupeId), now, undefined);
  const [first] = events;
  if (!first) throw new Error("an opening gave no event");
  const state = evolve(id, null, first);
  const { platform, workspace } = person;
  const own = newThread(
    threadId(`${id}-aidant`),
    "aidant",
    shared ? { groupeId: checked.groupeId } : { agentId: agent.id, platform, workspace },
  );
  const stored = await db.demandes.insert(state, events, [own, ...threadsForGroupes(id, null, state)], now, new Date());
  delivery.kick(id);
  if (stored) return opened(ref);
  const other = await db.demandes.load(id);
  return opened(other?.state.ref ?? ref);
}
