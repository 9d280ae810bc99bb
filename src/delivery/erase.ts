/**
 * What was shown of a demande outside its threads, taken away once its data are wiped: lists and notices in channels, what was shown
 * or asked in direct conversations, homes; and what of it waits in the database. Each removal may be done again.
 */
import { createHash } from "node:crypto";
import type { LoadedDemande } from "../../models/demandes.ts";
import type { Showing, ShowingKey } from "../../models/showings.ts";
import { demandeKey, refKey } from "../../models/showings.ts";
import { formatRef } from "../domain/ids.ts";
import { wipeAt } from "../domain/overdue.ts";
import { richText } from "../domain/richtext.ts";
import { say } from "../presentation/message.ts";
import { wipeTexts } from "../texts/donnees.ts";
import type { DeliveryContext } from "./context.ts";
import { portOf } from "./place.ts";
import type { DeliveryPort, Place } from "./port.ts";
import { DeliveryFault } from "./port.ts";
import { removePost } from "./purge.ts";
import { retryAfter } from "./refusals.ts";

const BATCH = 100;
/** A post announced that recently may be under way. */
const UNDER_WAY_MS = 2 * 60_000;

/** What came of one of them. `left`: a person must remove it. */
type Outcome = { readonly kind: "gone" | "left" | "givenUp" } | { readonly kind: "later"; readonly afterMs: number };

const gone: Outcome = { kind: "gone" };

async function removeShown(port: DeliveryPort, { place, message, delivery, at }: Showing, log: DeliveryContext["log"]) {
  if (message === null && Date.now() - at.getTime() < UNDER_WAY_MS) return { kind: "later", afterMs: UNDER_WAY_MS } as const;
  const found = message ?? (delivery === null ? null : await port.find(place, null, delivery, at));
  if (found !== null) await removePost({ port, place, log }, null, found);
  return gone;
}

async function remove(port: DeliveryPort, showing: Showing, log: DeliveryContext["log"]): Promise<Outcome> {
  switch (showing.kind) {
    case "post":
      return removeShown(port, showing, log);
    case "home":
      await port.blankHome(showing.place);
      return gone;
    case "answer": {
      const { place, message } = showing;
      return message !== null && (await port.removeOthers(place, null, [message])) > 0 ? { kind: "left" } : gone;
    }
  }
}

/** Never throws for what a platform refuses: the others are not kept waiting. */
async function tryOne(context: DeliveryContext, showing: Showing): Promise<Outcome> {
  const { db, ports, log } = context;
  try {
    const outcome = await remove(portOf(ports, showing.place.platform), showing, log);
    return outcome;
  } catch (error) {
    if (!(error instanceof DeliveryFault)) throw error;
    log.warn({ showing: showing.id, code: error.code }, "something shown could not be taken away yet");
    if (error.kind === "retry") return { kind: "later", afterMs: error.afterMs ?? UNDER_WAY_MS };
    const now = new Date();
    const afterMs = retryAfter(showing.refusedSince ?? now, now);
    if (afterMs === null) return { kind: "givenUp" };
    await db.showings.refused(showing.id, error.code, now, new Date(now.getTime() + afterMs));
    return { kind: "later", afterMs };
  }
}

export const keysOf = ({ id, state, threads }: LoadedDemande): ShowingKey[] => [
  demandeKey(id),
  refKey(state.ref),
  ...threads.flatMap(({ key }) => (key === null ? [] : [`fil/${key}`])),
];

/** Told once in each conversation: the same delivery id every time. */
async function tellWhatIsLeft(context: DeliveryContext, demande: LoadedDemande, place: Place, left: number): Promise<void> {
  const port = portOf(context.ports, place.platform);
  const where = createHash("sha256").update(place.channel).digest("base64url").slice(0, 10);
  const delivery = `w.${demande.id}.${where}`;
  if (await port.find(place, null, delivery, new Date(0))) return;
  const sentence = wipeTexts.leftDirect(formatRef(demande.state.ref), left);
  await port.post(place, null, say(richText(sentence), { quiet: false }), delivery, new Map());
}

/** Takes these away. @returns how long to wait before what could not be is tried again (ms); null when nothing is left */
export async function eraseShowings(context: DeliveryContext, showings: readonly Showing[], demande: LoadedDemande | null) {
  let wait: number | null = null;
  const left = new Map<string, Showing[]>();
  for (const showing of showings) {
    const outcome = await tryOne(context, showing);
    if (outcome.kind === "later") wait = Math.min(wait ?? outcome.afterMs, outcome.afterMs);
    else if (outcome.kind === "left") left.set(showing.place.channel, [...(left.get(showing.place.channel) ?? []), showing]);
    else if (outcome.kind === "givenUp") await context.db.showings.giveUp(showing);
    else await context.db.showings.gone(showing.id);
  }
  for (const all of left.values()) {
    const [first] = all;
    if (first && demande) await tellWhatIsLeft(context, demande, first.place, all.length);
    for (const { id } of all) await context.db.showings.gone(id);
  }
  return wait;
}

/**
 * The register tells of the wipe. Written here and not by the sweep: this is done again until it is done, a crash right after the
 * wipe included. What an usager asked for before it was due has its own entry (`aplus usager effacer`).
 */
async function register({ db }: DeliveryContext, { id, state }: LoadedDemande): Promise<void> {
  const due = wipeAt({ ...state, wipedAt: null });
  if (state.wipedAt === null || due === null || due > state.wipedAt) return;
  const by = { agentId: null, name: "aplus-bot", groupeId: null, from: "aplus-bot" };
  await db.register.add({ id: `purge/${id}`, act: "purge", ref: state.ref, at: state.wipedAt, ...by, reason: null });
}

/**
 * Takes away all that was shown of a wiped demande outside its threads, and what waits to be shown.
 * @returns how long to wait before what could not be is tried again (ms); null when nothing is left
 */
export async function eraseElsewhere(context: DeliveryContext, demande: LoadedDemande): Promise<number | null> {
  const { db } = context;
  const keys = keysOf(demande);
  await register(context, demande);
  await db.notices.forget(keys);
  await db.dialogues.forget(keys);
  const tried = new Set<string>();
  let wait: number | null = null;
  for (;;) {
    const showings = (await db.showings.ofKeys(keys, BATCH + tried.size)).filter(({ id }) => !tried.has(id));
    if (showings.length === 0) return wait;
    for (const { id } of showings) tried.add(id);
    const after = await eraseShowings(context, showings, demande);
    if (after !== null) wait = Math.min(wait ?? after, after);
  }
}
