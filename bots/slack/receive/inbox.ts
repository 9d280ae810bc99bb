/** What people say, change and delete in conversations, handed to the desk in the order in which it was done. */

import type { Identity, Place } from "../../../src/delivery/port.ts";
import type { Desk, Reaction } from "../../../src/demandes/desk.ts";
import type { Lanes } from "../../lanes.ts";
import type { Workspace } from "../workspaces.ts";
import { readFiles } from "./files.ts";
import { deletionId, editId, messageId } from "./ids.ts";
import type { MessageEvent, SlackMessage } from "./payloads.ts";
import { persevering } from "./persevere.ts";
import { type Names, readText } from "./richtext.ts";

/** What a person typed; every other subtype is Slack's own account of what happened (joined, topic…). */
const TYPED_SUBTYPES: ReadonlySet<string | undefined> = new Set([undefined, "file_share", "thread_broadcast", "me_message"]);
const SLACKBOT = "USLACKBOT";

/** The place and person to whom a reaction is due. */
export interface Heard {
  readonly workspace: Workspace;
  readonly channel: string;
  readonly thread: string | null;
  readonly user: string;
  readonly reaction: Reaction;
}

export interface InboxDependencies {
  readonly desk: Desk;
  readonly lanes: Lanes;
  readonly names: (workspace: Workspace) => Names;
  /** When the program stops. */
  readonly signal: AbortSignal;
}

/** A message of a person: not the bot's own echo, not another program's, not Slack's. */
export const isSpoken = (message: SlackMessage, workspace: Workspace): message is SlackMessage & { user: string } =>
  TYPED_SUBTYPES.has(message.subtype) &&
  message.bot_id == null &&
  message.user !== undefined &&
  message.user !== workspace.botUserId &&
  message.user !== SLACKBOT;

/** The thread in which a message stands; null for one that stands alone or begins a thread. */
export const rootOf = (message: SlackMessage): string | null =>
  message.thread_ts === undefined || message.thread_ts === message.ts ? null : message.thread_ts;

/** Slack's ids tell what they are of: `D…` is a conversation of two. The history, unlike an event, does not say it otherwise. */
const isDirect = (channel: string): boolean => channel.startsWith("D");

/** Slack’s id of a message is the moment of it, in seconds. */
const momentOf = (ts: string): Date => new Date(Number(ts) * 1000);

export class Inbox {
  readonly #desk: Desk;
  readonly #lanes: Lanes;
  readonly #names: (workspace: Workspace) => Names;
  readonly #signal: AbortSignal;

  constructor({ desk, lanes, names, signal }: InboxDependencies) {
    this.#desk = desk;
    this.#lanes = lanes;
    this.#names = names;
    this.#signal = signal;
  }

  /** Resolves once the desk has written what it is about; null when it is about nothing that a person did. */
  event(workspace: Workspace, event: MessageEvent): Promise<Heard | null> {
    return this.inOrder(workspace, event.channel, () => persevering(() => this.#dispatch(workspace, event), this.#signal));
  }

  /** Runs after all that was said in this channel before: the catch-up keeps later messages behind the ones it finds. */
  inOrder<T>(workspace: Workspace, channel: string, task: () => Promise<T>): Promise<T> {
    return this.#lanes.run(`${workspace.id}:${channel}`, task);
  }

  async message(workspace: Workspace, channel: string, message: SlackMessage): Promise<Heard | null> {
    if (!isSpoken(message, workspace)) return null;
    const [text, shared] = await Promise.all([
      readText(message, this.#names(workspace)),
      readFiles(message.files ?? [], workspace),
    ]);
    const reaction = await this.#desk.message({
      id: messageId(workspace.id, channel, message.ts),
      person: person(workspace, message.user),
      saidAt: momentOf(message.ts),
      place: placeIn(workspace, channel),
      root: rootOf(message),
      message: message.ts,
      direct: isDirect(channel),
      text: [...text, ...shared.missing],
      files: shared.files,
    });
    return { workspace, channel, thread: rootOf(message), user: message.user, reaction };
  }

  async edited(workspace: Workspace, channel: string, message: SlackMessage): Promise<Heard | null> {
    if (!isSpoken(message, workspace) || message.edited == null) return null;
    const [text, shared] = await Promise.all([
      readText(message, this.#names(workspace)),
      readFiles(message.files ?? [], workspace),
    ]);
    const reaction = await this.#desk.edited({
      id: editId(workspace.id, channel, message.ts, message.edited.ts),
      person: person(workspace, message.user),
      saidAt: momentOf(message.edited.ts),
      place: placeIn(workspace, channel),
      root: rootOf(message),
      message: message.ts,
      text: [...text, ...shared.missing],
    });
    return { workspace, channel, thread: rootOf(message), user: message.user, reaction };
  }

  async #dispatch(workspace: Workspace, event: MessageEvent): Promise<Heard | null> {
    switch (event.subtype) {
      case "message_changed":
        return this.#changed(workspace, event);
      case "message_deleted":
        return event.previous_message === undefined ? null : this.#deleted(workspace, event.channel, event.previous_message);
      default:
        return this.message(workspace, event.channel, event);
    }
  }

  /** Slack tells of unfurled links, counted replies and the like by the same event; only a person's edit bears a new `edited`. */
  async #changed(workspace: Workspace, { channel, message, previous_message: previous }: MessageEvent): Promise<Heard | null> {
    if (message === undefined) return null;
    // The root of a thread with replies does not go: a tombstone takes its place.
    if (message.subtype === "tombstone") return previous === undefined ? null : this.#deleted(workspace, channel, previous);
    if (message.edited == null || message.edited.ts === previous?.edited?.ts) return null;
    const first = await this.#before(workspace, channel, previous ?? message);
    const heard = await this.edited(workspace, channel, message);
    return heard?.reaction.kind === "nothing" ? first : heard;
  }

  /**
   * What was said in a thread before it was changed or deleted: Slack may have told it to another process, which has not
   * written it yet. Whoever comes second finds it there.
   */
  async #before(workspace: Workspace, channel: string, message: SlackMessage): Promise<Heard | null> {
    return rootOf(message) === null ? null : this.message(workspace, channel, message);
  }

  async #deleted(workspace: Workspace, channel: string, message: SlackMessage): Promise<Heard | null> {
    if (!isSpoken(message, workspace)) return null;
    await this.#before(workspace, channel, message);
    const reaction = await this.#desk.deleted({
      id: deletionId(workspace.id, channel, message.ts),
      person: person(workspace, message.user),
      place: placeIn(workspace, channel),
      root: rootOf(message),
      message: message.ts,
    });
    return { workspace, channel, thread: rootOf(message), user: message.user, reaction };
  }
}

export const placeIn = (workspace: Workspace, channel: string): Place => ({
  platform: "slack",
  workspace: workspace.id,
  channel,
});

export const person = (workspace: Workspace, user: string): Identity => ({ platform: "slack", workspace: workspace.id, user });
