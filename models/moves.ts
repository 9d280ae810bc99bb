/** Threads of a channel that goes on in another: what they showed is left behind, and shown again in the new place. */

import type { Model } from "mongoose";
import type { PlatformName } from "../src/domain/demande.ts";
import type { AgentId, DemandeId } from "../src/domain/ids.ts";
import { demandeId } from "../src/domain/ids.ts";
import type { Obstacle, Place } from "../src/domain/place.ts";
import { NOT_ARCHIVED } from "../src/domain/status.ts";
import type { DemandeDocument } from "./demande.ts";
import { ownShelf } from "./shelves.ts";

/** As a thread is before it has begun: its channel is found again from its groupe or its agent. */
const NOT_BEGUN = {
  channel: null,
  root: null,
  key: null,
  delivered: 0,
  posting: null,
  posts: [],
  card: null,
  broken: null,
  retryAt: null,
  attempts: 0,
  seen: null,
} as const;

const AWAY: Obstacle = "workspace";

export class Moves {
  private readonly model: Model<DemandeDocument>;

  constructor(model: Model<DemandeDocument>) {
    this.model = model;
  }

  /** The demandes that are still open and have a thread there. */
  async openIn(place: Place): Promise<DemandeId[]> {
    const prefix = `${place.platform}/${place.workspace}/${place.channel}/`;
    const documents = await this.model
      .find({ "threads.channel": place.channel, status: { $in: NOT_ARCHIVED } }, { _id: 1, "threads.key": 1 })
      .lean<Pick<DemandeDocument, "_id" | "threads">[]>();
    return documents.filter(({ threads }) => threads.some((t) => t.key?.startsWith(prefix))).map((d) => demandeId(d._id));
  }

  /** The demandes that are still open and that this agent follows in a direct conversation on this platform, and where. */
  async openDirects(agent: AgentId, platform: PlatformName): Promise<{ id: DemandeId; place: Place }[]> {
    const documents = await this.model
      // A direct conversation is that of the agent who opened the demande.
      .find({ shelves: { $in: NOT_ARCHIVED.map((status) => ownShelf(agent, status)) } }, { _id: 1, threads: 1 })
      .lean<Pick<DemandeDocument, "_id" | "threads">[]>();
    return documents.flatMap(({ _id, threads }) =>
      threads.flatMap(({ agentId, workspace, channel, ...thread }) =>
        agentId === agent && thread.platform === platform && workspace !== null && channel !== null
          ? [{ id: demandeId(_id), place: { platform, workspace, channel } }]
          : [],
      ),
    );
  }

  /** Its threads there begin anew, to be delivered from then on (system time), and the demande is given back. False when the lease was lost. */
  async beginAnew(id: DemandeId, owner: string, place: Place, now: Date): Promise<boolean> {
    const changes = Object.entries(NOT_BEGUN).map(([field, value]) => [`threads.$[moved].${field}`, value]);
    const { platform, workspace, channel } = place;
    const result = await this.model.updateOne(
      { _id: id, "lease.owner": owner },
      { $set: { ...Object.fromEntries(changes), deliverAt: now, lease: null } },
      { arrayFilters: [{ "moved.platform": platform, "moved.workspace": workspace, "moved.channel": channel }] },
    );
    return result.matchedCount === 1;
  }

  /** What could not be shown because this workspace was out of reach, and is tried again now and then, is tried from then on (system time). */
  async resumeIn({ platform, workspace }: Pick<Place, "platform" | "workspace">, now: Date): Promise<void> {
    await this.model.updateMany(
      { deliverAt: { $gt: now }, threads: { $elemMatch: { platform, workspace, "broken.obstacle": AWAY } } },
      { $set: { "threads.$[waiting].retryAt": null, deliverAt: now } },
      { arrayFilters: [{ "waiting.platform": platform, "waiting.workspace": workspace, "waiting.broken.obstacle": AWAY }] },
    );
  }
}
