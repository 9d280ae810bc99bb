import { localpartOf } from "../state/ids.ts";
import type { Json } from "../state/model.ts";
import type { Room } from "../state/room.ts";
import type { World } from "../state/world.ts";

/** Somebody or the room named after an @, by id, localpart or display name of one or two words. */
const MENTION = /(^|[\s(])@([\p{L}\p{N}._=/+-]+(?::[\p{L}\p{N}.:-]*[\p{L}\p{N}])?(?: [\p{L}\p{N}.’'-]+)?)/gu;

export const escapeHtml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const permalink = (id: string): string => `https://matrix.to/#/${encodeURIComponent(id)}`;

interface Member {
  id: string;
  name: string;
}

function namedMember(members: readonly Member[], asked: string): Member | undefined {
  const wanted = asked.toLowerCase();
  return members.find(({ id, name }) => [id.slice(1), localpartOf(id), name].some((one) => one.toLowerCase() === wanted));
}

/**
 * The content that a client sends for what a person typed: members named after an @ become mentions, with pills where there are
 * any. `html` replaces what would be made of the text.
 */
export function typedContent(world: World, room: Room, typed: string, html?: string): Json {
  const members = room.members("join").map((id) => ({ id, name: world.accounts.get(id)?.displayName ?? localpartOf(id) }));
  const userIds = new Set<string>();
  let forAll = false;
  let formatted = "";
  let end = 0;
  let body = "";
  for (const match of typed.matchAll(MENTION)) {
    const [whole, before = "", asked = ""] = match;
    const firstWord = asked.split(" ")[0] ?? "";
    const candidate = [asked, firstWord].find((one) => one === "room" || namedMember(members, one));
    if (candidate === undefined) continue;
    const start = match.index + before.length;
    const stop = match.index + whole.length - (asked.length - candidate.length);
    const member = namedMember(members, candidate);
    const gap = typed.slice(end, start);
    body += gap;
    formatted += escapeHtml(gap);
    if (member) {
      userIds.add(member.id);
      body += member.name;
      formatted += `<a href="${permalink(member.id)}">${escapeHtml(member.name)}</a>`;
    } else {
      forAll = true;
      body += "@room";
      formatted += "@room";
    }
    end = stop;
  }
  body += typed.slice(end);
  formatted += escapeHtml(typed.slice(end));
  const shown = html ?? (userIds.size > 0 ? formatted.replaceAll("\n", "<br />") : undefined);
  for (const [, id = ""] of (html ?? "").matchAll(/href="https:\/\/matrix\.to\/#\/([^"/?]+)/g)) {
    const decoded = decodedId(id);
    if (decoded.startsWith("@")) userIds.add(decoded);
  }
  return {
    body,
    ...(shown !== undefined && { format: "org.matrix.custom.html", formatted_body: shown }),
    "m.mentions": { ...(userIds.size > 0 && { user_ids: [...userIds] }), ...(forAll && { room: true }) },
  };
}

function decodedId(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
