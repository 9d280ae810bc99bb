/** The direct conversations: one room with each person, found again in the account's own list, made when there is none. */
import type { Lanes } from "../lanes.ts";
import type { Alone } from "./alone.ts";
import type { MatrixApi } from "./api.ts";
import { directRooms } from "./events.ts";
import { matrixCode } from "./faults.ts";
import type { Pace } from "./pace.ts";

const LIST = "m.direct";

export interface DirectsOptions {
  readonly api: MatrixApi;
  readonly pace: Pace;
  readonly lanes: Lanes;
  /** The bot's own MXID, once known. */
  readonly self: () => string;
  /** Whether this process is told who comes and goes: what it believes of a room is then true. */
  readonly follows: () => boolean;
  /** The list is one document, and whoever saves it replaces it. */
  readonly alone: Alone;
}

export class Directs {
  readonly #with: DirectsOptions;
  #rooms = new Map<string, readonly string[]>();
  /** Found whole lately: not asked about again at each message. */
  readonly #open = new Map<string, string>();

  constructor(options: DirectsOptions) {
    this.#with = options;
  }

  /** The list as the account has it: other processes change it too. */
  async load(): Promise<void> {
    this.#open.clear();
    this.#read(await this.#with.api.accountData(this.#with.self(), LIST));
  }

  /** The list as the account now has it. */
  changed(content: unknown): void {
    this.#read(content);
  }

  /** The person whose direct conversation this is; null for any other room. */
  personOf(room: string): string | null {
    for (const [person, rooms] of this.#rooms) if (rooms.includes(room)) return person;
    return null;
  }

  /** This room is that person's, from now on the first to be used. */
  async add(person: string, room: string): Promise<void> {
    await this.#changing(() => this.#put(person, room));
  }

  /** Nothing is written there any more: left, or replaced by another. */
  async drop(room: string): Promise<void> {
    this.#forget(room);
    if (this.personOf(room) === null) return;
    await this.#changing(async () => {
      const person = this.personOf(room);
      if (person === null) return;
      const rooms = (this.#rooms.get(person) ?? []).filter((known) => known !== room);
      await this.#save(new Map(this.#rooms).set(person, rooms));
    });
  }

  /** The room to write in to this person, who is in it or invited to it. @throws MatrixFault */
  open(person: string): Promise<string> {
    return this.#with.lanes.run(`direct:${person}`, async () => {
      const known = this.#open.get(person);
      if (known !== undefined && this.#with.follows()) return known;
      const room = (await this.#usable(person)) ?? (await this.#changing(() => this.#make(person)));
      this.#open.set(person, room);
      return room;
    });
  }

  /** Somebody came or went there: it is looked at again before it is used. */
  touched(room: string): void {
    this.#forget(room);
  }

  async #usable(person: string): Promise<string | null> {
    for (const room of this.#rooms.get(person) ?? []) if (await this.#canReach(room, person)) return room;
    return null;
  }

  /** Invites again a person who left, where the bot may. */
  async #canReach(room: string, person: string): Promise<boolean> {
    const { api, pace, self } = this.#with;
    if (await api.isClosed(room)) return false;
    const [own, theirs] = await Promise.all([api.state(room, "m.room.member", self()), api.state(room, "m.room.member", person)]);
    if (own?.membership !== "join" || (await api.state(room, "m.room.tombstone")) !== null) return false;
    if (theirs?.membership === "join" || theirs?.membership === "invite") return true;
    try {
      await pace.invite(() => api.invite(room, person));
      return true;
    } catch (error) {
      if (matrixCode(error) === null) throw error;
      return false;
    }
  }

  /** Unless another process has just made one. */
  async #make(person: string): Promise<string> {
    const { api, pace } = this.#with;
    const usable = await this.#usable(person);
    if (usable !== null) return usable;
    const room = await pace.invite(() => api.createDirect({ invite: [person] }));
    await this.#put(person, room);
    return room;
  }

  async #put(person: string, room: string): Promise<void> {
    const rooms = this.#rooms.get(person) ?? [];
    if (rooms[0] === room) return;
    await this.#save(new Map(this.#rooms).set(person, [room, ...rooms.filter((known) => known !== room)]));
  }

  /** Changes the list as it is now, whoever else changes it at this moment. */
  #changing<T>(act: () => Promise<T>): Promise<T> {
    const { lanes, alone, api, self } = this.#with;
    return lanes.run(LIST, () =>
      alone(`${LIST} ${self()}`, async () => {
        this.#read(await api.accountData(self(), LIST));
        return act();
      }),
    );
  }

  async #save(rooms: ReadonlyMap<string, readonly string[]>): Promise<void> {
    const { api, pace, self } = this.#with;
    await pace.run("now", () => api.saveAccountData(self(), LIST, Object.fromEntries(rooms)));
    this.#rooms = new Map(rooms);
  }

  #forget(room: string): void {
    for (const [person, open] of this.#open) if (open === room) this.#open.delete(person);
  }

  #read(content: unknown): void {
    this.#rooms = new Map(Object.entries(directRooms.parse(content ?? {})));
  }
}
