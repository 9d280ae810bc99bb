import type { z } from "zod";
import { emitEvent } from "../events/emit.ts";
import { click, type Target } from "../person/clicks.ts";
import {
  EXPECTED_IDLE_MS,
  editMessage,
  reactAs,
  removeMessage,
  runCommand,
  runShortcut,
  writeMessage,
} from "../person/commands.ts";
import { closeForm, fillForm, submitForm } from "../person/forms.ts";
import type { Outcome } from "../person/outcome.ts";
import { Refusal } from "../person/refusal.ts";
import { channelFor, messageIn, openChannelFor, resolveChannel, resolvePerson, workspaceOf } from "../person/resolve.ts";
import { presentEphemeral, type Stage, shownView, Watch } from "../person/watch.ts";
import { rootsOf, threadOf } from "../state/messages.ts";
import { homeOf, topView } from "../state/modals.ts";
import type { Json, UserRecord } from "../state/model.ts";
import { directChannel } from "../state/people.ts";
import { presentMessage, presentView } from "../state/present.ts";
import { checkedBlocks } from "../web-api/content.ts";
import { SlackError } from "../web-api/method.ts";
import { isTypable, type Shapes } from "./shapes.ts";

type In<K extends keyof Shapes> = z.output<Shapes[K]>;

function actorOf(stage: Stage, input: { as: string; workspace?: string }): UserRecord {
  return resolvePerson(stage.world, input.as, input.workspace);
}

