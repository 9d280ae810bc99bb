import { isDeepStrictEqual } from "node:util";
import { elementsOf, initialValue, type PlacedElement } from "../blocks/values.ts";
import { closeModals, openViews, popModal, pushModal, replaceView, STACK_LIMIT, setValues, topView } from "../state/modals.ts";
import type { Json, UserRecord, ViewRecord } from "../state/model.ts";
import { SlackError } from "../web-api/method.ts";
import { checkedView } from "../web-api/views.ts";
import { dispatch, suggestions } from "./clicks.ts";
import { EXPECTED_IDLE_MS, type Wait } from "./commands.ts";
import { readLabel } from "./find-element.ts";
import { clientErrors } from "./form-checks.ts";
import { type Given, parseValue } from "./form-values.ts";
import { faultOf, type Outcome } from "./outcome.ts";
import { type Surface, viewClosed, viewSubmission } from "./payloads.ts";
import { Refusal } from "./refusal.ts";
import { type Stage, Watch } from "./watch.ts";

/** How long a form may take to change after an element that the app listens to was set. */
const CHANGE_MS = 1500;
/** When the app makes no call for that long after acknowledging, the form is held not to change. */
const CHANGE_IDLE_MS = 400;

/** What Slack's client says when the app does not answer, or not as it should. */
const CONNECTION_FAULT = "Nous avons rencontré un problème de connexion. Réessayez.";

function needView(stage: Stage, person: UserRecord): ViewRecord {
  const view = topView(stage.world, person.id);
  if (!view) throw new Refusal(409, "Aucun formulaire n’est ouvert.");
  return view;
}

function fieldsOf(view: ViewRecord): PlacedElement[] {
  return elementsOf(view.blocks).filter(({ element }) => initialValue(element) !== undefined);
}

/** The fields that a key of `values` means: a block_id, an action_id or a label. */
function fieldsNamed(view: ViewRecord, key: string): PlacedElement[] {
  const fields = fieldsOf(view);
  const byBlock = fields.filter(({ blockId }) => blockId === key);
  if (byBlock.length > 0) return byBlock;
  const byAction = fields.filter(({ actionId }) => actionId === key);
  if (byAction.length > 0) return byAction;
  return fields.filter(({ block }) => {
    const label = (block.label as { text?: string } | undefined)?.text;
    return label !== undefined && readLabel(label) === readLabel(key);
  });
}

function unknownField(view: ViewRecord, key: string): Refusal {
  const names = [...new Set(fieldsOf(view).map(({ blockId }) => blockId))];
  return new Refusal(400, `Le formulaire n’a pas de champ « ${key.slice(0, 80)} ». Champs : ${names.join(", ") || "aucun"}.`);
}

/** The values in the order of the form's own fields, as a person fills it in; those for fields yet to appear come last. */
function inFormOrder(view: ViewRecord, values: Record<string, Given>): [string, Given][] {
  const fields = fieldsOf(view);
  const rank = (key: string) => {
    const [first] = fieldsNamed(view, key);
    return first ? fields.findIndex(({ blockId }) => blockId === first.blockId) : fields.length;
  };
  return Object.entries(values).sort(([a], [b]) => rank(a) - rank(b));
}

/** Each field with what it is given: one value for a block's only field, or values by action_id. */
function assignments(view: ViewRecord, key: string, given: Given): { placed: PlacedElement; given: Given }[] {
  const fields = fieldsNamed(view, key);
  const [first] = fields;
  if (!first) throw unknownField(view, key);
  if (typeof given !== "object" || given === null || Array.isArray(given)) return [{ placed: first, given }];
  return Object.entries(given).map(([actionId, inner]) => {
    const placed = fields.find((field) => field.actionId === actionId);
    if (!placed) throw unknownField(view, `${key}.${actionId}`);
    return { placed, given: inner as Given };
  });
}

function dispatches({ block }: PlacedElement): boolean {
  return block.type !== "input" || block.dispatch_action === true;
}

function surfaceOf(view: ViewRecord): Surface {
  return { kind: "view", view };
}

