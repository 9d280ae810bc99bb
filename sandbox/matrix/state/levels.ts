import type { Json } from "./model.ts";
import type { Room } from "./room.ts";

/** The levels that acts need, as `m.room.power_levels` names them. */
export type Power = "ban" | "kick" | "redact" | "invite";

const USUAL: Readonly<Record<Power, number>> = { ban: 50, kick: 50, redact: 50, invite: 0 };

/** Who may do what in a room now (room versions 10 to 12: levels are integers). */
export class Levels {
  readonly #content: Json | undefined;
  readonly #creators: ReadonlySet<string>;
  readonly #isRoyal: boolean;

  constructor(room: Room) {
    this.#content = room.state("m.room.power_levels")?.content;
    const create = room.state("m.room.create");
    const more = create?.content.additional_creators;
    this.#creators = new Set([create?.sender ?? "", ...(Array.isArray(more) ? (more as string[]) : [])]);
    // From version 12 on, creators stand above every level and are not listed.
    this.#isRoyal = room.record.version === "12";
  }

  isCreator(userId: string): boolean {
    return this.#creators.has(userId);
  }

  of(userId: string): number {
    if (this.#isRoyal && this.#creators.has(userId)) return Number.POSITIVE_INFINITY;
    if (!this.#content) return this.#creators.has(userId) ? 100 : 0;
    return number(entries(this.#content.users)[userId]) ?? number(this.#content.users_default) ?? 0;
  }

  needed(power: Power): number {
    return number(this.#content?.[power]) ?? USUAL[power];
  }

  /** The level that sending such an event needs. */
  toSend(type: string, isState: boolean): number {
    const own = number(entries(this.#content?.events)[type]);
    if (own !== undefined) return own;
    if (!isState) return number(this.#content?.events_default) ?? 0;
    return number(this.#content?.state_default) ?? (this.#content ? 50 : 0);
  }
}

const number = (value: unknown): number | undefined => (typeof value === "number" ? value : undefined);

export const entries = (value: unknown): Json => (typeof value === "object" && value !== null ? (value as Json) : {});

/** What a new room's levels are (Synapse's), before the creator's own wishes. */
export function usualLevels(version: string, creator: string, isPublic: boolean): Json {
  const isRoyal = version === "12";
  return {
    users: isRoyal ? {} : { [creator]: 100 },
    users_default: 0,
    events: {
      "m.room.name": 50,
      "m.room.power_levels": 100,
      "m.room.history_visibility": 100,
      "m.room.canonical_alias": 50,
      "m.room.avatar": 50,
      "m.room.tombstone": isRoyal ? 150 : 100,
      "m.room.server_acl": 100,
      "m.room.encryption": 100,
    },
    events_default: 0,
    state_default: 50,
    ban: 50,
    kick: 50,
    redact: 50,
    invite: isPublic ? 50 : 0,
    historical: 100,
    ...(isPublic && { "m.call.invite": 50 }),
  };
}
