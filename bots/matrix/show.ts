/**
 * What a person is shown for what they did. Matrix has no message for one person alone in a room: it goes to their direct
 * conversation. What has pills of its own, and what is for somebody who has no account, stays in the thread: neither holds
 * anything personal, and the bot writes in person to agents only.
 */
import { createHash } from "node:crypto";
import type { Reaction } from "../../src/demandes/desk.ts";
import { matrixTexts } from "../../src/texts/matrix.ts";
import { faultFields, type Log } from "../log.ts";
import type { MatrixDelivery, Spot } from "./deliver.ts";
import { type DialogueRoom, isDialogue } from "./dialogue/room.ts";
import type { Directs } from "./directs.ts";
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
        await delivery.say(spot, elsewhere && stage.root !== null ? above(said, link) : said, id);
        return;
      }
      case "list": {
        const room = await directs.open(stage.user);
        listed(room, await delivery.say({ room, root: null }, renderList(reaction.list), id));
        return;
      }
      case "form": {
        const { form } = reaction;
        if (isDialogue(form)) return dialogues.begin(stage.user, form, stage.act);
        const room = await directs.open(stage.user);
        await delivery.say({ room, root: null }, renderView(form), id);
        return;
      }
    }
  }

  async #spotOf(stage: Stage, hasPills: boolean): Promise<Spot> {
    const { directs } = this.#with;
    const here: Spot = { room: stage.room, root: stage.root, reply: stage.message };
    if (directs.personOf(stage.room) === stage.user) return { room: stage.room, root: stage.root };
    if (!stage.agent || (hasPills && stage.root !== null)) return here;
    return { room: await directs.open(stage.user), root: null };
  }
}
