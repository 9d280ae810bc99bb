import { z } from "zod";
import { newId, newSecret } from "../state/ids.ts";
import { changeMessage, deleteMessage, postMessage } from "../state/messages.ts";
import type { ChannelRecord, Json, ResponseUrlRecord } from "../state/model.ts";
import type { World } from "../state/world.ts";
import { showEphemeral } from "../web-api/chat.ts";
import { needContent, POST_TEXT, readContent, storedContent } from "../web-api/content.ts";
import { SlackError } from "../web-api/method.ts";

/** Slack takes five answers through a response_url, within half an hour. */
export const MOST_USES = 5;
export const LIFE_MS = 30 * 60_000;

/** Makes an address at which the app may answer what a person did. */
export function createResponseUrl(
  world: World,
  kind: "commands" | "actions" | "app",
  about: Omit<ResponseUrlRecord, "id" | "uses" | "expiresAt">,
): string {
  const id = `${newId("").slice(1)}-${newSecret(12)}`;
  world.responseUrls.put(id, { ...about, id, uses: 0, expiresAt: world.timeline.now() + LIFE_MS });
  return `${world.baseUrl}/${kind}/${about.teamId}/${id}`;
}

const answerShape = z.looseObject({
  text: z.string().optional(),
  response_type: z.enum(["ephemeral", "in_channel"]).catch("ephemeral").optional(),
  replace_original: z.union([z.boolean(), z.stringbool()]).optional(),
  delete_original: z.union([z.boolean(), z.stringbool()]).optional(),
  thread_ts: z.string().optional(),
});

/** Takes an answer sent to a response_url. Returns the status and body that Slack gives. */
export function answerResponseUrl(world: World, id: string, body: Json): { status: number; body: Json | "ok" } {
  const record = world.responseUrls.get(id);
  if (!record || record.expiresAt <= world.timeline.now()) return { status: 404, body: { ok: false, error: "expired_url" } };
  if (record.uses >= MOST_USES) return { status: 404, body: { ok: false, error: "used_url" } };
  try {
    respond(world, record, body);
    world.responseUrls.put(id, { ...record, uses: record.uses + 1 });
    return { status: 200, body: "ok" };
  } catch (error) {
    if (error instanceof SlackError) return { status: 200, body: { ok: false, error: error.error, ...error.detail } };
    throw error;
  }
}

/** Shows what the app answers: in place of the original, to the person alone, or to the channel. */
export function respond(world: World, about: Omit<ResponseUrlRecord, "id" | "uses" | "expiresAt">, body: Json): void {
  const parsed = answerShape.safeParse(body);
  const channel = world.channels.get(about.channel);
  if (!parsed.success || !channel) throw new SlackError("invalid_payload");
  const answer = parsed.data;
  if (answer.delete_original) {
    deleteOriginal(world, channel, about);
    return;
  }
  const content = readContent(answer, POST_TEXT);
  needContent(content);
  if (answer.replace_original && about.messageTs !== undefined) {
    replaceOriginal(world, channel, about, content);
    return;
  }
  const workspace = world.workspaces.get(about.teamId);
  const draft = {
    ...storedContent(content),
    botId: workspace?.botId,
    appId: workspace?.appId,
    ...(answer.thread_ts !== undefined && { threadTs: answer.thread_ts }),
  };
  if (answer.response_type === "in_channel") postMessage(world, channel, { ...draft, user: workspace?.botUserId });
  else showEphemeral(world, channel, about.user, draft);
}

type About = { messageTs?: string; ephemeral: boolean; teamId: string };

function deleteOriginal(world: World, channel: ChannelRecord, about: About): void {
  if (about.messageTs === undefined) return;
  const ephemeral = world.ephemeral(channel.id, about.messageTs);
  const message = world.message(channel.id, about.messageTs);
  if (ephemeral) {
    world.deleteEphemeral(ephemeral);
    world.feed.show({ kind: "ephemeral", channel: channel.id, ts: ephemeral.ts, user: ephemeral.user });
  } else if (message) deleteMessage(world, channel, message);
}

function replaceOriginal(world: World, channel: ChannelRecord, about: About, content: ReturnType<typeof readContent>): void {
  const ts = about.messageTs ?? "";
  const ephemeral = world.ephemeral(channel.id, ts);
  const message = world.message(channel.id, ts);
  if (ephemeral) {
    const { blocks: _blocks, attachments: _attachments, ...rest } = ephemeral;
    const { metadata: _metadata, ...stored } = storedContent(content);
    world.putEphemeral({ ...rest, ...stored });
    world.feed.show({ kind: "ephemeral", channel: channel.id, ts, user: ephemeral.user });
  } else if (message) {
    const stored = storedContent(content);
    const editor = world.workspaces.get(about.teamId)?.botUserId ?? "";
    changeMessage(world, channel, message, {
      ...stored,
      ...({ blocks: stored.blocks, attachments: stored.attachments } as Partial<typeof stored>),
      edited: { user: editor, ts: `${world.timeline.seconds()}.000000` },
    });
  }
}
