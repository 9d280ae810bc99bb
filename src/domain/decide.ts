/**
 * What a command does to a demande: the events it gives, or why it is refused. Pure: the same state, command, actor and
 * moment always give the same decision, so a lost race is decided again on the newer state.
 */
import { aidantGroupes } from "./agent.ts";
import type { Actor, AgentActor, AgentCommand, Command, Decision, OpenCommand, Refusal, SystemCommand } from "./commands.ts";
import type { Author, DemandeState, NewEvent, Utterance } from "./demande.ts";
import { groupeStateOf } from "./demande.ts";
import type { EventId } from "./ids.ts";
import { archiveInvitationAt, remindersDue, wipeAt } from "./overdue.ts";
import type { Capability } from "./permissions.ts";
import { may } from "./permissions.ts";
import type { RichText } from "./richtext.ts";
import { isBlank } from "./richtext.ts";

const give = (...events: NewEvent[]): Decision => ({ kind: "events", events });
const refuse = (refusal: Refusal): Decision => ({ kind: "refused", refusal });
const toAll = "tous" as const;
const toInstructeurs = "instructeurs" as const;

/** The right that each command needs, where it does not depend on the side from which it is given. */
const NEEDS = {
  view: "identity",
  take: "take",
  decline: "decline",
  answer: "answer",
  publish: "publish",
  invite: "invite",
  process: "process",
  archive: "archive",
  reopen: "reopen",
  addInfo: "addInfo",
  snooze: "snooze",
} satisfies Partial<Record<AgentCommand["type"], Capability>>;

const capabilityOf = (command: AgentCommand["type"], actor: AgentActor): Capability => {
  switch (command) {
    case "write":
    case "shareFile":
    case "edit":
    case "delete":
      return actor.side === "aidant" ? "writeAsAidant" : "writePrivately";
    default:
      return NEEDS[command];
  }
};

/**
 * Why the agent may not give this command to the demande as it is now; null when they may. It is asked before anything of what the
 * command holds is looked at: the faults of a text or of a field would tell that the demande is there.
 */
export function rightRefusal(state: DemandeState, command: AgentCommand["type"], actor: AgentActor): Refusal | null {
  const verdict = may(actor.agent, capabilityOf(command, actor), state, { side: actor.side, groupe: actor.groupeId });
  if (verdict === "unknown") return { reason: "unknown" };
  if (verdict === "forbidden") return { reason: "forbidden", command };
  if (state.wipedAt) return { reason: "wiped" };
  return verdict === "notNow" ? { reason: "notNow", command, status: state.status } : null;
}

const messageEvents = (text: RichText, audience: "tous" | "instructeurs", signature?: string): NewEvent[] =>
  isBlank(text) ? [] : [{ type: "message", audience, text, ...(signature && { signature }) }];

function take(state: DemandeState, actor: AgentActor, takeOver: boolean): Decision {
  const holder = groupeStateOf(state, actor.groupeId)?.takenBy;
  if (holder?.agentId === actor.agent.id) return refuse({ reason: "alreadyYours" });
  if (holder && !takeOver) return refuse({ reason: "alreadyTaken", by: holder.agentId, name: holder.name });
  return give({ type: "taken", audience: toAll, ...(holder && { from: holder.name }) });
}

function answer(command: Extract<AgentCommand, { type: "answer" }>): Decision {
  if (isBlank(command.text) && command.standardProcedure) return refuse({ reason: "procedureWithoutText" });
  if (isBlank(command.text) && !command.last) return refuse({ reason: "emptyText" });
  return give(
    ...messageEvents(command.text, toAll, command.signature),
    ...(command.standardProcedure ? [{ type: "standardProcedure", audience: toAll } as const] : []),
    ...(command.last ? [{ type: "processed", audience: toAll } as const] : []),
  );
}

