/**
 * The Slack workspaces in which the app was installed through OAuth. The bot's token is sealed, for its workspace only, and
 * gone from the moment of an uninstall; what stays then tells the operator what happened.
 */
import { randomUUID } from "node:crypto";
import type { Connection, Model } from "mongoose";
import mongoose from "mongoose";
import { isDuplicateKey } from "./duplicateKey.ts";
import type { Sealer, StoredBytes } from "./sealing.ts";
import { bytesOf } from "./sealing.ts";

export interface NewInstallation {
  /** Slack's team id: `T…`. */
  readonly team: string;
  readonly name: string;
  readonly botToken: string;
  readonly botUserId: string;
  readonly botId: string;
}

export interface Installation extends NewInstallation {
  /** Which one of the installations in this workspace: another after each. */
  readonly grant: string;
}

/** A workspace that took the app away. */
export interface PastInstallation {
  readonly team: string;
  readonly name: string;
  readonly removedAt: Date;
  /** Slack's word for it. */
  readonly why: string;
}

export interface InstallationDocument {
  /** The team id. */
  _id: string;
  name: string;
  token: StoredBytes | null;
  /** The id of the key that sealed the token; none once it is forgotten. */
  sealedWith: string[];
  botUserId: string;
  botId: string;
  grant: string;
  installedAt: Date;
  removedAt: Date | null;
  why: string | null;
}

interface SpentStateDocument {
  _id: string;
  until: Date;
}

const options = { versionKey: false, autoIndex: false, autoCreate: false, strict: "throw" } as const;

const installationSchema = new mongoose.Schema<InstallationDocument>(
  {
    _id: { type: String, required: true },
    name: { type: String, required: true },
    token: { type: Buffer, default: null } as never,
    sealedWith: { type: [String], required: true } as never,
    botUserId: { type: String, required: true },
    botId: { type: String, required: true },
    grant: { type: String, required: true },
    installedAt: { type: Date, required: true },
    removedAt: { type: Date, default: null },
    why: { type: String, default: null },
  },
  { ...options, collection: "slackInstallations" },
);

installationSchema.index({ sealedWith: 1 });

const spentStateSchema = new mongoose.Schema<SpentStateDocument>(
  { _id: { type: String, required: true }, until: { type: Date, required: true } },
  { ...options, collection: "slackSpentStates" },
);
spentStateSchema.index({ until: 1 }, { expireAfterSeconds: 0 });

/** To which the token is bound. */
export const installationPlace = (team: string): string => `slackInstallations/${team}`;

export class Installations {
  readonly model: Model<InstallationDocument>;
  readonly spentStates: Model<SpentStateDocument>;
  private readonly sealer: Sealer;

  constructor(connection: Connection, sealer: Sealer) {
    this.model = connection.model<InstallationDocument>("SlackInstallation", installationSchema);
    this.spentStates = connection.model<SpentStateDocument>("SlackSpentState", spentStateSchema);
    this.sealer = sealer;
  }

  /** In place of the former one in this workspace, if there was one. */
  async save({ team, botToken, ...installation }: NewInstallation, now: Date): Promise<void> {
    const token = this.sealer.seal(botToken, installationPlace(team));
    const sealedWith = [this.sealer.currentKeyId];
    const state = { ...installation, token, sealedWith, grant: randomUUID(), installedAt: now, removedAt: null, why: null };
    await this.model.updateOne({ _id: team }, { $set: state }, { upsert: true });
  }

  /** Those whose token is good as far as is known. @throws UnknownKey when the key of one is missing */
  async all(): Promise<Installation[]> {
    const documents = await this.model.find({ token: { $ne: null } }).lean<InstallationDocument[]>();
    return documents.flatMap(({ _id: team, name, token, botUserId, botId, grant }) =>
      token === null
        ? []
        : [
            {
              team,
              name,
              botToken: this.sealer.open(bytesOf(token), installationPlace(team)) as string,
              botUserId,
              botId,
              grant,
            },
          ],
    );
  }

  /** Forgets the token of this very installation. False when another took its place, or it was forgotten already. */
  async remove(team: string, grant: string, why: string, now: Date): Promise<boolean> {
    const result = await this.model.updateOne(
      { _id: team, grant, removedAt: null },
      { $set: { token: null, sealedWith: [], removedAt: now, why } },
    );
    return result.modifiedCount === 1;
  }

  async past(): Promise<PastInstallation[]> {
    const documents = await this.model.find({ removedAt: { $ne: null } }).lean<InstallationDocument[]>();
    return documents.flatMap(({ _id: team, name, removedAt, why }) =>
      removedAt === null ? [] : [{ team, name, removedAt, why: why ?? "?" }],
    );
  }

  /** True for the first who spends this state, whatever number of processes there are. It is remembered until then (system time). */
  async spendState(id: string, until: Date): Promise<boolean> {
    try {
      await this.spentStates.create({ _id: id, until });
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** What a state is sealed with: the same for every process. */
  sealState(value: unknown): string {
    return this.sealer.seal(value, "slackStates").toString("base64url");
  }

  /** @throws SealFault or UnknownKey for what was not sealed here */
  openState(state: string): unknown {
    return this.sealer.open(Buffer.from(state, "base64url"), "slackStates");
  }
}
