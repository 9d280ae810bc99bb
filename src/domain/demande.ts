/**
 * A demande: its events, and the state that they add up to. `evolve` is the only way from one state to the next, so the
 * stored events alone always tell the whole state.
 */

import type { AgentId, DemandeId, EventId, GroupeId } from "./ids.ts";
import type { RichText } from "./richtext.ts";
import type { Status } from "./status.ts";
import type { Usager } from "./usager.ts";

export type { Status };
/** `tous`: both sides. `instructeurs`: never shown to the aidant's side. */
export type Audience = "tous" | "instructeurs";
export type Side = "aidant" | "instructeurs";
export type Usefulness = "oui" | "non" | "je_ne_sais_pas";

/** Who did it, frozen as of that moment: people change names and groupes, what they did does not. */
export interface Author {
  readonly agentId: AgentId | null;
  readonly name: string;
  readonly groupeId: GroupeId | null;
  readonly role: "aidant" | "instructeur" | "systeme";
}

/** The chat platforms: names only, the domain knows nothing else of them. */
export type PlatformName = "slack" | "matrix";

/** Where a message or file was written, in the platform's own ids: the replica there is the original itself. */
export interface Origin {
  readonly platform: PlatformName;
  readonly workspace: string;
  readonly channel: string;
  readonly message: string;
}

/** A file stays with the platform it was given to; it is streamed from there when a replica is made. */
export interface FileRef {
  readonly name: string;
  readonly mimetype: string;
  /** bytes */
  readonly size: number;
  readonly platform: PlatformName;
  readonly workspace: string;
  /** The platform's id of the file. */
  readonly file: string;
}

interface EventBase {
  /** 1 for the first event of the demande, then without gap. */
  readonly seq: number;
  readonly id: EventId;
  readonly at: Date;
  readonly by: Author;
  readonly audience: Audience;
  readonly origin?: Origin;
}

export interface Opening {
  readonly ref: number;
  readonly sujet: string;
  readonly description: string;
  readonly territoire: string;
  readonly usager: Usager;
  readonly groupes: readonly GroupeId[];
  /** Opened in a channel bound to the opener's own groupe: its members see it too. */
  readonly shared: boolean;
  /** Who signs, where several people use one account. */
  readonly signature?: string;
}

export interface GroupeReminder {
  readonly groupeId: GroupeId;
  /** 1 for the first reminder of this groupe since the demande last fell en souffrance. */
  readonly count: number;
  /** Since when it is late, as of this reminder. */
  readonly late: Date;
  /** Told in a list for the whole channel, made under this id, and not in the demande's own thread. */
  readonly listed?: string;
}

export type DemandeEvent = EventBase &
  (
    | ({ readonly type: "opened" } & Opening)
    | { readonly type: "viewed" }
    /** `from`: the colleague from whom it was taken over. */
    | { readonly type: "taken"; readonly from?: string }
    | { readonly type: "declined" }
    /** `publishes`: this repeats, for all, a message that was between instructeurs. */
    | { readonly type: "message"; readonly text: RichText; readonly publishes?: EventId; readonly signature?: string }
    | { readonly type: "edited"; readonly target: EventId; readonly text: RichText }
    | { readonly type: "deleted"; readonly target: EventId }
    | { readonly type: "fileShared"; readonly file: FileRef }
    | { readonly type: "infoAdded"; readonly usager: Partial<Usager> }
    | { readonly type: "invited"; readonly groupes: readonly GroupeId[] }
    | { readonly type: "standardProcedure" }
    | { readonly type: "processed" }
    | { readonly type: "archived"; readonly usefulness: Usefulness }
    | { readonly type: "reopened" }
    | { readonly type: "reminded"; readonly about: "souffrance"; readonly groupes: readonly GroupeReminder[] }
    | { readonly type: "reminded"; readonly about: "archivage"; readonly count: number }
    | { readonly type: "snoozed"; readonly until: Date }
    | { readonly type: "wiped" }
  );

export type EventType = DemandeEvent["type"];
export type EventOf<T extends EventType> = Extract<DemandeEvent, { type: T }>;

/** Distributes over the union, which a plain Omit would flatten. */
type OmitEach<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An event as `decide` gives it: its number and id are set when the whole answer is known. */
export type NewEvent = OmitEach<DemandeEvent, "seq" | "id" | "at" | "by">;

export interface GroupeState {
  readonly groupeId: GroupeId;
  readonly askedAt: Date;
  /** Asked by an invitation and not at the opening: it is reminded on its own clock until it reacts. */
  readonly invited: boolean;
  readonly out: boolean;
  readonly takenBy: { readonly agentId: AgentId; readonly name: string } | null;
  /** Its first answer or act of any kind. */
  readonly reactedAt: Date | null;
  /** The first of its answers that the aidant could see; a word between instructeurs is none. */
  readonly answeredAt: Date | null;
  /** When it was reminded, oldest first. */
  readonly reminders: readonly Date[];
  readonly snoozedUntil: Date | null;
}