/** Words in the thread. On the aidant's side they also wake an archived demande: somebody still waits for an answer. */
function spoken(state: DemandeState, actor: AgentActor, event: NewEvent): Decision {
  const wakes = state.status === "archivee" && actor.side === "aidant";
  return wakes ? give({ type: "reopened", audience: toAll }, event) : give(event);
}

const audienceOf = (actor: AgentActor) => (actor.side === "aidant" ? toAll : toInstructeurs);

type Found = { readonly utterance: Utterance } | { readonly refusal: Refusal };

/** The message to change, which only its author may, and only from the side on which it was written. */
function own(state: DemandeState, actor: AgentActor, target: EventId): Found {
  const utterance = state.utterances.find((u) => u.id === target);
  if (!utterance || utterance.deleted) return { refusal: { reason: "messageGone" } };
  const elsewhere = (utterance.by.role === "aidant") !== (actor.side === "aidant");
  if (utterance.by.agentId !== actor.agent.id || elsewhere) return { refusal: { reason: "notAuthor" } };
  return { utterance };
}

function edit(state: DemandeState, actor: AgentActor, target: EventId, text: RichText): Decision {
  const found = own(state, actor, target);
  if ("refusal" in found) return refuse(found.refusal);
  if (isBlank(text)) return refuse({ reason: "emptyText" });
  return give({ type: "edited", audience: found.utterance.audience, target, text });
}

function remove(state: DemandeState, actor: AgentActor, target: EventId): Decision {
  const found = own(state, actor, target);
  if ("refusal" in found) return refuse(found.refusal);
  return give({ type: "deleted", audience: found.utterance.audience, target });
}

/** « Envoyer à l’aidant »: by the author, or a colleague of the groupe in whose name it was written. */
function publish(state: DemandeState, actor: AgentActor, target: EventId, text: RichText): Decision {
  const utterance = state.utterances.find((u) => u.id === target);
  if (!utterance || utterance.deleted || utterance.kind !== "message") return refuse({ reason: "messageGone" });
  if (utterance.audience === "tous") return refuse({ reason: "alreadyPublic" });
  if (utterance.by.agentId !== actor.agent.id && utterance.by.groupeId !== actor.groupeId) return refuse({ reason: "notAuthor" });
  if (isBlank(text)) return refuse({ reason: "emptyText" });
  return give({ type: "message", audience: toAll, text, publishes: target });
}

function invite(state: DemandeState, actor: AgentActor, command: Extract<AgentCommand, { type: "invite" }>): Decision {
  if (command.groupes.length === 0) return refuse({ reason: "noGroupe" });
  const groupes = [...new Set(command.groupes)].filter((id) => groupeStateOf(state, id)?.out !== false);
  if (groupes.length === 0) return refuse({ reason: "groupesAlreadyThere" });
  // The aidant learns who was invited even when the word that goes with it is between instructeurs.
  const audience = command.private && actor.side === "instructeurs" ? toInstructeurs : toAll;
  return give({ type: "invited", audience: toAll, groupes }, ...messageEvents(command.text, audience));
}

function decideForAgent(state: DemandeState, command: AgentCommand, actor: AgentActor, now: Date): Decision {
  const refusal = rightRefusal(state, command.type, actor);
  if (refusal) return refuse(refusal);
  switch (command.type) {
    case "view":
      return give({ type: "viewed", audience: toAll });
    case "take":
      return take(state, actor, command.takeOver);
    case "decline":
      return groupeStateOf(state, actor.groupeId)?.out
        ? refuse({ reason: "alreadyOut" })
        : give({ type: "declined", audience: toAll });
    case "answer":
      return answer(command);
    case "write":
      if (isBlank(command.text)) return refuse({ reason: "emptyText" });
      return spoken(state, actor, { type: "message", audience: audienceOf(actor), text: command.text, origin: command.origin });
    case "shareFile":
      return spoken(state, actor, {
        type: "fileShared",
        audience: audienceOf(actor),
        file: command.file,
        origin: command.origin,
      });
    case "edit":
      return edit(state, actor, command.target, command.text);
    case "delete":
      return remove(state, actor, command.target);
    case "publish":
      return publish(state, actor, command.target, command.text);
    case "invite":
      return invite(state, actor, command);
    case "process":
      return give(...messageEvents(command.text, toAll), { type: "processed", audience: toAll });
    case "archive":
      return give({ type: "archived", audience: toAll, usefulness: command.usefulness });
    case "reopen":
      return give({ type: "reopened", audience: toAll });
    case "addInfo":
      return Object.keys(command.usager).length === 0
        ? refuse({ reason: "nothingToAdd" })
        : give({ type: "infoAdded", audience: toAll, usager: command.usager });
    case "snooze":
      return command.until > now
        ? give({ type: "snoozed", audience: toInstructeurs, until: command.until })
        : refuse({ reason: "pastDate" });
  }
}

