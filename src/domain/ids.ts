/**
 * Identifiers, branded so that one kind cannot be passed where another is meant. All are opaque strings: none carries
 * personal data, so any of them may stand in a log, a button or an URL.
 */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type DemandeId = Branded<"DemandeId">;
export type AgentId = Branded<"AgentId">;
export type GroupeId = Branded<"GroupeId">;
export type ThreadId = Branded<"ThreadId">;
/** `<commandId>.<n>`: the n-th event (from 0) that one command gave. */
export type EventId = Branded<"EventId">;
/** One per thing that a person did; made from the platform's own id, so that a redelivery makes the same one. */
export type CommandId = Branded<"CommandId">;

export const demandeId = (value: string): DemandeId => value as DemandeId;
export const agentId = (value: string): AgentId => value as AgentId;
export const groupeId = (value: string): GroupeId => value as GroupeId;
export const threadId = (value: string): ThreadId => value as ThreadId;
export const commandId = (value: string): CommandId => value as CommandId;
export const eventIdOf = (command: CommandId, n: number): EventId => `${command}.${n}` as EventId;
export const eventId = (value: string): EventId => value as EventId;
/** The command that gave this event. */
export const commandOf = (event: EventId): CommandId => event.slice(0, event.lastIndexOf(".")) as CommandId;

/** The number as people say it: 123 → « D-000123 ». */
export const formatRef = (number: number): string => `D-${String(number).padStart(6, "0")}`;

/** « D-000123 », « d-123 » or « 123 » → 123; undefined for anything else. */
export function parseRef(text: string): number | undefined {
  const digits = /^\s*(?:[dD]\s*-?\s*)?0*(\d{1,9})\s*$/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
