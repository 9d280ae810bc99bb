/** The demande as the database has it: its state, its events and what is due. */
import type { Database } from "../../models/database.ts";
import { parseRef } from "../../src/domain/ids.ts";
import type { DueDates } from "./story.ts";

export interface BaseSeen {
  /** As the events add up to it. */
  readonly status: string;
  /** As it is stored beside them, for the queries. */
  readonly storedStatus: string;
  readonly usefulness: string | null;
  /** The event's type, with * when it is between instructeurs; oldest first. */
  readonly events: readonly string[];
  readonly due: DueDates;
  /** Nothing waits to be delivered, and no thread is out of order. */
  readonly delivered: boolean;
}

const inParis = new Intl.DateTimeFormat("fr-FR", { dateStyle: "short", timeStyle: "short", timeZone: "Europe/Paris" });
const dateOf = (at: Date | null | undefined): string | null => (at ? inParis.format(at) : null);

/** Null while the demande is not there. */
export async function readBase(db: Database, ref: string): Promise<BaseSeen | null> {
  const document = await db.demandes.model.findOne({ ref: parseRef(ref) }).lean();
  if (!document) return null;
  const { state, events } = db.demandes.read(document);
  return {
    status: state.status,
    storedStatus: document.status,
    usefulness: state.usefulness,
    events: events.map((event) => `${event.type}${event.audience === "instructeurs" ? "*" : ""}`),
    due: {
      overdueAt: dateOf(document.overdueAt),
      remindAt: dateOf(document.remindAt),
      archiveInvitationAt: dateOf(document.archiveInvitationAt),
      wipeAt: dateOf(document.wipeAt),
    },
    delivered: document.deliverAt === null && document.threads.every((thread) => thread.broken === null),
  };
}
