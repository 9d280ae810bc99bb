/** The export of a groupe’s demandes, as a file for whoever asked. */
import type { Groupe } from "../../../models/groupe.ts";
import type { Made } from "../../delivery/reports.ts";
import type { UseCaseContext } from "../../demandes/context.ts";
import type { Period } from "../../domain/period.ts";
import { richText } from "../../domain/richtext.ts";
import { say } from "../../presentation/message.ts";
import { exportTexts } from "../../texts/reports.ts";
import { exportFile } from "./exportFile.ts";
import { scopeOf, spanText } from "./scope.ts";

export async function makeExport({ db, log }: UseCaseContext, groupe: Groupe, period: Period): Promise<Made> {
  const span = spanText(period);
  const from = performance.now();
  const { count, size, open, dispose } = await exportFile(db, scopeOf(groupe, period));
  log.info({ groupe: groupe.id, count, size, ms: Math.round(performance.now() - from) }, "export made");
  if (count === 0) {
    await dispose();
    return { kind: "message", message: say(richText(exportTexts.empty(groupe.name, span)), { quiet: false }) };
  }
  const name = exportTexts.fileName(groupe.name, period.first, period.last);
  return {
    kind: "file",
    head: null,
    caption: say(richText(exportTexts.caption(groupe.name, span, count)), { quiet: false }),
    file: { name, mimetype: "text/csv", size, open },
    refused: say(richText(exportTexts.refused(groupe.name))),
    dispose,
  };
}