/** What a person may do, each as its control call has it. Refusals are thrown; nothing has changed then. */
export const acts = {
  async messages(stage: Stage, input: In<"messages">): Promise<{ ok: true; messages: Json[] }> {
    const { world } = stage;
    const person = input.as === undefined ? undefined : resolvePerson(world, input.as, input.workspace);
    const channel = person ? channelFor(world, person, input.channel) : resolveChannel(world, input.channel, input.workspace);
    const stored = input.thread === undefined ? rootsOf(world, channel.id) : threadOf(world, channel.id, input.thread);
    if (!stored) throw new Refusal(404, "Il n’y a pas de tel fil dans ce canal.");
    const own = person ? world.ephemeralsOf(channel.id, person.id).filter((one) => one.threadTs === input.thread) : [];
    const shown = [
      ...stored.map((message) => ({
        ...presentMessage(world, message, { metadata: true }),
        channel: channel.id,
        ts: message.ts,
      })),
      ...own.map((one) => ({ ...presentEphemeral(one), ts: one.ts })),
    ].sort((a, b) => a.ts.localeCompare(b.ts));
    return { ok: true, messages: shown.slice(-(input.limit ?? 10_000)) };
  },

  async command(stage: Stage, input: In<"command">): Promise<Outcome> {
    if (input.thread !== undefined)
      throw new Refusal(400, `Slack n’exécute pas les commandes dans un fil : « ${input.command} » n’y est pas prise en charge.`);
    const person = actorOf(stage, input);
    return runCommand(
      stage,
      person,
      openChannelFor(stage.world, person, input.channel),
      input.command,
      input.text,
      input.wait ?? "seen",
    );
  },

  async message(stage: Stage, input: In<"message">) {
    const person = actorOf(stage, input);
    const channel = openChannelFor(stage.world, person, input.channel);
    const root = input.thread === undefined ? undefined : stage.world.message(channel.id, input.thread);
    if (input.thread !== undefined && !root) throw new Refusal(404, "Il n’y a pas de tel fil dans ce canal.");
    const thread = root?.threadTs ?? root?.ts;
    const place = { channel, ...(thread !== undefined && { thread }), broadcast: input.broadcast === true };
    const blocks = formattedBlocks(input.blocks);
    const content = { text: input.text, files: input.files ?? [], ...(blocks && { blocks }) };
    return writeMessage(stage, person, place, content, input.wait ?? "seen");
  },

  async edit(stage: Stage, input: In<"edit">) {
    const person = actorOf(stage, input);
    const channel = openChannelFor(stage.world, person, input.channel);
    const blocks = formattedBlocks(input.blocks);
    const content = { text: input.text, ...(blocks && { blocks }) };
    return editMessage(stage, person, channel, messageIn(stage.world, channel, input.message), content, input.wait ?? "seen");
  },

  async delete(stage: Stage, input: In<"delete">) {
    const person = actorOf(stage, input);
    const channel = openChannelFor(stage.world, person, input.channel);
    return removeMessage(stage, person, channel, messageIn(stage.world, channel, input.message), input.wait ?? "seen");
  },

  async react(stage: Stage, input: In<"react">) {
    const person = actorOf(stage, input);
    const channel = openChannelFor(stage.world, person, input.channel);
    const message = messageIn(stage.world, channel, input.message);
    return reactAs(stage, person, channel, message, input.reaction.replace(/^:|:$/g, ""), input.remove !== true);
  },

  async shortcut(stage: Stage, input: In<"shortcut">): Promise<Outcome> {
    const person = actorOf(stage, input);
    if (input.message === undefined) return runShortcut(stage, person, undefined, input.callback, input.wait ?? "seen");
    const channel = openChannelFor(stage.world, person, input.channel ?? "");
    const target = { channel, message: messageIn(stage.world, channel, input.message) };
    return runShortcut(stage, person, target, input.callback, input.wait ?? "seen");
  },

  async click(stage: Stage, input: In<"click">): Promise<Outcome> {
    const person = actorOf(stage, input);
    if (!isTypable(input.value)) throw new Refusal(400, "La valeur contient un caractère qu’on ne peut pas saisir.");
    return click(stage, person, targetOf(stage, person, input), input.action, input.value, input.wait ?? "seen");
  },

  async view(stage: Stage, input: In<"view">) {
    const person = actorOf(stage, input);
    const top = topView(stage.world, person.id);
    return { ok: true as const, view: shownView(stage, person), values: top?.values ?? {}, errors: top?.errors ?? {} };
  },

  async fill(stage: Stage, input: In<"fill">): Promise<Outcome> {
    if (!isTypable(input.values)) throw new Refusal(400, "Une valeur contient un caractère qu’on ne peut pas saisir.");
    return fillForm(stage, actorOf(stage, input), input.values);
  },

  async submit(stage: Stage, input: In<"submit">): Promise<Outcome> {
    if (!isTypable(input.values)) throw new Refusal(400, "Une valeur contient un caractère qu’on ne peut pas saisir.");
    return submitForm(stage, actorOf(stage, input), input.values, input.wait ?? "seen");
  },

  async close(stage: Stage, input: In<"close">): Promise<Outcome> {
    return closeForm(stage, actorOf(stage, input), input.back === true);
  },

  /** Opens the App Home as that person and waits for the app to publish it; `quiet` only looks at what is there. */
  async home(stage: Stage, input: In<"home">) {
    const person = actorOf(stage, input);
    const workspace = workspaceOf(stage.world, person.teamId);
    const watch = new Watch(stage, person);
    if (!input.quiet) {
      const known = homeOf(stage.world, workspace.appId, person.id);
      const channel = directChannel(stage.world, workspace.id, workspace.botUserId, person.id);
      const event = {
        type: "app_home_opened",
        user: person.id,
        channel: channel.id,
        tab: "home",
        event_ts: stage.world.timeline.nextTs(),
        ...(known && { view: presentView(stage.world, known) }),
      };
      const eventId = emitEvent(stage.world, workspace, event);
      await stage.world.store.committed();
      await stage.courier.acknowledged(eventId === undefined ? [] : [eventId], stage.ackTimeout + 500);
      await watch.settle(EXPECTED_IDLE_MS);
    }
    watch.close();
    const home = homeOf(stage.world, workspace.appId, person.id);
    return { ok: true as const, view: home ? presentView(stage.world, home) : null };
  },
};

/** The rich text that a person composed; refused where no message could hold it. */
function formattedBlocks(blocks: In<"message">["blocks"]): Json[] | undefined {
  if (!blocks) return undefined;
  if (!isTypable(blocks)) throw new Refusal(400, "Le texte contient un caractère qu’on ne peut pas saisir.");
  try {
    return checkedBlocks(blocks);
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    throw new Refusal(400, `Ce texte mis en forme n’est pas valable : ${error.error}.`);
  }
}

/** « home » and « view » stand for channels too: no conversation of Slack's bears these names here. */
function targetOf(stage: Stage, person: UserRecord, input: In<"click">): Target {
  if (input.message === undefined && !input.view && !input.home && (input.channel === "home" || input.channel === "view"))
    return input.channel;
  const places = [input.view, input.home, input.channel !== undefined].filter(Boolean).length;
  if (places !== 1) throw new Refusal(400, "Dites où cliquer : channel (et message), view: true, ou home: true.");
  if (input.view) return "view";
  if (input.home) return "home";
  const channel = openChannelFor(stage.world, person, input.channel ?? "");
  return { channel, ...(input.message !== undefined && { message: input.message }) };
}
