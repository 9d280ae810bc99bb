import { z } from "zod";
import { Refusal } from "../../slack/person/refusal.ts";
import { createAccount, hashPassword } from "../client-api/session.ts";
import { findDirect } from "../person/direct.ts";
import { asPerson } from "../person/refused.ts";
import { nameOf, resolveAnyone, resolveBot, resolvePerson, resolveRoom, roomName } from "../person/resolve.ts";
import { createRoom } from "../state/create-room.ts";
import { newDeviceId } from "../state/ids.ts";
import { changeMembership, spreadProfile } from "../state/membership.ts";
import type { AccountRecord } from "../state/model.ts";
import type { Room } from "../state/room.ts";
import { sendEvent } from "../state/send.ts";
import type { World } from "../state/world.ts";

const localpart = z.string().regex(/^[a-z0-9=_\-./+]{1,100}$/, "un nom de compte est en minuscules sans accents");

const userShape = z.strictObject({
  localpart,
  displayName: z.string().min(1).max(100),
  email: z.email().optional(),
  /** With it, clients can log in to the account. */
  password: z.string().min(1).max(512).optional(),
});

const botShape = z.strictObject({
  localpart: localpart.optional(),
  displayName: z.string().min(1).max(100).optional(),
  deviceId: z.string().min(1).max(100).optional(),
});

const roomShape = z.strictObject({
  name: z.string().min(1).max(200),
  topic: z.string().max(1000).optional(),
  /** Ids, localparts, addresses or names of people; « bot » for the bot. All are in the room from the start. */
  members: z.array(z.string()),
  /** Who opens it, and may do everything there; the first member if absent. */
  creator: z.string().optional(),
  /** Messages in it are encrypted. */
  encrypted: z.boolean().optional(),
  /** Anybody may come in. */
  public: z.boolean().optional(),
  alias: z.string().min(1).max(100).optional(),
  version: z.string().max(20).optional(),
  /** Levels of members, by what names them: 50 for moderators, 100 for administrators. */
  levels: z.record(z.string(), z.number().int()).optional(),
});

export type UserInput = z.input<typeof userShape>;
export type BotInput = z.input<typeof botShape>;
export type RoomInput = z.input<typeof roomShape>;

/** What a client needs to act as an account. */
export interface Session {
  userId: string;
  accessToken: string;
  deviceId: string;
  homeserverUrl: string;
}

export interface UserSummary {
  id: string;
  displayName: string;
  email?: string;
  isBot: boolean;
}

export interface RoomSummary {
  id: string;
  name: string;
  members: string[];
  encrypted: boolean;
  /** In a conversation between somebody and the bot: who that is. */
  direct: string | null;
  /** The room that took its place. */
  replacedBy: string | null;
}

