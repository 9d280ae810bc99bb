/**
 * Compares the database with the platforms: each event stands in each thread whose side may see it, once, in order; each
 * card tells the present state; each notice was posted once; and nothing else of the bot's is anywhere.
 */
import type { Database } from "../../models/database.ts";
import type { LoadedDemande } from "../../models/demandes.ts";
import type { Thread } from "../../models/thread.ts";
import { expectedLines, type Line, type OriginalLine, type PostLine } from "../../sandbox/web/expected-thread.ts";
import type { DemandeId } from "../../src/domain/ids.ts";
import { formatRef } from "../../src/domain/ids.ts";
import type { Place } from "../../src/domain/place.ts";
import { Directory } from "../../src/groupes/directory.ts";
import { buildCard } from "../../src/presentation/card.ts";
import { groupesOf } from "../../src/presentation/names.ts";
import type { PlatformView, ShownMessage } from "./platformView.ts";
import { squeezed } from "./slackView.ts";

export interface Comparison {
  readonly db: Database;
  readonly views: readonly PlatformView[];
  /** The moment of the world, for what a card says of delays. */
  readonly now: Date;
  /** Messages of people that were refused, and rightly are no events. */
  readonly refused?: ReadonlySet<string>;
  /** Whether messages of one thread are events in the order in which they were written: not where several bots share them. */
  readonly inOrder?: boolean;
}

/** What was compared, so that a test can tell that there was something to compare. */
export interface Compared {
  readonly faults: readonly string[];
  readonly demandes: number;
  readonly threads: number;
  readonly messages: number;
  readonly notices: number;
}

const describe = (line: Line): string =>
  line.kind === "original" ? `#${line.seq} original ${line.message}` : `#${line.seq} ${line.words.join(" / ")}`;

const read = ({ id, delivery, words }: ShownMessage): string => `${id} ${delivery ?? ""} « ${words.slice(0, 120)} »`;

/** Delivery ids end with the number of the event. */
function postFault(thread: Thread, line: PostLine, message: ShownMessage): string | null {
  if (message.delivery !== null && message.delivery !== `${thread.id}.${line.seq}`) return "stands for another event";
  const missing = line.words.map(squeezed).find((words) => !message.words.includes(words));
  if (missing !== undefined) return `does not say « ${missing} »`;
  if (line.isPrivate !== message.isPrivate) return line.isPrivate ? "is not marked as private" : "is marked as private";
  if (line.file !== null && !message.files.includes(line.file)) return `does not bring ${line.file}`;
  return line.file === null && message.delivery === null ? "bears no delivery id" : null;
}

function postFaults(thread: Thread, lines: readonly PostLine[], messages: readonly ShownMessage[]): string[] {
  const longest = Math.max(lines.length, messages.length);
  for (let n = 0; n < longest; n += 1) {
    const [line, message] = [lines[n], messages[n]];
    if (!line) return [`message ${n + 1} is too much: ${message ? read(message) : ""}`];
    if (!message) return [`message ${n + 1} is missing: ${describe(line)}`];
    const fault = postFault(thread, line, message);
    if (fault) return [`message ${n + 1} ${fault}: ${read(message)}, for ${describe(line)}`];
  }
  return [];
}

function originalFaults(
  lines: readonly OriginalLine[],
  messages: readonly ShownMessage[],
  { refused = new Set(), inOrder = true }: Comparison,
): string[] {
  const there = new Map(messages.map((message) => [message.id, message]));
  const lost = messages.filter(({ id }) => !refused.has(id) && !lines.some((line) => line.message === id));
  // A message with files is one on the platform, and an event for its text and for each file.
  const written = lines.filter((line, n) => line.text !== null || lines.findIndex((l) => l.message === line.message) === n);
  const ids = written.map((line) => line.message);
  const twice = ids.filter((id, n) => ids.indexOf(id) !== n);
  const changed = written.filter(({ message, text }) => {
    const words = there.get(message)?.words;
    return words === undefined || (text !== null && words !== squeezed(text));
  });
  const places = ids.map((id) => messages.findIndex((message) => message.id === id)).filter((place) => place >= 0);
  const ordered = places.every((place, n) => n === 0 || (places[n - 1] ?? 0) <= place);
  return [
    ...lost.map((message) => `a message is no event: ${read(message)}`),
    ...twice.map((id) => `a message is two events: ${id}`),
    ...changed.map((line) => `${describe(line)} (« ${line.text} ») reads « ${there.get(line.message)?.words ?? "nothing"} »`),
    ...(inOrder && !ordered ? [`events are not in the order of the messages: ${ids.join(" ")}`] : []),
  ];
}

const isPost = (line: Line): line is PostLine => line.kind === "post";
const isOriginal = (line: Line): line is OriginalLine => line.kind === "original";

