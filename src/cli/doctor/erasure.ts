/** Personal data that should be gone and are not. */
import type { Inspection } from "../../../models/inspection.ts";
import { tally } from "../../../models/inspection.ts";
import { erasureDoctorTexts as texts } from "../../texts/donnees.ts";
import type { Finding } from "./finding.ts";
import { fine, wrong } from "./finding.ts";

const DAY_MS = 86_400_000;

export async function checkErasure({ db }: Inspection): Promise<readonly Finding[]> {
  const now = Date.now();
  const [late, pending, givenUp, refusals] = await Promise.all([
    // The sweep is daily.
    db.due.count("wipeAt", new Date(now - 2 * DAY_MS)),
    db.deliveries.erasing(new Date(now - DAY_MS)),
    db.deliveries.erasuresGivenUp(),
    db.showings.refusals(),
  ]);
  if (late > 0) return [wrong(texts.check, texts.late(late), texts.lateRemedy)];
  const codes = [...tally(refusals)].map(([code, n]) => `${code} (${n})`).join(", ");
  if (pending > 0) return [wrong(texts.check, texts.pending(pending, codes), texts.pendingRemedy)];
  if (givenUp > 0) return [wrong(texts.check, texts.givenUp(givenUp, codes), texts.givenUpRemedy)];
  return [fine(texts.check, texts.fine)];
}
