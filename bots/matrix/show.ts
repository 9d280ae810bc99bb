/**
 * What a person is shown for what they did. Matrix has no message for one person alone in a room: it goes to their direct
 * conversation. What has pills of its own, and what is for somebody who has no account, stays in the thread: neither holds
 * anything personal, and the bot writes in person to agents only.
 */
import { createHash } from "node:crypto";
import { type ShowingKey, threadShowingKey } from "../../models/showings.ts";
import type { DeliveryId, Place } from "../../src/delivery/port.ts";
import { announceShowing, settleShowing, type Trail } from "../../src/delivery/showing.ts";
import type { Reaction } from "../../src/demandes/desk.ts";
import { keysOfForm, keysOfList, keysOfMessage } from "../../src/presentation/about.ts";
import { matrixTexts } from "../../src/texts/matrix.ts";
import { faultFields, type Log } from "../log.ts";
import type { MatrixDelivery, Spot } from "./deliver.ts";
import { type DialogueRoom, isDialogue } from "./dialogue/room.ts";
import type { Directs } from "./directs.ts";
import type { Said } from "./render/content.ts";
import { renderList } from "./render/list.ts";
import { above, renderMessage } from "./render/message.ts";
import { renderView } from "./render/view.ts";
import { eventLink, NO_USERS } from "./render/written.ts";

/** Where somebody acted, and what they did. */
export interface Stage {
  readonly room: string;
  readonly root: string | null;
  /** The message that was written, or under which the pill is. */
  readonly message: string;
  readonly user: string;
  /** The id of the act itself: the same for a redelivery. */
  readonly act: string;
  /** Whether the person has an account: others are not written to in person. */
  readonly agent: boolean;
}

export interface ShowingOptions {
  readonly delivery: MatrixDelivery;
  readonly directs: Directs;
  readonly dialogues: DialogueRoom;
  readonly log: Log;
  readonly trail: Trail;
  readonly place: (room: string) => Place;
  /** A list was shown in that direct conversation. */
  readonly listed: (room: string, event: string) => void;
}

/** Under which delivery id the reaction to an act is posted: the same for every try, so that the homeserver shows it once. */
export const reactionDelivery = (act: string): string => `r.${createHash("sha256").update(act).digest("base64url").slice(0, 32)}`;

export class Showing {
  readonly #with: ShowingOptions;

  constructor(options: ShowingOptions) {
    this.#with = options;
  }

  /** Never throws: what was done is written, and its showing must not undo it. What could not be shown is logged. */
  async show(stage: Stage, reaction: Reaction): Promise<void> {
    try {
      await this.#show(stage, reaction);
    } catch (error) {
      this.#with.log.error({ room: stage.room, kind: reaction.kind, ...faultFields(error) }, "A reaction could not be shown");
    }
  }

  async #show(stage: Stage, reaction: Reaction): Promise<void> {
    const { delivery, directs, dialogues, listed } = this.#with;
    const id = reactionDelivery(stage.act);
    switch (reaction.kind) {
      case "nothing":
        return;
      case "tell": {
        const said = renderMessage(reaction.message, NO_USERS);
        const spot = await this.#spotOf(stage, reaction.message.buttons.length > 0);
        const elsewhere = spot.room !== stage.room;
        const link = eventLink(stage.room, stage.message, matrixTexts.aboutThread);
        const words = elsewhere && stage.root !== null ? above(said, link) : said;
        // What is said in a thread goes with it.
        if (stage.root !== null && !elsewhere) await delivery.say(spot, words, id);
        else await this.#say(spot, words, id, [...keysOfMessage(reaction.message), ...this.#threadOf(stage)]);
        return;
      }
      case "list": {
        const room = await directs.open(stage.user);
        listed(room, await this.#say({ room, root: null }, renderList(reaction.list), id, keysOfList(reaction.list)));
        return;
      }
      case "form": {
        const { form } = reaction;
        if (isDialogue(form)) return dialogues.begin(stage.user, form, stage.act, null);
        const room = await directs.open(stage.user);
        await this.#say({ room, root: null }, renderView(form), id, keysOfForm(form));
        return;
      }
    }
  }

  /** Written down first, so that a wipe finds it. */
  async #say(spot: Spot, said: Said, delivery: DeliveryId, keys: readonly ShowingKey[]): Promise<string> {
    const { delivery: port, trail, place } = this.#with;
    const shown = { place: place(spot.room), delivery, keys };
    await announceShowing(trail, shown);
    const event = await port.say(spot, said, delivery);
    await settleShowing(trail, port, shown, event);
    return event;
  }

  /** What is told in person of what somebody did in a thread may quote it. */
  #threadOf({ room, root }: Stage): ShowingKey[] {
    return root === null ? [] : [threadShowingKey(this.#with.place(room), root)];
  }

  async #spotOf(stage: Stage, hasPills: boolean): Promise<Spot> {
    const { directs } = this.#with;
    const here: Spot = { room: stage.room, root: stage.root, reply: stage.message };
    if (directs.personOf(stage.room) === stage.user) return { room: stage.room, root: stage.root };
    if (!stage.agent || (hasPills && stage.root !== null)) return here;
    return { room: await directs.open(stage.user), root: null };
  }
}