/** One message or file in the conversation. */
export interface Utterance {
  readonly id: EventId;
  readonly seq: number;
  readonly by: Author;
  readonly audience: Audience;
  readonly kind: "message" | "file";
  readonly deleted: boolean;
  readonly origin?: Origin;
}

export interface DemandeState {
  readonly id: DemandeId;
  readonly ref: number;
  readonly seq: number;
  readonly status: Status;
  readonly sujet: string;
  readonly description: string;
  readonly territoire: string;
  readonly usager: Usager | null;
  readonly opener: Author;
  readonly shared: boolean;
  readonly openedAt: Date;
  readonly updatedAt: Date;
  readonly groupes: readonly GroupeState[];
  readonly utterances: readonly Utterance[];
  readonly viewers: readonly { readonly agentId: AgentId; readonly name: string; readonly at: Date }[];
  /** First and last thing from an instructeur that the aidant could see. */
  readonly firstAnswerAt: Date | null;
  readonly lastAnswerAt: Date | null;
  readonly reopenedAt: Date | null;
  readonly processedAt: Date | null;
  /** The groupe for which it was marked as processed. */
  readonly processedFor: GroupeId | null;
  readonly archivedAt: Date | null;
  readonly usefulness: Usefulness | null;
  readonly standardProcedure: boolean;
  /** How many times the aidant was invited to archive since it was last processed. */
  readonly archiveInvitations: number;
  /** The last of these invitations. */
  readonly archiveInvitedAt: Date | null;
  readonly wipedAt: Date | null;
}

export const isOpen = (state: DemandeState): boolean => state.status === "nouvelle" || state.status === "en_cours";

export const groupeStateOf = (state: DemandeState, groupe: GroupeId | null): GroupeState | undefined =>
  state.groupes.find((g) => g.groupeId === groupe);

/** Whether no asked groupe is left that has not said that it is the wrong one. */
export const nobodyLeft = (state: DemandeState): boolean => state.groupes.every((g) => g.out);

/** Whether what bears this audience may be shown to that side. */
export const sees = (side: Side, audience: Audience): boolean => audience === "tous" || side === "instructeurs";

const asked = (groupe: GroupeId, at: Date, invited: boolean): GroupeState => ({
  groupeId: groupe,
  askedAt: at,
  invited,
  out: false,
  takenBy: null,
  reactedAt: null,
  answeredAt: null,
  reminders: [],
  snoozedUntil: null,
});

function opened(id: DemandeId, event: EventOf<"opened">): DemandeState {
  return {
    id,
    ref: event.ref,
    seq: event.seq,
    status: "nouvelle",
    sujet: event.sujet,
    description: event.description,
    territoire: event.territoire,
    usager: event.usager,
    opener: event.by,
    shared: event.shared,
    openedAt: event.at,
    updatedAt: event.at,
    groupes: event.groupes.map((groupe) => asked(groupe, event.at, false)),
    utterances: [],
    viewers: [],
    firstAnswerAt: null,
    lastAnswerAt: null,
    reopenedAt: null,
    processedAt: null,
    processedFor: null,
    archivedAt: null,
    usefulness: null,
    standardProcedure: false,
    archiveInvitations: 0,
    archiveInvitedAt: null,
    wipedAt: null,
  };
}

const withGroupe = (state: DemandeState, groupe: GroupeId | null, change: (g: GroupeState) => GroupeState): DemandeState =>
  groupe === null ? state : { ...state, groupes: state.groupes.map((g) => (g.groupeId === groupe ? change(g) : g)) };

/** As long as nobody says that it is processed, nobody is invited to archive it. */
const NOT_PROCESSED = { processedAt: null, processedFor: null, archiveInvitations: 0, archiveInvitedAt: null } as const;

/** An act of an instructeur: the demande is under way, the groupe has reacted, and an answer if the aidant can see it. */
function instructeurActed(state: DemandeState, event: DemandeEvent): DemandeState {
  if (event.by.role !== "instructeur") return state;
  const answer = event.audience === "tous" && event.type !== "invited";
  const acted: DemandeState = {
    ...state,
    status: state.status === "nouvelle" ? "en_cours" : state.status,
    firstAnswerAt: answer ? (state.firstAnswerAt ?? event.at) : state.firstAnswerAt,
    lastAnswerAt: answer ? event.at : state.lastAnswerAt,
  };
  return withGroupe(acted, event.by.groupeId, (g) => ({
    ...g,
    reactedAt: g.reactedAt ?? event.at,
    answeredAt: answer ? (g.answeredAt ?? event.at) : g.answeredAt,
    snoozedUntil: answer ? null : g.snoozedUntil,
  }));
}

/** A word said after « traitée » brings the demande back under way; the deadline starts anew, as after « rouvrir ». */
const spokenAfterProcessing = (state: DemandeState, at: Date): DemandeState =>
  state.status === "traitee" ? { ...state, ...NOT_PROCESSED, status: "en_cours", reopenedAt: at } : state;

