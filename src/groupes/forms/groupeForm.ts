/** The forms of responsables: which there are, and what each needs. */
import type { AgentRecord } from "../../../models/agent.ts";
import type { Groupe } from "../../../models/groupe.ts";
import type { UseCaseContext } from "../../demandes/context.ts";
import type { FormReaction } from "../../demandes/desk.ts";
import type { GroupeCapability } from "../../domain/groupePermissions.ts";
import type { Place } from "../../domain/place.ts";
import type { Form, FormValues } from "../../presentation/form.ts";

/** Rights have been asked, on the agent as they are now. */
export interface GroupeFormRequest {
  readonly context: UseCaseContext;
  readonly agent: AgentRecord;
  readonly groupe: Groupe;
  readonly ids: Readonly<Record<string, string>>;
  readonly values: FormValues;
  readonly sign: string;
}

export interface GroupeSubmission extends GroupeFormRequest {
  /** Stands for this sending: the same for a redelivery. */
  readonly command: string;
  readonly platform: Place["platform"];
  readonly workspace: string;
}

export interface GroupeForm {
  readonly capability: GroupeCapability;
  /** The same form, built anew for what is chosen so far; null for one that never changes. */
  readonly refresh: ((request: GroupeFormRequest) => Promise<Form>) | null;
  submit(request: GroupeSubmission): Promise<FormReaction>;
}
