import type { EventRecord, Json, RoomRecord } from "./model.ts";

export type Membership = "join" | "invite" | "leave" | "ban" | "knock";

/** The relation that an event's content declares; undefined when there is none that the server takes into account. */
export function relationOf(content: Json): { type: string; eventId: string; key?: unknown } | undefined {
  const relation = content["m.relates_to"];
  if (typeof relation !== "object" || relation === null) return undefined;
  const { rel_type: type, event_id: eventId, key } = relation as Json;
  return typeof type === "string" && typeof eventId === "string" ? { type, eventId, key } : undefined;
}

const stateSlot = (type: string, stateKey: string): string => `${type}\u0000${stateKey}`;

/** A room: its events in order, the history of its state, and which events relate to which. There are no forks on one server. */
export class Room {
  readonly record: RoomRecord;
  readonly #events: EventRecord[] = [];
  readonly #history = new Map<string, EventRecord[]>();
  readonly #children = new Map<string, EventRecord[]>();
  #touchedAt = 0;

  constructor(record: RoomRecord) {
    this.record = record;
  }

  get id(): string {
    return this.record.id;
  }

  /** All events, oldest first. */
  get events(): readonly EventRecord[] {
    return this.#events;
  }

  /** The position of the latest thing that happened in it, receipts and the like included: syncs have nothing to say since. */
  get touchedAt(): number {
    return this.#touchedAt;
  }

  touch(position: number): void {
    this.#touchedAt = Math.max(this.#touchedAt, position);
  }

  get lastPosition(): number {
    return this.#events.at(-1)?.position ?? 0;
  }

  /** Takes in an event that comes after all others. */
  add(event: EventRecord): void {
    this.#events.push(event);
    this.touch(event.position);
    if (event.stateKey !== undefined) push(this.#history, stateSlot(event.type, event.stateKey), event);
    const relation = relationOf(event.content);
    if (relation) push(this.#children, relation.eventId, event);
  }

  /** The events after `from` and up to `to`, oldest first. */
  between(from: number, to: number): EventRecord[] {
    const start = this.#firstAfter(from);
    const end = this.#firstAfter(to);
    return this.#events.slice(start, end);
  }

  /** The state event that held at `position` (now, if absent). */
  state(type: string, stateKey = "", position = Number.POSITIVE_INFINITY): EventRecord | undefined {
    return this.#history.get(stateSlot(type, stateKey))?.findLast((event) => event.position <= position);
  }

  /** All the state that held at `position`. */
  stateAt(position = Number.POSITIVE_INFINITY): EventRecord[] {
    return [...this.#history.values()].flatMap((versions) => {
      const held = versions.findLast((event) => event.position <= position);
      return held ? [held] : [];
    });
  }

  membership(userId: string, position?: number): Membership | undefined {
    return this.state("m.room.member", userId, position)?.content.membership as Membership | undefined;
  }

  /** The member events of a user, oldest first. */
  membershipsOf(userId: string): readonly EventRecord[] {
    return this.#history.get(stateSlot("m.room.member", userId)) ?? [];
  }

  /** Those with that membership at `position` (now, if absent). */
  members(membership: Membership, position?: number): string[] {
    return this.stateAt(position)
      .filter((event) => event.type === "m.room.member" && event.content.membership === membership)
      .map((event) => event.stateKey ?? "");
  }

  /** What relates to an event and was not redacted, oldest first. */
  childrenOf(eventId: string): EventRecord[] {
    return (this.#children.get(eventId) ?? []).filter((event) => event.redactedBy === undefined);
  }

  /** The index of the first event after `position`, by bisection: rooms grow long. */
  #firstAfter(position: number): number {
    let low = 0;
    let high = this.#events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#events[middle]?.position ?? 0) <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function push(map: Map<string, EventRecord[]>, key: string, event: EventRecord): void {
  const list = map.get(key);
  if (list) list.push(event);
  else map.set(key, [event]);
}
