/** A post found again by the delivery id in its content. */
import type { DeliveryId } from "../../src/delivery/port.ts";
import type { MatrixApi, Page } from "./api.ts";
import type { MatrixEvent } from "./events.ts";
import { DELIVERY_KEY } from "./render/content.ts";

/** Between this machine's clock and the homeserver's. */
const MARGIN_MS = 5 * 60_000;
const TYPES = { types: ["m.room.message", "m.room.encrypted"] };

/** The messages of a thread, or of the room itself, since then, the newest first; page by page. */
async function* messagesSince(api: MatrixApi, room: string, root: string | null, since: Date): AsyncGenerator<MatrixEvent[]> {
  const oldest = since.getTime() - MARGIN_MS;
  let from: string | null = null;
  do {
    const page: Page =
      root === null ? await api.messages(room, from, null, TYPES) : await api.relations(room, root, "m.thread", from);
    const recent = page.events.filter((event) => event.origin_server_ts >= oldest);
    yield await Promise.all(recent.map((event) => api.clear(room, event)));
    from = recent.length === page.events.length && page.events.length > 0 ? page.next : null;
  } while (from !== null);
}

/** The bot's own message that bears this delivery id; null where there is none. */
export async function findDelivery(
  api: MatrixApi,
  self: string,
  place: { readonly room: string; readonly root: string | null },
  delivery: DeliveryId,
  since: Date,
): Promise<MatrixEvent | null> {
  for await (const events of messagesSince(api, place.room, place.root, since)) {
    const found = events.find((event) => event.sender === self && event.content[DELIVERY_KEY] === delivery);
    if (found !== undefined) return found;
  }
  return null;
}

/** Their author's own edits of a message: anybody may send an event that claims to be one. */
export async function editsOf(api: MatrixApi, room: string, message: string, author: string): Promise<string[]> {
  const edits: string[] = [];
  for (let from: string | null = null, more = true; more; more = from !== null) {
    const page: Page = await api.relations(room, message, "m.replace", from);
    edits.push(...page.events.filter(({ sender }) => sender === author).map(({ event_id: id }) => id));
    from = page.next;
  }
  return edits;
}

/** A message of somebody's. */
export interface WrittenBelow {
  readonly id: string;
  readonly sender: string;
}

const SPOKEN: ReadonlySet<string> = new Set(["m.room.message", "m.room.encrypted"]);
/** What was removed keeps its place, and nothing in it. */
const isEmpty = ({ content }: MatrixEvent): boolean => content.msgtype === undefined && content.ciphertext === undefined;

/** The messages of others in the thread of `root`, and those of `known`, wherever they stand, that still hold something. */
export async function writtenBelow(
  api: MatrixApi,
  room: string,
  root: string | null,
  known: readonly string[],
  self: string,
): Promise<WrittenBelow[]> {
  const found = new Map<string, MatrixEvent>();
  for (let from: string | null = null, more = root !== null; more && root !== null; more = from !== null) {
    const page: Page = await api.relations(room, root, "m.thread", from);
    for (const event of page.events) found.set(event.event_id, event);
    from = page.next;
  }
  for (const id of known) {
    const event = found.has(id) ? null : await api.event(room, id);
    if (event !== null) found.set(id, event);
  }
  return [...found.values()]
    .filter((event) => event.sender !== self && SPOKEN.has(event.type) && !isEmpty(event))
    .map(({ event_id: id, sender }) => ({ id, sender }));
}
