/** What a person does with a client such as Element: enters rooms, writes in threads, corrects, shares files, clicks pills. */
import { buttonsIn, entriesOf } from "../../bots/matrix/render/pills.ts";
import { type ActionId, actionOf } from "../../src/actions.ts";
import { inThread, type Person, type Sent } from "../bots/matrix/homeserver.ts";
import type { MatrixSite } from "./matrixSite.ts";
import type { Posted } from "./matrixWire.ts";
import type { AttachedFile } from "./platformUnderTest.ts";
import { until } from "./until.ts";

const relatedIn = (root: string | null): object => (root === null ? {} : inThread(root));

const kindOf = (mimetype: string): string => (/^(image|audio|video)\//.test(mimetype) ? `m.${mimetype.split("/")[0]}` : "m.file");

/** A button of a message: as it reads now, or as it read before it was changed. */
interface Found {
  readonly pill: string;
  readonly shown: boolean;
  readonly current: boolean;
}

const found = (content: Sent["content"], action: ActionId, current: boolean): Found | null => {
  const entry = entriesOf(buttonsIn(content)).find((one) => one.action === action);
  return entry ? { pill: entry.pill, shown: entry.shown, current } : null;
};

export class MatrixClient {
  readonly person: Person;
  private readonly site: MatrixSite;
  /** Rooms that this person is known to be in. */
  private readonly rooms = new Set<string>();

  constructor(person: Person, site: MatrixSite) {
    this.person = person;
    this.site = site;
  }

  /** The conversation with the bot: the one there is, its invitation accepted, or a new one that the bot has come into. */
  async direct(): Promise<string> {
    return (await this.knownDirect()) ?? this.newDirect();
  }

  /** Comes in where the bot invites. */
  async accept(room: string): Promise<void> {
    if (this.rooms.has(room)) return;
    const { user } = this.person;
    if ((await this.site.bot.membership(room, user)) === "invite") await this.person.join(room);
    this.rooms.add(room);
  }

  /** Comes into a room of others, invited by one of them. */
  async enter(room: string): Promise<void> {
    const { bot } = this.site;
    if ((await bot.membership(room, this.person.user)) === "join") return;
    const member = await this.site.memberOf(room);
    await member.invite(room, this.person.user);
    await this.person.join(room);
  }

  /** @returns the id of the message, as below */
  write(room: string, root: string | null, text: string): Promise<string> {
    return this.person.send(room, { msgtype: "m.text", body: text, ...relatedIn(root) });
  }

  /** A file with its caption, if any, in one message. */
  async share(room: string, root: string, { name, mimetype, bytes }: AttachedFile, caption: string): Promise<string> {
    const url = await this.person.upload(bytes, name, mimetype);
    const info = { mimetype, size: bytes.length };
    const content = { msgtype: kindOf(mimetype), body: caption || name, filename: name, url, info };
    return this.person.send(room, { ...content, ...inThread(root) });
  }

  /** Changes the words of one's own message, or the caption of one's own file. */
  async edit(room: string, message: string, text: string): Promise<string> {
    const { "m.relates_to": _, ...before } = (await this.person.event(room, message)).content;
    const content = { ...before, body: text };
    const relation = { rel_type: "m.replace", event_id: message };
    return this.person.send(room, { ...content, body: `* ${text}`, "m.new_content": content, "m.relates_to": relation });
  }

  /**
   * Clicks the pill of that action, once it is there; what has none is typed in the thread. A pill that was there and is being
   * withdrawn is clicked all the same: the screen of whoever clicks is not refreshed yet.
   * @param root where the word is typed instead; null where nothing else will do
   * @returns the id of the click, or of the message
   * @throws Error when that message bears no such button
   */
  async click(at: Posted, root: string | null, action: ActionId): Promise<string> {
    const button = await until(`the pill of ${action} under ${at.event}`, async () => {
      const one = await this.button(at, action);
      if (!one?.current || !one.shown) return { one };
      return (await this.pills(at, this.site.bot.user)).some(({ key }) => key === one.pill) ? { one } : null;
    });
    const { one } = button;
    if (one?.shown) return this.react(at, one.pill);
    if (root === null) throw new Error(`the message ${at.event} has no button ${action}`);
    return this.write(at.room, root, `!${actionOf(action).word}`);
  }

  /** Clicks the pill that bears these words, once the bot has put it there. */
  async press(at: Posted, words: string): Promise<string> {
    const { key } = await until(`the pill « ${words} » under ${at.event}`, async () =>
      (await this.pills(at, this.site.bot.user)).find((pill) => pill.key.includes(words)),
    );
    return this.react(at, key);
  }

  private async knownDirect(): Promise<string | null> {
    const { bot } = this.site;
    const path = `user/${encodeURIComponent(bot.user)}/account_data/m.direct`;
    const rooms = await bot.call("GET", path).catch(() => ({}));
    const [room] = rooms[this.person.user] ?? [];
    if (room === undefined) return null;
    await this.accept(room);
    return room;
  }

  private async newDirect(): Promise<string> {
    const { bot } = this.site;
    await this.person.createRoom({ preset: "trusted_private_chat", is_direct: true, invite: [bot.user] });
    return until(`the bot in the direct conversation of ${this.person.user}`, () => this.knownDirect());
  }

  private async button({ room, event }: Posted, action: ActionId): Promise<Found | null> {
    const { content } = await this.person.event(room, event);
    const edits = (await this.person.relations(room, event, "m.replace")).map((edit) => edit.content["m.new_content"]);
    const [latest, ...earlier] = [...edits, content];
    const now = found(latest, action, true);
    return now ?? earlier.map((one) => found(one, action, false)).find((one) => one !== null) ?? null;
  }

  private async pills({ room, event }: Posted, sender: string): Promise<{ id: string; key: string }[]> {
    const reactions = await this.person.relations(room, event, "m.annotation");
    return reactions
      .filter((one) => one.sender === sender)
      .map((one) => ({ id: one.event_id, key: String(one.content["m.relates_to"]?.key) }));
  }

  /** A click that is still there is taken off first, as on any client. */
  private async react(at: Posted, key: string): Promise<string> {
    for (const own of await this.pills(at, this.person.user)) if (own.key === key) await this.person.redact(at.room, own.id);
    return this.person.react(at.room, at.event, key);
  }
}
