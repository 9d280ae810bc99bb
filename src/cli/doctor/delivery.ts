/** What should have reached people and did not. */
import type { CountByCode, Inspection } from "../../../models/inspection.ts";
import type { WebhookSettings } from "../../config.ts";
import { webhookDoctorTexts } from "../../texts/webhooks.ts";
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

/** Endpoints that take nothing, and what they never took. */
export async function checkWebhooks({ db }: Inspection, { endpoints }: WebhookSettings): Promise<readonly Finding[]> {
  const now = Date.now();
  const findings = endpoints.map(async ({ id }): Promise<Finding> => {
    const { dead, failing, since } = await db.webhooks.troubles(id);
    const age = since ? now - since.getTime() : 0;
    const check = webhookDoctorTexts.check(id);
    if (dead.size > 0) return wrong(check, webhookDoctorTexts.dead(named(dead)), webhookDoctorTexts.deadRemedy(id));
    if (age > LATE_MS) return wrong(check, webhookDoctorTexts.failing(failing, texts.age(age)), webhookDoctorTexts.failingRemedy);
    return fine(check, webhookDoctorTexts.fine);
  });
  return Promise.all(findings);
}
