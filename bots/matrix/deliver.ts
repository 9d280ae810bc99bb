/** What the bot posts: each event once, in each room in order, its faults told in delivery's three kinds. */
import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import { LRUCache } from "lru-cache";
import {
  DeliveryFault,
  type DeliveryId,
  type DeliveryPort,
  type Identity,
  type IntentNote,
  type OutgoingFile,
  type Place,
  type UserIds,
} from "../../src/delivery/port.ts";
import type { FileRef } from "../../src/domain/demande.ts";
import type { Card } from "../../src/presentation/card.ts";
import type { List } from "../../src/presentation/list.ts";
import type { Message } from "../../src/presentation/message.ts";
import { fileFault } from "../fileFault.ts";
import type { Lanes } from "../lanes.ts";
import type { Content, MatrixApi } from "./api.ts";
import type { Directs } from "./directs.ts";
import { deliveryFault, matrixCode } from "./faults.ts";
import { fileType, openMatrixFile, upload } from "./files.ts";
import { editsOf, findDelivery, type WrittenBelow, writtenBelow } from "./find.ts";
import { line, NAME_LENGTH } from "./limits.ts";
import type { Pace, Urgency } from "./pace.ts";
import type { Pills } from "./pills.ts";
import { renderCard } from "./render/card.ts";
import { contentOf, editOf, inReplyTo, inThread, type Said, withDelivery } from "./render/content.ts";
import { renderList } from "./render/list.ts";
import { renderMessage } from "./render/message.ts";
import { buttonsIn } from "./render/pills.ts";

export interface DeliveryOptions {
  readonly api: MatrixApi;
  readonly pace: Pace;
  readonly lanes: Lanes;
  readonly pills: Pills;
  readonly directs: Directs;
  /** The bot's own MXID and the name of its homeserver, once known. */
  readonly self: () => string;
  readonly workspace: () => string;
}

/** Where a message is posted. */
export interface Spot {
  readonly room: string;
  readonly root: string | null;
  /** The message that it answers, if it does. */
  readonly reply?: string | null;
}

/** Enough to keep a pace of dozens of calls a second busy; without one, enough for some dozens of rooms. */
const AT_ONCE = { paced: 8, free: 64 } as const;

export class MatrixDelivery implements DeliveryPort {
  readonly name = "matrix";
  readonly atOnce: number;
  readonly #with: DeliveryOptions;
  /** The last message of each thread that the bot knows of, for clients that know no threads. */
  readonly #last = new LRUCache<string, string>({ max: 5_000 });

  constructor(options: DeliveryOptions) {
    this.#with = options;
    this.atOnce = options.pace.isSet ? AT_ONCE.paced : AT_ONCE.free;
  }

