/** What the bot posts: each call once, in each channel in order, its faults told in delivery's three kinds. */
import type { Readable } from "node:stream";
import type { MessageMetadata } from "@slack/web-api";
import {
  DeliveryFault,
  type DeliveryId,
  type DeliveryPort,
  type Identity,
  type IntentNote,
  type OutgoingFile,
  type Place,
  type UserIds,
} from "../../src/delivery/port.ts";
import type { FileRef } from "../../src/domain/demande.ts";
import { richText } from "../../src/domain/richtext.ts";
import type { Card } from "../../src/presentation/card.ts";
import type { List } from "../../src/presentation/list.ts";
import { type Message, say } from "../../src/presentation/message.ts";
import { homeTexts } from "../../src/texts/boards.ts";
import { fileFault } from "../fileFault.ts";
import type { Lanes } from "../lanes.ts";
import { Directs } from "./directs.ts";
import { deliveryFault, isNotInstalled, slackCode } from "./faults.ts";
import { deleteFilesOf, deleteNotedFile, findSlackFile, openSlackFile, postSlackFile } from "./files.ts";
import { countOthers, DELIVERY_EVENT, findDelivery } from "./find.ts";
import { patiently } from "./patience.ts";
import { type Rendered, renderCard } from "./render/card.ts";
import { renderHome } from "./render/home.ts";
import { renderList } from "./render/list.ts";
import { renderCaption, renderMessage } from "./render/message.ts";
import { type Workspace, type Workspaces, workspaceOf } from "./workspaces.ts";

const metadata = (id: DeliveryId): MessageMetadata => ({ event_type: DELIVERY_EVENT, event_payload: { id } });

const QUIET_LINKS = { unfurl_links: false, unfurl_media: false } as const;

/** Two for each of some dozens of channels, which take a message a second. */
const AT_ONCE = 64;

const GONE: ReadonlySet<string> = new Set(["message_not_found", "thread_not_found"]);

export class SlackDelivery implements DeliveryPort {
  readonly name = "slack";
  readonly atOnce = AT_ONCE;
  readonly #workspaces: Workspaces;
  readonly #lanes: Lanes;
  readonly #directs = new Directs();

  constructor(workspaces: Workspaces, lanes: Lanes) {
    this.#workspaces = workspaces;
    this.#lanes = lanes;
  }

