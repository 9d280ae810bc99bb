/** Which act each form is for, and whether it may be done now: asked when the form is shown, and before what it holds is read. */
import type { AgentRecord } from "../../models/agent.ts";
import { ACTION_IDS, actionOf } from "../actions.ts";
import type { AgentCommand, Refusal } from "../domain/commands.ts";
import type { DemandeState } from "../domain/demande.ts";
import type { Capability } from "../domain/permissions.ts";
import { may } from "../domain/permissions.ts";
import type { ActFormId, FormId } from "../presentation/form.ts";
import type { Stand } from "./standing.ts";

const COMMAND_OF_FORM = {
  relais: "take",
  decliner: "decline",
  repondre: "answer",
  inviter: "invite",
  traiter: "process",
  archiver: "archive",
  completer: "addInfo",
} as const satisfies Record<ActFormId, AgentCommand["type"]>;

export const isActForm = (form: FormId | null): form is ActFormId => form !== null && Object.hasOwn(COMMAND_OF_FORM, form);

function capabilityOf(form: ActFormId): Capability {
  const action = ACTION_IDS.map(actionOf).find((a) => a.form === form);
  if (!action?.capability) throw new Error(`no action opens the form « ${form} »`);
  return action.capability;
}

/** Why the agent may not do what the form is for; null when they may. */
export function formRefusal(form: ActFormId, agent: AgentRecord, demande: DemandeState, stand: Stand): Refusal | null {
  const command = COMMAND_OF_FORM[form];
  const verdict = may(agent, capabilityOf(form), demande, { side: stand.side, groupe: stand.groupeId });
  if (verdict === "unknown") return { reason: "unknown" };
  if (verdict === "forbidden") return { reason: "forbidden", command };
  if (demande.wipedAt) return { reason: "wiped" };
  return verdict === "notNow" ? { reason: "notNow", command, status: demande.status } : null;
}
