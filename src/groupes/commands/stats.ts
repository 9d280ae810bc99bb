/** `/groupe stats`: the figures of the groupe over a period, in its channel when asked there, in person otherwise. */
import type { Addressee } from "../../../models/notices.ts";
import { commandIdOf } from "../../demandes/act.ts";
import { tell } from "../../demandes/refusals.ts";
import { readPeriod } from "../../domain/period.ts";
import type { Place } from "../../domain/place.ts";
import { periodTexts, statsTexts } from "../../texts/reports.ts";
import { spanText, zoneOf } from "../reports/scope.ts";
import type { GroupeCommand } from "./request.ts";

const isSame = (a: Place | null, b: Place): boolean =>
  a?.platform === b.platform && a.workspace === b.workspace && a.channel === b.channel;

export const statsCommand: GroupeCommand = {
  name: "stats",
  usage: periodTexts.usage,
  help: statsTexts.help,
  details: statsTexts.details,
  capability: "stats",
  async run({ context, agent, groupe, text, inbound, place, person: { platform, workspace } }) {
    const { db, clock } = context;
    const read = readPeriod(text, clock.now(), zoneOf(groupe));
    if (!read.ok) return tell(periodTexts.fault(read.fault));
    const { period } = read;
    const here = isSame(groupe.place, place);
    const to: Addressee = here
      ? { kind: "groupe", groupeId: groupe.id }
      : { kind: "agent", agentId: agent.id, preferred: { platform, workspace } };
    await db.notices.add(
      {
        id: `stats.${commandIdOf(inbound)}`,
        to,
        content: { kind: "report", report: { type: "stats", groupe: groupe.id, period, askedBy: agent.id } },
      },
      new Date(),
    );
    return tell(statsTexts.started(spanText(period), here));
  },
};