  async openDirect({ workspace: id, user }: Identity): Promise<Place> {
    const workspace = workspaceOf(this.#workspaces, id);
    const channel = await this.#directs.open(workspace, user, async () => {
      const opened = await this.#calling(() => patiently(() => workspace.client.conversations.open({ users: user })));
      if (opened.channel?.id === undefined) throw new DeliveryFault("retry", "no_channel");
      return opened.channel.id;
    });
    return { platform: "slack", workspace: id, channel };
  }

  postCard(place: Place, card: Card, delivery: DeliveryId, _users: UserIds): Promise<string> {
    return this.#post(place, null, renderCard(card), delivery);
  }

  updateCard(place: Place, root: string, card: Card, _users: UserIds): Promise<void> {
    return this.#update(place, root, renderCard(card));
  }

  post(place: Place, root: string | null, message: Message, delivery: DeliveryId, users: UserIds): Promise<string> {
    return this.#post(place, root, renderMessage(message, users), delivery);
  }

  edit(place: Place, _root: string | null, message: string, content: Message, users: UserIds): Promise<void> {
    // The name under which it was posted stays: an update has no say in it.
    const { text, blocks } = renderMessage(content, users);
    return this.#update(place, message, { text, blocks });
  }

  async remove(place: Place, root: string | null, message: string): Promise<void> {
    await this.#inOrder(place, async ({ client }) => {
      try {
        await deleteFilesOf(client, place.channel, root, message);
        await patiently(() => client.chat.delete({ channel: place.channel, ts: message }));
      } catch (error) {
        if (!GONE.has(slackCode(error) ?? "")) throw error;
      }
    });
  }

  /** Slack keeps nothing of what a message said before: the update is enough. A card that was deleted holds nothing. */
  async eraseCard(place: Place, root: string, card: Card): Promise<void> {
    await this.#inOrder(place, async ({ client }) => {
      try {
        await patiently(() => client.chat.update({ channel: place.channel, ts: root, ...renderCard(card) }));
      } catch (error) {
        if (!GONE.has(slackCode(error) ?? "")) throw error;
      }
    });
  }

  /** A bot may not delete the messages of people there: only those who are gone already are. */
  removeOthers(place: Place, root: string | null, _messages: readonly string[]): Promise<number> {
    const workspace = workspaceOf(this.#workspaces, place.workspace);
    return root === null ? Promise.resolve(0) : this.#calling(() => countOthers(workspace, place.channel, root));
  }

  async blankHome({ workspace: id, channel: user }: Place): Promise<void> {
    const { client } = workspaceOf(this.#workspaces, id);
    const message = say(richText(homeTexts.openAgain));
    await this.#calling(() =>
      patiently(() => client.views.publish({ user_id: user, view: renderHome({ kind: "closed", message }) })),
    );
  }

  abandon(place: Place, note: string): Promise<void> {
    const { client } = workspaceOf(this.#workspaces, place.workspace);
    return this.#calling(() => deleteNotedFile(client, note));
  }

  postFile(
    place: Place,
    root: string | null,
    file: OutgoingFile,
    caption: Message,
    _delivery: DeliveryId,
    note: IntentNote,
    users: UserIds,
  ): Promise<string> {
    return this.#inOrder(place, (workspace) =>
      postSlackFile(workspace, { channel: place.channel, root, file, caption: renderCaption(caption, users), note }),
    );
  }

  /** Posts what is rendered already. */
  say(place: Place, rendered: Rendered, delivery: DeliveryId): Promise<string> {
    return this.#post(place, null, rendered, delivery);
  }

  postList(place: Place, list: List, delivery: DeliveryId): Promise<string> {
    return this.#post(place, null, renderList(list), delivery);
  }

  find(place: Place, root: string | null, delivery: DeliveryId, since: Date, note: string | null = null): Promise<string | null> {
    const workspace = workspaceOf(this.#workspaces, place.workspace);
    return this.#calling(() =>
      // Slack lets no metadata go with a file: its note tells which one it was.
      note !== null
        ? findSlackFile(workspace, place.channel, root, note)
        : findDelivery(workspace, place.channel, root, delivery, since),
    );
  }

  async openFile(file: FileRef): Promise<Readable> {
    try {
      const workspace = workspaceOf(this.#workspaces, file.workspace);
      return await this.#calling(() => openSlackFile(workspace, file.file));
    } catch (error) {
      throw fileFault(error, isNotInstalled);
    }
  }

  #post(place: Place, root: string | null, rendered: Rendered & { username?: string }, delivery: DeliveryId): Promise<string> {
    const thread = root === null ? {} : { thread_ts: root };
    return this.#inOrder(place, async ({ client }) => {
      const answer = await patiently(() =>
        client.chat.postMessage({ channel: place.channel, ...thread, ...rendered, ...QUIET_LINKS, metadata: metadata(delivery) }),
      );
      // Posted, by its own word: without its id it is to be looked for.
      if (answer.ts === undefined) throw new DeliveryFault("retry", "no_ts");
      return answer.ts;
    });
  }

  async #update(place: Place, ts: string, rendered: Rendered): Promise<void> {
    await this.#inOrder(place, ({ client }) => patiently(() => client.chat.update({ channel: place.channel, ts, ...rendered })));
  }

  /** One at a time in each channel, in the order in which it was asked for. */
  async #inOrder<T>(place: Place, act: (workspace: Workspace) => Promise<T>): Promise<T> {
    const workspace = workspaceOf(this.#workspaces, place.workspace);
    return this.#lanes.run(`${place.workspace}:${place.channel}`, () =>
      this.#calling(async () => {
        try {
          return await act(workspace);
        } catch (error) {
          if (slackCode(error) === "channel_not_found") this.#directs.forget(place.channel);
          throw error;
        }
      }),
    );
  }

  async #calling<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      throw deliveryFault(error);
    }
  }
}
