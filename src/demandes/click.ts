/** A button, a pill or a typed word: rights first, then the act or the form that it opens. */

import type { AgentRecord } from "../../models/agent.ts";
import type { LoadedDemande } from "../../models/demandes.ts";
import { currentText } from "../../models/demandes.ts";
import type { ActionId } from "../actions.ts";
import { actionOf } from "../actions.ts";
import { addWorkingHours, nextOpening } from "../domain/calendar.ts";
import type { AgentCommand } from "../domain/commands.ts";
import { rightRefusal } from "../domain/decide.ts";
import type { PlatformName } from "../domain/demande.ts";
import type { DemandeId } from "../domain/ids.ts";
import { eventId } from "../domain/ids.ts";
import { richText } from "../domain/richtext.ts";
import { territoire } from "../domain/territoires.ts";
import type { ButtonTarget, SnoozeChoice } from "../presentation/buttons.ts";
import { decodeTarget, isSnoozeChoice, snoozeButtons } from "../presentation/buttons.ts";
import { formatNearMoment } from "../presentation/dates.ts";
import type { ActFormId } from "../presentation/form.ts";
import { say } from "../presentation/message.ts";
import { replyTexts } from "../texts.ts";
import { act, commandIdOf } from "./act.ts";
import { actForm } from "./actForms.ts";
import type { UseCaseContext } from "./context.ts";
import type { ClickInbound, Reaction } from "./desk.ts";
import { formRefusal, isActForm } from "./formRights.ts";
import { refused, tell } from "./refusals.ts";
import type { Stand } from "./standing.ts";
import { actorOf, standOf, threadAt } from "./standing.ts";
import { viewForm } from "./viewForm.ts";

const DAY = 86_400_000;

/** When « Me le rappeler » rings: at an opening hour of the demande's territoire. */
export function snoozeUntil(choice: SnoozeChoice, now: Date, code: string): Date {
  switch (choice) {
    case "demain":
      return nextOpening(new Date(now.getTime() + DAY), code);
    case "3-jours":
      return nextOpening(addWorkingHours(now, 72, code), code);
    case "semaine":
      return nextOpening(new Date(now.getTime() + 7 * DAY), code);
  }
}

/** What the action asks of the demande when no form comes first; null when one does. */
function directCommand(action: ActionId, target: ButtonTarget, demande: LoadedDemande, now: Date): AgentCommand | null {
  switch (action) {
    case "prendre":
      return { type: "take", takeOver: false };
    case "rouvrir":
      return { type: "reopen" };
    case "rappeler":
      return isSnoozeChoice(target.more)
        ? { type: "snooze", until: snoozeUntil(target.more, now, demande.state.territoire) }
        : null;
    case "publier": {
      const message = eventId(target.more ?? "");
      return { type: "publish", target: message, text: currentText(demande.events, message) ?? [] };
    }
    default:
      return null;
  }
}

function said(command: AgentCommand, demande: LoadedDemande): Reaction {
  if (command.type === "publish") return tell(replyTexts.published);
  if (command.type !== "snooze") return { kind: "nothing" };
  return tell(replyTexts.snoozed(formatNearMoment(command.until, territoire(demande.state.territoire).timeZone)));
}

interface Click {
  readonly agent: AgentRecord;
  readonly inbound: string;
  readonly demande: LoadedDemande;
  readonly stand: Stand;
  readonly platform: PlatformName;
}

async function perform(
  context: UseCaseContext,
  { agent, inbound, demande, stand }: Click,
  command: AgentCommand,
): Promise<Reaction> {
  let first: LoadedDemande | null = demande;
  const load = async () => {
    const loaded = first ?? (await context.db.demandes.load(demande.id));
    first = null;
    return loaded;
  };
  const outcome = await act(context, commandIdOf(inbound), load, () => ({ command, actor: actorOf(agent, stand) }));
  return outcome.kind === "done" ? said(command, demande) : refused(outcome.refusal, demande.id, stand.groupeId);
}

async function view(context: UseCaseContext, click: Click): Promise<Reaction> {
  const { agent, inbound, demande, stand, platform } = click;
  const outcome = await act(
    context,
    commandIdOf(inbound),
    () => context.db.demandes.load(demande.id),
    () => ({ command: { type: "view" }, actor: actorOf(agent, stand) }),
  );
  if (outcome.kind === "refused") return refused(outcome.refusal, demande.id, stand.groupeId);
  const [viewed] = outcome.events;
  // Before anything is shown: no viewing is missing from the register.
  if (viewed)
    await context.db.register.add({
      id: viewed.id,
      act: "consultation",
      ref: outcome.state.ref,
      at: viewed.at,
      agentId: agent.id,
      name: agent.name,
      groupeId: viewed.by.groupeId,
      from: platform,
      reason: null,
    });
  return { kind: "form", form: viewForm(outcome.state) };
}

async function openActForm(context: UseCaseContext, form: ActFormId, { agent, demande, stand }: Click): Promise<Reaction> {
  const refusal = formRefusal(form, agent, demande.state, stand);
  if (refusal) return refused(refusal, null, null);
  return { kind: "form", form: await actForm(context, form, { agent, demande, stand, values: {} }) };
}

/** « !rappeler » typed, without its choice: the choices are offered, to who may. */
function askWhen({ agent, demande, stand }: Click): Reaction {
  const refusal = rightRefusal(demande.state, "snooze", actorOf(agent, stand));
  if (refusal) return refused(refusal, null, null);
  const buttons = snoozeButtons(demande.id, stand.groupeId);
  return { kind: "tell", message: say(richText(replyTexts.snoozeWhen), { buttons }) };
}

/** The demande that the button is about: by its id, which the thread must not contradict. */
async function demandeOf(context: UseCaseContext, id: DemandeId, click: ClickInbound): Promise<LoadedDemande | null> {
  const demande = await context.db.demandes.load(id);
  if (!demande || click.root === null || threadAt(demande, click.place, click.root)) return demande;
  // Its own thread, or none of ours: a value of one demande in the thread of another was forged.
  return (await context.db.demandes.loadByThread(click.place, click.root)) ? null : demande;
}

/** @param agent who clicked, known and not disabled */
export async function click(context: UseCaseContext, agent: AgentRecord, inbound: ClickInbound): Promise<Reaction> {
  const target = decodeTarget(inbound.value);
  const demande = target && (await demandeOf(context, target.demande, inbound));
  if (!target || !demande) return refused({ reason: "unknown" }, null, null);
  const stand = standOf(agent, demande, threadAt(demande, inbound.place, inbound.root), target.groupe);
  const made: Click = { agent, inbound: inbound.id, demande, stand, platform: inbound.place.platform };
  if (inbound.action === "voir") return view(context, made);
  if (inbound.action === "rappeler" && target.more === null) return askWhen(made);
  const { form } = actionOf(inbound.action);
  if (isActForm(form)) return openActForm(context, form, made);
  const command = directCommand(inbound.action, target, demande, context.clock.now());
  return command ? perform(context, made, command) : refused({ reason: "unknown" }, null, null);
}
