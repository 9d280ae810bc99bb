import { randomInt } from "node:crypto";
import { z } from "zod";
import { emitEvent } from "../events/emit.ts";
import { Refusal } from "../person/refusal.ts";
import { resolveChannel, resolvePerson, workspaceOf } from "../person/resolve.ts";
import { newId, newSecret } from "../state/ids.ts";
import type { AppRecord, ChannelRecord, UserRecord, WorkspaceRecord } from "../state/model.ts";
import { addMember, addUser, changeUser, removeMember, renameChannel, setArchived } from "../state/people.ts";
import type { World } from "../state/world.ts";

/** What an app is granted unless told otherwise: all that the platform knows of. */
export const ALL_BOT_SCOPES: readonly string[] = [
  "app_mentions:read",
  "channels:history",
  "channels:join",
  "channels:manage",
  "channels:read",
  "chat:write",
  "chat:write.customize",
  "chat:write.public",
  "commands",
  "files:read",
  "files:write",
  "groups:history",
  "groups:read",
  "groups:write",
  "im:history",
  "im:read",
  "im:write",
  "reactions:read",
  "reactions:write",
  "team:read",
  "users:read",
  "users:read.email",
];

const id = (prefix: string) => z.string().regex(new RegExp(`^${prefix}[A-Z0-9]{2,20}$`));
const channelName = z.string().regex(/^[\p{Ll}\p{Lo}\p{N}_-]{1,80}$/u, "un nom de canal est en minuscules, sans espace ni point");

const workspaceShape = z.strictObject({
  id: id("T").optional(),
  name: z.string().min(1).max(80),
  botScopes: z.array(z.string()).optional(),
  /** The slash commands that the app declares; all if absent. */
  commands: z.array(z.string().regex(/^\/[a-z0-9_-]+$/)).optional(),
  /** Where the app is reached by HTTP when it has no socket. */
  requestUrl: z.url().optional(),
  appName: z.string().min(1).max(35).optional(),
  /** Where browsers may be sent back to after an installation through OAuth. */
  redirectUrls: z.array(z.url()).optional(),
  /** False: the app is not installed there yet. */
  installed: z.boolean().optional(),
  /** Another app than the first workspace's, with tokens and a secret of its own. */
  separateApp: z.boolean().optional(),
});

const userShape = z.strictObject({
  workspace: z.string(),
  id: id("[UW]").optional(),
  name: z.string().min(1).max(80),
  realName: z.string().min(1).max(80),
  displayName: z.string().max(80).optional(),
  email: z.email(),
  tz: z.string().optional(),
  /** Whether the app is told (`team_join`), as when somebody arrives after it was installed. */
  announced: z.boolean().optional(),
});

const channelShape = z.strictObject({
  workspace: z.string(),
  id: id("[CG]").optional(),
  name: channelName,
  private: z.boolean().optional(),
  /** Ids, addresses or names of people; « bot » for the app's bot. */
  members: z.array(z.string()),
});

export type WorkspaceInput = z.input<typeof workspaceShape>;
export type UserInput = z.input<typeof userShape>;
export type ChannelInput = z.input<typeof channelShape>;

/** What a bot needs to know of the workspace it is installed in. */
export interface Installation {
  teamId: string;
  botToken: string;
  appToken: string;
  signingSecret: string;
  botUserId: string;
  botId: string;
  appId: string;
  clientId: string;
  clientSecret: string;
}

/** Makes workspaces, people and channels, as administrators would. All of it is on disk when a call resolves. */
export class Builder {
  readonly #world: World;
  readonly #requestUrl: string | undefined;

  constructor(world: World, requestUrl: string | undefined) {
    this.#world = world;
    this.#requestUrl = requestUrl;
  }

