/** The rooms that the bot enters, follows and leaves. */
import { z } from "zod";
import type { MatrixState } from "../../models/matrixState.ts";
import type { Identity, Place } from "../../src/delivery/port.ts";
import { matrixTexts } from "../../src/texts/matrix.ts";
import { faultFields, type Log } from "../log.ts";
import type { MatrixApi } from "./api.ts";
import type { Directs } from "./directs.ts";
import type { MatrixEvent, StrippedState } from "./events.ts";
import { isPassing } from "./faults.ts";
import type { Pace } from "./pace.ts";
import type { Presence } from "./presence.ts";
import type { AgentFinder } from "./receive/names.ts";

export interface RoomsOptions {
  readonly api: MatrixApi;
  readonly pace: Pace;
  readonly state: MatrixState;
  readonly directs: Directs;
  readonly agentOf: AgentFinder;
  readonly identity: (user: string) => Identity;
  readonly place: (room: string) => Place;
  readonly self: () => string;
  readonly log: Log;
  /** The room goes on elsewhere: what was bound to it follows. */
  readonly moved: (from: Place, to: Place) => Promise<void>;
  /** People who come and leave; null where nobody wants to know. */
  readonly presence: Presence | null;
}

const predecessor = z.object({ predecessor: z.object({ room_id: z.string() }) });
const ENCRYPTION = "m.room.encryption";

export class Rooms {
  readonly #with: RoomsOptions;

  constructor(options: RoomsOptions) {
    this.#with = options;
  }

  /** Enters where an agent invites; a stranger is told why not. */
  async invited(room: string, state: readonly StrippedState[]): Promise<void> {
    const { api, pace, agentOf, identity, directs, self, log } = this.#with;
    const invitation = state.find((event) => event.type === "m.room.member" && event.state_key === self());
    const inviter = invitation?.sender;
    if (inviter === undefined || (await agentOf(identity(inviter))) === null) {
      log.info({ room, inviter }, "An invitation from somebody unknown is refused");
      await pace.run("later", () => api.leave(room, matrixTexts.strangerInvitation));
      return;
    }
    try {
      await pace.invite(() => api.join(room, [inviter.slice(inviter.indexOf(":") + 1)]));
    } catch (error) {
      if (isPassing(error)) throw error;
      log.warn({ room, ...faultFields(error) }, "A room could not be entered");
      return;
    }
    if (invitation?.content.is_direct === true) await directs.add(inviter, room);
  }

  /** The bot is in this room; `state` tells what it is like. `came`: it has just come in. */
  async entered(room: string, state: readonly MatrixEvent[], came: boolean): Promise<void> {
    const { api } = this.#with;
    api.entered(room);
    if (came) await this.#succeeds(room);
    if (api.encrypts) await api.connection.crypto.onRoomJoin(room);
    if (state.some((event) => event.type === ENCRYPTION)) await this.#encrypted(room);
  }

  /** What changed in the room itself. */
  async changed(room: string, event: MatrixEvent): Promise<void> {
    const { api, directs, presence } = this.#with;
    if (event.type === ENCRYPTION && event.state_key === "") await this.#encrypted(room);
    if (event.type === "m.room.member") {
      directs.touched(room);
      await presence?.moved(room, event);
    }
    if (event.type === "m.room.tombstone" && event.state_key === "") await this.#replaced(room, event);
    if (api.encrypts) await api.connection.crypto.onRoomEvent(room, event);
  }

  /** An event that no key of the bot's opens. */
  async unreadable(room: string): Promise<void> {
    if (!this.#with.api.readsEncrypted) await this.#encrypted(room);
    else this.#with.log.warn({ room }, "A message could not be decrypted");
  }

  async left(room: string): Promise<void> {
    this.#with.api.entered(room);
    await this.#with.directs.drop(room);
  }

  /** Said once, where the bot cannot read: nobody should wait for an answer. */
  async #encrypted(room: string): Promise<void> {
    const { api, pace, state, self, log } = this.#with;
    // Any member may send an encrypted event into a room that is not: the state alone tells, and is asked for anew.
    api.entered(room);
    if (!(await api.isEncrypted(room))) return;
    if (api.readsEncrypted || !(await state.tellOnce(self(), room, ENCRYPTION))) return;
    log.warn({ room }, "A room is encrypted, and this bot cannot read it");
    const content = { msgtype: "m.notice", body: matrixTexts.encrypted, "m.mentions": {} };
    try {
      await pace.run("soon", () => api.send(room, "m.room.message", `c.${room}`, content));
    } catch (error) {
      log.warn({ room, ...faultFields(error) }, "An encrypted room could not be told so");
    }
  }

  /** Follows to where the room goes on; where that needs an invitation, it is followed when it comes. */
  async #replaced(room: string, event: MatrixEvent): Promise<void> {
    const { api, pace, log } = this.#with;
    const replacement = event.content.replacement_room;
    if (typeof replacement !== "string") return;
    try {
      await pace.invite(() => api.join(replacement, [event.sender.slice(event.sender.indexOf(":") + 1)]));
    } catch (error) {
      if (isPassing(error)) throw error;
      log.warn({ room, replacement, ...faultFields(error) }, "The room that replaces another is closed to the bot for now");
    }
  }

  /**
   * What was bound to the room that this one replaces is bound to this one. Both rooms must say so: anybody may make a room
   * that claims to follow another. https://spec.matrix.org/latest/client-server-api/#room-upgrades
   */
  async #succeeds(room: string): Promise<void> {
    const { api, directs, place, moved, presence, log } = this.#with;
    const before = predecessor.safeParse(await api.state(room, "m.room.create")).data?.predecessor.room_id;
    if (before === undefined) return;
    const tombstone = await api.state(before, "m.room.tombstone");
    if (tombstone?.replacement_room !== room) return;
    const person = directs.personOf(before);
    if (person !== null) {
      await directs.drop(before);
      await directs.add(person, room);
    }
    await moved(place(before), place(room));
    // Some came before the bot did.
    await presence?.compareOne(place(room));
    log.info({ room: before, replacement: room }, "A room goes on in another");
  }
}
