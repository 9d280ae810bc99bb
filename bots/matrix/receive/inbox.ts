/** What people say, change, remove and click, handed to the desk in the order in which it was done. */
import type { MatrixState } from "../../../models/matrixState.ts";
import type { Prompts } from "../../../models/prompts.ts";
import type { Identity, Place } from "../../../src/delivery/port.ts";
import type { CommandInbound, Desk, Reaction } from "../../../src/demandes/desk.ts";
import { richText } from "../../../src/domain/richtext.ts";
import { say } from "../../../src/presentation/message.ts";
import { matrixTexts } from "../../../src/texts/matrix.ts";
import type { MatrixApi } from "../api.ts";
import type { DialogueRoom } from "../dialogue/room.ts";
import type { Directs } from "../directs.ts";
import { type MatrixEvent, relationOf, repliedTo, threadOf } from "../events.ts";
import { buttonsIn, entriesOf, pillKey } from "../render/pills.ts";
import type { Stage } from "../show.ts";
import { commandOf } from "./commands.ts";
import { fileOf, hasCaption, isFile } from "./files.ts";
import { commandWithPeople, type TypedWithPeople } from "./mentions.ts";
import { bodyOf, type Names, readText } from "./richtext.ts";

/** The reaction that is due to a person, and where they acted. */
export interface Heard {
  readonly stage: Omit<Stage, "agent">;
  readonly reaction: Reaction;
}

export interface InboxOptions {
  readonly desk: Desk;
  readonly api: MatrixApi;
  readonly state: MatrixState;
  readonly prompts: Prompts;
  readonly directs: Directs;
  readonly dialogues: DialogueRoom;
  readonly names: Names;
  readonly self: () => string;
  readonly identity: (user: string) => Identity;
  readonly place: (room: string) => Place;
  /** Somebody spoke in a thread. */
  readonly spoke: (root: string, event: string) => void;
  /** A click has been taken. */
  readonly clicked: (room: string, reaction: string) => void;
}

const SPOKEN: ReadonlySet<unknown> = new Set(["m.text", "m.emote", "m.file", "m.image", "m.audio", "m.video"]);
/** How a list's own button for the third demande is called, however it is typed. */
const numberKey = (number: number): string => pillKey(number === 10 ? "🔟" : `${number}\u20e3`);

const tell = (text: string): Reaction => ({ kind: "tell", message: say(richText(text)) });

export class Inbox {
  readonly #with: InboxOptions;
  /** The last list shown in each direct conversation, for `!voir 3`. */
  readonly #lists = new Map<string, string>();

  constructor(options: InboxOptions) {
    this.#with = options;
  }

  /** Resolves once the desk has written what it is about; null when it is about nothing that a person did. */
  async event(room: string, event: MatrixEvent): Promise<Heard | null> {
    if (event.sender === this.#with.self()) return null;
    switch (event.type) {
      case "m.room.message":
        return relationOf(event).rel_type === "m.replace" ? this.#edited(room, event) : this.#message(room, event);
      case "m.reaction":
        return this.#clicked(room, event);
      case "m.room.redaction":
        return this.#deleted(room, event);
      default:
        return null;
    }
  }

  /** A list was shown there: its numbers may be typed. */
  listed(room: string, event: string): void {
    this.#lists.set(room, event);
  }

  async #message(room: string, event: MatrixEvent): Promise<Heard | null> {
    if (!SPOKEN.has(event.content.msgtype)) return null;
    const { desk, directs, dialogues, identity, place, state, spoke } = this.#with;
    const direct = directs.personOf(room) === event.sender;
    const root = await this.#rootOf(room, event);
    const stage = { room, root, message: event.event_id, user: event.sender, act: event.event_id };
    const typed = event.content.msgtype === "m.text" ? commandWithPeople(event) : null;
    if (typed !== null) {
      const reaction = await this.#typed(stage, typed, direct);
      return reaction && { stage, reaction };
    }
    if (direct && root === null) {
      const words = isFile(event) ? null : bodyOf(event);
      if (await dialogues.answer(event.sender, { room, message: event.event_id }, words)) return null;
    }
    // Two people talking in a room are none of the bot's business.
    if (!direct && root === null) return null;
    if (root !== null) {
      await state.hear(room, event.event_id, root, event.sender, new Date());
      spoke(root, event.event_id);
    }
    const reaction = await desk.message({
      id: event.event_id,
      person: identity(event.sender),
      saidAt: new Date(event.origin_server_ts),
      place: place(room),
      root,
      message: event.event_id,
      direct,
      ...(await this.#said(event)),
    });
    return { stage, reaction };
  }

  async #said(event: Pick<MatrixEvent, "content">) {
    const { names, place } = this.#with;
    const file = fileOf(event, place("").workspace);
    const text = isFile(event) && !hasCaption(event) ? [] : await readText(event, names);
    return { text, files: file === null ? [] : [file] };
  }

