import { randomBytes } from "node:crypto";
import { Refusal } from "../../slack/person/refusal.ts";
import { storeMedia } from "../client-api/media.ts";
import type { AccountRecord, EventRecord, Json } from "../state/model.ts";
import { repliesTo } from "../state/relations.ts";
import { type Room, relationOf } from "../state/room.ts";
import { sendEvent } from "../state/send.ts";
import type { World } from "../state/world.ts";
import { asPerson } from "./refused.ts";
import { currentContent } from "./shown.ts";
import { typedContent } from "./typing.ts";

/** A file that a person adds to a message. */
export interface Attached {
  name: string;
  mimetype: string;
  bytes: Buffer;
}

export interface Written {
  text: string;
  html?: string;
  files: readonly Attached[];
  /** The root of the thread to write in. */
  root?: EventRecord;
  replyTo?: EventRecord;
}

/** The relation that Element gives to what is written in a thread, as an answer, or both. */
function relationFor(room: Room, { root, replyTo }: Pick<Written, "root" | "replyTo">): Json | undefined {
  if (!root) return replyTo && { "m.in_reply_to": { event_id: replyTo.id } };
  const last = repliesTo(room, root).at(-1) ?? root;
  return {
    rel_type: "m.thread",
    event_id: root.id,
    is_falling_back: !replyTo,
    "m.in_reply_to": { event_id: (replyTo ?? last).id },
  };
}

function fileContent(world: World, person: AccountRecord, file: Attached): Json {
  const [kind] = file.mimetype.split("/");
  const msgtype = kind === "image" || kind === "audio" || kind === "video" ? `m.${kind}` : "m.file";
  const url = storeMedia(world, person.id, file.bytes, file.mimetype, file.name);
  const info = { mimetype: file.mimetype, size: file.bytes.length };
  return { msgtype, body: file.name, filename: file.name, url, info, "m.mentions": {} };
}

/** Sends a message; in an encrypted room as what nobody without the keys can read. */
function send(world: World, room: Room, person: AccountRecord, content: Json): EventRecord {
  const actor = { userId: person.id };
  const isEncrypted = room.state("m.room.encryption")?.content.algorithm !== undefined;
  if (!isEncrypted) return asPerson(() => sendEvent(world, room, room.id, actor, { type: "m.room.message", content }));
  const relation = content["m.relates_to"];
  const encrypted = {
    algorithm: "m.megolm.v1.aes-sha2",
    ciphertext: randomBytes(96).toString("base64").replace(/=+$/, ""),
    session_id: randomBytes(32).toString("base64").replace(/=+$/, ""),
    sender_key: randomBytes(32).toString("base64").replace(/=+$/, ""),
    device_id: "SANDBOX",
    ...(relation !== undefined && { "m.relates_to": relation }),
  };
  return asPerson(() => sendEvent(world, room, room.id, actor, { type: "m.room.encrypted", content: encrypted, clear: content }));
}

/** Writes a message as that person: its text, then each file, as Element does. Returns the events sent. */
export function writeMessage(world: World, room: Room, person: AccountRecord, written: Written): EventRecord[] {
  if (written.text.trim() === "" && written.files.length === 0)
    throw new Refusal(400, "Un message vide ne peut pas être envoyé.");
  const contents: Json[] = [];
  if (written.text.trim() !== "") {
    const content = { msgtype: "m.text", ...typedContent(world, room, written.text, written.html) };
    contents.push(written.replyTo ? withMention(content, written.replyTo.sender, person.id) : content);
  }
  for (const file of written.files) contents.push(fileContent(world, person, file));
  return contents.map((content) => {
    const relation = relationFor(room, written);
    return send(world, room, person, { ...content, ...(relation && { "m.relates_to": relation }) });
  });
}

/** Whom one answers is mentioned. */
function withMention(content: Json, userId: string, self: string): Json {
  const mentions = content["m.mentions"] as { user_ids?: string[] };
  if (userId === self || mentions.user_ids?.includes(userId)) return content;
  return { ...content, "m.mentions": { ...mentions, user_ids: [...(mentions.user_ids ?? []), userId] } };
}

/** Edits one of that person's own messages. */
export function editMessage(world: World, room: Room, person: AccountRecord, message: EventRecord, text: string, html?: string) {
  const relation = relationOf(message.content);
  if (relation?.type === "m.replace") throw new Refusal(400, "Donnez le message d’origine, pas sa modification.");
  if (message.sender !== person.id) throw new Refusal(403, "On ne peut modifier que ses propres messages.");
  if (message.redactedBy !== undefined) throw new Refusal(409, "Ce message a été supprimé.");
  if (text.trim() === "") throw new Refusal(400, "Un message vide ne peut pas être envoyé : supprimez-le plutôt.");
  const before = currentContent(room, message);
  if (typeof before.msgtype !== "string") throw new Refusal(400, "Ce n’est pas un message que l’on puisse modifier.");
  const { "m.mentions": mentions, ...typed } = typedContent(world, room, text, html);
  const next = { msgtype: before.msgtype, ...typed, "m.mentions": mentions };
  const formatted = typeof typed.formatted_body === "string" ? { formatted_body: `* ${typed.formatted_body}` } : {};
  return send(world, room, person, {
    ...next,
    body: `* ${String(typed.body)}`,
    ...formatted,
    "m.new_content": next,
    "m.relates_to": { rel_type: "m.replace", event_id: message.id },
  });
}
