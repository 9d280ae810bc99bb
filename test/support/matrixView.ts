/** The rooms as the homeserver stores them: edits applied, what was removed gone. */
import { isDeepStrictEqual } from "node:util";
import { typedCommand } from "../../bots/matrix/receive/commands.ts";
import { renderCard } from "../../bots/matrix/render/card.ts";
import { contentOf, DELIVERY_KEY } from "../../bots/matrix/render/content.ts";
import { entriesOf } from "../../bots/matrix/render/pills.ts";
import type { Card } from "../../src/presentation/card.ts";
import { matrixTexts } from "../../src/texts/matrix.ts";
import type { Person, Sent } from "../bots/matrix/homeserver.ts";
import type { MatrixSite } from "./matrixSite.ts";
import type { PlatformView, ShownMessage } from "./platformView.ts";
import { squeezed } from "./slackView.ts";

type Content = Readonly<Record<string, unknown>>;

const RELATION = "m.relates_to";
const FILES = new Set(["m.file", "m.image", "m.audio", "m.video"]);

interface Relation {
  readonly rel_type?: string;
  readonly event_id?: string;
  readonly key?: string;
}

const relationOf = ({ content }: Pick<Sent, "content">): Relation => content[RELATION] ?? {};

/** Everything that the room holds, the oldest first, page by page. */
export async function wholeTimeline(person: Person, room: string): Promise<Sent[]> {
  const events: Sent[] = [];
  for (let from = ""; ; ) {
    const page = await person.call("GET", `rooms/${encodeURIComponent(room)}/messages?dir=b&limit=1000${from}`);
    events.push(...page.chunk);
    if (page.end === undefined || page.chunk.length === 0) return events.reverse();
    from = `&from=${encodeURIComponent(page.end)}`;
  }
}

/** The content as it reads now, after its author's edits; its relation stays what it was. */
function current(event: Sent, all: readonly Sent[]): Content {
  const edit = all.findLast((one) => {
    const { rel_type, event_id } = relationOf(one);
    return rel_type === "m.replace" && event_id === event.event_id && one.sender === event.sender;
  });
  return edit === undefined ? event.content : (edit.content["m.new_content"] as Content);
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** What the bot told one person, and not the thread: what they are shown for what they did, and the questions of a form. */
export const isAside = (delivery: string | null): boolean => delivery !== null && /^[rd]\./.test(delivery);

interface Message extends ShownMessage {
  /** The root of its thread; null outside any. */
  readonly root: string | null;
  readonly content: Content;
}

/** The messages of a room: no edits of others, no reactions, nothing removed, no commands that people typed. */
function messagesOf(all: readonly Sent[], bot: string): Message[] {
  return all.flatMap((event): Message[] => {
    const { event_id: id, sender, type } = event;
    const { rel_type, event_id: root } = relationOf(event);
    if (type !== "m.room.message" || event.content.body === undefined || rel_type === "m.replace") return [];
    const content = current(event, all);
    const body = textOf(content.body);
    const own = sender === bot;
    if (!own && typedCommand(body) !== null) return [];
    const delivery = event.content[DELIVERY_KEY];
    const isFile = FILES.has(textOf(content.msgtype));
    return [
      {
        id,
        person: own ? null : sender,
        delivery: typeof delivery === "string" ? delivery : null,
        words: squeezed(body),
        isPrivate: body.includes(matrixTexts.privateMark),
        files: isFile ? [textOf(content.filename) || body] : [],
        root: rel_type === "m.thread" ? (root ?? null) : null,
        content,
      },
    ];
  });
}

/** As it is written on the wire. */
const plain = (content: Content): unknown => JSON.parse(JSON.stringify(content));

/** As it was rendered: without what only says where it stands. */
const rendered = ({ [DELIVERY_KEY]: _, [RELATION]: __, ...content }: Content): unknown => plain(content);

export function matrixView({ bot }: Pick<MatrixSite, "bot">): PlatformView {
  const workspace = bot.user.slice(bot.user.indexOf(":") + 1);
  const messages = async (room: string): Promise<Message[]> => messagesOf(await wholeTimeline(bot, room), bot.user);
  return {
    name: "matrix",
    async places() {
      const { joined_rooms: rooms } = await bot.call("GET", "joined_rooms");
      return rooms.map((channel: string) => ({ platform: "matrix" as const, workspace, channel }));
    },
    roots: async ({ channel }) => (await messages(channel)).filter(({ root, delivery }) => root === null && !isAside(delivery)),
    async thread({ channel }, wanted) {
      const all = (await messages(channel)).filter(({ id, root }) => id === wanted || root === wanted);
      return all.some(({ id }) => id === wanted) ? all.filter(({ delivery }) => !isAside(delivery)) : [];
    },
    asides: async ({ channel }) => (await messages(channel)).filter(({ delivery }) => isAside(delivery)),
    stored: async ({ channel }) => JSON.stringify(await wholeTimeline(bot, channel)),
    async cardFault({ channel }, root, card: Card) {
      const all = await wholeTimeline(bot, channel);
      const shown = messagesOf(all, bot.user).find(({ id }) => id === root);
      const said = renderCard(card);
      if (!shown || !isDeepStrictEqual(rendered(shown.content), plain(contentOf(said))))
        return `the card reads « ${shown?.words} » and not « ${squeezed(said.written.body)} »`;
      const pills = all.flatMap((event) => {
        const { event_id: on, key } = relationOf(event);
        return event.type === "m.reaction" && event.sender === bot.user && on === root && key !== undefined ? [key] : [];
      });
      const wantedPills = entriesOf(said.buttons).flatMap(({ pill, shown: isShown }) => (isShown ? [pill] : []));
      if (isDeepStrictEqual(pills.toSorted(), wantedPills.toSorted())) return null;
      return `the card has the pills ${pills.join(", ")} and not ${wantedPills.join(", ")}`;
    },
  };
}