  /** The thread in which a person writes: the one that the message names, or that of the message to which it replies. */
  async #rootOf(room: string, event: MatrixEvent): Promise<string | null> {
    const thread = threadOf(event);
    if (thread !== null) return thread;
    const answered = repliedTo(event);
    if (answered === null) return null;
    const known = await this.#with.state.heardAs(room, answered);
    if (known !== null) return known.root;
    const original = await this.#with.api.event(room, answered);
    if (original === null) return null;
    // In a direct conversation, a question of the bot's is answered by a reply too.
    if (original.sender !== this.#with.self()) return threadOf(original);
    return threadOf(original) ?? (buttonsIn(original.content).length > 0 ? answered : null);
  }

  async #typed(stage: Heard["stage"], typed: TypedWithPeople, direct: boolean): Promise<Reaction | null> {
    const { desk, identity, place } = this.#with;
    const { room, root, user, act } = stage;
    const command = commandOf(typed);
    const inbound = { id: act, person: identity(user), place: place(room) };
    if (command !== undefined) return desk.command({ ...inbound, direct, ...command, ...this.#mentioned(typed) });
    if (direct && root === null && typed.word.toLowerCase() === "voir") return this.#listed(stage, typed.rest);
    if (root !== null) return desk.word({ ...inbound, word: typed.word, root });
    return tell(matrixTexts.unknownCommand(typed.word.slice(0, 50)));
  }

  #mentioned({ users, withoutMentions }: TypedWithPeople): Pick<CommandInbound, "mentioned" | "withoutMentions"> {
    return users.length === 0 ? {} : { mentioned: users.map(this.#with.identity), withoutMentions };
  }

  /** `!voir 3`, in the direct conversation where the list is. */
  async #listed({ room, user, act }: Heard["stage"], text: string): Promise<Reaction> {
    const list = this.#lists.get(room);
    const number = Number(text);
    const claimed =
      list !== undefined && Number.isInteger(number) ? await this.#with.prompts.claim(room, list, numberKey(number), act) : null;
    if (claimed === null) return tell(matrixTexts.noListedDemande);
    const { action, value } = claimed.entry;
    const { desk, identity, place } = this.#with;
    return desk.click({ id: act, person: identity(user), action, value, place: place(room), root: null });
  }

  /** By its author only: anybody may send an event that claims to replace another. */
  async #edited(room: string, event: MatrixEvent): Promise<Heard | null> {
    const { desk, state, identity, place } = this.#with;
    const target = relationOf(event).event_id;
    const content = event.content["m.new_content"];
    const original = target === undefined ? null : await state.heardAs(room, target);
    if (target === undefined || original?.sender !== event.sender) return null;
    if (typeof content !== "object" || content === null) return null;
    const { text } = await this.#said({ content: content as Record<string, unknown> });
    const reaction = await desk.edited({
      id: event.event_id,
      person: identity(event.sender),
      saidAt: new Date(event.origin_server_ts),
      place: place(room),
      root: original.root,
      message: target,
      text,
    });
    return { stage: { room, root: original.root, message: target, user: event.sender, act: event.event_id }, reaction };
  }

  /** By its author only: what a moderator removes from a room is that room's affair. */
  async #deleted(room: string, event: MatrixEvent): Promise<Heard | null> {
    const { desk, state, identity, place } = this.#with;
    const target = event.redacts ?? (typeof event.content.redacts === "string" ? event.content.redacts : undefined);
    const original = target === undefined ? null : await state.heardAs(room, target);
    if (target === undefined || original?.sender !== event.sender) return null;
    const reaction = await desk.deleted({
      id: event.event_id,
      person: identity(event.sender),
      place: place(room),
      root: original.root,
      message: target,
    });
    return { stage: { room, root: original.root, message: target, user: event.sender, act: event.event_id }, reaction };
  }

  /** Counts on the bot's own messages alone, and on those of their pills that make sense now. */
  async #clicked(room: string, event: MatrixEvent): Promise<Heard | null> {
    const { desk, prompts, identity, place, clicked } = this.#with;
    const { rel_type, event_id: target, key } = relationOf(event);
    if (rel_type !== "m.annotation" || target === undefined || key === undefined) return null;
    const claimed =
      (await prompts.claim(room, target, pillKey(key), event.event_id)) ??
      (await this.#unknown(room, target, key, event.event_id));
    if (claimed === null) return null;
    const { entry, root } = claimed;
    const reaction = await desk.click({
      id: event.event_id,
      person: identity(event.sender),
      action: entry.action,
      value: entry.value,
      place: place(room),
      root,
    });
    clicked(room, event.event_id);
    return { stage: { room, root, message: target, user: event.sender, act: event.event_id }, reaction };
  }

  /** A message of the bot's whose pills were lost with the process that posted it: they are in the message itself. */
  async #unknown(room: string, target: string, key: string, reaction: string) {
    const { prompts, api, self } = this.#with;
    if ((await prompts.get(room, target)) !== null) return null;
    const event = await api.event(room, target);
    const buttons = event?.sender === self() ? buttonsIn(event.content) : [];
    if (event === null || buttons.length === 0 || !entriesOf(buttons).some(({ keys }) => keys.includes(pillKey(key))))
      return null;
    await prompts.put(room, target, threadOf(event) ?? target, entriesOf(buttons), new Date());
    return prompts.claim(room, target, pillKey(key), reaction);
  }
}
