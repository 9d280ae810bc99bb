/** Free-form JSON as Slack's API carries it. */
export type Json = Record<string, unknown>;

/** An app as its developer declares it. One app can be installed in several workspaces. */
export interface AppRecord {
  id: string;
  name: string;
  appToken: string;
  signingSecret: string;
  /** The obsolete verification token that payloads still bear. */
  verificationToken: string;
  /** Where events, commands and interactions go by signed HTTP when no socket is open. */
  requestUrl?: string;
  /** What the app shows of itself to `oauth.v2.access`. */
  clientId?: string;
  clientSecret?: string;
  /** Where browsers may be sent back to after an installation. */
  redirectUrls?: string[];
  /** The declared slash commands, with their slash; undefined: every command is the app's. */
  commands?: string[];
}

export interface WorkspaceRecord {
  id: string;
  name: string;
  domain: string;
  appId: string;
  botId: string;
  botUserId: string;
  botToken: string;
  botScopes: string[];
  /** False once the app was uninstalled or its token revoked. */
  installed: boolean;
}

export interface UserRecord {
  id: string;
  teamId: string;
  /** The handle, lower case, unique in the workspace. */
  name: string;
  realName: string;
  displayName: string;
  email?: string;
  tz: string;
  isBot: boolean;
  botId?: string;
  deleted: boolean;
  /** Seconds since 1970. */
  updated: number;
}

export type ChannelKind = "public" | "private" | "im";

export interface ChannelRecord {
  id: string;
  teamId: string;
  kind: ChannelKind;
  name: string;
  previousNames: string[];
  creator: string;
  /** Seconds since 1970. */
  created: number;
  archived: boolean;
  members: string[];
}

export interface Reaction {
  name: string;
  users: string[];
}

/** A message as the platform stores it; `present` gives the JSON that Slack shows. */
export interface MessageRecord {
  teamId: string;
  channel: string;
  ts: string;
  threadTs?: string;
  subtype?: string;
  user?: string;
  botId?: string;
  appId?: string;
  username?: string;
  icons?: Json;
  text: string;
  blocks?: Json[];
  attachments?: Json[];
  metadata?: Json;
  fileIds: string[];
  reactions: Reaction[];
  edited?: { user: string; ts: string };
  /** Further fields of a system message: inviter, old_name, hidden… */
  extra?: Json;
  /** The blocks that it showed before the last updates, newest first: what a screen not yet refreshed still offers. */
  earlier?: Json[][];
  /** The thread's counters, on a root that has or had replies. */
  thread?: { replyCount: number; replyUsers: string[]; latestReply?: string };
}

/** A message only one person sees; gone when dismissed or deleted. */
export interface EphemeralRecord {
  teamId: string;
  channel: string;
  user: string;
  ts: string;
  threadTs?: string;
  botId?: string;
  appId?: string;
  username?: string;
  icons?: Json;
  text: string;
  blocks?: Json[];
  attachments?: Json[];
}

export interface FileRecord {
  id: string;
  teamId: string;
  user: string;
  name: string;
  title: string;
  mimetype: string;
  size: number;
  /** Seconds since 1970. */
  created: number;
  /** `awaited`: its upload address was given; `received`: its bytes came; `shared`: completed; `deleted`: a tombstone. */
  state: "awaited" | "received" | "shared" | "deleted";
  secret: string;
  channels: string[];
}

/** What an input holds, by block_id then action_id, as in Slack's `view.state.values`. */
export type StateValues = Record<string, Record<string, Json>>;

export interface ViewRecord {
  id: string;
  appId: string;
  teamId: string;
  user: string;
  type: "modal" | "home";
  /** The view as the app sent it, defaults filled in. */
  content: Json;
  blocks: Json[];
  hash: string;
  rootViewId: string;
  previousViewId?: string;
  values: StateValues;
  /** Slack's words beside the inputs after a refused submission, by block_id. */
  errors: Record<string, string>;
}

/** The open modals of one person, the one they see last. */
export interface ModalStack {
  user: string;
  viewIds: string[];
}

export interface ResponseUrlRecord {
  id: string;
  appId: string;
  teamId: string;
  channel: string;
  user: string;
  /** The message that was acted upon, and whether only this person sees it. */
  messageTs?: string;
  ephemeral: boolean;
  threadTs?: string;
  uses: number;
  /** Milliseconds since 1970, by the world's clock. */
  expiresAt: number;
}

/** An event that the app has not acknowledged yet. */
export interface OutboxRecord {
  /** Grows with time: the order of delivery. */
  key: string;
  appId: string;
  teamId: string;
  payload: Json & { event_id: string; event: Json };
  /** How many deliveries have failed. */
  failures: number;
  retryReason?: string;
}
