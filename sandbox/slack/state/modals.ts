import { filledView } from "../blocks/fill.ts";
import { initialValues, keptValues } from "../blocks/values.ts";
import { newId, newSecret } from "./ids.ts";
import type { Json, StateValues, ViewRecord } from "./model.ts";
import type { World } from "./world.ts";

/** A stack holds three views at most. */
export const STACK_LIMIT = 3;

function newHash(world: World): string {
  return `${world.timeline.seconds()}.${newSecret(4)}`;
}

function newView(
  world: World,
  owner: { appId: string; teamId: string; user: string },
  view: Json,
  previous?: ViewRecord,
): ViewRecord {
  const { content, blocks } = filledView(view);
  const id = newId("V");
  return {
    id,
    ...owner,
    type: view.type === "home" ? "home" : "modal",
    content,
    blocks,
    hash: newHash(world),
    rootViewId: previous?.rootViewId ?? id,
    ...(previous !== undefined && { previousViewId: previous.id }),
    values: initialValues(blocks),
    errors: {},
  };
}

/** The view the person has before them, if any. */
export function topView(world: World, user: string): ViewRecord | undefined {
  const id = world.stacks.get(user)?.viewIds.at(-1);
  return id === undefined ? undefined : world.views.get(id);
}

/** All the person's open views, the root first. */
export function openViews(world: World, user: string): ViewRecord[] {
  const ids = world.stacks.get(user)?.viewIds ?? [];
  return ids.map((id) => world.views.get(id)).filter((view) => view !== undefined);
}

/** Opens a modal before that person, in place of any that was open. */
export function openModal(world: World, owner: { appId: string; teamId: string; user: string }, view: Json): ViewRecord {
  closeModals(world, owner.user);
  return stackView(world, newView(world, owner, view));
}

/** Puts a view over the one that the person sees. The caller has checked that there is room. */
export function pushModal(world: World, over: ViewRecord, view: Json): ViewRecord {
  return stackView(world, newView(world, { appId: over.appId, teamId: over.teamId, user: over.user }, view, over));
}

function stackView(world: World, view: ViewRecord): ViewRecord {
  const viewIds = [...(world.stacks.get(view.user)?.viewIds ?? []), view.id];
  world.views.put(view.id, view);
  world.stacks.put(view.user, { user: view.user, viewIds });
  world.feed.show({ kind: "view", user: view.user, viewId: view.id });
  return view;
}

/** Takes the topmost view away; the one beneath it shows again. */
export function popModal(world: World, user: string): void {
  const viewIds = [...(world.stacks.get(user)?.viewIds ?? [])];
  const gone = viewIds.pop();
  if (gone === undefined) return;
  world.views.delete(gone);
  if (viewIds.length > 0) world.stacks.put(user, { user, viewIds });
  else world.stacks.delete(user);
  world.feed.show({ kind: "view", user, viewId: gone });
}

/** Closes every modal of that person. */
export function closeModals(world: World, user: string): void {
  while (world.stacks.get(user)) popModal(world, user);
}

/** Replaces what a view shows; what was typed stays where block_id, action_id and kind are the same. */
export function replaceView(world: World, view: ViewRecord, replacement: Json): ViewRecord {
  const { content, blocks } = filledView(replacement);
  const changed: ViewRecord = {
    ...view,
    content,
    blocks,
    hash: newHash(world),
    values: keptValues(view.values, view.blocks, blocks),
    errors: {},
  };
  world.views.put(keyOf(view), changed);
  world.feed.show(view.type === "home" ? { kind: "home", user: view.user } : { kind: "view", user: view.user, viewId: view.id });
  return changed;
}

/** Notes what the person has put into a view. */
export function setValues(world: World, view: ViewRecord, values: StateValues, errors: Record<string, string> = {}): ViewRecord {
  const changed = { ...view, values, errors };
  world.views.put(keyOf(view), changed);
  return changed;
}

/** There is one App Home for each person and app. */
function keyOf(view: ViewRecord): string {
  return view.type === "home" ? `home:${view.appId}:${view.user}` : view.id;
}

/** The App Home of that person, once the app has published one. */
export function homeOf(world: World, appId: string, user: string): ViewRecord | undefined {
  return world.views.get(`home:${appId}:${user}`);
}

/** Publishes the App Home of that person. */
export function publishHome(world: World, owner: { appId: string; teamId: string; user: string }, view: Json): ViewRecord {
  const known = homeOf(world, owner.appId, owner.user);
  const fresh = newView(world, owner, view);
  const home = known
    ? { ...fresh, id: known.id, rootViewId: known.id, values: keptValues(known.values, known.blocks, fresh.blocks) }
    : fresh;
  world.views.put(keyOf(home), home);
  world.feed.show({ kind: "home", user: owner.user });
  return home;
}

/** The view of that id or external_id, among the app's. */
export function findView(world: World, appId: string, key: { viewId?: string; externalId?: string }): ViewRecord | undefined {
  for (const view of world.views.values()) {
    if (view.appId !== appId) continue;
    if (key.viewId !== undefined ? view.id === key.viewId : view.content.external_id === key.externalId) return view;
  }
  return undefined;
}
