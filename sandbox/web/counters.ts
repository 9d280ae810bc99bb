/**
 * What the database calls for beside what the platforms store: nothing lost, nothing twice, counted and not asserted. The bot's
 * messages are known by the delivery ids that they bear.
 */
import type { Database } from "../../models/database.ts";
import type { LoadedDemande } from "../../models/demandes.ts";
import type { Thread } from "../../models/thread.ts";
import type { DemandeId } from "../../src/domain/ids.ts";
import type { Sandbox } from "../sandbox.ts";
import { expectedLines } from "./expected-thread.ts";
import type { Counters } from "./protocol.ts";

/** One message of a thread, as its platform stores it. */
interface Stored {
  readonly id: string;
  readonly isBots: boolean;
  /** Null for what a person wrote, and for a file of the bot's on Slack, which bears none. */
  readonly delivery: string | null;
}

/** What the bot told one person, and not the thread: answers to what they did, and the questions of a form. */
const isAside = (delivery: string | null): boolean => delivery !== null && /^[rd]\./.test(delivery);

type Json = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Json => typeof value === "object" && value !== null;

function slackDelivery({ metadata }: Json): string | null {
  const payload = isRecord(metadata) ? metadata.event_payload : null;
  return isRecord(payload) && typeof payload.id === "string" ? payload.id : null;
}

async function storedThread({ slack, matrix }: Sandbox, { platform, channel, root }: Thread): Promise<Stored[]> {
  if (channel === null || root === null) return [];
  // Loaded when first asked for: the adapters bring their platforms' libraries with them.
  const { DELIVERY_KEY } = await import("../../bots/matrix/render/content.ts");
  try {
    if (platform === "slack") {
      const { messages } = await slack.control.messages({ channel, thread: root });
      return messages.map((message) => ({
        id: String(message.ts),
        isBots: message.bot_id !== undefined,
        delivery: slackDelivery(message),
      }));
    }
    const { messages } = await matrix.control.messages({ channel, thread: root });
    const bot = matrix.control.bot().id;
    return messages.flatMap((message) => {
      const { raw, sender, event_id: id, deleted, body } = message;
      // Edits do not bear it again: it is the first version's.
      const original = isRecord(raw) && isRecord(raw.content) ? raw.content[DELIVERY_KEY] : undefined;
      const delivery = sender === bot && typeof original === "string" ? original : null;
      const isCommand = sender !== bot && typeof body === "string" && /^!\p{L}/u.test(body.trim());
      return deleted === true || isCommand || isAside(delivery) ? [] : [{ id: String(id), isBots: sender === bot, delivery }];
    });
  } catch {
    // The thread was taken away with its channel: nothing of it is there.
    return [];
  }
}

/** All that there are, the oldest first. */
export async function allDemandes(db: Database): Promise<LoadedDemande[]> {
  const ids = await db.demandes.model.find({}, { _id: 1 }).sort({ ref: 1 }).lean<{ _id: string }[]>();
  const loaded = await Promise.all(ids.map(({ _id }) => db.demandes.load(_id as DemandeId)));
  return loaded.filter((demande) => demande !== null);
}

interface ThreadCount {
  due: number;
  there: number;
  twice: number;
  written: number;
  kept: number;
}

async function countThread(sandbox: Sandbox, demande: LoadedDemande, thread: Thread): Promise<ThreadCount> {
  const stored = await storedThread(sandbox, thread);
  const lines = expectedLines(demande, thread);
  const posts = lines.filter((line) => line.kind === "post").map(({ seq }) => `${thread.id}.${seq}`);
  const wanted = new Set([`${thread.id}.0`, ...posts]);
  const noted = new Map(thread.posts.map(({ seq, message }) => [message, `${thread.id}.${seq}`]));
  const found = stored.flatMap(({ id, isBots, delivery }) => (isBots ? [delivery ?? noted.get(id) ?? id] : []));
  const there = new Set(found.filter((delivery) => wanted.has(delivery)));
  const written = stored.filter(({ isBots }) => !isBots);
  const events = new Set(lines.flatMap((line) => (line.kind === "original" ? [line.message] : [])));
  return {
    due: wanted.size,
    there: there.size,
    twice: found.length - there.size,
    written: written.length,
    kept: written.filter(({ id }) => events.has(id)).length,
  };
}

export async function countEverything(sandbox: Sandbox, db: Database): Promise<Counters> {
  const demandes = await allDemandes(db);
  // Of what is wiped, nothing is due any more: its posts were taken away on purpose.
  const kept = demandes.filter(({ state }) => state.wipedAt === null);
  const counts = await Promise.all(
    kept.flatMap((demande) => demande.threads.map((thread) => countThread(sandbox, demande, thread))),
  );
  const sum = (field: keyof ThreadCount): number => counts.reduce((total, count) => total + count[field], 0);
  const [due, there] = [sum("due"), sum("there")];
  return {
    demandes: demandes.length,
    events: demandes.reduce((total, { state }) => total + state.seq, 0),
    threads: counts.length,
    due,
    there,
    missing: due - there,
    twice: sum("twice"),
    written: sum("written"),
    kept: sum("kept"),
  };
}
