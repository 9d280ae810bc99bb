/** What a sub-command of `/groupe` is, and what it is asked. */
import type { AgentRecord } from "../../../models/agent.ts";
import type { Groupe } from "../../../models/groupe.ts";
import type { UseCaseContext } from "../../demandes/context.ts";
import type { Reaction } from "../../demandes/desk.ts";
import type { GroupeCapability } from "../../domain/groupePermissions.ts";
import type { Identity, Place } from "../../domain/place.ts";

/** Asked by an agent who may: `groupeCommand` has seen to it. */
export interface GroupeRequest {
  readonly context: UseCaseContext;
  readonly agent: AgentRecord;
  readonly groupe: Groupe;
  /** What follows the sub-command, the groupe's name and the people mentioned taken away. */
  readonly text: string;
  /** People named by the platform's own means, in order. */
  readonly mentioned: readonly Identity[];
  readonly place: Place;
  /** Whether that place is the person's direct conversation with the bot. */
  readonly direct: boolean;
  /** The platform's id of this very act: a redelivery bears the same one. */
  readonly inbound: string;
  readonly sign: string;
  readonly person: Identity;
}

export interface GroupeCommand {
  readonly name: string;
  /** What may follow its name; "" when nothing but the groupe's name may. */
  readonly usage: string;
  /** What it does, in one line. */
  readonly help: string;
  /** What `aide` says of it, beside that line. */
  readonly details: string;
  readonly capability: GroupeCapability;
  /** The channel where it is typed does not say which groupe is meant. */
  readonly channelOf?: "anybody";
  run(request: GroupeRequest): Promise<Reaction>;
}
