/**
 * The intents of one thread: each post is announced in the database before it is made, and looked for after a crash, so that it
 * is made once.
 */
import type { LoadedDemande } from "../../models/demandes.ts";
import type { Posting, Thread } from "../../models/thread.ts";
import { threadKey } from "../../models/thread.ts";
import type { FileRef } from "../domain/demande.ts";
import type { AgentId } from "../domain/ids.ts";
import { mentionedAgents } from "../domain/richtext.ts";
import type { Message } from "../presentation/message.ts";
import type { GroupeNames } from "../presentation/names.ts";
import type { DeliveryPort, Place, UserIds } from "./port.ts";
import type { Progress } from "./progress.ts";

/** What delivering one thread needs. */
export interface ThreadWork {
  readonly demande: LoadedDemande;
  readonly names: GroupeNames;
  readonly progress: Progress;
  readonly port: DeliveryPort;
  readonly place: Place;
  /** Domain time. */
  readonly now: Date;
  readonly log: { warn(fields: Record<string, unknown>, message: string): void };
  /** Writes what this thread has done so far. @throws LeaseLost */
  flush(): Promise<void>;
  userIds(agents: readonly AgentId[]): Promise<UserIds>;
  openFile(file: FileRef): ReturnType<DeliveryPort["openFile"]>;
  /** System time. */
  systemNow(): Date;
}

export const noUsers: UserIds = new Map();

export const usersOf = (work: ThreadWork, message: Message): Promise<UserIds> => {
  const agents = [...message.pings, ...mentionedAgents(message.body)];
  return agents.length > 0 ? work.userIds(agents) : Promise.resolve(noUsers);
};

const deliveryIdOf = (thread: Thread, seq: number): string => `${thread.id}.${seq}`;

/** Announces a post: from then on, a crash leads to a search and not to a second post. */
export async function announce(work: ThreadWork, seq: number): Promise<Posting> {
  const { progress } = work;
  const posting: Posting = { seq, delivery: deliveryIdOf(progress.thread, seq), at: work.systemNow(), note: null };
  progress.set({ posting });
  await work.flush();
  return posting;
}

/** Under which number the post is kept: the replica of a published message stands for the message itself. */
function keptSeq({ demande }: ThreadWork, seq: number): number {
  const event = demande.events[seq - 1];
  const published = event?.type === "message" ? event.publishes : undefined;
  return demande.state.utterances.find((u) => u.id === published)?.seq ?? seq;
}

/** The post took place. */
export function settle(work: ThreadWork, posting: Posting, message: string): void {
  const { progress, place } = work;
  const root = posting.seq === 0 ? { root: message, key: threadKey(place, message) } : {};
  progress.posted(
    { seq: keptSeq(work, posting.seq), message },
    { ...root, delivered: Math.max(posting.seq, progress.thread.delivered) },
  );
}

/** Its author deleted it before it was shown here, or all that was said is wiped. */
const isWithdrawn = ({ demande: { state } }: ThreadWork, seq: number): boolean =>
  state.wipedAt !== null || state.utterances.some((u) => u.seq === seq && u.deleted);

/** A post was under way when the last delivery ended: if the platform has it, it is adopted; otherwise it is made again. */
export async function recover(work: ThreadWork): Promise<void> {
  const { posting, root } = work.progress.thread;
  if (!posting) return;
  const { delivery, at, note } = posting;
  const found = await work.port.find(work.place, posting.seq === 0 ? null : root, delivery, at, note);
  if (found) settle(work, posting, found);
  // A file under way is known by the note kept with its intent: the port needs it to go on, unless the file was withdrawn.
  else if (note === null) work.progress.set({ posting: null });
  else if (isWithdrawn(work, posting.seq)) {
    await work.port.abandon(work.place, note);
    work.progress.set({ posting: null });
  }
}
