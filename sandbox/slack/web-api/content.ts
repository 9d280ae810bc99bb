import { z } from "zod";
import { messageBlocks } from "../blocks/blocks.ts";
import { slackMessages } from "../blocks/faults.ts";
import { filledBlocks } from "../blocks/fill.ts";
import { newBlockId } from "../state/ids.ts";
import type { Json } from "../state/model.ts";
import { invalidArguments, json, SlackError, text } from "./method.ts";

/** The arguments that say what a message shows. Blocks are checked apart: they have an error of their own. */
export const contentArgs = {
  text: text.optional(),
  blocks: json(z.unknown()).optional(),
  attachments: json(z.unknown()).optional(),
  metadata: json(z.unknown()).optional(),
};

/** Slack refuses longer texts on posting… */
export const POST_TEXT = 40_000;
/** … and these on updating. */
export const UPDATE_TEXT = 4_000;

const attachment = z.looseObject({ blocks: z.array(z.looseObject({})).optional() });

const metadataShape = z.looseObject({
  event_type: z.string().min(1).max(255),
  event_payload: z.record(z.string(), z.unknown()),
});

/** Checked blocks with their ids; `invalid_blocks` says where they are wrong. */
export function checkedBlocks(blocks: unknown): Json[] {
  const list = Array.isArray(blocks) ? blocks : undefined;
  if (!list) throw new SlackError("invalid_blocks_format");
  const parsed = messageBlocks.safeParse(list, { reportInput: true });
  if (!parsed.success) throw invalidArguments(slackMessages(parsed.error, "/blocks"), "invalid_blocks");
  return filledBlocks(list as Json[]);
}

function checkedAttachments(attachments: unknown): Json[] {
  const parsed = z.array(attachment).max(100).safeParse(attachments, { reportInput: true });
  if (!parsed.success) throw invalidArguments(slackMessages(parsed.error, "/attachments"), "invalid_attachments");
  return parsed.data.map((one, index) => {
    if (one.blocks === undefined) return { id: index + 1, fallback: "", ...one };
    return { id: index + 1, fallback: "[no preview available]", ...one, blocks: checkedBlocks(one.blocks) };
  });
}

function checkedMetadata(metadata: unknown): Json {
  const parsed = metadataShape.safeParse(metadata, { reportInput: true });
  if (!parsed.success) throw invalidArguments(slackMessages(parsed.error, "/metadata"), "invalid_metadata_format");
  if (JSON.stringify(parsed.data).length > 16_000) throw new SlackError("metadata_too_large");
  return parsed.data;
}

/** What a message shows, checked. An absent field is absent; `blocks: []` and `metadata: {}` are kept as the wish to have none. */
export interface Content {
  text?: string;
  blocks?: Json[];
  attachments?: Json[];
  metadata?: Json;
}

/** Reads and checks the content arguments of the chat methods. */
export function readContent(
  args: { text?: unknown; blocks?: unknown; attachments?: unknown; metadata?: unknown },
  longest: number,
): Content {
  const content: Content = {};
  if (typeof args.text === "string") {
    if (args.text.length > longest) throw new SlackError("msg_too_long");
    content.text = escaped(args.text);
  }
  if (args.blocks !== undefined && args.blocks !== null) content.blocks = checkedBlocks(args.blocks);
  if (args.attachments !== undefined && args.attachments !== null) content.attachments = checkedAttachments(args.attachments);
  if (isEmptyObject(args.metadata)) content.metadata = {};
  else if (args.metadata !== undefined && args.metadata !== null) content.metadata = checkedMetadata(args.metadata);
  if (JSON.stringify(content.blocks ?? []).length > 100_000) throw new SlackError("msg_blocks_too_long");
  return content;
}

function isEmptyObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** Refuses a message that would show nothing. */
export function needContent(content: Content): void {
  const shows = (content.text ?? "").trim() !== "" || (content.blocks ?? []).length > 0 || (content.attachments ?? []).length > 0;
  if (!shows) throw new SlackError("no_text");
}

/** What a stored message takes from the content, with the block Slack derives from a bare text. */
export function storedContent(content: Content): { text: string; blocks?: Json[]; attachments?: Json[]; metadata?: Json } {
  const blocks = content.blocks && content.blocks.length > 0 ? content.blocks : undefined;
  const attachments = content.attachments && content.attachments.length > 0 ? content.attachments : undefined;
  const metadata = content.metadata && Object.keys(content.metadata).length > 0 ? content.metadata : undefined;
  const plain = content.text ?? "";
  const derived = blocks ?? (plain !== "" && !attachments ? [plainBlock(plain)] : undefined);
  return {
    text: plain,
    ...(derived && { blocks: derived }),
    ...(attachments && { attachments }),
    ...(metadata && { metadata }),
  };
}

function plainBlock(plain: string): Json {
  const elements = [{ type: "rich_text_section", elements: [{ type: "text", text: plain }] }];
  return { type: "rich_text", block_id: newBlockId(), elements };
}

/** Escapes the control characters of Slack's text that stand for themselves, leaving links, mentions and entities. */
export function escaped(raw: string): string {
  return raw.replace(/&(?!(amp|lt|gt);)/g, "&amp;").replace(/<(?!([@#!][^<>\s]|[a-z][a-z0-9+.-]*:)[^<>]*>)/gi, "&lt;");
}