async function threadFaults(
  demande: LoadedDemande,
  thread: Thread,
  view: PlatformView,
  comparison: Comparison,
): Promise<{ faults: string[]; messages: number }> {
  const { platform, workspace, channel, root, side, groupeId } = thread;
  if (!platform || !workspace || !channel || !root) return { faults: ["is nowhere"], messages: 0 };
  const place: Place = { platform, workspace, channel };
  const [card, ...messages] = await view.thread(place, root);
  if (!card) return { faults: ["has no card"], messages: 0 };
  const names = await new Directory(comparison.db).groupeNames(groupesOf(demande.state));
  const wanted = buildCard(demande.state, side, groupeId, names, comparison.now);
  const lines = expectedLines(demande, thread);
  const cardFault = await view.cardFault(place, root, wanted);
  const own = messages.filter(({ person }) => person === null);
  const faults = [
    ...(card.delivery === `${thread.id}.0` ? [] : ["its card bears another delivery id"]),
    ...(cardFault === null ? [] : [cardFault]),
    ...postFaults(thread, lines.filter(isPost), own),
    ...originalFaults(
      lines.filter(isOriginal),
      messages.filter(({ person }) => person !== null),
      comparison,
    ),
    ...(thread.delivered === demande.state.seq ? [] : [`is delivered up to ${thread.delivered} of ${demande.state.seq}`]),
    ...(thread.posting === null && thread.broken === null ? [] : ["has something under way, or is broken"]),
  ];
  return { faults, messages: messages.length };
}

async function allDemandes(db: Database): Promise<LoadedDemande[]> {
  const ids = await db.demandes.model.find({}, { _id: 1 }).sort({ ref: 1 }).lean<{ _id: string }[]>();
  const loaded = await Promise.all(ids.map(({ _id }) => db.demandes.load(_id as DemandeId)));
  return loaded.filter((demande) => demande !== null);
}

/** What was told to one person is told once. */
async function asideFaults(view: PlatformView, place: Place): Promise<string[]> {
  const asides = await view.asides(place);
  const isAgain = ({ delivery }: ShownMessage, n: number) => asides.findIndex((one) => one.delivery === delivery) !== n;
  return asides.filter(isAgain).map((message) => `told twice: ${read(message)}`);
}

/** Everything of the bot's that stands outside threads: cards that some thread has, and notices, each once; and asides. */
async function rootFaults(
  demandes: readonly LoadedDemande[],
  comparison: Comparison,
): Promise<{ faults: string[]; notices: number }> {
  const cards = new Set(demandes.flatMap(({ threads }) => threads.map(({ id, root }) => `${id}.0 ${root}`)));
  const posted: string[] = [];
  const answers = new Set<string>();
  const faults: string[] = [];
  for (const view of comparison.views)
    for (const place of await view.places()) {
      faults.push(...(await asideFaults(view, place)));
      for (const { person, delivery, id, words } of await view.roots(place)) {
        if (person !== null || delivery === null) continue;
        // An answer to one person, whom Slack's first answer did not reach: it stands in their direct conversation.
        if (delivery.startsWith("r.")) {
          if (answers.has(delivery)) faults.push(`told twice: ${delivery} « ${words.slice(0, 80)} »`);
          answers.add(delivery);
        } else if (delivery.startsWith("n.")) posted.push(delivery);
        else if (!cards.has(`${delivery} ${id}`)) faults.push(`a card that no thread has: ${delivery} « ${words.slice(0, 80)} »`);
      }
    }
  const notices = await comparison.db.notices.model.find({}, { state: 1 }).lean<{ _id: string; state: string }[]>();
  for (const { _id, state } of notices) {
    const times = posted.filter((delivery) => delivery === `n.${_id}`).length;
    const wanted = state === "done" ? 1 : 0;
    if (times !== wanted) faults.push(`the notice ${_id} (${state}) was posted ${times} times`);
  }
  return { faults, notices: notices.length };
}

/** What differs; no fault at all when both worlds agree. Everything must have been delivered before. */
export async function compareWorlds(comparison: Comparison): Promise<Compared> {
  const demandes = await allDemandes(comparison.db);
  const faults: string[] = [];
  let threads = 0;
  let messages = 0;
  for (const demande of demandes)
    for (const thread of demande.threads) {
      threads += 1;
      const view = comparison.views.find(({ name }) => name === thread.platform);
      const found = view ? await threadFaults(demande, thread, view, comparison) : { faults: ["is on no platform"], messages: 0 };
      messages += found.messages;
      const where = `${formatRef(demande.state.ref)}, ${thread.groupeId ?? thread.agentId} (${thread.channel})`;
      faults.push(...found.faults.map((fault) => `${where}: ${fault}`));
    }
  const roots = await rootFaults(demandes, comparison);
  return { faults: [...faults, ...roots.faults], demandes: demandes.length, threads, messages, notices: roots.notices };
}
