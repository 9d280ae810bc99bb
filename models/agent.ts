/** Agents in the database, and the accounts on the chat platforms by which they are recognised. */

import type { Connection, Model } from "mongoose";
import mongoose from "mongoose";
import type { Agent, Membership } from "../src/domain/agent.ts";
import type { AgentId, GroupeId } from "../src/domain/ids.ts";
import { agentId } from "../src/domain/ids.ts";
import type { Identity } from "../src/domain/place.ts";

/** What agents tell of themselves, and may change. */
export interface AgentProfile {
  /** « Qualité » in Administration+: what they do where they work. Empty when not told. */
  readonly qualite: string;
  readonly telephone: string;
  /** Whether they want the weekly digest. */
  readonly digest: boolean;
}

export interface AgentDocument {
  _id: string;
  name: string;
  /** In lower case: addresses are compared so. */
  email: string;
  admin: boolean;
  disabled: boolean;
  shared: boolean;
  memberships: Membership[];
  /** `platform/workspace/user` */
  identities: string[];
  /** Absent in what was stored before profiles were known. */
  profile?: AgentProfile;
}

const schema = new mongoose.Schema<AgentDocument>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    email: { type: String, required: true },
    admin: { type: Boolean, required: true },
    disabled: { type: Boolean, required: true },
    shared: { type: Boolean, required: true },
    memberships: { type: [mongoose.Schema.Types.Mixed], required: true } as never,
    identities: [String],
    profile: mongoose.Schema.Types.Mixed as never,
  },
  { collection: "agents", versionKey: false, autoIndex: false, autoCreate: false, strict: "throw" },
);
schema.index({ email: 1 }, { unique: true });
schema.index({ identities: 1 });
schema.index({ "memberships.groupeId": 1 });
schema.index({ admin: 1 });

export const keyOfIdentity = (identity: Identity): string => `${identity.platform}/${identity.workspace}/${identity.user}`;

const parseKey = (key: string): Identity => {
  const [platform, workspace, ...user] = key.split("/");
  return { platform: platform as Identity["platform"], workspace: workspace ?? "", user: user.join("/") };
};

export interface AgentRecord extends Agent {
  readonly identities: readonly Identity[];
  readonly profile: AgentProfile;
}

export const NEW_PROFILE: AgentProfile = { qualite: "", telephone: "", digest: true };

export const toAgent = ({ _id, identities, profile, ...rest }: AgentDocument): AgentRecord => ({
  ...rest,
  id: agentId(_id),
  identities: identities.map(parseKey),
  profile: { ...NEW_PROFILE, ...profile },
});

/** The write that stores an agent as given, whole, but for the accounts already known; these are added. */
export const updateOfAgent = (
  { id, email, memberships, identities: _, away: __, ...rest }: Agent & Partial<AgentRecord>,
  identities: readonly Identity[],
) => ({
  filter: { _id: id as string },
  update: {
    $set: { ...rest, email: email.trim().toLowerCase(), memberships: [...memberships] },
    $addToSet: { identities: { $each: identities.map(keyOfIdentity) } },
  },
  upsert: true as const,
});

export class Agents {
  readonly model: Model<AgentDocument>;

  constructor(connection: Connection) {
    this.model = connection.model<AgentDocument>("Agent", schema);
  }

  async byId(id: AgentId): Promise<AgentRecord | null> {
    const document = await this.model.findOne({ _id: id }).lean<AgentDocument>();
    return document && toAgent(document);
  }

  async byIds(ids: readonly AgentId[]): Promise<AgentRecord[]> {
    if (ids.length === 0) return [];
    const documents = await this.model.find({ _id: { $in: [...ids] } }).lean<AgentDocument[]>();
    return documents.map(toAgent);
  }

  async byIdentity(identity: Identity): Promise<AgentRecord | null> {
    const document = await this.model.findOne({ identities: keyOfIdentity(identity) }).lean<AgentDocument>();
    return document && toAgent(document);
  }

  /** Those to whom one of these accounts belongs. */
  async byIdentities(identities: readonly Identity[]): Promise<AgentRecord[]> {
    if (identities.length === 0) return [];
    const documents = await this.model.find({ identities: { $in: identities.map(keyOfIdentity) } }).lean<AgentDocument[]>();
    return documents.map(toAgent);
  }

  async byEmail(email: string): Promise<AgentRecord | null> {
    const document = await this.model.findOne({ email: email.trim().toLowerCase() }).lean<AgentDocument>();
    return document && toAgent(document);
  }

  /** Those who may see to all groupes, disabled accounts left out: there are few. */
  async admins(): Promise<AgentRecord[]> {
    const documents = await this.model.find({ admin: true, disabled: false }).lean<AgentDocument[]>();
    return documents.map(toAgent);
  }

  async ofGroupe(groupe: GroupeId): Promise<AgentRecord[]> {
    const documents = await this.model.find({ "memberships.groupeId": groupe }).lean<AgentDocument[]>();
    return documents.map(toAgent);
  }

  /** Those of these groupes that have at least one instructeur whose account is not disabled. */
  async groupesWithInstructeur(groupes: readonly GroupeId[]): Promise<ReadonlySet<GroupeId>> {
    if (groupes.length === 0) return new Set();
    const documents = await this.model
      .find({ "memberships.groupeId": { $in: [...groupes] }, disabled: false }, { memberships: 1 })
      .lean<Pick<AgentDocument, "memberships">[]>();
    return new Set(documents.flatMap((d) => d.memberships.filter((m) => m.instructeur).map((m) => m.groupeId)));
  }

  /** What agents change themselves: their name and profile, and nothing of what others decide. */
  async saveOwn(id: AgentId, name: string, profile: AgentProfile): Promise<void> {
    await this.model.updateOne({ _id: id }, { $set: { name, profile } });
  }

  /** Remembers that this account on a platform is this agent's. */
  async link(id: AgentId, identity: Identity): Promise<void> {
    await this.model.updateOne({ _id: id }, { $addToSet: { identities: keyOfIdentity(identity) } });
  }

  /** From then on, whoever acts with these accounts is not this agent. */
  async unlink(id: AgentId, identities: readonly Identity[]): Promise<void> {
    await this.model.updateOne({ _id: id }, { $pullAll: { identities: identities.map(keyOfIdentity) } });
  }

  /**
   * Stores an agent as given, whole, but for its accounts: those already known are kept, whichever the agent bears, and these
   * are added; a profile that is not given stays as it is stored. An agent that was read a while ago never brings back an account that was taken from it meanwhile.
   */
  async save(agent: Agent & Partial<AgentRecord>, identities: readonly Identity[] = []): Promise<void> {
    const { filter, update, upsert } = updateOfAgent(agent, identities);
    await this.model.updateOne(filter, update, { upsert });
  }
}
