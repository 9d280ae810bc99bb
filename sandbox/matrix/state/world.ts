import { Store, type Table } from "../../slack/state/store.ts";
import { Feed } from "./feed.ts";
import { newToken } from "./ids.ts";
import type {
  AccountDataRecord,
  AccountRecord,
  AliasRecord,
  DeviceRecord,
  EventRecord,
  FilterRecord,
  MediaRecord,
  ReceiptRecord,
  RoomRecord,
  ToDeviceRecord,
  TokenRecord,
} from "./model.ts";
import { Room } from "./room.ts";

/** Everything the homeserver holds, and the indexes over it. Changes are synchronous; `store.committed()` makes them last. */
export class World {
  readonly store: Store;
  readonly serverName: string;
  readonly feed = new Feed();
  readonly accounts: Table<AccountRecord>;
  readonly tokens: Table<TokenRecord>;
  readonly devices: Table<DeviceRecord>;
  readonly aliases: Table<AliasRecord>;
  readonly accountData: Table<AccountDataRecord>;
  readonly receipts: Table<ReceiptRecord>;
  readonly filters: Table<FilterRecord>;
  readonly media: Table<MediaRecord>;
  readonly toDevice: Table<ToDeviceRecord>;
  /** The event that a device's transaction made, by device, room and transaction id. */
  readonly transactions: Table<string>;
  /** The position at which a user forgot a room. */
  readonly forgotten: Table<number>;
  /** Who is typing where, and until when by the monotonic clock: not worth keeping. */
  readonly typing = new Map<string, { users: Map<string, number>; position: number }>();
  readonly #clock: { now(): Date };
  readonly #meta: Table<number>;
  readonly #roomRecords: Table<RoomRecord>;
  readonly #eventRecords: Table<EventRecord>;
  readonly #rooms = new Map<string, Room>();
  readonly #events = new Map<string, EventRecord>();
  /** Where this sandbox is reached, without a final slash; known once it listens. */
  baseUrl = "";

  constructor(options: { folder?: string; clock: { now(): Date }; serverName: string }) {
    this.store = new Store(options.folder);
    this.serverName = options.serverName;
    this.#clock = options.clock;
    this.#meta = this.store.table("meta");
    this.accounts = this.store.table("accounts");
    this.tokens = this.store.table("tokens");
    this.devices = this.store.table("devices");
    this.aliases = this.store.table("aliases");
    this.accountData = this.store.table("accountData");
    this.receipts = this.store.table("receipts");
    this.filters = this.store.table("filters");
    this.media = this.store.table("media");
    this.toDevice = this.store.table("toDevice");
    this.transactions = this.store.table("transactions");
    this.forgotten = this.store.table("forgotten");
    this.#roomRecords = this.store.table("rooms");
    this.#eventRecords = this.store.table("events");
    for (const record of this.#roomRecords.values()) this.#rooms.set(record.id, new Room(record));
    const inOrder = [...this.#eventRecords.values()].sort((a, b) => a.position - b.position);
    for (const event of inOrder) {
      this.#events.set(event.id, event);
      this.#rooms.get(event.roomId)?.add(event);
    }
    for (const { roomId = "", position } of [...this.receipts.values(), ...this.accountData.values()])
      this.#rooms.get(roomId)?.touch(position);
  }

  /** Milliseconds since 1970, by the world's clock. */
  now(): number {
    return this.#clock.now().getTime();
  }

  /** A number greater than any given before: what sync tokens count in. */
  nextPosition(): number {
    const next = this.position + 1;
    this.#meta.put("position", next);
    return next;
  }

  get position(): number {
    return this.#meta.get("position") ?? 0;
  }

  rooms(): IterableIterator<Room> {
    return this.#rooms.values();
  }

  room(id: string): Room | undefined {
    return this.#rooms.get(id);
  }

  event(id: string): EventRecord | undefined {
    return this.#events.get(id);
  }

  addRoom(record: RoomRecord): Room {
    const room = new Room(record);
    this.#rooms.set(record.id, room);
    this.#roomRecords.put(record.id, record);
    return room;
  }

  /** Stores the new record of a room that exists. */
  saveRoom(room: Room): void {
    this.#roomRecords.put(room.id, room.record);
  }

  addEvent(room: Room, event: EventRecord): void {
    this.#events.set(event.id, event);
    room.add(event);
    this.saveEvent(event);
  }

  /** Stores the new state of an event that exists. */
  saveEvent(event: EventRecord): void {
    this.#eventRecords.put(String(event.position).padStart(14, "0"), event);
  }

  /** Gives a device a token, making the device where it is new. */
  openSession(userId: string, deviceId: string, displayName?: string): TokenRecord {
    const key = deviceKey(userId, deviceId);
    const named = displayName === undefined ? {} : { displayName };
    if (!this.devices.get(key)) this.devices.put(key, { userId, deviceId, oneTimeKeys: {}, fallbackKeys: {}, ...named });
    const record = { token: newToken(), userId, deviceId };
    this.tokens.put(record.token, record);
    return record;
  }

  devicesOf(userId: string): DeviceRecord[] {
    return [...this.devices.values()].filter((device) => device.userId === userId);
  }

  /** Ends a device: its tokens are good for nothing from now on. */
  closeDevice(userId: string, deviceId: string): void {
    for (const { token, ...owner } of [...this.tokens.values()])
      if (owner.userId === userId && owner.deviceId === deviceId) this.tokens.delete(token);
    this.devices.delete(deviceKey(userId, deviceId));
  }

  accountDataOf(userId: string, type: string, roomId?: string): AccountDataRecord | undefined {
    return this.accountData.get(accountDataKey(userId, type, roomId));
  }

  setAccountData(userId: string, type: string, content: AccountDataRecord["content"], roomId?: string): void {
    const position = this.nextPosition();
    const place = roomId === undefined ? {} : { roomId };
    this.accountData.put(accountDataKey(userId, type, roomId), { userId, type, content, position, ...place });
    this.#rooms.get(roomId ?? "")?.touch(position);
    this.feed.touch([userId], position);
  }

  /** The rooms where that user has that membership. */
  roomsOf(userId: string, membership: "join" | "invite"): Room[] {
    return [...this.#rooms.values()].filter((room) => room.membership(userId) === membership);
  }

  hasForgotten(room: Room, userId: string): boolean {
    const position = this.forgotten.get(`${room.id} ${userId}`);
    return position !== undefined && position >= (room.membershipsOf(userId).at(-1)?.position ?? 0);
  }

  /** Forgets the whole world. Positions go on from where they are, so that no sync token of before means something else. */
  async clear(): Promise<void> {
    const { position } = this;
    this.#rooms.clear();
    this.#events.clear();
    this.typing.clear();
    await this.store.clear();
    this.#meta.put("position", position);
    this.feed.clear();
    await this.store.committed();
  }
}

export const deviceKey = (userId: string, deviceId: string): string => `${userId} ${deviceId}`;

const accountDataKey = (userId: string, type: string, roomId = ""): string => `${userId} ${roomId} ${type}`;
