/**
 * Who is in which groupe, changed one membership at a time: each change is one conditional update, so that two people who change
 * the same agent at once, for one groupe or for two, undo nothing of each other.
 */
import type { Model } from "mongoose";
import type { Membership } from "../src/domain/agent.ts";
import type { AgentId, GroupeId } from "../src/domain/ids.ts";
import type { AgentDocument, AgentProfile, AgentRecord } from "./agent.ts";
import { keyOfIdentity } from "./agent.ts";

/** An account to be made. */
export type NewAgent = Pick<AgentRecord, "id" | "name" | "email" | "shared" | "memberships" | "identities"> & {
  readonly profile: AgentProfile;
};

/** The agent is in that groupe with these very roles. */
const as = ({ groupeId, aidant, instructeur, responsable }: Membership) => ({
  memberships: { $elemMatch: { groupeId, aidant, instructeur, responsable } },
});

export class Memberships {
  private readonly model: Model<AgentDocument>;

  constructor(model: Model<AgentDocument>) {
    this.model = model;
  }

  /** False when the agent is in the groupe already, whatever the roles, or is no more. A disabled account becomes active when `enables`. */
  async add(agent: AgentId, membership: Membership, enables: boolean): Promise<boolean> {
    const result = await this.model.updateOne(
      { _id: agent, "memberships.groupeId": { $ne: membership.groupeId } },
      { $push: { memberships: { ...membership } }, ...(enables && { $set: { disabled: false } }) },
    );
    return result.modifiedCount === 1;
  }

  /** False when the roles are no longer those `before`. */
  async change(agent: AgentId, before: Membership, after: Membership): Promise<boolean> {
    const result = await this.model.updateOne(
      { _id: agent, ...as(before) },
      { $set: { "memberships.$[own]": { ...after } } },
      { arrayFilters: [{ "own.groupeId": before.groupeId }] },
    );
    return result.matchedCount === 1;
  }

  /** False when the roles are no longer those `before`, or when `disables` and the agent is in another groupe by now. */
  async remove(agent: AgentId, before: Membership, disables: boolean): Promise<boolean> {
    const result = await this.model.updateOne(
      { _id: agent, ...as(before), ...(disables && { "memberships.1": { $exists: false } }) },
      { $pull: { memberships: { groupeId: before.groupeId } }, ...(disables && { $set: { disabled: true } }) },
    );
    return result.modifiedCount === 1;
  }

  /** How many people run the groupe, disabled accounts left out. */
  async responsables(groupe: GroupeId): Promise<number> {
    return this.model.countDocuments({
      memberships: { $elemMatch: { groupeId: groupe, responsable: true } },
      disabled: false,
    });
  }

  /** Makes the account, once. False when its address belongs to another. */
  async create({ id, email, memberships, identities, ...rest }: NewAgent): Promise<boolean> {
    const document = {
      ...rest,
      email: email.trim().toLowerCase(),
      admin: false,
      disabled: false,
      memberships: memberships.map((one) => ({ ...one })),
      identities: identities.map(keyOfIdentity),
    };
    try {
      await this.model.updateOne({ _id: id }, { $setOnInsert: document }, { upsert: true });
      return true;
    } catch (error) {
      // By what is there, not by the fault: the answer may have been lost after the write.
      const holder = await this.model.findOne({ email: document.email }, { _id: 1 }).lean<{ _id: string }>();
      if (holder?._id === id) return true;
      if (holder) return false;
      throw error;
    }
  }
}
