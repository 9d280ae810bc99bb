/** Free-form JSON as the Matrix API carries it. */
export type Json = Record<string, unknown>;

export interface AccountRecord {
  /** `@localpart:server` */
  id: string;
  displayName?: string;
  avatarUrl?: string;
  /** Known to the sandbox only, so that people can be named by it: Matrix shows it to nobody. */
  email?: string;
  /** Salt and scrypt hash, in hexadecimal; absent when no password opens the account. */
  password?: { salt: string; hash: string };
  isBot: boolean;
}

/** A token, and the device it stands for. A device keeps the tokens it was given until it logs out. */
export interface TokenRecord {
  token: string;
  userId: string;
  deviceId: string;
}

export interface DeviceRecord {
  userId: string;
  deviceId: string;
  displayName?: string;
  /** When it last called, in milliseconds since 1970; on disk it may lag behind. */
  seenAt?: number;
  /** The device's identity keys as it signed them, and its one-time keys not claimed yet, by key id. */
  keys?: Json;
  /** When its keys last changed. */
  keysPosition?: number;
  oneTimeKeys: Record<string, unknown>;
  fallbackKeys: Record<string, unknown>;
}

export type RoomVersion = "10" | "11" | "12";

export interface RoomRecord {
  id: string;
  version: RoomVersion;
  creator: string;
  /** Whether the room directory lists it. */
  published: boolean;
}

/** An event as the homeserver stores it: content is what is left of it once it was redacted. */
export interface EventRecord {
  id: string;
  roomId: string;
  /** Where it stands among all that ever happened on the server; a room's events are ordered by it. */
  position: number;
  type: string;
  sender: string;
  stateKey?: string;
  content: Json;
  /** Milliseconds since 1970, by the world's clock. */
  at: number;
  /** The event that a redaction takes the content from. */
  redacts?: string;
  /** The redaction that took this event's content. */
  redactedBy?: string;
  /** The state event that this one took the place of. */
  replaces?: string;
  /** What a person's client can read of an event it encrypted: shown to people by the control calls, never by the API. */
  clear?: Json;
  /** The device that sent it and its transaction id: only that device is shown the id. */
  transaction?: { deviceId: string; id: string };
}

export interface AccountDataRecord {
  userId: string;
  roomId?: string;
  type: string;
  content: Json;
  position: number;
}

export interface ReceiptRecord {
  roomId: string;
  userId: string;
  type: "m.read" | "m.read.private";
  eventId: string;
  threadId?: string;
  at: number;
  position: number;
}

export interface AliasRecord {
  alias: string;
  roomId: string;
  creator: string;
}

export interface FilterRecord {
  userId: string;
  filters: Json[];
}

export interface MediaRecord {
  id: string;
  userId: string;
  contentType: string;
  filename?: string;
  size: number;
}

/** A message for one device only, until a sync with a later token shows that it came. */
export interface ToDeviceRecord {
  userId: string;
  deviceId: string;
  position: number;
  event: Json;
}
