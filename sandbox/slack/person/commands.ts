import type { Delivery } from "../events/sockets.ts";
import { newBlockId, newId, newSecret } from "../state/ids.ts";
import { changeMessage, deleteMessage, postMessage, richTextOf } from "../state/messages.ts";
import type { ChannelRecord, FileRecord, Json, MessageRecord, UserRecord } from "../state/model.ts";
import { react } from "../state/people.ts";
import { SlackError } from "../web-api/method.ts";
import { faultOf, type Outcome } from "./outcome.ts";
import { globalShortcut, messageShortcut, slashCommand } from "./payloads.ts";
import { Refusal } from "./refusal.ts";
import { respond } from "./response-urls.ts";
import { typedText } from "./typing.ts";
import { type Seen, type Stage, Watch } from "./watch.ts";

/** How long nothing may happen before an act that ought to show something is held to have shown nothing. */
export const EXPECTED_IDLE_MS = 1500;
/** The same after a message, which most often is answered by nothing that its author sees. */
const MESSAGE_IDLE_MS = 400;

/** How much of the outcome to wait for: only that the app acknowledged, or what the person then sees. */
export type Wait = "ack" | "seen";

export function refused(delivery: Extract<Delivery, { acked: false }>, what: string, seen: Seen): Outcome {
  const error = faultOf(delivery);
  return { ok: false, error, message: `${what} a échoué avec l’erreur « ${error} ».`, ...seen };
}

/** Runs a slash command as that person would from the message field of a channel. */
export async function runCommand(
  stage: Stage,
  person: UserRecord,
  channel: ChannelRecord,
  command: string,
  typed: string,
  wait: Wait,
): Promise<Outcome> {
  const { world } = stage;
  const workspace = world.workspaces.get(person.teamId);
  const declared = workspace && world.apps.get(workspace.appId)?.commands;
  const known = workspace?.installed && workspace.botScopes.includes("commands") && (declared?.includes(command) ?? true);
  if (!known) throw new Refusal(404, `${command} n’est pas une commande valide dans cet espace Slack.`);
  const { appId, payload, about } = slashCommand(
    stage,
    person,
    channel,
    command,
    typedText(world, person.teamId, typed.trim(), true),
  );
  const watch = new Watch(stage, person);
  const delivery = await stage.courier.interact(appId, "slash_commands", payload);
  if (!delivery.acked) return refused(delivery, command, watch.close());
  if (Object.keys(delivery.payload).length > 0) {
    try {
      respond(world, about, delivery.payload);
    } catch (error) {
      if (!(error instanceof SlackError)) throw error;
      return {
        ok: false,
        error: error.error,
        message: `${command} a échoué avec l’erreur « ${error.error} ».`,
        ...watch.close(),
      };
    }
  }
  await world.store.committed();
  if (wait === "seen") await watch.settle(EXPECTED_IDLE_MS);
  return { ok: true, ...watch.close() };
}

/** Runs a shortcut of the app, on a message or from anywhere. */
export async function runShortcut(
  stage: Stage,
  person: UserRecord,
  target: { channel: ChannelRecord; message: MessageRecord } | undefined,
  callback: string,
  wait: Wait,
): Promise<Outcome> {
  const { appId, payload } = target
    ? messageShortcut(stage, person, target.channel, target.message, callback)
    : globalShortcut(stage, person, callback);
  const watch = new Watch(stage, person);
  const delivery = await stage.courier.interact(appId, "interactive", payload);
  if (!delivery.acked) return refused(delivery, "Le raccourci", watch.close());
  if (wait === "seen") await watch.settle(EXPECTED_IDLE_MS);
  return { ok: true, ...watch.close() };
}

/** A file that a person adds to a message or to a form. */
export interface Attached {
  name: string;
  mimetype: string;
  bytes: Buffer;
}

/** Puts a person's file on the platform, shared in those channels. */
export function storeFile({ world }: Pick<Stage, "world">, person: UserRecord, file: Attached, channels: string[]): FileRecord {
  const record: FileRecord = {
    id: newId("F"),
    teamId: person.teamId,
    user: person.id,
    name: file.name,
    title: file.name,
    mimetype: file.mimetype,
    size: file.bytes.length,
    created: world.timeline.seconds(),
    state: "shared",
    secret: newSecret(24),
    channels,
  };
  world.store.putBytes(record.id, file.bytes);
  world.files.put(record.id, record);
  return record;
}