/**
 * Refuses, before anything is changed, keys that name no field and values nobody could enter. A key may name a field that only
 * appears once another was set: it is let through when such another is among the values.
 */
async function checkBeforehand(stage: Stage, person: UserRecord, view: ViewRecord, values: Record<string, Given>): Promise<void> {
  let mayChange = false;
  for (const [key, given] of inFormOrder(view, values)) {
    const fields = fieldsNamed(view, key);
    if (fields.length === 0 && mayChange) continue;
    for (const { placed, given: inner } of assignments(view, key, given)) {
      const isRemote = /external|file_input/.test(String(placed.element.type));
      const suggest = async () => [];
      if (!isRemote && !mayChange) await parseValue({ world: stage.world, person, suggest }, placed.element, inner);
      mayChange ||= dispatches(placed);
    }
  }
}

/** Fills the open form in its own order, letting the app change it wherever it listens. Returns what the client refuses to take. */
async function fill(stage: Stage, person: UserRecord, values: Record<string, Given>): Promise<Record<string, string>> {
  await checkBeforehand(stage, person, needView(stage, person), values);
  const errors: Record<string, string> = {};
  for (const [key, given] of inFormOrder(needView(stage, person), values)) {
    await appears(stage, person, key);
    for (const assignment of assignments(needView(stage, person), key, given)) {
      const { placed } = assignment;
      const view = needView(stage, person);
      const suggest = (typed: string) => suggestions(stage, person, surfaceOf(view), placed, typed);
      const parsed = await parseValue({ world: stage.world, person, suggest }, placed.element, assignment.given);
      if ("error" in parsed) {
        errors[placed.blockId] = parsed.error;
        continue;
      }
      const current = needView(stage, person);
      if (isDeepStrictEqual(current.values[placed.blockId]?.[placed.actionId], parsed.value)) continue;
      if (dispatches(placed)) await setAndWait(stage, person, current, placed, parsed.value);
      else {
        const { blockId, actionId } = placed;
        setValues(stage.world, current, {
          ...current.values,
          [blockId]: { ...current.values[blockId], [actionId]: parsed.value },
        });
      }
    }
  }
  return errors;
}

/** Waits for a field that the app may be about to add. */
async function appears(stage: Stage, person: UserRecord, key: string): Promise<void> {
  const start = performance.now();
  while (fieldsNamed(needView(stage, person), key).length === 0 && performance.now() - start < CHANGE_MS)
    await new Promise((resolve) => setTimeout(resolve, 10));
}

