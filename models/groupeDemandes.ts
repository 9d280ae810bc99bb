/** The demandes of one groupe, as whoever runs it asks for them: counted, listed, held by whom. */

import type { Model } from "mongoose";
import type { AgentId, DemandeId, GroupeId } from "../src/domain/ids.ts";
import { demandeId } from "../src/domain/ids.ts";
import type { Status } from "../src/domain/status.ts";
import { NOT_ARCHIVED, OPEN, STATUSES } from "../src/domain/status.ts";
import type { DemandeDocument } from "./demande.ts";
import type { GroupeRelation, Wanted } from "./shelves.ts";
import { groupeShelf, groupeShelves, wantedOf } from "./shelves.ts";

export type GroupeStatus = "nouvelles" | "en-cours" | "en-souffrance" | "traitees" | "archivees";

const STATUSES_OF: Readonly<Record<GroupeStatus, readonly Status[]>> = {
  nouvelles: ["nouvelle"],
  "en-cours": ["en_cours"],
  "en-souffrance": OPEN,
  traitees: ["traitee"],
  archivees: ["archivee"],
};

/** Those that it was asked, and those that its members opened; no demande in common between any two. */
export function wantedOfGroupe(groupe: GroupeId, status: GroupeStatus | null, since: Date | null, now: Date): Wanted[] {
  const statuses = status === null ? STATUSES : STATUSES_OF[status];
  const also = {
    ...(status === "en-souffrance" && { overdueAt: { $lt: now } }),
    ...(since && { openedAt: { $gte: since } }),
  };
  const shelf = (relation: GroupeRelation) => (one: Status) => [groupeShelf(relation, groupe, one)];
  return [
    ...wantedOf(shelf("asked"), statuses, also),
    ...wantedOf(shelf("opened"), statuses, { ...also, $nor: [{ asked: groupe }] }),
  ];
}

export class GroupeDemandes {
  private readonly model: Model<DemandeDocument>;

  constructor(model: Model<DemandeDocument>) {
    this.model = model;
  }

  /** How many an instructeur of this groupe reads, those archived left out. */
  async openCount(groupe: GroupeId): Promise<number> {
    return this.model.countDocuments({ shelves: { $in: groupeShelves("asked", [groupe], NOT_ARCHIVED) } });
  }

  /** Those still open that this agent took for the groupe, the oldest first. */
  async heldBy(agent: AgentId, groupe: GroupeId): Promise<DemandeId[]> {
    const documents = await this.model
      .find(
        {
          shelves: { $in: groupeShelves("active", [groupe], OPEN) },
          takers: { $elemMatch: { groupeId: groupe, agentId: agent } },
        },
        { _id: 1 },
      )
      .sort({ openedAt: 1 })
      .lean<{ _id: string }[]>();
    return documents.map((d) => demandeId(d._id));
  }

  /**
   * Those not archived whose thread in the groupe's channel waits: never begun, or kept from going on.
   * @returns where the thread stands, when it has begun
   */
  async waitingThreads(groupe: GroupeId): Promise<{ id: DemandeId; channel: DemandeDocument["threads"][number] }[]> {
    const documents = await this.model
      .find(
        {
          shelves: {
            $in: [...groupeShelves("asked", [groupe], NOT_ARCHIVED), ...groupeShelves("opened", [groupe], NOT_ARCHIVED)],
          },
        },
        { _id: 1, threads: 1 },
      )
      .lean<Pick<DemandeDocument, "_id" | "threads">[]>();
    return documents.flatMap(({ _id, threads }) =>
      threads.flatMap((thread) =>
        thread.groupeId === groupe && (thread.root === null || thread.broken !== null)
          ? [{ id: demandeId(_id), channel: thread }]
          : [],
      ),
    );
  }

  /** Its threads of this groupe that have not begun are tried again from then on (system time). */
  async tryAgain(id: DemandeId, groupe: GroupeId, now: Date): Promise<void> {
    await this.model.updateOne(
      { _id: id },
      { $set: { "threads.$[own].retryAt": null, deliverAt: now } },
      { arrayFilters: [{ "own.groupeId": groupe, "own.root": null }] },
    );
  }
}
