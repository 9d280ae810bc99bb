/**
 * Posts the notices that are made at the moment of the post: exports, statistics, digests. Each once, like everything else;
 * what was begun when the process died is looked for, and gone on with.
 */
import type { NoticeLane, NoticePosting, StoredNotice } from "../../models/notices.ts";
import type { Report } from "../domain/report.ts";
import { mentionedAgents } from "../domain/richtext.ts";
import type { List } from "../presentation/list.ts";
import type { Message } from "../presentation/message.ts";
import { backoff } from "./backoff.ts";
import type { DeliveryContext } from "./context.ts";
import { Hold, LeaseLost } from "./hold.ts";
import { deliveryIdOf, isPassing, LEASE_MS, MOST_ATTEMPTS, noticePlace, postNotice } from "./notices.ts";
import { portOf } from "./place.ts";
import type { DeliveryPort, OutgoingFile, Place } from "./port.ts";
import { DeliveryFault } from "./port.ts";

export interface MadeFile {
  readonly kind: "file";
  /** Posted first, the file then being in its thread; null for a file that stands by itself. */
  readonly head: Message | null;
  readonly caption: Message;
  readonly file: OutgoingFile;
  /** Told instead when the platform will never take the file. */
  readonly refused: Message;
  dispose(): Promise<void>;
}

export type Made =
  | MadeFile
  | { readonly kind: "message"; readonly message: Message }
  | { readonly kind: "list"; readonly list: List }
  /** There is nothing to tell, or nobody who may be told. */
  | { readonly kind: "nothing"; readonly reason: string };

/** Makes a report as things are now; rights are asked here. */
export type ReportMaker = (report: Report) => Promise<Made>;

export interface ReportContext extends DeliveryContext {
  readonly make: ReportMaker;
}

/** A report that cannot be made at all is not tried for ever. */
const MOST_FAILURES = 20;

/** The message that heads the thread: posted, or found where an earlier try posted it and then told anew, its figures being older. */
async function postHead(
  notice: StoredNotice,
  head: Message,
  { port, place }: { port: DeliveryPort; place: Place },
  context: ReportContext,
): Promise<string> {
  const users = await context.directory.userIds([...head.pings, ...mentionedAgents(head.body)], place);
  const { posting } = notice;
  const earlier = posting && (posting.root ?? (await port.find(place, null, deliveryIdOf(notice), posting.at)));
  if (!earlier) return port.post(place, null, head, deliveryIdOf(notice), users);
  if (posting.note === undefined) await port.edit(place, null, earlier, head, users);
  return earlier;
}

async function postFile(notice: StoredNotice, made: MadeFile, context: ReportContext): Promise<void> {
  const { db, ports, owner } = context;
  const place = notice.posting?.place ?? (await noticePlace(notice, context));
  const port = portOf(ports, place.platform);
  const keep = async (posting: NoticePosting) => {
    if (!(await db.notices.savePosting(notice.id, owner, posting))) throw new LeaseLost();
  };
  let intent: NoticePosting = notice.posting ?? { place, at: new Date() };
  await keep(intent);
  if (made.head) {
    intent = { ...intent, root: await postHead(notice, made.head, { port, place }, context) };
    await keep(intent);
  }
  const root = intent.root ?? null;
  const delivery = `${deliveryIdOf(notice)}.f`;
  if (notice.posting && (await port.find(place, root, delivery, intent.at, notice.posting.note ?? null))) return;
  const note = { saved: notice.posting?.note ?? null, save: (text: string) => keep({ ...intent, note: text }) };
  try {
    await port.postFile(place, root, made.file, made.caption, delivery, note, new Map());
  } catch (error) {
    if (!(error instanceof DeliveryFault) || error.kind !== "content") throw error;
    context.log.warn({ notice: notice.id, code: error.code }, "file refused by the platform");
    const refusal = `${deliveryIdOf(notice)}.r`;
    if (!(await port.find(place, root, refusal, intent.at))) await port.post(place, root, made.refused, refusal, new Map());
  }
}

/** @returns why nothing was posted; null when something was */
async function post(notice: StoredNotice, report: Report, context: ReportContext): Promise<string | null> {
  const made = await context.make(report);
  switch (made.kind) {
    case "nothing":
      return made.reason;
    case "file":
      await postFile(notice, made, context).finally(() => made.dispose());
      return null;
    default:
      await postNotice(notice, made, context);
      return null;
  }
}

/** Long work keeps its lease, so that nobody else begins it too. */
async function leased<T>(
  { id }: StoredNotice,
  hold: Hold,
  { db, owner, log }: ReportContext,
  work: () => Promise<T>,
): Promise<T> {
  const renew = () => {
    hold
      .renew((until) => db.notices.renew(id, owner, until))
      .catch((error: unknown) => log.warn({ notice: id, error }, "lease not renewed"));
  };
  const timer = setInterval(renew, LEASE_MS / 3);
  try {
    return await hold.during(work);
  } finally {
    clearInterval(timer);
  }
}

async function attempt(notice: StoredNotice, hold: Hold, context: ReportContext): Promise<void> {
  const { db, owner, log } = context;
  const { content } = notice;
  try {
    if (content.kind !== "report") throw new Error(`notice ${notice.id} is no report`);
    const nothing = await leased(notice, hold, context, () => post(notice, content.report, context));
    await db.notices.end(notice.id, owner, nothing === null ? "done" : "dead", new Date(), nothing);
  } catch (error) {
    if (error instanceof LeaseLost) return;
    const fault = error instanceof DeliveryFault ? error : null;
    const fields = { notice: notice.id, attempts: notice.attempts, ...(fault ? { code: fault.code } : { error }) };
    const most = fault ? MOST_ATTEMPTS : MOST_FAILURES;
    if ((fault && !isPassing(fault)) || notice.attempts >= most) {
      log.warn(fields, "report given up");
      await db.notices.end(notice.id, owner, "dead", new Date(), fault?.code ?? "failed");
      return;
    }
    if (!fault) log.error(fields, "report failed");
    const wait = Math.max(fault?.afterMs ?? 0, backoff(notice.attempts));
    await db.notices.retryLater(notice.id, owner, new Date(Date.now() + wait));
  }
}

/** Makes and posts all that is due in this lane; gives how many there were. Several processes may do so at once. */
export async function sweepReports(context: ReportContext, lane: Exclude<NoticeLane, "prompt">): Promise<number> {
  const { db, owner } = context;
  for (let count = 0; ; count += 1) {
    const hold = new Hold(LEASE_MS);
    const notice = await hold.renew((until) => db.notices.claim(owner, new Date(), until, lane));
    if (!notice) return count;
    await attempt(notice, hold, context);
  }
}
