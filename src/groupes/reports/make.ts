/** Makes each kind of report. Rights are asked here, on whoever asked and on the groupe as they are at that moment. */
import type { Made, ReportMaker } from "../../delivery/reports.ts";
import type { UseCaseContext } from "../../demandes/context.ts";
import { mayInGroupe } from "../../domain/groupePermissions.ts";
import type { Report } from "../../domain/report.ts";
import { richText } from "../../domain/richtext.ts";
import { say } from "../../presentation/message.ts";
import { exportTexts, statsTexts } from "../../texts/reports.ts";
import { agentDigest, groupeDigest } from "../digest/tell.ts";
import { makeExport } from "./makeExport.ts";
import { makeStats } from "./makeStats.ts";

async function asked(context: UseCaseContext, report: Extract<Report, { type: "export" | "stats" }>): Promise<Made> {
  const { db } = context;
  const [agent, groupe] = await Promise.all([db.agents.byId(report.askedBy), db.groupes.byId(report.groupe)]);
  const isExport = report.type === "export";
  if (!agent || !groupe || mayInGroupe(agent, isExport ? "export" : "stats", groupe.id) !== "allowed") {
    context.log.warn({ agent: report.askedBy, groupe: report.groupe, type: report.type }, "report refused when it was made");
    return { kind: "message", message: say(richText(isExport ? exportTexts.noLonger : statsTexts.gone)) };
  }
  return isExport ? makeExport(context, groupe, report.period) : makeStats(context, groupe, report.period);
}

export const reportMaker =
  (context: UseCaseContext): ReportMaker =>
  async (report) => {
    switch (report.type) {
      case "export":
      case "stats":
        return asked(context, report);
      case "agentDigest":
        return agentDigest(context, report);
      case "groupeDigest":
        return groupeDigest(context, report);
    }
  };