function uttered(state: DemandeState, event: EventOf<"message"> | EventOf<"fileShared">): DemandeState {
  const utterance: Utterance = {
    id: event.id,
    seq: event.seq,
    by: event.by,
    audience: event.audience,
    kind: event.type === "message" ? "message" : "file",
    deleted: false,
    ...(event.origin && { origin: event.origin }),
  };
  const spoken = spokenAfterProcessing(instructeurActed(state, event), event.at);
  const published = event.type === "message" ? event.publishes : undefined;
  // A published message is the private one made visible, not a second one.
  if (published !== undefined)
    return { ...spoken, utterances: spoken.utterances.map((u) => (u.id === published ? { ...u, audience: "tous" } : u)) };
  return { ...spoken, utterances: [...spoken.utterances, utterance] };
}

function reminded(state: DemandeState, event: EventOf<"reminded">): DemandeState {
  if (event.about === "archivage") return { ...state, archiveInvitations: event.count, archiveInvitedAt: event.at };
  const told = new Set(event.groupes.map((g) => g.groupeId));
  return {
    ...state,
    groupes: state.groupes.map((g) =>
      told.has(g.groupeId) ? { ...g, reminders: [...g.reminders, event.at], snoozedUntil: null } : g,
    ),
  };
}

function apply(state: DemandeState, event: Exclude<DemandeEvent, { type: "opened" }>): DemandeState {
  switch (event.type) {
    case "viewed": {
      const { agentId: viewer, name } = event.by;
      if (viewer === null) return state;
      const others = state.viewers.filter((v) => v.agentId !== viewer);
      return { ...state, viewers: [...others, { agentId: viewer, name, at: event.at }] };
    }
    case "taken": {
      const taker = event.by.agentId;
      if (taker === null) return state;
      const takenBy = { agentId: taker, name: event.by.name };
      return withGroupe(instructeurActed(state, event), event.by.groupeId, (g) => ({ ...g, takenBy, out: false }));
    }
    case "declined":
      return withGroupe(instructeurActed(state, event), event.by.groupeId, (g) => ({ ...g, out: true, takenBy: null }));
    case "message":
    case "fileShared":
      return uttered(state, event);
    case "deleted":
      return { ...state, utterances: state.utterances.map((u) => (u.id === event.target ? { ...u, deleted: true } : u)) };
    case "edited":
      return state;
    case "infoAdded":
      return { ...state, usager: state.usager && { ...state.usager, ...event.usager } };
    case "invited": {
      const present = new Set(state.groupes.map((g) => g.groupeId));
      const back = new Set(event.groupes.filter((groupe) => present.has(groupe)));
      const added = event.groupes.filter((groupe) => !present.has(groupe)).map((groupe) => asked(groupe, event.at, true));
      const acted = instructeurActed(state, event);
      // A groupe that was out and is invited again starts as if it had never been asked.
      const groupes = acted.groupes.map((g) => (back.has(g.groupeId) && g.out ? asked(g.groupeId, event.at, true) : g));
      return { ...acted, groupes: [...groupes, ...added] };
    }
    case "standardProcedure":
      return { ...state, standardProcedure: true };
    case "processed":
      return {
        ...instructeurActed(state, event),
        ...NOT_PROCESSED,
        status: "traitee",
        processedAt: event.at,
        processedFor: event.by.groupeId,
      };
    case "archived":
      return { ...state, status: "archivee", archivedAt: event.at, usefulness: event.usefulness };
    case "reopened":
      return { ...state, ...NOT_PROCESSED, status: "en_cours", reopenedAt: event.at, archivedAt: null, usefulness: null };
    case "reminded":
      return reminded(state, event);
    case "snoozed":
      return withGroupe(state, event.by.groupeId, (g) => ({ ...g, snoozedUntil: event.until }));
    case "wiped":
      // Over for good, even when its data were asked to be erased while it was open: nothing is due of it any more.
      return {
        ...state,
        status: "archivee",
        archivedAt: state.archivedAt ?? event.at,
        sujet: "",
        description: "",
        usager: null,
        wipedAt: event.at,
      };
  }
}

/**
 * The state after one more event. Pure; never refuses: what may happen is for `decide` to say, what did happen is a fact.
 * @throws Error when the first event is not « opened », or a number is missing or twice: the record itself would be broken.
 */
export function evolve(id: DemandeId, state: DemandeState | null, event: DemandeEvent): DemandeState {
  if (event.seq !== (state?.seq ?? 0) + 1) throw new Error(`event ${event.seq} after ${state?.seq ?? 0} in demande ${id}`);
  if (event.type === "opened") {
    if (state) throw new Error(`demande ${id} opened twice`);
    return opened(id, event);
  }
  if (!state) throw new Error(`demande ${id} begins with « ${event.type} »`);
  // Viewings and reminders are no news of the file itself.
  const updatedAt = event.type === "viewed" || event.type === "reminded" || event.type === "snoozed" ? state.updatedAt : event.at;
  return { ...apply(state, event), seq: event.seq, updatedAt };
}

/**
 * The state that a whole list of events adds up to.
 * @throws Error as `evolve`, and for an empty list.
 */
export function replay(id: DemandeId, events: readonly DemandeEvent[]): DemandeState {
  let state: DemandeState | null = null;
  for (const event of events) state = evolve(id, state, event);
  if (!state) throw new Error(`demande ${id} has no event`);
  return state;
}