  /** A new workspace with the app installed in it. The workspaces share one app unless `separateApp`. */
  async createWorkspace(input: WorkspaceInput): Promise<Installation> {
    const shape = workspaceShape.parse(input);
    const world = this.#world;
    const teamId = shape.id ?? newId("T");
    if (world.workspaces.get(teamId)) throw new Refusal(409, `L’espace Slack ${teamId} existe déjà.`);
    const app = this.#app(shape);
    const botUserId = newId("U");
    const workspace: WorkspaceRecord = {
      id: teamId,
      name: shape.name,
      domain: shape.name
        .normalize("NFD")
        .toLowerCase()
        .replace(/\p{Mn}/gu, "")
        .replace(/[^a-z0-9]+/g, "-"),
      appId: app.id,
      botId: newId("B"),
      botUserId,
      botToken: `xoxb-${newSecret(6)}-${newSecret(12)}`,
      botScopes: [...(shape.botScopes ?? ALL_BOT_SCOPES)],
      installed: shape.installed ?? true,
    };
    world.workspaces.put(teamId, workspace);
    const handle = app.name.toLowerCase().replace(/[^a-z0-9]+/g, "_");
    const updated = world.timeline.seconds();
    world.users.put(botUserId, {
      id: botUserId,
      teamId,
      name: handle,
      realName: app.name,
      displayName: "",
      tz: "Europe/Paris",
      isBot: true,
      botId: workspace.botId,
      deleted: false,
      updated,
    });
    await world.store.committed();
    return this.installation(teamId);
  }

