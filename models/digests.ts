/** Which digests are written down, and what they tell. */

import type { Connection, Model } from "mongoose";
import mongoose from "mongoose";
import type { AgentId, GroupeId } from "../src/domain/ids.ts";
import { agentId } from "../src/domain/ids.ts";
import type { Status } from "../src/domain/status.ts";
import { OPEN } from "../src/domain/status.ts";
import type { Agents } from "./agent.ts";
import type { DemandeSummary, Demandes } from "./demandes.ts";
import type { Shelf } from "./shelves.ts";
import { groupeShelves, movedShelves, ownShelf } from "./shelves.ts";

interface PlannedDocument {
  /** `<week>/<territoire>` */
  _id: string;
  at: Date;
}

const KEPT_SECONDS = 60 * 86_400;

const schema = new mongoose.Schema<PlannedDocument>(
  { _id: { type: String, required: true }, at: { type: Date, required: true } },
  { collection: "digests", versionKey: false, autoIndex: false, autoCreate: false, strict: "throw" },
);
schema.index({ at: 1 }, { expireAfterSeconds: KEPT_SECONDS });

/** What waits for an agent. */
export interface AgentFigures {
  readonly nouvelles: number;
  readonly overdue: number;
  /** That they said they take care of. */
  readonly held: number;
  /** Opened by them and processed: theirs to archive. */
  readonly toArchive: number;
  /** Opened by them, and which nobody answers. */
  readonly ownOverdue: number;
  readonly oldest: readonly DemandeSummary[];
}

export interface GroupeFigures {
  readonly open: number;
  readonly overdue: number;
  readonly oldest: readonly DemandeSummary[];
  /** In the week before. */
  readonly received: number;
  readonly answered: number;
  readonly processed: number;
}

const SHOWN = 5;
/** More than one territoire has, so that they come in one answer: DocumentDB was seen to lose the cursors of longer ones. */
const MOST_READERS = 50_000;

type Filter = Readonly<Record<string, unknown>>;

interface Week {
  readonly from: Date;
  readonly before: Date;
}

/** Where the demandes of a groupe are: those that changed in the week or since, and those under way. */
interface OfGroupe {
  readonly moved: readonly Shelf[];
  readonly open: readonly Shelf[];
  readonly also?: Filter;
}

export class Digests {
  readonly model: Model<PlannedDocument>;
  private readonly demandes: Demandes;

  constructor(connection: Connection, demandes: Demandes) {
    this.model = connection.model<PlannedDocument>("Digest", schema);
    this.demandes = demandes;
  }

  /** Whether all digests of this week in this territoire are written down. */
  async isPlanned(week: string, territoire: string): Promise<boolean> {
    return (await this.model.exists({ _id: `${week}/${territoire}` })) !== null;
  }

  /** @param at system time */
  async setPlanned(week: string, territoire: string, at: Date): Promise<void> {
    await this.model.updateOne({ _id: `${week}/${territoire}` }, { $setOnInsert: { at } }, { upsert: true });
  }

  private count(filter: Filter): Promise<number> {
    return this.demandes.model.countDocuments(filter as never).exec();
  }

  private async oldestOf(filter: Filter): Promise<{ overdue: number; oldest: DemandeSummary[] }> {
    const { demandes, total } = await this.demandes.page(filter, 0, SHOWN, { overdueAt: 1 });
    return { overdue: total, oldest: demandes };
  }

  /** The tabs of the guide, counted. @param groupes those for which the agent answers; `now`: domain time */
  async ofAgent(agent: AgentId, groupes: readonly GroupeId[], now: Date): Promise<AgentFigures> {
    const active = { shelves: { $in: groupeShelves("active", groupes, OPEN) } };
    const own = (statuses: readonly Status[]) => ({ shelves: { $in: statuses.map((status) => ownShelf(agent, status)) } });
    const late = { overdueAt: { $lt: now } };
    const answers = groupes.length > 0;
    const [nouvelles, { overdue, oldest }, held, toArchive, ownOverdue] = await Promise.all([
      answers ? this.count({ ...active, viewers: { $ne: agent } }) : 0,
      answers ? this.oldestOf({ ...active, ...late }) : { overdue: 0, oldest: [] },
      answers ? this.count({ ...active, takers: { $elemMatch: { agentId: agent, groupeId: { $in: [...groupes] } } } }) : 0,
      this.count(own(["traitee"])),
      this.count({ ...own(OPEN), ...late }),
    ]);
    return { nouvelles, overdue, oldest, held, toArchive, ownOverdue };
  }

  private async figures({ moved, open, also = {} }: OfGroupe, within: Week, now: Date): Promise<GroupeFigures> {
    const waiting = { shelves: { $in: open }, ...also };
    // An answer changes the demande: what has not changed since then was neither opened, answered nor processed since then.
    const since = { shelves: { $in: moved }, ...also };
    const inWeek = { $gte: within.from, $lt: within.before };
    const [count, { overdue, oldest }, received, answered, processed] = await Promise.all([
      this.count(waiting),
      this.oldestOf({ ...waiting, overdueAt: { $lt: now } }),
      this.count({ ...since, openedAt: inWeek }),
      this.count({ ...since, firstAnswerAt: inWeek }),
      this.count({ ...since, processedAt: inWeek }),
    ]);
    return { open: count, overdue, oldest, received, answered, processed };
  }

  /** Of the demandes asked of the groupe. @param week the one before, by domain time */
  asked(groupe: GroupeId, week: Week, now: Date): Promise<GroupeFigures> {
    const open = groupeShelves("active", [groupe], OPEN);
    return this.figures({ moved: movedShelves("asked", groupe, week.from, now), open }, week, now);
  }

  /** Of those that the groupe opened in its channel, which all of its members see. */
  opened(groupe: GroupeId, week: Week, now: Date): Promise<GroupeFigures> {
    const open = groupeShelves("opened", [groupe], OPEN);
    return this.figures({ moved: movedShelves("opened", groupe, week.from, now), open, also: { shared: true } }, week, now);
  }
}

/** Those who may be told of their week: of these groupes, neither disabled nor without wish for it. */
export async function digestReaders(
  { model }: Agents,
  groupes: readonly GroupeId[],
): Promise<{ readonly id: AgentId; readonly groupes: readonly GroupeId[] }[]> {
  const filter = { "memberships.groupeId": { $in: [...groupes] }, disabled: false, "profile.digest": { $ne: false } };
  const found = await model.find(filter, { memberships: 1 }).batchSize(MOST_READERS).lean();
  return found.map(({ _id, memberships }) => ({ id: agentId(_id), groupes: memberships.map((m) => m.groupeId) }));
}
