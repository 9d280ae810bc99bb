/**
 * Posts the notices that are made at the moment of the post: exports, statistics, digests. Each once, like everything else;
 * what was begun when the process died is looked for, and gone on with.
 */
import type { NoticeLane, NoticePosting, StoredNotice } from "../../models/notices.ts";
import type { Report } from "../domain/report.ts";
import { mentionedAgents } from "../domain/richtext.ts";
import type { List } from "../presentation/list.ts";
import type { Message } from "../presentation/message.ts";
import type { DeliveryContext } from "./context.ts";
import { LeaseLost } from "./hold.ts";
import { deliveryIdOf, noticePlace, postNotice } from "./notices.ts";
import { NoticeTurns } from "./noticeTurns.ts";
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

/** Under way at once, of thousands of digests or of a few exports; and in one workspace. */
const AT_ONCE = { digest: 8, report: 4 } as const;
const PER_HOST = 2;

/** The reports of one lane, in turns. */
export const reportTurns = (context: ReportContext, lane: Exclude<NoticeLane, "prompt">): NoticeTurns =>
  new NoticeTurns(context, {
    lane,
    atOnce: AT_ONCE[lane],
    perHost: PER_HOST,
    async post(notice) {
      if (notice.content.kind !== "report") throw new Error(`notice ${notice.id} is no report`);
      return post(notice, notice.content.report, context);
    },
  });
