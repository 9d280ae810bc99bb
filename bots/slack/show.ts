/** What a person is shown for what they did, and nobody else sees. */
import { randomUUID } from "node:crypto";
import type { RespondFn } from "@slack/bolt";
import type { ShowingKey } from "../../models/showings.ts";
import { announceShowing, settleShowing, type Trail } from "../../src/delivery/showing.ts";
import type { Reaction } from "../../src/demandes/desk.ts";
import { richText } from "../../src/domain/richtext.ts";
import { keysOfList, keysOfMessage } from "../../src/presentation/about.ts";
import type { Form } from "../../src/presentation/form.ts";
import { type Message, say } from "../../src/presentation/message.ts";
import { slackTexts } from "../../src/texts.ts";
import { faultFields, type Log } from "../log.ts";
import type { SlackDelivery } from "./deliver.ts";
import { slackCode } from "./faults.ts";
import { patiently } from "./patience.ts";
import type { Rendered } from "./render/card.ts";
import { type FormOrigin, renderForm } from "./render/form.ts";
import { renderList } from "./render/list.ts";
import { renderMessage } from "./render/message.ts";
import { NO_USERS } from "./render/richtext.ts";
import type { Workspace } from "./workspaces.ts";

/** Where somebody acted, and the ways that Slack gives to answer there. */
export interface Stage extends FormOrigin {
  readonly workspace: Workspace;
  readonly user: string;
  /** Good for three seconds, once; null where Slack gives none. */
  readonly triggerId: string | null;
  /** Whether a modal is open already: another then goes above it. */
  readonly inModal: boolean;
  /** Answers beside a command even where the bot is no member, or replaces the private message that was clicked. */
  readonly respond: { readonly send: RespondFn; readonly use: "beside" | "replaceLists" } | null;
}

const LATE_CODES: ReadonlySet<string> = new Set(["expired_trigger_id", "trigger_expired"]);
/** The form was opened already: Slack told of this act twice. */
const OPENED_CODES: ReadonlySet<string> = new Set(["exchanged_trigger_id", "trigger_exchanged"]);

export const sentence = (text: string): Message => say(richText(text));

export class Showing {
  readonly #log: Log;
  readonly #port: SlackDelivery;
  readonly #trail: Trail;

  constructor(log: Log, port: SlackDelivery, trail: Trail) {
    this.#log = log;
    this.#port = port;
    this.#trail = trail;
  }

  /** Never throws: what was done is written, and its showing must not undo it. What could not be shown is logged. */
  async show(stage: Stage, reaction: Reaction): Promise<void> {
    try {
      await this.#show(stage, reaction);
    } catch (error) {
      this.#log.error(
        { workspace: stage.workspace.id, channel: stage.channel, kind: reaction.kind, ...faultFields(error) },
        "A reaction could not be shown",
      );
    }
  }

  async #show(stage: Stage, reaction: Reaction): Promise<void> {
    switch (reaction.kind) {
      case "nothing":
        return;
      case "tell":
        return this.#tell(stage, renderMessage(reaction.message, NO_USERS), false, keysOfMessage(reaction.message));
      case "list":
        return this.#tell(stage, renderList(reaction.list), true, keysOfList(reaction.list));
      case "form":
        return this.#open(stage, reaction.form);
    }
  }

  async #tell(stage: Stage, rendered: Rendered, isList: boolean, keys: readonly ShowingKey[] = []): Promise<void> {
    if (stage.respond !== null && (stage.respond.use === "beside" || isList)) {
      const { send, use } = stage.respond;
      const { text, blocks } = rendered;
      const replaced = use === "replaceLists";
      try {
        await send({ text, blocks, response_type: "ephemeral", replace_original: replaced });
        return;
      } catch (error) {
        // Its address lives for half an hour and five answers; the conversation itself lasts.
        this.#log.warn({ workspace: stage.workspace.id, ...faultFields(error) }, "Slack refused an answer to a response_url");
      }
    }
    if (stage.channel !== null && (await this.#ephemeral(stage, stage.channel, rendered))) return;
    await this.#direct(stage, rendered, keys);
  }

  /** False where nobody can be shown anything: not a member, archived, the bot gone. */
  async #ephemeral({ workspace, user, thread }: Stage, channel: string, { text, blocks }: Rendered): Promise<boolean> {
    const place = thread === null ? { channel } : { channel, thread_ts: thread };
    try {
      await patiently(() => workspace.client.chat.postEphemeral({ ...place, user, text, blocks }));
      return true;
    } catch (error) {
      this.#log.info({ workspace: workspace.id, channel, ...faultFields(error) }, "Shown in person instead of in the channel");
      return false;
    }
  }

  /** What stays in the direct conversation is written down, so that a wipe finds it; what Slack shows in passing is not. */
  async #direct({ workspace, user }: Stage, rendered: Rendered, keys: readonly ShowingKey[]): Promise<void> {
    const place = await this.#port.openDirect({ platform: "slack", workspace: workspace.id, user });
    const shown = { place, delivery: `r.${randomUUID()}`, keys };
    await announceShowing(this.#trail, shown);
    await settleShowing(this.#trail, this.#port, shown, await this.#port.say(place, rendered, shown.delivery));
  }

  async #open(stage: Stage, form: Form): Promise<void> {
    if (stage.triggerId === null) {
      this.#log.error({ form: form.id }, "A form was asked for where Slack opens none");
      return;
    }
    const { client } = stage.workspace;
    const args = {
      trigger_id: stage.triggerId,
      view: renderForm(form, { channel: stage.channel, thread: stage.thread, home: stage.home }),
    };
    try {
      await (stage.inModal ? client.views.push(args) : client.views.open(args));
    } catch (error) {
      const code = slackCode(error) ?? "";
      if (OPENED_CODES.has(code)) return;
      const late = LATE_CODES.has(code);
      this.#log.warn({ workspace: stage.workspace.id, form: form.id, late, ...faultFields(error) }, "A form could not be opened");
      await this.#tell(stage, renderMessage(sentence(late ? slackTexts.formTooLate : slackTexts.formRefused), NO_USERS), false);
    }
  }
}