  #app(shape: z.infer<typeof workspaceShape>): AppRecord {
    const [known] = this.#world.apps.values();
    const requestUrl = shape.requestUrl ?? this.#requestUrl;
    const own = {
      ...(requestUrl !== undefined && { requestUrl }),
      ...(shape.commands !== undefined && { commands: shape.commands }),
      ...(shape.appName !== undefined && { name: shape.appName }),
      ...(shape.redirectUrls !== undefined && { redirectUrls: shape.redirectUrls }),
    };
    const app: AppRecord =
      known && !shape.separateApp
        ? { ...known, ...own }
        : {
            id: newId("A"),
            name: "Application",
            appToken: `xapp-1-${newSecret(6)}-${newSecret(24)}`,
            signingSecret: newSecret(16),
            verificationToken: newSecret(12),
            clientId: `${randomInt(1e9, 1e10)}.${randomInt(1e9, 1e10)}`,
            clientSecret: newSecret(16),
            ...own,
          };
    this.#world.apps.put(app.id, app);
    return app;
  }

  /** The tokens and ids of the app in that workspace. Throws a Refusal when there is no such workspace. */
  installation(teamId: string): Installation {
    const { appId, botId, botToken, botUserId } = workspaceOf(this.#world, teamId);
    const app = this.#world.apps.get(appId);
    if (!app) throw new Refusal(404, "Cet espace n’a pas d’application.");
    const { appToken, signingSecret, clientId = "", clientSecret = "" } = app;
    return { teamId, appId, botId, botToken, botUserId, appToken, signingSecret, clientId, clientSecret };
  }

  /** Sets where the workspace's app is reached by HTTP when it has no socket. */
  async setRequestUrl(teamId: string, requestUrl: string): Promise<void> {
    const app = this.#world.apps.get(workspaceOf(this.#world, teamId).appId);
    if (app) this.#world.apps.put(app.id, { ...app, requestUrl });
    await this.#world.store.committed();
  }

  /** A new person in a workspace; the app gets `team_join` if `announced`. */
  async createUser(input: UserInput): Promise<UserRecord> {
    const shape = userShape.parse(input);
    const { id: teamId } = workspaceOf(this.#world, shape.workspace);
    if (shape.id !== undefined && this.#world.users.get(shape.id)) throw new Refusal(409, `Le compte ${shape.id} existe déjà.`);
    const user: UserRecord = {
      id: shape.id ?? newId("U"),
      teamId,
      name: shape.name.toLowerCase(),
      realName: shape.realName,
      displayName: shape.displayName ?? shape.realName,
      email: shape.email,
      tz: shape.tz ?? "Europe/Paris",
      isBot: false,
      deleted: false,
      updated: this.#world.timeline.seconds(),
    };
    if (shape.announced) addUser(this.#world, user);
    else this.#world.users.put(user.id, user);
    await this.#world.store.committed();
    return user;
  }

  /** Changes a person's profile, or deactivates the account; the app gets `user_change`. */
  async updateUser(as: string, changes: Partial<Pick<UserRecord, "realName" | "displayName" | "email" | "tz" | "deleted">>) {
    const user = this.#world.users.get(as) ?? resolvePerson(this.#world, as);
    const changed = changeUser(this.#world, user, changes);
    await this.#world.store.committed();
    return changed;
  }

  /** A new channel with those people in it, without the messages of their joining. */
  async createChannel(input: ChannelInput): Promise<ChannelRecord> {
    const shape = channelShape.parse(input);
    const world = this.#world;
    const workspace = workspaceOf(world, shape.workspace);
    const taken = world.channelsOf(workspace.id).some((channel) => channel.name === shape.name || channel.id === shape.id);
    if (taken) throw new Refusal(409, `Le canal ${shape.name} existe déjà.`);
    const members = [...new Set(shape.members.map((member) => this.#member(workspace, member)))];
    const channel: ChannelRecord = {
      id: shape.id ?? newId("C"),
      teamId: workspace.id,
      kind: shape.private ? "private" : "public",
      name: shape.name,
      previousNames: [],
      creator: members.find((member) => member !== workspace.botUserId) ?? workspace.botUserId,
      created: world.timeline.seconds(),
      archived: false,
      members,
    };
    world.channels.put(channel.id, channel);
    await world.store.committed();
    return channel;
  }

  #member(workspace: WorkspaceRecord, asked: string): string {
    if (asked === "bot" || asked === workspace.botUserId) return workspace.botUserId;
    return resolvePerson(this.#world, asked, workspace.id).id;
  }

  /** Puts somebody (or the « bot ») into a channel. */
  async join(channel: string, who: string, inviter?: string): Promise<ChannelRecord> {
    const found = resolveChannel(this.#world, channel);
    const workspace = workspaceOf(this.#world, found.teamId);
    const by = inviter === undefined ? undefined : this.#member(workspace, inviter);
    return this.#saved(addMember(this.#world, found, this.#member(workspace, who), by));
  }

  /** Takes somebody (or the « bot ») out of a channel. */
  async leave(channel: string, who: string): Promise<ChannelRecord> {
    const found = resolveChannel(this.#world, channel);
    return this.#saved(removeMember(this.#world, found, this.#member(workspaceOf(this.#world, found.teamId), who)));
  }

  async archive(channel: string, archived = true): Promise<ChannelRecord> {
    const found = resolveChannel(this.#world, channel);
    return this.#saved(setArchived(this.#world, found, archived, found.creator));
  }

  async rename(channel: string, name: string): Promise<ChannelRecord> {
    const found = resolveChannel(this.#world, channel);
    return this.#saved(renameChannel(this.#world, found, channelName.parse(name), found.creator));
  }

  /** Takes the app out of a workspace: its token is revoked, and it gets `tokens_revoked` and `app_uninstalled`. */
  async uninstall(teamId: string): Promise<void> {
    const workspace = workspaceOf(this.#world, teamId);
    const { timeline } = this.#world;
    const revoked = { type: "tokens_revoked", tokens: { oauth: [], bot: [workspace.botUserId] }, event_ts: timeline.nextTs() };
    emitEvent(this.#world, workspace, revoked);
    emitEvent(this.#world, workspace, { type: "app_uninstalled", event_ts: timeline.nextTs() });
    this.#world.workspaces.put(teamId, { ...workspace, installed: false });
    await this.#world.store.committed();
  }

  async #saved(channel: ChannelRecord): Promise<ChannelRecord> {
    await this.#world.store.committed();
    return channel;
  }

  workspaces(): WorkspaceRecord[] {
    return [...this.#world.workspaces.values()];
  }

  /** The people of every workspace, or of one; bots apart. */
  users(teamId?: string): UserRecord[] {
    return [...this.#world.users.values()].filter((user) => !user.isBot && (teamId === undefined || user.teamId === teamId));
  }

  /** The channels of every workspace, or of one, direct conversations included. */
  channels(teamId?: string): ChannelRecord[] {
    return [...this.#world.channels.values()].filter((channel) => teamId === undefined || channel.teamId === teamId);
  }
}
