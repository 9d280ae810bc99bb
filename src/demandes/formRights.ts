/** Which act each form is for, and whether it may be done now: asked when the form is shown, and before what it holds is read. */
import type { AgentRecord } from "../../models/agent.ts";
import type { AgentCommand, Refusal } from "../domain/commands.ts";
import { rightRefusal } from "../domain/decide.ts";
import type { DemandeState } from "../domain/demande.ts";
import type { ActFormId, FormId } from "../presentation/form.ts";
import type { Stand } from "./standing.ts";
import { actorOf } from "./standing.ts";

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

/** Why the agent may not do what the form is for; null when they may. */
export const formRefusal = (form: ActFormId, agent: AgentRecord, demande: DemandeState, stand: Stand): Refusal | null =>
  rightRefusal(demande, COMMAND_OF_FORM[form], actorOf(agent, stand));