  async openDirect({ user }: Identity): Promise<Place> {
    const room = await this.#calling(() => this.#with.directs.open(user));
    return { platform: "matrix", workspace: this.#with.workspace(), channel: room };
  }

  async postCard({ channel: room }: Place, card: Card, delivery: DeliveryId, _users: UserIds): Promise<string> {
    const said = renderCard(card);
    const event = await this.#post({ room, root: null }, withDelivery(contentOf(said), delivery), delivery, "now");
    await this.#with.pills.show(room, event, event, said.buttons);
    return event;
  }

  async updateCard({ channel: room }: Place, root: string, card: Card, _users: UserIds): Promise<void> {
    const said = renderCard(card);
    await this.#edit(room, root, said);
    await this.#with.pills.show(room, root, root, said.buttons);
  }

  post({ channel: room }: Place, root: string | null, message: Message, delivery: DeliveryId, users: UserIds): Promise<string> {
    return this.say({ room, root }, renderMessage(message, users), delivery);
  }

  async edit({ channel: room }: Place, root: string | null, message: string, content: Message, users: UserIds): Promise<void> {
    const said = renderMessage(content, users);
    await this.#edit(room, message, said);
    await this.#with.pills.show(room, message, root, said.buttons);
  }

  async remove({ channel: room }: Place, _root: string | null, message: string): Promise<void> {
    await this.#with.pills.show(room, message, null, []);
    await this.#inOrder(room, async () => {
      // What an edit said stays in the edit, whatever becomes of the message.
      for (const edit of await editsOf(this.#with.api, room, message, this.#with.self())) await this.#redact(room, edit);
      await this.#redact(room, message);
    });
  }

  /** A room keeps every version of a message: all of them go, and with them the card itself. */
  eraseCard(place: Place, root: string, _card: Card): Promise<void> {
    return this.remove(place, null, root);
  }

  /** Where the bot may remove the messages of others: in the rooms that it made, and where it was given the power to. */
  removeOthers({ channel: room }: Place, root: string | null, messages: readonly string[]): Promise<number> {
    const { api, self } = this.#with;
    return this.#inOrder(room, async () => {
      let left = 0;
      for (const message of await writtenBelow(api, room, root, messages, self()))
        if (!(await this.#redactAll(room, message))) left += 1;
      return left;
    });
  }

  /** What was sent and never shared has no place from which it could be read. */
  async abandon(): Promise<void> {}

  /** Matrix has no homes. */
  async blankHome(): Promise<void> {}

  async postFile(
    { channel: room }: Place,
    root: string | null,
    file: OutgoingFile,
    caption: Message,
    delivery: DeliveryId,
    note: IntentNote,
    users: UserIds,
  ): Promise<string> {
    const bytes = note.saved === null ? await upload(this.#with.api, this.#with.pace, room, file) : readNote(note.saved);
    // A second try shares what the first one sent.
    if (note.saved === null) await note.save(JSON.stringify(bytes));
    const { msgtype: _, ...words } = contentOf(renderMessage(caption, users));
    const content: Content = {
      ...words,
      msgtype: fileType(file.mimetype),
      filename: line(file.name, NAME_LENGTH),
      info: { mimetype: file.mimetype, size: file.size },
      ...bytes,
    };
    return this.#post({ room, root }, withDelivery(content, delivery), delivery, "now");
  }

  postList({ channel: room }: Place, list: List, delivery: DeliveryId): Promise<string> {
    return this.say({ room, root: null }, renderList(list), delivery);
  }

  async find({ channel: room }: Place, root: string | null, delivery: DeliveryId, since: Date): Promise<string | null> {
    const { api, self, pills } = this.#with;
    const found = await this.#calling(() => findDelivery(api, self(), { room, root }, delivery, since));
    if (found === null) return null;
    // The process may have died between the message and its pills.
    await pills.show(room, found.event_id, root ?? found.event_id, buttonsIn(found.content));
    return found.event_id;
  }

  async openFile(file: FileRef): Promise<Readable> {
    try {
      return await this.#calling(() => openMatrixFile(this.#with.api, file));
    } catch (error) {
      throw fileFault(error, () => false);
    }
  }

  /** Posts what is rendered already, with its pills. `delivery`: the same for every try. @throws DeliveryFault */
  async say(spot: Spot, said: Said, delivery: DeliveryId, urgency: Urgency = "now"): Promise<string> {
    const event = await this.#post(spot, withDelivery(contentOf(said), delivery), delivery, urgency);
    if (said.buttons.length > 0) await this.#with.pills.show(spot.room, event, spot.root, said.buttons);
    return event;
  }

  /** Somebody wrote this in the thread: what comes next answers it, for clients that know no threads. */
  heard(root: string, event: string): void {
    this.#last.set(root, event);
  }

  #post({ room, root, reply = null }: Spot, content: Content, delivery: DeliveryId, urgency: Urgency): Promise<string> {
    return this.#inOrder(room, async () => {
      await this.#refuseInClear(room);
      const { api, pace } = this.#with;
      const last = reply ?? this.#last.get(root ?? "") ?? root;
      const alone = root === null || last === null;
      const placed = alone ? replying(content, reply) : inThread(content, root, last, reply !== null);
      const event = await pace.run(urgency, () => api.send(room, "m.room.message", delivery, placed));
      if (root !== null) this.heard(root, event);
      return event;
    });
  }

  async #edit(room: string, message: string, said: Said): Promise<void> {
    const content = editOf(message, contentOf(said));
    // Not the delivery's own id: the same text may come back after another, and is then another edit.
    const txn = `e.${randomUUID()}`;
    await this.#inOrder(room, () => this.#with.pace.run("soon", () => this.#with.api.send(room, "m.room.message", txn, content)));
  }

  /** Somebody's message with all that was said in editing it. False where the bot may not. */
  async #redactAll(room: string, { sender, id }: WrittenBelow): Promise<boolean> {
    try {
      for (const edit of await editsOf(this.#with.api, room, id, sender)) await this.#redact(room, edit);
      await this.#redact(room, id);
      return true;
    } catch (error) {
      if (matrixCode(error) !== "M_FORBIDDEN") throw error;
      return false;
    }
  }

  async #redact(room: string, event: string): Promise<void> {
    try {
      await this.#with.pace.run("soon", () => this.#with.api.redact(room, event, `x.${event}`));
    } catch (error) {
      if (matrixCode(error) !== "M_NOT_FOUND") throw error;
    }
  }

  /** What people believe to be encrypted is not written in clear. */
  async #refuseInClear(room: string): Promise<void> {
    if (await this.#with.api.isClosed(room)) throw new DeliveryFault("place", "encrypted_room");
  }

  /** One at a time in each room, in the order in which it was asked for. */
  #inOrder<T>(room: string, act: () => Promise<T>): Promise<T> {
    return this.#with.lanes.run(room, () => this.#calling(act));
  }

  async #calling<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw deliveryFault(error);
    }
  }
}

const replying = (content: Content, reply: string | null): Content => (reply === null ? content : inReplyTo(content, reply));

function readNote(note: string): Content {
  try {
    return JSON.parse(note) as Content;
  } catch (error) {
    throw new DeliveryFault("content", "unreadable_note", { cause: error });
  }
}
