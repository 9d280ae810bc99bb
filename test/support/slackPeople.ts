/** People on the sandbox's Slack, as its control plays them: over the wire, an unmodified Bolt at the other end. */
import { isDeepStrictEqual } from "node:util";
import type { Thread } from "../../models/thread.ts";
import type { ActionId } from "../../src/actions.ts";
import type { FormValues } from "../../src/presentation/form.ts";
import type { AttachedFile, PlatformUnderTest, Spot, Told, Wait } from "./platformUnderTest.ts";
import { blockWords, buttonLabels, slackView } from "./slackView.ts";
import type { World } from "./world.ts";

type Json = Record<string, unknown>;
type Shown = { readonly ok: boolean; readonly error?: string; readonly errors?: unknown } & Json;

const isRecord = (value: unknown): value is Json => typeof value === "object" && value !== null;

function formOf(view: unknown): Told | null {
  if (!isRecord(view)) return null;
  const title = isRecord(view.title) ? String(view.title.text) : "";
  return { kind: "form", title, words: blockWords(view.blocks) };
}

function saidOf(ephemeral: unknown): Told | null {
  const last = Array.isArray(ephemeral) ? ephemeral.filter(isRecord).at(-1) : undefined;
  return last ? { kind: "said", words: blockWords(last.blocks), buttons: buttonLabels(last.blocks) } : null;
}

function toldBy(outcome: Json, viewBefore: unknown = null): Told {
  const { ok, error, errors, view, ephemeral } = outcome as Shown;
  if (error === "validation_errors") return { kind: "faults", faults: errors as Record<string, string> };
  if (!ok) return { kind: "failed" };
  const isNew = view !== null && !isDeepStrictEqual(view, viewBefore);
  return (isNew ? formOf(view) : null) ?? saidOf(ephemeral) ?? { kind: "nothing" };
}

const attached = ({ name, mimetype, bytes }: AttachedFile) => ({ name, mimetype, contentBase64: bytes.toString("base64") });

function channelOf({ channel }: Thread): string {
  if (channel === null) throw new Error("this thread is nowhere yet");
  return channel;
}

function rootOf({ root }: Thread): string {
  if (root === null) throw new Error("this thread has no card yet");
  return root;
}

/** What a field of a form holds, as a form's value. */
function held(value: Json): FormValues[string] {
  if (typeof value.value === "string") return value.value;
  if (isRecord(value.selected_option)) return String(value.selected_option.value);
  const chosen = Array.isArray(value.selected_options) ? value.selected_options.filter(isRecord) : [];
  return value.type === "checkboxes" ? chosen.length > 0 : chosen.map((option) => String(option.value));
}

export function slackPeople(world: World, wait: Wait = "seen"): PlatformUnderTest {
  const { slack } = world;
  const { control } = slack;
  const as = (who: string) => ({ as: world.account(who).user, wait });
  const here = (thread: Thread) => ({ channel: channelOf(thread), thread: rootOf(thread) });

  const place = async (who: string, thread: Thread, spot: Spot): Promise<string> => {
    if (spot === "card") return rootOf(thread);
    if (spot !== "told") return spot.message;
    const { messages } = await control.messages({ ...here(thread), as: world.account(who).user });
    const last = messages.findLast(({ is_ephemeral: alone }) => alone === true);
    if (!last) throw new Error(`${who} was told nothing in that thread`);
    return String(last.ts);
  };

  return {
    name: "slack",
    view: slackView(slack),
    async begin(who, where) {
      const channel = where === "dm" ? "dm" : where.channel;
      return toldBy(await control.command({ as: world.account(who).user, channel, command: "/demande" }));
    },
    async command(who, command, text = "") {
      return toldBy(await control.command({ as: world.account(who).user, channel: "dm", command: `/${command}`, text }));
    },
    async leave(who, channel) {
      await control.leave(channel, world.account(who).user);
    },
    async comeBack(who, channel) {
      await control.join(channel, world.account(who).user);
    },
    async type(who, where, typed) {
      const [word = "", ...rest] = typed.split(" ");
      const channel = where === "dm" ? "dm" : where.channel;
      const text = rest.join(" ");
      return toldBy(await control.command({ as: world.account(who).user, channel, command: `/${word}`, text }));
    },
    async submit(who, values) {
      const { view } = await control.view({ as: world.account(who).user });
      return toldBy(await control.submit({ ...as(who), values: { ...values } }), view);
    },
    async typed(who) {
      const { view, values } = await control.view({ as: world.account(who).user });
      if (view === null) return null;
      const fields = Object.values(values).flatMap((elements) => Object.entries(elements));
      return Object.fromEntries(fields.map(([field, value]) => [field, held(value)]));
    },
    async dismiss(who) {
      await control.close({ as: world.account(who).user });
    },
    async join(who, thread) {
      await control.join(channelOf(thread), world.account(who).user);
    },
    async click(who, thread, action: ActionId, spot = "card") {
      const message = await place(who, thread, spot);
      return toldBy(await control.click({ as: world.account(who).user, channel: channelOf(thread), message, action }));
    },
    async ask(who, typed) {
      const [command, ...text] = typed.split(" ");
      return toldBy(await control.command({ ...as(who), channel: "dm", command: `/${command}`, text: text.join(" ") }));
    },
    async press(who, label) {
      return toldBy(await control.click({ as: world.account(who).user, channel: "dm", action: label }));
    },
    async say(who, thread, text, files = []) {
      const outcome = await control.message({ ...as(who), ...here(thread), text, files: files.map(attached) });
      return { id: outcome.ts, told: toldBy({ ...outcome }) };
    },
    async edit(who, thread, message, text) {
      return toldBy(await control.edit({ ...as(who), channel: channelOf(thread), message, text }));
    },
    async remove(who, thread, message) {
      await control.delete({ ...as(who), channel: channelOf(thread), message });
    },
    tellTwice() {
      const fault = slack.faults.add({ kind: "redeliver" });
      return () => slack.faults.clear(fault);
    },
    afterNextPost(act) {
      const stop = slack.onCall(async (phase, method) => {
        if (phase !== "after" || method !== "chat.postMessage") return;
        stop();
        await act();
      });
    },
    async fileOf(thread, message) {
      const { messages } = await control.messages(here(thread));
      const [file] = (messages.find(({ ts }) => ts === message)?.files ?? []) as Json[];
      const { botToken } = control.installation(thread.workspace ?? "");
      const response = await fetch(String(file?.url_private), { headers: { authorization: `Bearer ${botToken}` } });
      return Buffer.from(await response.arrayBuffer());
    },
  };
}
