/** `/groupe exporter`: the demandes of the groupe over a period, as a CSV file in person. */
import { commandIdOf } from "../../demandes/act.ts";
import { tell } from "../../demandes/refusals.ts";
import { readPeriod } from "../../domain/period.ts";
import { exportTexts, periodTexts } from "../../texts/reports.ts";
import { spanText, zoneOf } from "../reports/scope.ts";
import type { GroupeCommand } from "./request.ts";

export const exportCommand: GroupeCommand = {
  name: "exporter",
  usage: periodTexts.usage,
  help: exportTexts.help,
  details: exportTexts.details,
  capability: "export",
  async run({ context, agent, groupe, text, inbound, person: { platform, workspace } }) {
    const { db, clock } = context;
    const read = readPeriod(text, clock.now(), zoneOf(groupe));
    if (!read.ok) return tell(periodTexts.fault(read.fault));
    const { period } = read;
    await db.notices.add(
      {
        id: `export.${commandIdOf(inbound)}`,
        to: { kind: "agent", agentId: agent.id, preferred: { platform, workspace } },
        content: { kind: "report", report: { type: "export", groupe: groupe.id, period, askedBy: agent.id } },
      },
      new Date(),
    );
    return tell(exportTexts.started(spanText(period)));
  },
};
