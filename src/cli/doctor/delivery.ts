/** What should have reached people and did not. */
import type { CountByCode, Inspection } from "../../../models/inspection.ts";
import { doctorTexts as texts } from "../texts.ts";
import type { Finding } from "./finding.ts";
import { fine, wrong } from "./finding.ts";

/** A bot that runs delivers within seconds; a platform that is away for a moment is no illness (ms). */
const LATE_MS = 15 * 60_000;
const NOTICES_MS = 7 * 86_400_000;

const named = (counts: CountByCode): string => [...counts].map(([code, n]) => texts.code(code, n)).join(", ");

export async function checkDelivery(inspection: Inspection): Promise<readonly Finding[]> {
  const now = new Date();
  const [broken, backlog, dead] = await Promise.all([
    inspection.brokenThreads(),
    inspection.backlog(now),
    inspection.deadNotices(new Date(now.getTime() - NOTICES_MS)),
  ]);
  const age = backlog.oldest ? now.getTime() - backlog.oldest.getTime() : 0;
  return [
    broken.size > 0
      ? wrong(texts.threads, texts.threadsBroken(named(broken)), texts.threadsRemedy)
      : fine(texts.threads, texts.threadsOk),
    age > LATE_MS
      ? wrong(texts.backlog, texts.backlogLate(backlog.demandes, backlog.notices, texts.age(age)), texts.backlogRemedy)
      : fine(texts.backlog, texts.backlogOk),
    dead.size > 0
      ? wrong(texts.notices, texts.noticesDead(named(dead)), texts.noticesRemedy)
      : fine(texts.notices, texts.noticesOk),
  ];
}
