import { initialValues, type PlacedElement } from "../blocks/values.ts";
import type { Delivery } from "../events/sockets.ts";
import { homeOf, setValues, topView } from "../state/modals.ts";
import type { ChannelRecord, EphemeralRecord, Json, MessageRecord, UserRecord } from "../state/model.ts";
import { compareTs } from "../state/world.ts";
import { EXPECTED_IDLE_MS, refused, type Wait } from "./commands.ts";
import { allBlocks, findElement, nothingToClick } from "./find-element.ts";
import { type Given, parseValue } from "./form-values.ts";
import type { Outcome } from "./outcome.ts";
import { blockActions, blockSuggestion, type Surface } from "./payloads.ts";
import { Refusal } from "./refusal.ts";
import { workspaceOf } from "./resolve.ts";
import { type Stage, Watch } from "./watch.ts";

/** Where a click falls: on a message (or the latest that offers it), in the modal, or in the App Home. */
export type Target = { channel: ChannelRecord; message?: string } | "view" | "home";

type Shown = MessageRecord | EphemeralRecord;

/** The messages that person sees in a channel, theirs alone included, the latest first; or only the one named. */
function visibleMessages({ world }: Stage, person: UserRecord, channel: ChannelRecord, ts: string | undefined): Shown[] {
  const own = world.ephemeralsOf(channel.id, person.id);
  if (ts === undefined) return [...world.messagesOf(channel.id), ...own].sort((a, b) => compareTs(b.ts, a.ts));
  const named = world.message(channel.id, ts) ?? own.find((ephemeral) => ephemeral.ts === ts);
  return named ? [named] : [];
}

function messageSurface(
  stage: Stage,
  person: UserRecord,
  target: Exclude<Target, string>,
  action: string,
): { surface: Surface; blocks: Json[] } {
  const { channel, message: ts } = target;
  const candidates = visibleMessages(stage, person, channel, ts);
  const found = candidates.find((one) => findElement(allBlocks(one), action));
  const [first] = candidates;
  if (!first) throw new Refusal(404, "Il n’y a pas de tel message dans ce canal.");
  const stale = found ? undefined : staleBlocks(ts === undefined ? undefined : first, action);
  const clicked = found ?? (stale ? first : undefined);
  if (!clicked) throw nothingToClick(candidates.flatMap(allBlocks), action);
  const surface: Surface =
    "user" in clicked && stage.world.ephemeral(channel.id, clicked.ts)
      ? { kind: "ephemeral", channel, ephemeral: clicked as EphemeralRecord }
      : { kind: "message", channel, message: clicked as MessageRecord };
  return { surface, blocks: stale ?? allBlocks(clicked) };
}

/** A person whose screen is not refreshed yet clicks what the message showed before: the app hears of it, as from Slack. */
function staleBlocks(message: Shown | undefined, action: string): Json[] | undefined {
  const earlier = message && "earlier" in message ? (message.earlier ?? []) : [];
  return earlier.find((blocks) => findElement(blocks, action));
}

function viewSurface(stage: Stage, person: UserRecord, target: "view" | "home"): { surface: Surface; blocks: Json[] } {
  const { appId } = workspaceOf(stage.world, person.teamId);
  const view = target === "view" ? topView(stage.world, person.id) : homeOf(stage.world, appId, person.id);
  if (!view)
    throw new Refusal(409, target === "view" ? "Aucun formulaire n’est ouvert." : "L’accueil de l’application est vide.");
  return { surface: { kind: "view", view }, blocks: view.blocks };
}

/** Uses an interactive element as that person: a click, or a choice when `value` says which. */
export async function click(
  stage: Stage,
  person: UserRecord,
  target: Target,
  action: string,
  value: Given,
  wait: Wait,
): Promise<Outcome> {
  const { surface, blocks } =
    typeof target === "string" ? viewSurface(stage, person, target) : messageSurface(stage, person, target, action);
  const found = findElement(blocks, action);
  if (!found) throw nothingToClick(blocks, action);
  const given = value ?? found.option?.value;
  if (found.placed.block.type === "input" && found.placed.block.dispatch_action !== true && surface.kind === "view")
    throw new Refusal(400, "Ce champ se remplit à l’envoi du formulaire.");
  const held = await heldAfter(stage, person, surface, found.placed, given);
  const watch = new Watch(stage, person);
  const delivery = await dispatch(stage, person, surface, blocks, found.placed, held);
  if (!delivery.acked) return refused(delivery, "Le clic", watch.close());
  if (wait === "seen") await watch.settle(EXPECTED_IDLE_MS);
  return { ok: true, ...watch.close() };
}

/** What the element holds once used; undefined for buttons, which hold nothing. */
async function heldAfter(
  stage: Stage,
  person: UserRecord,
  surface: Surface,
  placed: PlacedElement,
  given: Given,
): Promise<Json | undefined> {
  const { element } = placed;
  if (element.type === "button" || element.type === "workflow_button") return undefined;
  if (given === undefined) throw new Refusal(400, "Il faut une valeur (value) : un choix, une date ou un texte.");
  const suggest = (typed: string) => suggestions(stage, person, surface, placed, typed);
  const parsed = await parseValue({ world: stage.world, person, suggest }, element, given);
  if ("error" in parsed) throw new Refusal(400, parsed.error);
  return parsed.value;
}

/** Sends the use of an element to the app; in a view, what it holds is kept first. */
export async function dispatch(
  stage: Stage,
  person: UserRecord,
  surface: Surface,
  blocks: readonly Json[],
  placed: PlacedElement,
  held: Json | undefined,
): Promise<Delivery> {
  const { blockId, actionId, element } = placed;
  const before = surface.kind === "view" ? surface.view.values : initialValues(blocks);
  const keeps = held !== undefined && element.type !== "overflow";
  const state = keeps ? { ...before, [blockId]: { ...before[blockId], [actionId]: held } } : before;
  const kept: Surface =
    surface.kind === "view" ? { kind: "view", view: setValues(stage.world, surface.view, state, surface.view.errors) } : surface;
  const action = held ?? pressed(element);
  const { appId, payload } = blockActions(stage, person, kept, { action_id: actionId, block_id: blockId, ...action }, state);
  return stage.courier.interact(appId, "interactive", payload);
}

function pressed(element: Json): Json {
  const { text, value, style, type } = element;
  return { type, text, ...(value !== undefined && { value }), ...(style !== undefined && { style }) };
}

/** The choices that the app gives for what was typed into an external menu. */
export async function suggestions(
  stage: Stage,
  person: UserRecord,
  surface: Surface,
  placed: PlacedElement,
  typed: string,
): Promise<Json[]> {
  const least = (placed.element.min_query_length as number | undefined) ?? 3;
  if (typed.length < least) throw new Refusal(400, `Tapez au moins ${least} caractères pour chercher.`);
  const { appId, payload } = blockSuggestion(stage, person, surface, placed, typed);
  const delivery = await stage.courier.interact(appId, "interactive", payload);
  if (!delivery.acked) throw new Refusal(409, "Les choix n’ont pas pu être chargés.");
  const { options, option_groups: groups } = delivery.payload as { options?: Json[]; option_groups?: { options: Json[] }[] };
  return options ?? groups?.flatMap((group) => group.options) ?? [];
}
