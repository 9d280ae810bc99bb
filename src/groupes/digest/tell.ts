/** What a digest says, as things are when it is given: nothing at all to whom nothing waits for. */
import type { AgentRecord } from "../../../models/agent.ts";
import type { DemandeSummary } from "../../../models/demandes.ts";
import type { GroupeFigures } from "../../../models/digests.ts";
import type { Made } from "../../delivery/reports.ts";
import type { UseCaseContext } from "../../demandes/context.ts";
import { commandSign } from "../../demandes/help.ts";
import { instructeurGroupes } from "../../domain/agent.ts";
import { digestOf } from "../../domain/digest.ts";
import type { GroupeId } from "../../domain/ids.ts";
import { formatRef, groupeId } from "../../domain/ids.ts";
import type { Report } from "../../domain/report.ts";
import type { Block, Inline } from "../../domain/richtext.ts";
import { territoire } from "../../domain/territoires.ts";
import { beginningOf, dayAfter } from "../../domain/zone.ts";
import { button } from "../../presentation/buttons.ts";
import { formatDay } from "../../presentation/dates.ts";
import type { Button } from "../../presentation/message.ts";
import { say } from "../../presentation/message.ts";
import { digestTexts } from "../../texts/reports.ts";

const nothing = (reason: string): Made => ({ kind: "nothing", reason });

const plain = (text: string): Inline => ({ type: "text", text });
const bold = (text: string): Inline => ({ type: "text", text, style: { bold: true } });
const paragraph = (...inlines: Inline[]): Block => ({ type: "paragraph", inlines });
const list = (texts: readonly string[]): Block => ({
  type: "list",
  ordered: false,
  items: texts.map((text) => ({ indent: 0, inlines: [plain(text)] })),
});

/** `…` as code, the rest as it stands. */
const withCode = (text: string): Inline[] =>
  text
    .split("`")
    .map((piece, index): Inline => (index % 2 === 1 ? { type: "text", text: piece, style: { code: true } } : plain(piece)));

function oldestOf(oldest: readonly DemandeSummary[]): Block[] {
  if (oldest.length === 0) return [];
  const lines = oldest.map(({ ref, sujet, overdueAt, territoire: code }) =>
    digestTexts.line(formatRef(ref), sujet, overdueAt ? formatDay(overdueAt, territoire(code).timeZone) : ""),
  );
  return [paragraph(plain(digestTexts.oldest)), list(lines)];
}

/** One for each; `groupes`: those for which a click may count. */
const buttonsOf = (oldest: readonly DemandeSummary[], groupes: readonly GroupeId[]): Button[] =>
  oldest.map(({ id, ref, active }) => {
    const groupe = active.map(groupeId).find((one) => groupes.includes(one)) ?? null;
    return button("voir", { demande: id, groupe }, digestTexts.see(formatRef(ref)));
  });

/** Whether it is too late for it: stale news are none. */
const isStale = ({ clock }: UseCaseContext, week: string, code: string): boolean => clock.now() >= digestOf(week, code).until;

async function signFor({ directory }: UseCaseContext, agent: AgentRecord): Promise<string | null> {
  const identity = await directory.identityOf(agent);
  return identity && commandSign(identity.platform);
}

export async function agentDigest(context: UseCaseContext, report: Extract<Report, { type: "agentDigest" }>): Promise<Made> {
  const { db, clock } = context;
  if (isStale(context, report.week, report.territoire)) return nothing("stale");
  const agent = await db.agents.byId(report.agent);
  if (!agent || agent.disabled || !agent.profile.digest) return nothing("unwanted");
  const groupes = instructeurGroupes(agent);
  const { nouvelles, overdue, held, toArchive, ownOverdue, oldest } = await db.digests.ofAgent(agent.id, groupes, clock.now());
  const lines = [
    ...(nouvelles > 0 ? [digestTexts.nouvelles(nouvelles)] : []),
    ...(overdue > 0 ? [digestTexts.overdue(overdue)] : []),
    ...(held > 0 ? [digestTexts.held(held)] : []),
    ...(toArchive > 0 ? [digestTexts.toArchive(toArchive)] : []),
    ...(ownOverdue > 0 ? [digestTexts.ownOverdue(ownOverdue)] : []),
  ];
  if (lines.length === 0) return nothing("nothing to tell");
  const sign = await signFor(context, agent);
  if (sign === null) return nothing("nowhere");
  const body = [
    paragraph(bold(digestTexts.agentTitle)),
    list(lines),
    ...oldestOf(oldest),
    paragraph(...withCode(digestTexts.boards(sign))),
  ];
  return { kind: "message", message: say(body, { buttons: buttonsOf(oldest, groupes) }) };
}

const isIdle = ({ open, received, answered, processed }: GroupeFigures): boolean => open + received + answered + processed === 0;

const overdueLine = ({ overdue, open }: GroupeFigures): string[] => {
  if (overdue > 0) return [digestTexts.overdue(overdue)];
  return open > 0 ? [digestTexts.noOverdue] : [];
};

export async function groupeDigest(context: UseCaseContext, report: Extract<Report, { type: "groupeDigest" }>): Promise<Made> {
  const { db, clock } = context;
  const { week: monday, territoire: code } = report;
  if (isStale(context, monday, code)) return nothing("stale");
  const groupe = await db.groupes.byId(report.groupe);
  if (!groupe?.place) return nothing("unbound");
  const { timeZone } = territoire(code);
  const week = { from: beginningOf(dayAfter(monday, -7), timeZone), before: beginningOf(monday, timeZone) };
  const now = clock.now();
  const [asked, opened] = await Promise.all([db.digests.asked(groupe.id, week, now), db.digests.opened(groupe.id, week, now)]);
  if (isIdle(asked) && isIdle(opened)) return nothing("nothing to tell");
  const answers = isIdle(asked)
    ? []
    : [
        list([
          digestTexts.open(asked.open),
          ...overdueLine(asked),
          digestTexts.lastWeek(asked.received, asked.answered, asked.processed),
        ]),
        ...oldestOf(asked.oldest),
      ];
  const asks = isIdle(opened)
    ? []
    : [
        paragraph(bold(digestTexts.opened)),
        list([
          digestTexts.open(opened.open),
          ...overdueLine(opened),
          digestTexts.lastWeekOpened(opened.received, opened.answered, opened.processed),
        ]),
        ...oldestOf(opened.oldest),
      ];
  const shown = [...asked.oldest, ...opened.oldest.filter(({ id }) => asked.oldest.every((one) => one.id !== id))];
  const body = [paragraph(bold(digestTexts.groupeTitle(groupe.name))), ...answers, ...asks];
  return { kind: "message", message: say(body, { buttons: buttonsOf(shown.slice(0, 5), [groupe.id]) }) };
}
