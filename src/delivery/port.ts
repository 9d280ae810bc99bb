/**
 * What delivery asks of a chat platform. Every post bears a delivery id, by which it can be found again: that is what makes
 * a post happen once even when the process dies between the post and its record.
 */
import type { Readable } from "node:stream";
import type { FileRef, PlatformName } from "../domain/demande.ts";
import type { AgentId } from "../domain/ids.ts";
import type { Identity, Obstacle, Place } from "../domain/place.ts";
import type { Card } from "../presentation/card.ts";
import type { List } from "../presentation/list.ts";
import type { Message } from "../presentation/message.ts";

export type { PlatformName } from "../domain/demande.ts";
export type { Identity, Place } from "../domain/place.ts";

/** What a platform says of a person; null where it says nothing. */
export interface Profile {
  readonly email: string | null;
  readonly name: string;
  /** A program, or the platform's own account: never an agent. */
  readonly bot: boolean;
}

/** Finds agents on a platform and the reverse. */
export interface PeoplePort {
  /** @throws DeliveryFault when the platform does not answer; null for nobody it knows */
  profile(person: Identity): Promise<Profile | null>;
  /**
   * Everybody on this platform with that e-mail address, one per workspace at most. A workspace that does not answer keeps nobody of
   * another from being found.
   * @throws DeliveryFault when nobody was found and a workspace could not be asked: somebody may be there
   */
  byEmail(email: string): Promise<readonly Identity[]>;
}

/** Stable across every try of the same post: `<threadId>:<seq>` and the like. Letters, digits, `-`, `:`, `.`, `_`. */
export type DeliveryId = string;

/** The platform's user ids of the agents that a message names or pings, on the place's platform and workspace. */
export type UserIds = ReadonlyMap<AgentId, string>;

export interface OutgoingFile {
  readonly name: string;
  readonly mimetype: string;
  readonly size: number;
  /** What a picture shows, for those who do not see it. */
  readonly description?: string;
  /** Opens the bytes anew at each call, from the platform where the file was given. */
  open(): Promise<Readable>;
}

/** A note that the platform may keep with the intent of a post, saved before it acts (Slack's id of an upload under way). */
export interface IntentNote {
  readonly saved: string | null;
  save(note: string): Promise<void>;
}

export interface DeliveryPort {
  readonly name: PlatformName;
  /** So many demandes are worth having under way at once in one workspace: more of them would only wait for each other. */
  readonly atOnce: number;
  /** The direct conversation with this person. @throws DeliveryFault */
  openDirect(person: Identity): Promise<Place>;
  /** Posts the card as a root; gives the platform's id of the message. @throws DeliveryFault (this and all below) */
  postCard(place: Place, card: Card, delivery: DeliveryId, users: UserIds): Promise<string>;
  updateCard(place: Place, root: string, card: Card, users: UserIds): Promise<void>;
  /** Posts into the thread of `root`, or into the place itself when null. */
  post(place: Place, root: string | null, message: Message, delivery: DeliveryId, users: UserIds): Promise<string>;
  edit(place: Place, root: string | null, message: string, content: Message, users: UserIds): Promise<void>;
  /** Removes one of the bot's own posts; one that is gone already is no fault. */
  remove(place: Place, root: string | null, message: string): Promise<void>;
  /** Posts a file into the thread of `root`, or into the place itself when null, with `caption` saying whose it is. */
  postFile(
    place: Place,
    root: string | null,
    file: OutgoingFile,
    caption: Message,
    delivery: DeliveryId,
    note: IntentNote,
    users: UserIds,
  ): Promise<string>;
  /** The card holds nothing but this any more, and nothing of what it said before is kept, where the platform keeps such things. */
  eraseCard(place: Place, root: string, card: Card): Promise<void>;
  /**
   * Removes what people wrote in the thread, as far as the platform lets the bot.
   * @param messages those that are known of, wherever in the place they stand
   * @returns how many are left
   */
  removeOthers(place: Place, root: string | null, messages: readonly string[]): Promise<number>;
  /** A file whose post was begun is wanted no more: what `note` tells of it goes. */
  abandon(place: Place, note: string): Promise<void>;
  /** The home of this person shows nothing until they open it again. `place.channel`: their account. */
  blankHome(place: Place): Promise<void>;
  /** Posts a list of demandes into the place. */
  postList(place: Place, list: List, delivery: DeliveryId): Promise<string>;
  /**
   * The message posted earlier under this delivery id, if the platform has it. `since`: when the post was first tried;
   * `note`: what was kept with the intent of a file.
   */
  find(place: Place, root: string | null, delivery: DeliveryId, since: Date, note?: string | null): Promise<string | null>;
  /**
   * The bytes of a file given on this platform.
   * @throws DeliveryFault never of kind `place`, which would say that the thread where the file is to go is at fault: `content`
   *   when it cannot be fetched any more
   */
  openFile(file: FileRef): Promise<Readable>;
}

interface FaultOptions {
  readonly cause?: unknown;
  readonly afterMs?: number;
  readonly obstacle?: Obstacle;
}

/**
 * Why the platform did not do it.
 * `retry`: later, after `afterMs` when it says so. `place`: this place cannot be written to until somebody mends it (channel
 * archived, bot removed, token revoked). `content`: it will never take this content (a file over its limit).
 */
export class DeliveryFault extends Error {
  readonly kind: "retry" | "place" | "content";
  readonly afterMs: number | null;
  /** The platform's own word: `is_archived`, `not_in_channel`, `M_FORBIDDEN`… */
  readonly code: string;
  /** Of kind `place`: what is in the way. */
  readonly obstacle: Obstacle;

  constructor(kind: DeliveryFault["kind"], code: string, options: FaultOptions = {}) {
    super(`${kind}: ${code}`, { cause: options.cause });
    this.name = "DeliveryFault";
    this.kind = kind;
    this.code = code;
    this.afterMs = options.afterMs ?? null;
    this.obstacle = options.obstacle ?? "other";
  }
}
