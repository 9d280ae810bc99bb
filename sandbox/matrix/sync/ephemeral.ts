import type { Json, ReceiptRecord } from "../state/model.ts";
import type { Room } from "../state/room.ts";
import type { World } from "../state/world.ts";
import type { SyncInput } from "./input.ts";

/** What happens in a room and is not kept in its history: who types, who has read up to where. */
export function ephemeralOf({ world, actor, since }: SyncInput, room: Room, from: number): { type: string; content: Json }[] {
  const events: { type: string; content: Json }[] = [];
  const typing = world.typing.get(room.id);
  if (typing && typing.position > from) {
    const users = typingIn(world, room);
    if (users.length > 0 || since !== undefined) events.push({ type: "m.typing", content: { user_ids: users } });
  }
  const receipts = [...world.receipts.values()].filter(
    (receipt) =>
      receipt.roomId === room.id && receipt.position > from && (receipt.type === "m.read" || receipt.userId === actor.userId),
  );
  if (receipts.length > 0) events.push({ type: "m.receipt", content: receiptContent(receipts) });
  return events;
}

/** Who is typing in the room now. */
export function typingIn(world: World, room: Room): string[] {
  const now = performance.now();
  return [...(world.typing.get(room.id)?.users ?? [])].filter(([, until]) => until > now).map(([userId]) => userId);
}

function receiptContent(receipts: readonly ReceiptRecord[]): Json {
  const content: Record<string, Record<string, Json>> = {};
  // Where somebody has marked the same event both ways, the receipt without a thread is the one told.
  const ordered = [...receipts].sort((a, b) => Number(a.threadId === undefined) - Number(b.threadId === undefined));
  for (const { eventId, type, userId, at, threadId } of ordered) {
    const byType = content[eventId] ?? {};
    content[eventId] = byType;
    byType[type] = { ...byType[type], [userId]: { ts: at, ...(threadId !== undefined && { thread_id: threadId }) } };
  }
  return content;
}
