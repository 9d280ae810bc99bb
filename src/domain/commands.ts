/** What people, and the clock, may ask of a demande, and why it may be refused. */
import type { Agent } from "./agent.ts";
import type { FileRef, NewEvent, Opening, Origin, Side, Status, Usefulness } from "./demande.ts";
import type { AgentId, EventId, GroupeId } from "./ids.ts";
import type { RichText } from "./richtext.ts";
import type { Usager } from "./usager.ts";

/** Who asks, and from where: an act counts for the groupe in whose thread it is made. */
export interface AgentActor {
  readonly kind: "agent";
  readonly agent: Agent;
  /** The groupe of the thread; null for the aidant's direct thread, or where there is no thread. */
  readonly groupeId: GroupeId | null;
  readonly side: Side;
}

/** The clock: reminders and the wipe. */
export interface SystemActor {
  readonly kind: "system";
}

export type Actor = AgentActor | SystemActor;

export type AgentCommand =
  | { readonly type: "view" }
  | { readonly type: "take"; readonly takeOver: boolean }
  | { readonly type: "decline" }
  /** The answer form: visible to all. `last`: « c’est ma dernière réponse ». */
  | {
      readonly type: "answer";
      readonly text: RichText;
      readonly standardProcedure: boolean;
      readonly last: boolean;
      readonly signature?: string;
    }
  /** A word written in the thread: between instructeurs on their side, for all on the aidant's. */
  | { readonly type: "write"; readonly text: RichText; readonly origin: Origin }
  | { readonly type: "shareFile"; readonly file: FileRef; readonly origin: Origin }
  | { readonly type: "edit"; readonly target: EventId; readonly text: RichText }
  | { readonly type: "delete"; readonly target: EventId }
  /** « Envoyer à l’aidant ». `text`: the message as it reads now. */
  | { readonly type: "publish"; readonly target: EventId; readonly text: RichText }
  | { readonly type: "invite"; readonly groupes: readonly GroupeId[]; readonly text: RichText; readonly private: boolean }
  | { readonly type: "process"; readonly text: RichText }
  | { readonly type: "archive"; readonly usefulness: Usefulness }
  | { readonly type: "reopen" }
  | { readonly type: "addInfo"; readonly usager: Partial<Usager> }
  | { readonly type: "snooze"; readonly until: Date };

export type SystemCommand =
  /** `listed`: the groupes told in one list for their channel, with the id of that list. */
  | { readonly type: "remind"; readonly listed: ReadonlyMap<GroupeId, string> }
  | { readonly type: "inviteToArchive" }
  | { readonly type: "wipe" }
  /** At the usager's request (RGPD, article 17): now, and not six months after the archiving. `open`: even if it is still open. */
  | { readonly type: "erase"; readonly open: boolean };

export type Command = AgentCommand | SystemCommand;

/** Why not. Data only: the sentence is made elsewhere. */
export type Refusal =
  /** Nothing may be told, not even that the demande exists. */
  | { readonly reason: "unknown" }
  | { readonly reason: "forbidden"; readonly command: Command["type"] | "open" }
  | { readonly reason: "notNow"; readonly command: Command["type"]; readonly status: Status }
  | { readonly reason: "alreadyTaken"; readonly by: AgentId; readonly name: string }
  | { readonly reason: "alreadyYours" }
  | { readonly reason: "alreadyOut" }
  | { readonly reason: "emptyText" }
  | { readonly reason: "procedureWithoutText" }
  | { readonly reason: "noGroupe" }
  | { readonly reason: "groupesAlreadyThere" }
  | { readonly reason: "notAuthor" }
  | { readonly reason: "messageGone" }
  | { readonly reason: "alreadyPublic" }
  | { readonly reason: "nothingToAdd" }
  | { readonly reason: "pastDate" }
  | { readonly reason: "nothingDue" }
  /** Its data are not erased while somebody may still need them, unless that is asked for in so many words. */
  | { readonly reason: "stillOpen" }
  | { readonly reason: "wiped" };

export type Decision =
  | { readonly kind: "events"; readonly events: readonly NewEvent[] }
  | { readonly kind: "refused"; readonly refusal: Refusal };

/** What `open` needs beside the rights: the form, already checked field by field. */
export interface OpenCommand {
  readonly type: "open";
  readonly opening: Opening;
  /** The groupe in whose name it is opened. */
  readonly groupeId: GroupeId;
}
