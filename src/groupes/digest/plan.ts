/**
 * Writes down the digests of the week, one notice for each agent and each groupe of the territoires where it is Monday morning.
 * Nothing is counted here: each is made when it is posted. Cut short, it begins again and changes nothing that is there.
 */

import type { Database } from "../../../models/database.ts";
import { digestReaders } from "../../../models/digests.ts";
import type { Groupe } from "../../../models/groupe.ts";
import type { Notice } from "../../../models/notices.ts";
import type { UseCaseContext } from "../../demandes/context.ts";
import { digestDue, nextDigestAt } from "../../domain/digest.ts";
import type { AgentId, GroupeId } from "../../domain/ids.ts";

const BATCH = 500;

/** Whose hours count for a groupe: those of its first territoire. */
const homeOf = ({ territoires: [first] }: Groupe): string | null => first ?? null;

const forAgent = (agent: AgentId, week: string, territoire: string): Notice => ({
  id: `digest.${week}.agent.${agent}`,
  to: { kind: "agent", agentId: agent },
  content: { kind: "report", report: { type: "agentDigest", agent, week, territoire } },
});

const forGroupe = (groupe: GroupeId, week: string, territoire: string): Notice => ({
  id: `digest.${week}.groupe.${groupe}`,
  to: { kind: "groupe", groupeId: groupe },
  content: { kind: "report", report: { type: "groupeDigest", groupe, week, territoire } },
});

/** The agents whose first groupe is one of these: an agent of several has one digest. */
async function* noticesOf(
  { db }: UseCaseContext,
  groupes: readonly Groupe[],
  known: ReadonlySet<GroupeId>,
  week: string,
  territoire: string,
): AsyncGenerator<Notice> {
  for (const groupe of groupes) if (groupe.place) yield forGroupe(groupe.id, week, territoire);
  const here = new Set(groupes.map((groupe) => groupe.id));
  for (const { id, groupes: own } of await digestReaders(db.agents, [...here])) {
    const first = own.find((groupe) => known.has(groupe));
    if (first !== undefined && here.has(first)) yield forAgent(id, week, territoire);
  }
}

async function planTerritoire(
  context: UseCaseContext,
  groupes: readonly Groupe[],
  known: ReadonlySet<GroupeId>,
  week: string,
  territoire: string,
): Promise<number> {
  const { db, log } = context;
  let count = 0;
  let batch: Notice[] = [];
  const write = async () => {
    await db.notices.addAll(batch, new Date());
    count += batch.length;
    batch = [];
  };
  for await (const notice of noticesOf(context, groupes, known, week, territoire)) {
    batch.push(notice);
    if (batch.length === BATCH) await write();
  }
  await write();
  await db.digests.setPlanned(week, territoire, new Date());
  log.info({ week, territoire, count }, "digests written down");
  return count;
}

async function byTerritoire(db: Database): Promise<{ all: Groupe[]; homes: Map<string, Groupe[]> }> {
  const all = await db.groupes.all();
  const homes = new Map<string, Groupe[]>();
  for (const groupe of all) {
    const home = homeOf(groupe);
    if (home !== null) homes.set(home, [...(homes.get(home) ?? []), groupe]);
  }
  return { all, homes };
}

/** @returns how many digests were written down */
export async function planDigests(context: UseCaseContext): Promise<number> {
  const { db, clock, log } = context;
  const now = clock.now();
  const { all, homes } = await byTerritoire(db);
  const known = new Set(all.filter((groupe) => homeOf(groupe) !== null).map((groupe) => groupe.id));
  let count = 0;
  for (const [territoire, groupes] of homes) {
    try {
      const due = digestDue(now, territoire);
      if (!due || (await db.digests.isPlanned(due.week, territoire))) continue;
      count += await planTerritoire(context, groupes, known, due.week, territoire);
    } catch (error) {
      // One territoire does not keep the others from being told; it is tried again with the next run.
      log.error({ territoire, error }, "digests not written down");
    }
  }
  return count;
}

/** When the next one after that moment is to be given, in any territoire; null without any groupe. */
export async function nextDigest(db: Database, now: Date): Promise<Date | null> {
  const { homes } = await byTerritoire(db);
  const times = [...homes.keys()].map((territoire) => nextDigestAt(now, territoire).getTime());
  return times.length === 0 ? null : new Date(Math.min(...times));
}
