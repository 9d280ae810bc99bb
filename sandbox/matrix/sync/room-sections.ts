import type { EventRecord, Json } from "../state/model.ts";
import { presentEvent, strippedEvent } from "../state/present.ts";
import type { Room } from "../state/room.ts";
import { canSee, goingOf } from "../state/visibility.ts";
import { ephemeralOf } from "./ephemeral.ts";
import { type EventFilter, passes, passesEvent, withoutIdleMembers } from "./filter.ts";
import type { SyncInput } from "./input.ts";
import { tokenOf } from "./tokens.ts";

/** How many events of a room a sync gives unless asked otherwise (Synapse's). */
const USUAL_LIMIT = 10;

/** What a sync says of one room. */
export interface Section {
  body: Json;
  /** The timeline's events, as stored. */
  timeline: EventRecord[];
}

/** Whether that user came into the room since, or it is all new to them. */
export function isNewTo(input: SyncInput, room: Room): boolean {
  const { since, actor } = input;
  if (since === undefined || room.membership(actor.userId, since) !== "join") return true;
  return room.membershipsOf(actor.userId).some((member) => member.position > since && member.content.membership !== "join");
}

interface Timeline {
  events: EventRecord[];
  isLimited: boolean;
  /** The position just before the first event given. */
  start: number;
}

function timelineOf(input: SyncInput, room: Room, from: number, to: number): Timeline {
  const filter = input.filter.room?.timeline;
  const seen = room
    .between(from, to)
    .filter((event) => canSee(room, event, input.actor.userId) && passesEvent(filter, room, event));
  const limit = input.keep ?? Math.max(1, filter?.limit ?? USUAL_LIMIT);
  const isLimited = seen.length > limit;
  const events = isLimited ? seen.slice(seen.length - limit) : seen;
  return { events, isLimited, start: (events[0]?.position ?? to + 1) - 1 };
}

/** The section of a room that the user is in; undefined when nothing happened there. */
export function joinedSection(input: SyncInput, room: Room, to: number): Section | undefined {
  const { world, actor, filter, fullState } = input;
  const isNew = isNewTo(input, room);
  const from = isNew || input.since === undefined ? 0 : input.since;
  const timeline = timelineOf(input, room, from, to);
  const whole = isNew || fullState;
  const state = stateBefore(input, room, from, timeline, whole);
  const accountData = [...world.accountData.values()]
    .filter((data) => data.userId === actor.userId && data.roomId === room.id && data.position > from && data.position <= to)
    .filter((data) => passes(filter.room?.account_data, data.type))
    .map(({ type, content }) => ({ type, content }));
  const ephemeral = ephemeralOf(input, room, from).filter((event) => passes(filter.room?.ephemeral, event.type));
  const isEmpty = [timeline.events, state, accountData, ephemeral].every((list) => list.length === 0) && !timeline.isLimited;
  if (isEmpty && !whole) return undefined;
  const isLimited = timeline.isLimited || (isNew && input.since !== undefined);
  return {
    timeline: timeline.events,
    body: {
      timeline: {
        events: timeline.events.map((event) => presentTimeline(input, event)),
        prev_batch: tokenOf(timeline.start),
        limited: isLimited,
      },
      state: { events: state.map((event) => presentEvent(world, event, actor, { format: "sync" })) },
      account_data: { events: accountData },
      ephemeral: { events: ephemeral },
      summary: isLazy(filter.room?.state) ? summaryOf(room, actor.userId) : {},
    },
  };
}

export const presentTimeline = ({ world, actor }: SyncInput, event: EventRecord): Json =>
  presentEvent(world, event, actor, { format: "sync", bundled: true, membership: true });

const isLazy = (filter: EventFilter | undefined): boolean => filter?.lazy_load_members === true;

/** The state before the timeline: all of it, or what changed since. */
function stateBefore(input: SyncInput, room: Room, from: number, timeline: Timeline, whole: boolean): EventRecord[] {
  const filter = input.filter.room?.state;
  const [first] = timeline.events;
  // As on Synapse, what the first event of the timeline replaces is told by that event alone.
  const isReplaced = (event: EventRecord) => event.type === first?.type && event.stateKey === first?.stateKey;
  const held = room.stateAt(timeline.start).filter((event) => (whole || event.position > from) && !isReplaced(event));
  const passing = held.filter((event) => passesEvent(filter, room, event));
  if (!isLazy(filter)) return passing;
  const senders = new Set([...timeline.events.map((event) => event.sender), input.actor.userId]);
  const shown = new Set(timeline.events.map((event) => event.stateKey));
  const lazily = [...senders].flatMap((userId) => {
    const member = room.state("m.room.member", userId, timeline.start);
    return member && !shown.has(userId) && !passing.includes(member) && (timeline.events.length > 0 || whole) ? [member] : [];
  });
  return [...withoutIdleMembers(passing, senders), ...lazily];
}

/** How many are in the room, and who names it when it has no name. */
function summaryOf(room: Room, userId: string): Json {
  const [joined, invited] = [room.members("join"), room.members("invite")];
  const heroes = [...joined, ...invited].filter((other) => other !== userId).slice(0, 5);
  const isNamed = room.state("m.room.name") !== undefined || room.state("m.room.canonical_alias") !== undefined;
  return {
    ...(!isNamed && { "m.heroes": heroes }),
    "m.joined_member_count": joined.length,
    "m.invited_member_count": invited.length,
  };
}

/** The section of a room that the user left since; undefined when they did not. */
export function leftSection(input: SyncInput, room: Room, to: number): Section | undefined {
  const { world, actor, since, filter } = input;
  const going = goingOf(room, actor.userId);
  const last = room.membershipsOf(actor.userId).at(-1)?.position ?? 0;
  if (world.hasForgotten(room, actor.userId) || last > to) return undefined;
  const isIncluded = since === undefined ? filter.room?.include_leave === true : last > since;
  if (!isIncluded) return undefined;
  const timeline = timelineOf(input, room, since ?? 0, Math.max(last, Math.min(going, to)));
  const state = stateBefore(input, room, since ?? 0, timeline, since === undefined);
  return {
    timeline: timeline.events,
    body: {
      timeline: {
        events: timeline.events.map((event) => presentTimeline(input, event)),
        prev_batch: tokenOf(timeline.start),
        limited: timeline.isLimited,
      },
      state: { events: state.map((event) => presentEvent(world, event, actor, { format: "sync" })) },
      account_data: { events: [] },
    },
  };
}

const SHOWN_TO_INVITED = [
  "m.room.create",
  "m.room.join_rules",
  "m.room.canonical_alias",
  "m.room.avatar",
  "m.room.encryption",
  "m.room.name",
  "m.room.topic",
];

/** The section of a room that the user was invited to since; undefined when they were not. */
export function invitedSection(input: SyncInput, room: Room, to: number): Json | undefined {
  const { world, actor, since } = input;
  const invitation = room.state("m.room.member", actor.userId);
  if (!invitation || invitation.position > to || (since !== undefined && invitation.position <= since)) return undefined;
  const inviter = room.state("m.room.member", invitation.sender);
  const told = [...SHOWN_TO_INVITED.map((type) => room.state(type)), inviter].flatMap((event) => (event ? [event] : []));
  return {
    invite_state: {
      events: [...told.map(strippedEvent), presentEvent(world, invitation, actor, { format: "sync" })],
    },
  };
}
