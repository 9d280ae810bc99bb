import { z } from "zod";
import { slackMessages } from "../blocks/faults.ts";
import { homeView, modalView, VIEW_BYTES } from "../blocks/view.ts";
import {
  findView,
  homeOf,
  openModal,
  openViews,
  publishHome,
  pushModal,
  replaceView,
  STACK_LIMIT,
  topView,
} from "../state/modals.ts";
import type { Json } from "../state/model.ts";
import { presentView } from "../state/present.ts";
import type { Trigger } from "../state/triggers.ts";
import type { World } from "../state/world.ts";
import { type Call, invalidArguments, json, type Method, method, SlackError, text } from "./method.ts";

const viewArg = { view: json(z.unknown()) };
const triggerArgs = { trigger_id: text.optional(), interactivity_pointer: text.optional() };

/** Checks a view as Slack does. Throws `invalid_arguments` with the places that are wrong, or `view_too_large`. */
export function checkedView(view: unknown, kind: "modal" | "home"): Json {
  if (typeof view !== "object" || view === null || Array.isArray(view))
    throw invalidArguments(["[ERROR] missing required field: view"]);
  if (Buffer.byteLength(JSON.stringify(view)) > VIEW_BYTES) throw new SlackError("view_too_large");
  const given = Object.fromEntries(Object.entries(view).filter(([, value]) => value !== null));
  const parsed = (kind === "home" ? homeView : modalView).safeParse(given, { reportInput: true });
  if (!parsed.success) throw invalidArguments(slackMessages(parsed.error, "/view"));
  return given;
}

function exchange(call: Call<{ trigger_id?: string; interactivity_pointer?: string }>): Trigger {
  const id = call.args.trigger_id ?? call.args.interactivity_pointer;
  if (id === undefined) throw invalidArguments(["[ERROR] missing required field: trigger_id"]);
  const trigger = call.triggers.exchange(id, call.workspace.appId, call.workspace.id);
  if (typeof trigger === "string") throw new SlackError(trigger);
  return trigger;
}

function refuseKnownExternalId(world: World, appId: string, view: Json, own?: string): void {
  const externalId = view.external_id;
  if (typeof externalId !== "string" || externalId === "") return;
  const known = findView(world, appId, { externalId });
  if (known && known.id !== own) throw new SlackError("duplicate_external_id");
}

const open = method("views.open", { tier: 4, args: z.object({ ...viewArg, ...triggerArgs }) }, (call) => {
  const view = checkedView(call.args.view, "modal");
  const { user } = exchange(call);
  refuseKnownExternalId(call.world, call.workspace.appId, view);
  const owner = { appId: call.workspace.appId, teamId: call.workspace.id, user };
  return { view: presentView(call.world, openModal(call.world, owner, view)) };
});

const push = method("views.push", { tier: 4, args: z.object({ ...viewArg, ...triggerArgs }) }, (call) => {
  const { world, workspace } = call;
  const view = checkedView(call.args.view, "modal");
  const { user } = exchange(call);
  const over = topView(world, user);
  if (!over || over.appId !== workspace.appId) throw new SlackError("invalid_trigger_id");
  if (openViews(world, user).length >= STACK_LIMIT) throw new SlackError("push_limit_reached");
  refuseKnownExternalId(world, workspace.appId, view);
  return { view: presentView(world, pushModal(world, over, view)) };
});

const update = method(
  "views.update",
  { tier: 4, args: z.object({ ...viewArg, view_id: text.optional(), external_id: text.optional(), hash: text.optional() }) },
  ({ world, workspace, args }) => {
    if (args.view_id === undefined && args.external_id === undefined)
      throw invalidArguments(["[ERROR] missing required field: view_id"]);
    const key = args.view_id !== undefined ? { viewId: args.view_id } : { externalId: args.external_id ?? "" };
    const known = findView(world, workspace.appId, key);
    if (!known || known.teamId !== workspace.id) throw new SlackError("not_found");
    const view = checkedView(args.view, known.type);
    if (args.hash !== undefined && args.hash !== known.hash) throw new SlackError("hash_conflict");
    refuseKnownExternalId(world, workspace.appId, view, known.id);
    return { view: presentView(world, replaceView(world, known, view)) };
  },
);

const publish = method(
  "views.publish",
  { tier: 4, args: z.object({ ...viewArg, user_id: text, hash: text.optional() }) },
  ({ world, workspace, args }) => {
    const view = checkedView(args.view, "home");
    const person = world.users.get(args.user_id);
    if (!person || person.teamId !== workspace.id || person.isBot) throw new SlackError("user_not_found");
    const known = homeOf(world, workspace.appId, args.user_id);
    if (args.hash !== undefined && known && args.hash !== known.hash) throw new SlackError("hash_conflict");
    const home = publishHome(world, { appId: workspace.appId, teamId: workspace.id, user: args.user_id }, view);
    return { view: presentView(world, home) };
  },
);

export const viewMethods: readonly Method[] = [open, push, update, publish];
