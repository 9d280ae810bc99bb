import { Refusal } from "../../slack/person/refusal.ts";
import type { EventRecord } from "../state/model.ts";
import { related } from "../state/relations.ts";
import { type Room, relationOf } from "../state/room.ts";
import { quoted } from "./resolve.ts";

/** How people compare the labels of two pills: without case, the kind of apostrophe, or how an emoji is to be drawn. */
function folded(key: string): string {
  return key.normalize("NFC").replaceAll("\uFE0F", "").replaceAll("’", "'").replace(/\s+/g, " ").trim().toLowerCase();
}

/** The words of a label, without the signs before them. */
const words = (key: string): string => folded(key).replace(/^[^\p{L}\p{N}]+/u, "");

export const keyOf = (reaction: EventRecord): string => String(relationOf(reaction.content)?.key ?? "");

/** The keys of the reactions to a message, each once, in the order in which they came. */
export function keysOn(room: Room, message: EventRecord): string[] {
  return [...new Set(related(room, message, "m.annotation").map(keyOf))];
}

/** The key on the message that a person means: as it is written, or its words without the emoji; undefined when none is meant. */
export function matchingKey(room: Room, message: EventRecord, asked: string): string | undefined {
  const keys = keysOn(room, message);
  const exact = keys.find((key) => key === asked) ?? keys.find((key) => folded(key) === folded(asked));
  if (exact !== undefined || words(asked) === "") return exact;
  const [only, ...others] = keys.filter((key) => words(key) === words(asked));
  if (others.length > 0) throw new Refusal(409, `Plusieurs pastilles s’appellent ${quoted(asked)} : donnez aussi l’émoji.`);
  return only;
}