/** Makes accounts and rooms, as administrators would. All of it is on disk when a call resolves. */
export class Builder {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** A new person, with a session of theirs. Throws a Refusal when the account exists. */
  async createUser(input: UserInput): Promise<Session> {
    const { localpart, displayName, email, password } = userShape.parse(input);
    const account = asPerson(() =>
      createAccount(this.#world, localpart, {
        displayName,
        ...(email !== undefined && { email }),
        ...(password !== undefined && { password: hashPassword(password) }),
      }),
    );
    return this.#opened(account, newDeviceId());
  }

  /** A new bot, with the session it keeps. */
  async createBot(input: BotInput = {}): Promise<Session> {
    const { localpart = "aplus", displayName = "Administration+", deviceId } = botShape.parse(input);
    const account = asPerson(() => createAccount(this.#world, localpart, { displayName, isBot: true }));
    return this.#opened(account, deviceId ?? newDeviceId());
  }

  async #opened(account: AccountRecord, deviceId: string): Promise<Session> {
    this.#world.openSession(account.id, deviceId);
    await this.#world.store.committed();
    return this.session(account.id);
  }

  /** The session that was opened first for an account (an id, a localpart, « bot » for the bot), and is kept. */
  session(who = "bot"): Session {
    const account = resolveAnyone(this.#world, who);
    const token = [...this.#world.tokens.values()].find(({ userId }) => userId === account.id);
    if (!token) throw new Refusal(404, `${nameOf(account)} n’a plus de session.`);
    const { token: accessToken, deviceId } = token;
    return { userId: account.id, accessToken, deviceId, homeserverUrl: this.#world.baseUrl };
  }

  /** Another session of an account, as after logging in anew. */
  async openSession(who: string, deviceId: string = newDeviceId()): Promise<Session> {
    const account = resolveAnyone(this.#world, who);
    const { token } = this.#world.openSession(account.id, deviceId);
    await this.#world.store.committed();
    return { userId: account.id, accessToken: token, deviceId, homeserverUrl: this.#world.baseUrl };
  }

  async updateUser(who: string, changes: { displayName?: string; email?: string }): Promise<UserSummary> {
    const account = { ...resolveAnyone(this.#world, who), ...changes };
    this.#world.accounts.put(account.id, account);
    spreadProfile(this.#world, account.id);
    await this.#world.store.committed();
    return summaryOf(account);
  }

  /** A new room with those people in it. */
  async createRoom(input: RoomInput): Promise<RoomSummary> {
    const shape = roomShape.parse(input);
    const world = this.#world;
    const members = shape.members.map((member) => resolveAnyone(world, member));
    const creator = shape.creator === undefined ? members[0] : resolveAnyone(world, shape.creator);
    if (!creator) throw new Refusal(400, "Il faut quelqu’un pour ouvrir le salon.");
    const levels = Object.entries(shape.levels ?? {}).map(([who, level]) => [resolveAnyone(world, who).id, level]);
    const room = asPerson(() => {
      const opened = createRoom(
        world,
        { userId: creator.id },
        {
          preset: shape.public ? "public_chat" : "private_chat",
          name: shape.name,
          ...(shape.topic !== undefined && { topic: shape.topic }),
          ...(shape.alias !== undefined && { room_alias_name: shape.alias }),
          ...(shape.version !== undefined && { room_version: shape.version }),
          ...(shape.encrypted && { initial_state: [encryption] }),
          ...(levels.length > 0 && {
            power_level_content_override: { users: { [creator.id]: 100, ...Object.fromEntries(levels) } },
          }),
        },
      );
      for (const member of members) if (member.id !== creator.id) letIn(world, opened, creator.id, member.id);
      return opened;
    });
    await world.store.committed();
    return this.#summary(room);
  }

  /** Puts somebody (or « bot ») into a room: invited by whoever opened it, and come. */
  async letIn(channel: string, who: string): Promise<RoomSummary> {
    const room = resolveRoom(this.#world, channel);
    asPerson(() => letIn(this.#world, room, room.record.creator, resolveAnyone(this.#world, who).id));
    await this.#world.store.committed();
    return this.#summary(room);
  }

  /** Turns encryption on in a room; it cannot be turned off. */
  async encrypt(channel: string): Promise<RoomSummary> {
    const room = resolveRoom(this.#world, channel);
    const draft = { type: encryption.type, stateKey: "", content: encryption.content };
    asPerson(() => sendEvent(this.#world, room, room.id, { userId: room.record.creator }, draft));
    await this.#world.store.committed();
    return this.#summary(room);
  }

  /** The people of this homeserver; bots apart. */
  users(): UserSummary[] {
    return [...this.#world.accounts.values()].filter((account) => !account.isBot).map(summaryOf);
  }

  /** The rooms, conversations included. */
  rooms(): RoomSummary[] {
    return [...this.#world.rooms()].map((room) => this.#summary(room));
  }

  #summary(room: Room): RoomSummary {
    const world = this.#world;
    const members = room.members("join");
    const present = [...members, ...room.members("invite")].flatMap((userId) => world.accounts.get(userId) ?? []);
    const bot = present.find((account) => account.isBot);
    const person = present.find((account) => !account.isBot);
    const isDirect = bot && person && present.length === 2 && findDirect(world, person, bot)?.id === room.id;
    const replacement = room.state("m.room.tombstone")?.content.replacement_room;
    return {
      id: room.id,
      name: roomName(room) ?? "",
      members,
      encrypted: room.state("m.room.encryption")?.content.algorithm !== undefined,
      direct: isDirect ? person.id : null,
      replacedBy: typeof replacement === "string" ? replacement : null,
    };
  }

  /** The person meant by an id, a localpart, an address or a name. Throws a Refusal. */
  user(who: string): UserSummary {
    return summaryOf(resolvePerson(this.#world, who));
  }

  /** The bot's account. Throws a Refusal when there is none. */
  bot(): UserSummary {
    return summaryOf(resolveBot(this.#world));
  }
}

const encryption = { type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } };

function letIn(world: World, room: Room, by: string, userId: string): void {
  if (room.membership(userId) !== "invite") changeMembership(world, room, { userId: by }, userId, "invite");
  changeMembership(world, room, { userId }, userId, "join");
}

function summaryOf(account: AccountRecord): UserSummary {
  const { id, email, isBot } = account;
  return { id, displayName: nameOf(account), isBot, ...(email !== undefined && { email }) };
}