/** Sets an element that the app listens to, and waits for the form to change, or for the app to have done with it. */
async function setAndWait(stage: Stage, person: UserRecord, view: ViewRecord, placed: PlacedElement, value: Json): Promise<void> {
  const before = view.hash;
  const delivery = await dispatch(stage, person, surfaceOf(view), view.blocks, placed, value);
  if (!delivery.acked) return;
  const start = performance.now();
  for (;;) {
    const now = performance.now();
    const changed = topView(stage.world, person.id)?.hash !== before;
    const idle = stage.activity.inFlight === 0 && now - Math.max(start, stage.activity.lastAt) >= CHANGE_IDLE_MS;
    if (changed || idle || now - start > CHANGE_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Fills the open form without submitting it. */
export async function fillForm(stage: Stage, person: UserRecord, values: Record<string, Given>): Promise<Outcome> {
  const watch = new Watch(stage, person);
  try {
    const errors = await fill(stage, person, values);
    if (Object.keys(errors).length > 0) return await refusedForm(stage, person, errors, watch);
    await stage.world.store.committed();
    return { ok: true, closed: false, ...watch.close() };
  } finally {
    watch.close();
  }
}

async function refusedForm(stage: Stage, person: UserRecord, errors: Record<string, string>, watch: Watch): Promise<Outcome> {
  const view = needView(stage, person);
  setValues(stage.world, view, view.values, errors);
  await stage.world.store.committed();
  return { ok: false, error: "validation_errors", message: "Le formulaire a été refusé.", errors, ...watch.close() };
}

/** Fills the open form and submits it, as that person. */
export async function submitForm(stage: Stage, person: UserRecord, values: Record<string, Given>, wait: Wait): Promise<Outcome> {
  const opened = needView(stage, person);
  if (!opened.content.submit) throw new Refusal(409, "Ce formulaire n’a pas de bouton d’envoi.");
  const watch = new Watch(stage, person);
  try {
    const typed = await fill(stage, person, values);
    const errors = { ...clientErrors(needView(stage, person)), ...typed };
    if (Object.keys(errors).length > 0) return await refusedForm(stage, person, errors, watch);
    const view = needView(stage, person);
    setValues(stage.world, view, view.values);
    const { appId, payload } = viewSubmission(stage, person, { ...view, errors: {} });
    const delivery = await stage.courier.interact(appId, "interactive", payload);
    if (!delivery.acked) {
      await stage.world.store.committed();
      return { ok: false, error: faultOf(delivery), message: CONNECTION_FAULT, ...watch.close() };
    }
    return await afterSubmission(stage, person, view.id, delivery.payload, watch, wait);
  } finally {
    watch.close();
  }
}

async function afterSubmission(
  stage: Stage,
  person: UserRecord,
  viewId: string,
  answer: Json,
  watch: Watch,
  wait: Wait,
): Promise<Outcome> {
  const view = stage.world.views.get(viewId);
  if (!view) return { ok: true, closed: true, ...watch.close() };
  switch (answer.response_action) {
    case "errors": {
      const errors = (answer.errors ?? {}) as Record<string, string>;
      const inputs = new Set(view.blocks.filter((block) => block.type === "input").map((block) => String(block.block_id)));
      const isProper = Object.keys(errors).length > 0 && Object.keys(errors).every((blockId) => inputs.has(blockId));
      if (!isProper) return { ok: false, error: "invalid_response", message: CONNECTION_FAULT, ...watch.close() };
      setValues(stage.world, view, view.values, errors);
      await stage.world.store.committed();
      return { ok: false, error: "validation_errors", message: "Le formulaire a été refusé.", errors, ...watch.close() };
    }
    case "update":
    case "push":
      return showNext(stage, view, answer, watch);
    case "clear":
      closeModals(stage.world, person.id);
      break;
    case undefined:
      popModal(stage.world, person.id);
      break;
    default:
      return { ok: false, error: "invalid_response", message: CONNECTION_FAULT, ...watch.close() };
  }
  await stage.world.store.committed();
  // That the form closed is no result yet: what the submission does comes after.
  watch.restart();
  if (wait === "seen") await watch.settle(EXPECTED_IDLE_MS);
  return { ok: true, closed: true, ...watch.close() };
}

async function showNext(stage: Stage, view: ViewRecord, answer: Json, watch: Watch): Promise<Outcome> {
  try {
    const next = checkedView(answer.view, "modal");
    if (answer.response_action === "update") replaceView(stage.world, view, next);
    else if (openViews(stage.world, view.user).length < STACK_LIMIT) pushModal(stage.world, view, next);
    else throw new SlackError("push_limit_reached");
  } catch (error) {
    if (!(error instanceof SlackError)) throw error;
    return { ok: false, error: "invalid_response", message: CONNECTION_FAULT, detail: error.detail, ...watch.close() };
  }
  await stage.world.store.committed();
  return { ok: true, closed: false, ...watch.close() };
}

/** Closes the topmost view (`back`), or all of them as the cross does; the app is told where it asked to be. */
export async function closeForm(stage: Stage, person: UserRecord, back: boolean): Promise<Outcome> {
  needView(stage, person);
  const watch = new Watch(stage, person);
  const open = openViews(stage.world, person.id);
  const closing = back ? open.slice(-1) : open;
  if (back) popModal(stage.world, person.id);
  else closeModals(stage.world, person.id);
  for (const view of closing.toReversed()) {
    if (view.content.notify_on_close !== true) continue;
    const { appId, payload } = viewClosed(stage, person, view, !back && open.length > 1);
    await stage.courier.interact(appId, "interactive", payload);
  }
  await stage.world.store.committed();
  return { ok: true, closed: true, ...watch.close() };
}
