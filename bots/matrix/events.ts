/** What of Matrix's events is read here, checked; the rest is kept as it came. https://spec.matrix.org/latest/client-server-api/#events */
import { z } from "zod";

export const matrixEvent = z.looseObject({
  type: z.string(),
  event_id: z.string(),
  sender: z.string(),
  origin_server_ts: z.number().catch(0),
  content: z.record(z.string(), z.unknown()).catch({}),
  state_key: z.string().optional().catch(undefined),
  redacts: z.string().optional().catch(undefined),
});
export type MatrixEvent = z.infer<typeof matrixEvent>;

/** Events of a list that are events; anything else a homeserver may put there is dropped. */
export const eventList = z
  .array(z.unknown())
  .catch([])
  .transform((list) => list.flatMap((one) => matrixEvent.safeParse(one).data ?? []));

/** The state that comes with an invitation, stripped of its ids. */
const strippedState = z.object({
  type: z.string(),
  sender: z.string(),
  state_key: z.string().catch(""),
  content: z.record(z.string(), z.unknown()).catch({}),
});
export type StrippedState = z.infer<typeof strippedState>;

const joinedRoom = z.object({
  timeline: z
    .object({ events: eventList, limited: z.boolean().catch(false), prev_batch: z.string().optional().catch(undefined) })
    .optional(),
  state: z.object({ events: eventList }).optional(),
});
export type JoinedRoom = z.infer<typeof joinedRoom>;

const invitedRoom = z.object({
  invite_state: z
    .object({
      events: z
        .array(z.unknown())
        .catch([])
        .transform((list) => list.flatMap((one) => strippedState.safeParse(one).data ?? [])),
    })
    .catch({ events: [] }),
});

const accountEvent = z.looseObject({ type: z.string(), content: z.record(z.string(), z.unknown()).catch({}) });

export const syncAnswer = z.looseObject({
  next_batch: z.string(),
  rooms: z
    .object({
      join: z.record(z.string(), joinedRoom).catch({}),
      invite: z.record(z.string(), invitedRoom).catch({}),
      leave: z.record(z.string(), z.unknown()).catch({}),
    })
    .partial()
    .catch({}),
  account_data: z
    .object({ events: z.array(accountEvent).catch([]) })
    .optional()
    .catch(undefined),
  to_device: z
    .object({ events: z.array(z.unknown()).catch([]) })
    .optional()
    .catch(undefined),
});
export type SyncAnswer = z.infer<typeof syncAnswer>;

export const RELATES = "m.relates_to";
const relation = z.object({
  rel_type: z.string().optional().catch(undefined),
  event_id: z.string().optional().catch(undefined),
  key: z.string().optional().catch(undefined),
  is_falling_back: z.boolean().optional().catch(undefined),
  "m.in_reply_to": z.object({ event_id: z.string() }).optional().catch(undefined),
});
export type Relation = z.infer<typeof relation>;

/** How an event relates to another; all absent for one that stands alone. */
export const relationOf = ({ content }: Pick<MatrixEvent, "content">): Relation =>
  relation.safeParse(content[RELATES]).data ?? {};

/** The root of the thread in which an event stands; null outside any. */
export function threadOf(event: Pick<MatrixEvent, "content">): string | null {
  const { rel_type, event_id } = relationOf(event);
  return rel_type === "m.thread" && event_id !== undefined ? event_id : null;
}

/** The event to which a person replies, and not merely the last of the thread, which clients name for those that know no threads. */
export function repliedTo(event: Pick<MatrixEvent, "content">): string | null {
  const { rel_type, is_falling_back, "m.in_reply_to": reply } = relationOf(event);
  return reply === undefined || (rel_type === "m.thread" && is_falling_back === true) ? null : reply.event_id;
}

/** Direct conversations by person, as the account keeps them. */
export const directRooms = z.record(z.string(), z.array(z.string()).catch([])).catch({});
