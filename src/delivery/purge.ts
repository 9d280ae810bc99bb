/**
 * Empties one thread of a demande whose data are wiped: the bot's posts and files go, the card says that the data are erased and
 * nothing else, and so does what people wrote where the platform lets the bot remove it. Each step may be done again.
 */
import type { DemandeState } from "../domain/demande.ts";
import { richText } from "../domain/richtext.ts";
import { buildCard } from "../presentation/card.ts";
import { say } from "../presentation/message.ts";
import { wipeTexts } from "../texts/donnees.ts";
import type { ThreadWork } from "./intents.ts";
import { announce, noUsers, settle, usersOf } from "./intents.ts";
import { DeliveryFault } from "./port.ts";

/** What the platform will not take away is written over; what it does not let the bot write over keeps the thread from being done. */
export async function removePost(
  { port, place, log }: Pick<ThreadWork, "port" | "place" | "log">,
  root: string | null,
  message: string,
): Promise<void> {
  try {
    await port.remove(place, root, message);
  } catch (error) {
    if (!(error instanceof DeliveryFault) || error.kind !== "content") throw error;
    log.warn({ channel: place.channel, code: error.code }, "a post could not be removed: it is written over");
    try {
      await port.edit(place, root, message, say(richText(wipeTexts.erased)), noUsers);
    } catch (second) {
      if (!(second instanceof DeliveryFault) || second.kind !== "content") throw second;
      throw new DeliveryFault("place", second.code, { cause: second, obstacle: second.obstacle });
    }
  }
}

/** The messages that people wrote in this place, as far as the demande knows of them. */
const writtenHere = ({ demande: { state }, place }: ThreadWork): string[] =>
  state.utterances.flatMap(({ origin }) =>
    origin?.platform === place.platform && origin.workspace === place.workspace && origin.channel === place.channel
      ? [origin.message]
      : [],
  );

/** Erased while it was open, at the usager's request: whoever was at work on it learns why nothing is left of it. */
const endedByErasure = ({ archivedAt, wipedAt }: DemandeState): boolean =>
  wipedAt !== null && archivedAt?.getTime() === wipedAt.getTime();

/** Who is there learns what happened, what the bot could not remove, and that it is for them to do. */
async function tellWhoIsThere(work: ThreadWork, root: string, left: number): Promise<void> {
  const { demande, port, place, progress } = work;
  const { opener, seq } = demande.state;
  const sentences = [
    ...(endedByErasure(demande.state) ? [wipeTexts.onRequest] : []),
    ...(left > 0 ? [wipeTexts.left(left)] : []),
  ];
  if (sentences.length === 0) return;
  const pings = progress.thread.side === "aidant" && opener.agentId ? [opener.agentId] : [];
  const message = say(richText(sentences.join("\n")), { quiet: false, pings });
  const posting = await announce(work, seq);
  settle(work, posting, await port.post(place, root, message, posting.delivery, await usersOf(work, message)));
}

/**
 * Once it resolves, the thread holds nothing of the bot's but an empty card, and at most one message that says what people have
 * still to remove.
 * @throws DeliveryFault as `deliverThread`
 */
export async function purgeThread(work: ThreadWork): Promise<void> {
  const { demande, progress, port, place, names, now } = work;
  const { state } = demande;
  const { root, side, groupeId, delivered } = progress.thread;
  if (delivered >= state.seq) return;
  if (root !== null) {
    // A post that was adopted just now must be known to whoever goes on after a crash.
    await work.flush();
    for (const { seq, message } of progress.thread.posts) if (seq > 0) await removePost(work, root, message);
    const left = await port.removeOthers(place, root, writtenHere(work));
    await port.eraseCard(place, root, buildCard(state, side, groupeId, names, now));
    await tellWhoIsThere(work, root, left);
  }
  progress.set({ delivered: state.seq });
}
