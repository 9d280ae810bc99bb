import type { z } from "zod";
import { Refusal } from "../../slack/person/refusal.ts";
import { openDirect } from "../person/direct.ts";
import { keyOf, keysOn, matchingKey } from "../person/pills.ts";
import { asPerson } from "../person/refused.ts";
import {
  messageIn,
  nameOf,
  quoted,
  resolveAnyone,
  resolveBot,
  resolvePerson,
  resolveRoom,
  roomFor,
  rootOf,
} from "../person/resolve.ts";
import { isMessage, shownMessage, threadOf } from "../person/shown.ts";
import type { Stage } from "../person/stage.ts";
import { Watch } from "../person/watch.ts";
import { editMessage, writeMessage } from "../person/write.ts";
import { ROOM_VERSIONS } from "../state/create-room.ts";
import { changeMembership } from "../state/membership.ts";
import type { AccountRecord, EventRecord, Json } from "../state/model.ts";
import { related } from "../state/relations.ts";
import type { Room } from "../state/room.ts";
import { redactEvent, sendEvent } from "../state/send.ts";
import { upgradeRoom } from "../state/upgrade.ts";
import { canSee } from "../state/visibility.ts";
import type { Shapes } from "./shapes.ts";

type In<K extends keyof Shapes> = z.output<Shapes[K]>;

/** How long nothing may happen before an act that ought to show something is held to have shown nothing. */
const EXPECTED_IDLE_MS = 1500;
/** The same after what most often is answered by nothing that its author sees. */
const MESSAGE_IDLE_MS = 400;

/** What the bots showed that person at once: messages new, edited, with new reactions, or taken away (`deleted: true`). */
interface Seen {
  seen: Json[];
}

interface Done extends Seen {
  ok: true;
}

/** Does something as a person; once it is on disk, waits for what they then see. */
async function doing<T extends Json>(
  stage: Stage,
  person: AccountRecord,
  options: { wait: "ack" | "seen" | undefined; idle: number },
  act: () => T,
): Promise<Done & T> {
  const watch = new Watch(stage, person.id);
  let done: T;
  try {
    done = act();
    await stage.world.store.committed();
    if (options.wait !== "ack") await watch.settle(options.idle);
  } catch (error) {
    watch.close();
    throw error;
  }
  return { ok: true, ...done, seen: watch.close() };
}

/** The latest message there that bears the pill that a person means. */
function messageWith(room: Room, person: AccountRecord, key: string): EventRecord {
  const found = room.events.findLast(
    (event) => isMessage(event) && canSee(room, event, person.id) && matchingKey(room, event, key) !== undefined,
  );
  if (!found) throw new Refusal(404, `Aucun message de ce salon ne porte la pastille ${quoted(key)}.`);
  return found;
}

