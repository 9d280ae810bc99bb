/** The replica of a demande in one place, and how far it has come. Stored inside the demande's document. */

import type { PlatformName, Side } from "../src/domain/demande.ts";
import type { AgentId, GroupeId, ThreadId } from "../src/domain/ids.ts";
import type { Obstacle } from "../src/domain/place.ts";

/** Saved before a post, so that after a crash the platform can be asked whether it took place. */
export interface Posting {
  /** 0 for the card, else the event's number. */
  readonly seq: number;
  readonly delivery: string;
  readonly at: Date;
  /** What the platform keeps with its intent. */
  readonly note: string | null;
}

/** A message that the bot posted in the thread, and the event for which it stands. */
export interface Post {
  readonly seq: number;
  readonly message: string;
}

/** What the platform said, since when, and what is in the way; the last is absent from what was written before it was kept. */
export interface Broken {
  readonly code: string;
  readonly at: Date;
  readonly obstacle?: Obstacle;
}

export interface Thread {
  readonly id: ThreadId;
  readonly side: Side;
  /** The groupe whose channel it is in; null for a direct conversation. */
  readonly groupeId: GroupeId | null;
  /** Whose direct conversation it is; null in a groupe's channel. */
  readonly agentId: AgentId | null;
  /** Null until the place is known: a groupe not yet bound, a direct conversation not yet opened. */
  readonly platform: PlatformName | null;
  readonly workspace: string | null;
  readonly channel: string | null;
  /** The card's message. */
  readonly root: string | null;
  /** `platform/workspace/channel/root`, for finding the demande of a thread; null until posted. */
  readonly key: string | null;
  /** The last event that this thread shows, or has no need to show. */
  readonly delivered: number;
  readonly posting: Posting | null;
  readonly posts: readonly Post[];
  /** Digest of the card as last shown. */
  readonly card: string | null;
  /** Why nothing can be posted there until somebody mends it. */
  readonly broken: Broken | null;
  /** Not before this moment (system time), after a passing refusal. */
  readonly retryAt: Date | null;
  readonly attempts: number;
  /** The last message of a person there that was handled. */
  readonly seen: string | null;
}

/** A thread to be made: in the channel of a groupe, or in the direct conversation of an agent, on any platform if none is given. */
export const newThread = (
  id: ThreadId,
  side: Side,
  where:
    | { readonly groupeId: GroupeId }
    | { readonly agentId: AgentId; readonly platform?: PlatformName; readonly workspace?: string },
): Thread => ({
  id,
  side,
  groupeId: "groupeId" in where ? where.groupeId : null,
  agentId: "agentId" in where ? where.agentId : null,
  platform: "agentId" in where ? (where.platform ?? null) : null,
  workspace: "agentId" in where ? (where.workspace ?? null) : null,
  channel: null,
  root: null,
  key: null,
  delivered: 0,
  posting: null,
  posts: [],
  card: null,
  broken: null,
  retryAt: null,
  attempts: 0,
  seen: null,
});

export const threadKey = (place: { platform: string; workspace: string; channel: string }, root: string): string =>
  `${place.platform}/${place.workspace}/${place.channel}/${root}`;