function decideForSystem(state: DemandeState, command: SystemCommand, now: Date): Decision {
  switch (command.type) {
    case "remind": {
      const groupes = remindersDue(state, now).map(({ groupeId, count, late }) => {
        const listed = command.listed.get(groupeId);
        return { groupeId, count, late, ...(listed && { listed }) };
      });
      if (groupes.length === 0) return refuse({ reason: "nothingDue" });
      return give({ type: "reminded", about: "souffrance", audience: toInstructeurs, groupes });
    }
    case "inviteToArchive": {
      const at = archiveInvitationAt(state);
      if (!at || at > now) return refuse({ reason: "nothingDue" });
      return give({ type: "reminded", about: "archivage", audience: toAll, count: state.archiveInvitations + 1 });
    }
    case "wipe": {
      const at = wipeAt(state);
      return at && at <= now ? give({ type: "wiped", audience: toAll }) : refuse({ reason: "nothingDue" });
    }
    case "erase": {
      if (state.wipedAt) return refuse({ reason: "wiped" });
      return state.status === "archivee" || command.open
        ? give({ type: "wiped", audience: toAll })
        : refuse({ reason: "stillOpen" });
    }
  }
}

const isSystemCommand = (command: Command): command is SystemCommand =>
  command.type === "remind" || command.type === "inviteToArchive" || command.type === "wipe" || command.type === "erase";

/**
 * Decides a command on an existing demande, as it is now.
 * @throws Error when a person gives the clock's command or the reverse: a fault of the program, never of its users.
 */
export function decide(state: DemandeState, command: Command, actor: Actor, now: Date): Decision {
  if (isSystemCommand(command) && actor.kind === "system") return decideForSystem(state, command, now);
  if (!isSystemCommand(command) && actor.kind === "agent") return decideForAgent(state, command, actor, now);
  throw new Error(`« ${command.type} » given by ${actor.kind}`);
}

/** Decides the opening: an aidant, in the name of a groupe of theirs, to at least one groupe. */
export function decideOpening(command: OpenCommand, actor: AgentActor): Decision {
  if (!aidantGroupes(actor.agent).includes(command.groupeId)) return refuse({ reason: "forbidden", command: "open" });
  if (command.opening.groupes.length === 0) return refuse({ reason: "noGroupe" });
  return give({ type: "opened", audience: toAll, ...command.opening });
}

/** Who is written down as the author of what the actor does to this demande. */
export function authorOf(state: DemandeState | null, actor: Actor, openingGroupe: Author["groupeId"] = null): Author {
  if (actor.kind === "system") return { agentId: null, name: "aplus-bot", groupeId: null, role: "systeme" };
  const { agent, side } = actor;
  if (side === "instructeurs") return { agentId: agent.id, name: agent.name, groupeId: actor.groupeId, role: "instructeur" };
  const groupe = state ? state.opener.groupeId : openingGroupe;
  return { agentId: agent.id, name: agent.name, groupeId: groupe, role: "aidant" };
}