/** What a person wrote: the words, and the rich text that the message field made of them where they are formatted. */
export interface Composed {
  text: string;
  blocks?: readonly Json[];
}

const composedBlocks = (text: string, formatted: readonly Json[] = richTextOf(text)): Json[] =>
  formatted.map((block) => ({ ...block, block_id: newBlockId() }));

/** Waits until the app acknowledged the events, and for what the person then sees. */
async function afterEvents(stage: Stage, watch: Watch, eventIds: string[], wait: Wait): Promise<Seen & { acked: boolean }> {
  await stage.world.store.committed();
  const acked = await stage.courier.acknowledged(eventIds, stage.ackTimeout + 500);
  if (wait === "seen") await watch.settle(MESSAGE_IDLE_MS);
  return { acked, ...watch.close() };
}

/** Writes a message as that person; `acked` says whether the app acknowledged it in time. */
export async function writeMessage(
  stage: Stage,
  person: UserRecord,
  place: { channel: ChannelRecord; thread?: string; broadcast?: boolean },
  content: Composed & { files: readonly Attached[] },
  wait: Wait,
): Promise<Seen & { ok: true; ts: string; acked: boolean }> {
  const { world } = stage;
  const text = typedText(world, person.teamId, content.text);
  if (text.trim() === "" && content.files.length === 0) throw new Refusal(400, "Un message vide ne peut pas être envoyé.");
  const watch = new Watch(stage, person);
  const fileIds = content.files.map((file) => storeFile(stage, person, file, [place.channel.id]).id);
  const blocks = text.trim() === "" ? undefined : composedBlocks(text, content.blocks);
  const { message, eventIds } = postMessage(
    world,
    place.channel,
    {
      user: person.id,
      text,
      fileIds,
      ...(blocks && { blocks }),
      ...(fileIds.length > 0 && { subtype: "file_share" }),
      ...(place.thread !== undefined && { threadTs: place.thread }),
    },
    { broadcast: place.broadcast === true },
  );
  return { ok: true, ts: message.ts, ...(await afterEvents(stage, watch, eventIds, wait)) };
}

/** Edits one of that person's own messages. */
export async function editMessage(
  stage: Stage,
  person: UserRecord,
  channel: ChannelRecord,
  message: MessageRecord,
  content: Composed,
  wait: Wait,
) {
  const { world } = stage;
  if (message.user !== person.id || message.botId !== undefined)
    throw new Refusal(403, "On ne peut modifier que ses propres messages.");
  const text = typedText(world, person.teamId, content.text);
  if (text.trim() === "") throw new Refusal(400, "Un message vide ne peut pas être envoyé : supprimez-le plutôt.");
  const watch = new Watch(stage, person);
  const blocks = composedBlocks(text, content.blocks);
  const edited = { user: person.id, ts: `${world.timeline.seconds()}.000000` };
  const { eventIds } = changeMessage(world, channel, message, { text, blocks, edited });
  return { ok: true as const, ts: message.ts, ...(await afterEvents(stage, watch, eventIds, wait)) };
}

/** Deletes one of that person's own messages. */
export async function removeMessage(
  stage: Stage,
  person: UserRecord,
  channel: ChannelRecord,
  message: MessageRecord,
  wait: Wait,
) {
  if (message.user !== person.id || message.botId !== undefined)
    throw new Refusal(403, "On ne peut supprimer que ses propres messages.");
  const watch = new Watch(stage, person);
  const { eventIds } = deleteMessage(stage.world, channel, message);
  return { ok: true as const, ts: message.ts, ...(await afterEvents(stage, watch, eventIds, wait)) };
}

/** Adds or takes away a person's reaction. */
export async function reactAs(
  stage: Stage,
  person: UserRecord,
  channel: ChannelRecord,
  message: MessageRecord,
  name: string,
  added: boolean,
) {
  const watch = new Watch(stage, person);
  if (!react(stage.world, channel, message.ts, person.id, name, added))
    throw new Refusal(409, added ? "Cette réaction y est déjà." : "Cette réaction n’y est pas.");
  const { acked: _, ...seen } = await afterEvents(stage, watch, [], "seen");
  return { ok: true as const, ...seen };
}
