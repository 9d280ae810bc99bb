/**
 * Brings one thread in step with its demande: the card as it reads now, then each event that its side may see, in order. Each
 * post is announced in the database before it is made, and looked for after a crash.
 */
import { createHash } from "node:crypto";
import type { LoadedDemande } from "../../models/demandes.ts";
import { currentText } from "../../models/demandes.ts";
import type { Thread } from "../../models/thread.ts";
import type { DemandeEvent, DemandeState, Origin } from "../domain/demande.ts";
import { evolve } from "../domain/demande.ts";
import type { EventId } from "../domain/ids.ts";
import type { RichText } from "../domain/richtext.ts";
import { richText } from "../domain/richtext.ts";
import { buildCard } from "../presentation/card.ts";
import { say } from "../presentation/message.ts";
import type { GroupeNames } from "../presentation/names.ts";
import { whoIs } from "../presentation/names.ts";
import type { Replica } from "../presentation/news.ts";
import { replicaOf } from "../presentation/news.ts";
import { newsTexts } from "../texts.ts";
import type { ThreadWork } from "./intents.ts";
import { announce, noUsers, recover, settle, usersOf } from "./intents.ts";
import type { Place } from "./port.ts";
import { DeliveryFault } from "./port.ts";
import { purgeThread } from "./purge.ts";

const isHere = (origin: Origin | undefined, place: Place): boolean =>
  origin?.platform === place.platform && origin.workspace === place.workspace && origin.channel === place.channel;

const cardDigest = (card: unknown): string => createHash("sha256").update(JSON.stringify(card)).digest("base64url").slice(0, 16);

/** Whether nothing is to be done in this thread, for which then neither its place nor its platform is asked anything. @param now domain time */
export function isInStep({ state }: LoadedDemande, thread: Thread, names: GroupeNames, now: Date): boolean {
  const { delivered, posting, retryAt, broken, root, side, groupeId } = thread;
  if (delivered < state.seq || posting !== null || retryAt !== null || broken !== null) return false;
  if (state.wipedAt !== null) return true;
  return root !== null && thread.card === cardDigest(buildCard(state, side, groupeId, names, now));
}

async function showCard(work: ThreadWork, state: DemandeState): Promise<void> {
  const { progress, port, place } = work;
  const { thread } = progress;
  const card = buildCard(state, thread.side, thread.groupeId, work.names, work.now);
  const digest = cardDigest(card);
  if (thread.root === null) {
    const posting = await announce(work, 0);
    settle(work, posting, await port.postCard(place, card, posting.delivery, noUsers));
    progress.set({ card: digest });
  } else if (thread.card !== digest) {
    await port.updateCard(place, thread.root, card, noUsers);
    progress.set({ card: digest });
  }
}

async function postFile(work: ThreadWork, root: string, event: DemandeEvent, replica: Extract<Replica, { kind: "file" }>) {
  const { progress, port, place } = work;
  const { posting } = progress.thread;
  const announced = posting?.seq === event.seq ? posting : await announce(work, event.seq);
  const note = {
    saved: announced.note,
    save: async (text: string) => {
      progress.set({ posting: { ...announced, note: text } });
      await work.flush();
    },
  };
  const { file, caption } = replica;
  const outgoing = { name: file.name, mimetype: file.mimetype, size: file.size, open: () => work.openFile(file) };
  const users = await usersOf(work, caption);
  try {
    settle(work, announced, await port.postFile(place, root, outgoing, caption, announced.delivery, note, users));
  } catch (error) {
    if (!(error instanceof DeliveryFault) || error.kind !== "content") throw error;
    work.log.warn({ demande: work.demande.id, thread: progress.thread.id, code: error.code }, "file refused by the platform");
    // What was announced is no file any more: after a crash, the sentence is looked for by its own delivery id.
    progress.set({ posting: { ...announced, note: null } });
    await work.flush();
    const sentence = newsTexts.fileUnavailable(whoIs(event.by, work.names), file.name);
    const message = say(richText(sentence), { private: caption.private });
    settle(work, announced, await port.post(place, root, message, announced.delivery, noUsers));
  }
}

/** A removal has several steps: whoever takes over in the middle of them must know the message, which looks like no post any more. */
async function remove(work: ThreadWork, root: string, message: string): Promise<void> {
  await work.flush();
  await work.port.remove(work.place, root, message);
}

/** The bot's message that stands here for this utterance. */
const replicaPost = (work: ThreadWork, target: EventId): string | null => {
  const utterance = work.demande.state.utterances.find((u) => u.id === target);
  return utterance ? work.progress.postOf(utterance.seq) : null;
};

async function show(work: ThreadWork, event: DemandeEvent, replica: Replica, root: string): Promise<void> {
  const { progress, port, place } = work;
  switch (replica.kind) {
    case "none":
      break;
    case "post": {
      const users = await usersOf(work, replica.message);
      const announced = await announce(work, event.seq);
      const message = await port.post(place, root, replica.message, announced.delivery, users);
      settle(work, announced, message);
      break;
    }
    case "file":
      await postFile(work, root, event, replica);
      break;
    case "edit": {
      const message = replicaPost(work, replica.target);
      if (message) await port.edit(place, root, message, replica.message, await usersOf(work, replica.message));
      break;
    }
    case "remove": {
      const message = replicaPost(work, replica.target);
      if (message) await remove(work, root, message);
      break;
    }
    case "purge":
      throw new Error("a wiped demande is purged, not delivered");
    default:
      replica satisfies never;
  }
  progress.set({ delivered: event.seq });
}

const targetOf = (event: DemandeEvent): EventId | null =>
  event.type === "edited" || event.type === "deleted" ? event.target : event.id;

/**
 * Delivers all that this thread does not show yet.
 * @throws DeliveryFault when the platform refuses for now (`retry`) or until somebody mends it (`place`); what was done
 *   before stays in `progress`
 */
export async function deliverThread(work: ThreadWork): Promise<void> {
  const { demande, progress, place } = work;
  const { state, events } = demande;
  await recover(work);
  if (state.wipedAt !== null) return purgeThread(work);
  // The card first: whoever clicked looks there, and it tells by itself what the messages then tell in full.
  await showCard(work, state);
  const { root, side, groupeId } = progress.thread;
  if (root === null) throw new Error(`thread ${progress.thread.id} has no root after its card`);

  const text = (id: EventId): RichText => currentText(events, id) ?? [];
  let after: DemandeState | null = null;
  for (const event of events) {
    after = evolve(demande.id, after, event);
    if (event.seq <= progress.thread.delivered) continue;
    const utterance = state.utterances.find((u) => u.id === targetOf(event));
    const here = isHere(event.origin ?? utterance?.origin, place);
    const replica = replicaOf(event, { state, after, side, groupe: groupeId, names: work.names, text, here });
    try {
      await show(work, event, replica, root);
    } catch (error) {
      if (!(error instanceof DeliveryFault) || error.kind !== "content") throw error;
      // The platform will never take it: the thread must not stop there for ever.
      work.log.warn({ demande: demande.id, thread: progress.thread.id, seq: event.seq, code: error.code }, "content refused");
      progress.set({ delivered: event.seq, posting: null });
    }
  }
}
