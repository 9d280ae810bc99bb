import type { EventRecord, Json, RoomVersion } from "./model.ts";
import type { World } from "./world.ts";

/** What content outlives a redaction, by event type (room version 11; version 10 differs where `KEPT_10` says so). */
const KEPT_11: Readonly<Record<string, readonly string[]>> = {
  "m.room.member": ["membership", "join_authorised_via_users_server"],
  "m.room.join_rules": ["join_rule", "allow"],
  "m.room.power_levels": [
    "ban",
    "events",
    "events_default",
    "invite",
    "kick",
    "redact",
    "state_default",
    "users",
    "users_default",
  ],
  "m.room.history_visibility": ["history_visibility"],
  "m.room.redaction": ["redacts"],
};

const KEPT_10: Readonly<Record<string, readonly string[]>> = {
  ...KEPT_11,
  "m.room.create": ["creator"],
  "m.room.power_levels": ["ban", "events", "events_default", "kick", "redact", "state_default", "users", "users_default"],
  "m.room.redaction": [],
};

function pruned(version: RoomVersion, type: string, content: Json): Json {
  const kept = (version === "10" ? KEPT_10 : KEPT_11)[type] ?? [];
  return Object.fromEntries(Object.entries(content).filter(([key]) => kept.includes(key)));
}

/** Takes an event's content for good, as the redaction says. The first redaction counts. */
export function applyRedaction(world: World, version: RoomVersion, target: EventRecord, redaction: EventRecord): void {
  if (target.redactedBy !== undefined) return;
  target.content = pruned(version, target.type, target.content);
  target.redactedBy = redaction.id;
  delete target.clear;
  world.saveEvent(target);
}
