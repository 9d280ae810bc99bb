/**
 * What a thread must show of its demande, said again from the rules and not from the code that delivers: who sees what,
 * once each, in the order of the events.
 */
import { currentText, type LoadedDemande } from "../../models/demandes.ts";
import type { Thread } from "../../models/thread.ts";
import type { DemandeEvent, EventOf, Utterance } from "../../src/domain/demande.ts";
import type { EventId } from "../../src/domain/ids.ts";
import { plainText } from "../../src/domain/richtext.ts";

/** A message of a person in that very thread. */
export interface OriginalLine {
  readonly kind: "original";
  readonly seq: number;
  readonly message: string;
  /** As it reads now; null for a file alone. */
  readonly text: string | null;
}

/** A message of the bot's. */
export interface PostLine {
  readonly kind: "post";
  readonly seq: number;
  /** What must be read in it. */
  readonly words: readonly string[];
  readonly isPrivate: boolean;
  /** The name of the file that it brings. */
  readonly file: string | null;
}

export type Line = OriginalLine | PostLine;

type Said = EventOf<"message"> | EventOf<"fileShared">;

const isHere = ({ origin }: Pick<Utterance, "origin">, thread: Thread): boolean =>
  origin !== undefined &&
  origin.platform === thread.platform &&
  origin.workspace === thread.workspace &&
  origin.channel === thread.channel;

const textOf = (demande: LoadedDemande, id: EventId): string => plainText(currentText(demande.events, id) ?? []);

function said(demande: LoadedDemande, thread: Thread, event: Said): Line | null {
  const published = event.type === "message" ? event.publishes : undefined;
  const utterance = demande.state.utterances.find((u) => u.id === (published ?? event.id));
  if (!utterance || utterance.deleted) return null;
  const { seq } = event;
  // What is published becomes a message for the aidant; the instructeurs have read it already, and where a person wrote it,
  // in whose own words the bot cannot put a mark, a line tells of it.
  if (published !== undefined && thread.side === "instructeurs")
    return utterance.origin && utterance.by.groupeId === thread.groupeId ? news(event) : null;
  if (isHere(utterance, thread)) {
    const text = event.type === "message" ? textOf(demande, event.id) : null;
    return { kind: "original", seq, message: utterance.origin?.message ?? "", text };
  }
  const words = event.type === "message" ? textOf(demande, published ?? event.id) : event.file.name;
  const isPrivate = utterance.audience === "instructeurs";
  const file = event.type === "fileShared" ? event.file.name : null;
  return { kind: "post", seq, words: [utterance.by.name, words], isPrivate, file };
}

const news = ({ seq, by }: DemandeEvent): PostLine => ({
  kind: "post",
  seq,
  words: by.role === "systeme" ? [] : [by.name],
  isPrivate: false,
  file: null,
});

function isRemindedHere(event: EventOf<"reminded">, thread: Thread): boolean {
  if (event.about === "archivage") return thread.side === "aidant";
  return event.groupes.some((told) => told.groupeId === thread.groupeId && told.listed === undefined);
}

function lineOf(demande: LoadedDemande, thread: Thread, event: DemandeEvent): Line | null {
  const isAidant = thread.side === "aidant";
  switch (event.type) {
    case "opened":
    case "viewed":
    case "edited":
    case "deleted":
    case "wiped":
      return null;
    case "message":
    case "fileShared":
      return isAidant && event.audience === "instructeurs" && !isPublic(demande, event.id) ? null : said(demande, thread, event);
    case "taken":
    case "declined":
    case "invited":
    case "infoAdded":
    case "processed":
    case "archived":
    case "reopened":
      return news(event);
    case "standardProcedure":
      return isAidant ? news(event) : null;
    case "reminded":
      return isRemindedHere(event, thread) ? news(event) : null;
    case "snoozed":
      return !isAidant && event.by.groupeId === thread.groupeId ? news(event) : null;
  }
}

/** A private message that was published is shown to the aidant where it was published, not where it was said. */
const isPublic = (demande: LoadedDemande, id: EventId): boolean =>
  demande.events.some((event) => event.id === id && event.audience === "tous");

/** The lines of the thread below its card, in the order of the events. */
export const expectedLines = (demande: LoadedDemande, thread: Thread): Line[] =>
  demande.events.flatMap((event) => lineOf(demande, thread, event) ?? []);