/** What a person may do, each as its control call has it. Refusals are thrown; nothing has changed then. */
export const acts = {
  async messages(stage: Stage, input: In<"messages">): Promise<{ ok: true; channel: string; messages: Json[] }> {
    const { world } = stage;
    const person = input.as === undefined ? undefined : resolvePerson(world, input.as);
    const room = person ? roomFor(world, person, input.channel) : resolveRoom(world, input.channel);
    await world.store.committed();
    const root = input.thread === undefined ? undefined : rootOf(world, room, input.thread);
    const isShown = (event: EventRecord): boolean => {
      if (person && !canSee(room, event, person.id)) return false;
      if (input.all) return true;
      if (!isMessage(event)) return false;
      return root ? event.id === root.id || threadOf(event) === root.id : threadOf(event) === undefined;
    };
    const shown = room.events.filter(isShown).slice(-(input.limit ?? 10_000));
    return { ok: true, channel: room.id, messages: shown.map((event) => shownMessage(world, room, event)) };
  },

  /** The person's conversation with the bot, opened if need be. */
  async direct(stage: Stage, input: In<"direct">) {
    const { world } = stage;
    const person = resolvePerson(world, input.as);
    const bot = resolveBot(world, input.bot);
    const done = await doing(stage, person, { wait: "seen", idle: MESSAGE_IDLE_MS }, () => {
      const before = world.position;
      const room = asPerson(() => openDirect(world, person, bot));
      return { channel: room.id, opened: room.events[0] !== undefined && room.events[0].position > before };
    });
    const bots = world.room(done.channel)?.membership(bot.id) ?? "leave";
    return { ...done, bot: { id: bot.id, membership: bots } };
  },

  async message(stage: Stage, input: In<"message">) {
    const { world } = stage;
    const person = resolvePerson(world, input.as);
    return doing(stage, person, { wait: input.wait, idle: MESSAGE_IDLE_MS }, () => {
      const room = roomFor(world, person, input.channel);
      const replyTo = input.replyTo === undefined ? undefined : messageIn(world, room, input.replyTo);
      const thread = input.thread ?? (replyTo && threadOf(replyTo));
      const root = thread === undefined ? undefined : rootOf(world, room, thread);
      const events = writeMessage(world, room, person, {
        text: input.text,
        files: input.files ?? [],
        ...(input.html !== undefined && { html: input.html }),
        ...(root && { root }),
        ...(replyTo && { replyTo }),
      });
      return { channel: room.id, event_id: events[0]?.id ?? "", event_ids: events.map(({ id }) => id) };
    });
  },

  async edit(stage: Stage, input: In<"edit">) {
    const { world } = stage;
    const person = resolvePerson(world, input.as);
    return doing(stage, person, { wait: input.wait, idle: MESSAGE_IDLE_MS }, () => {
      const room = roomFor(world, person, input.channel);
      const edit = editMessage(world, room, person, messageIn(world, room, input.message), input.text, input.html);
      return { channel: room.id, event_id: edit.id };
    });
  },

  async delete(stage: Stage, input: In<"delete">) {
    const { world } = stage;
    const person = resolvePerson(world, input.as);
    return doing(stage, person, { wait: input.wait, idle: MESSAGE_IDLE_MS }, () => {
      const room = roomFor(world, person, input.channel);
      const message = messageIn(world, room, input.message);
      if (message.redactedBy !== undefined) throw new Refusal(409, "Ce message est déjà supprimé.");
      const reason = input.reason === undefined ? {} : { reason: input.reason };
      const redaction = asPerson(() => redactEvent(world, room, room.id, { userId: person.id }, message.id, reason));
      return { channel: room.id, event_id: redaction.id };
    });
  },

  /** Clicks a pill: adds the reaction of that key or label, or takes one's own away. */
  async react(stage: Stage, input: In<"react">) {
    const { world } = stage;
    const person = resolvePerson(world, input.as);
    return doing(stage, person, { wait: input.wait, idle: EXPECTED_IDLE_MS }, () => {
      const room = roomFor(world, person, input.channel);
      const message = input.message === undefined ? messageWith(room, person, input.key) : messageIn(world, room, input.message);
      const key = matchingKey(room, message, input.key) ?? input.key;
      const actor = { userId: person.id };
      const own = related(room, message, "m.annotation").find((one) => one.sender === person.id && keyOf(one) === key);
      if (input.remove) {
        if (!own) throw new Refusal(409, "Cette réaction n’y est pas.");
        return { event_id: asPerson(() => redactEvent(world, room, room.id, actor, own.id, {})).id, message: message.id, key };
      }
      const content = { "m.relates_to": { rel_type: "m.annotation", event_id: message.id, key } };
      const event = asPerson(() => sendEvent(world, room, room.id, actor, { type: "m.reaction", content }));
      return { event_id: event.id, message: message.id, key, keys: keysOn(room, message) };
    });
  },

  async invite(stage: Stage, input: In<"invite">) {
    const { world } = stage;
    const person = resolvePerson(world, input.as);
    return doing(stage, person, { wait: input.wait, idle: MESSAGE_IDLE_MS }, () => {
      const room = roomFor(world, person, input.channel);
      const who = resolveAnyone(world, input.who);
      asPerson(() => changeMembership(world, room, { userId: person.id }, who.id, "invite"));
      return { channel: room.id };
    });
  },

  async kick(stage: Stage, input: In<"kick">) {
    const { world } = stage;
    const person = resolvePerson(world, input.as);
    return doing(stage, person, { wait: input.wait, idle: MESSAGE_IDLE_MS }, () => {
      const room = roomFor(world, person, input.channel);
      const who = resolveAnyone(world, input.who);
      const reason = input.reason === undefined ? {} : { reason: input.reason };
      asPerson(() => changeMembership(world, room, { userId: person.id }, who.id, input.ban ? "ban" : "kick", reason));
      return { channel: room.id };
    });
  },

  async join(stage: Stage, input: In<"join">) {
    const { world } = stage;
    const person = resolvePerson(world, input.as);
    return doing(stage, person, { wait: input.wait, idle: MESSAGE_IDLE_MS }, () => {
      const room = resolveRoom(world, input.channel);
      asPerson(() => changeMembership(world, room, { userId: person.id }, person.id, "join"));
      return { channel: room.id };
    });
  },

  async leave(stage: Stage, input: In<"leave">) {
    const { world } = stage;
    const person = resolvePerson(world, input.as);
    return doing(stage, person, { wait: input.wait, idle: MESSAGE_IDLE_MS }, () => {
      const room = resolveRoom(world, input.channel);
      const membership = room.membership(person.id);
      if (membership !== "join" && membership !== "invite")
        throw new Refusal(403, `${nameOf(person)} n’est pas membre de ce salon.`);
      asPerson(() => changeMembership(world, room, { userId: person.id }, person.id, "leave"));
      return { channel: room.id };
    });
  },

  /** Replaces a room by a new version of it, as Element does: whoever was in the old one is invited, and people come at once. */
  async upgrade(stage: Stage, input: In<"upgrade">) {
    const { world } = stage;
    const person = resolvePerson(world, input.as);
    return doing(stage, person, { wait: input.wait, idle: EXPECTED_IDLE_MS }, () => {
      const old = roomFor(world, person, input.channel);
      const members = old.members("join").filter((userId) => userId !== person.id);
      const room = asPerson(() => upgradeRoom(world, old, { userId: person.id }, input.version ?? ROOM_VERSIONS[0] ?? ""));
      for (const userId of members) {
        asPerson(() => changeMembership(world, room, { userId: person.id }, userId, "invite"));
        if (!world.accounts.get(userId)?.isBot) asPerson(() => changeMembership(world, room, { userId }, userId, "join"));
      }
      return { channel: room.id, replaced: old.id };
    });
  },
};
