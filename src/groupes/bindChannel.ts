/** A groupe gets another channel: what waited for one is shown there at once. */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { AgentRecord } from "../../models/agent.ts";
import type { Groupe } from "../../models/groupe.ts";
import type { UseCaseContext } from "../demandes/context.ts";
import { mayInGroupe } from "../domain/groupePermissions.ts";
import type { DemandeId } from "../domain/ids.ts";
import type { Place } from "../domain/place.ts";
import { bindTexts } from "../texts/groupes.ts";
import { record } from "./record.ts";

const LEASE_MS = 20_000;
const TRIES = 3;
const LOOK_AGAIN_MS = 200;

const keyOf = ({ platform, workspace, channel }: Place): string => `${platform}/${workspace}/${channel}`;
const samePlace = (a: Place | null, b: Place): boolean => a !== null && keyOf(a) === keyOf(b);

export interface Binding {
  readonly context: UseCaseContext;
  readonly agent: AgentRecord;
  readonly groupe: Groupe;
  readonly place: Place;
  readonly command: string;
}

/** Whose channel it is, as far as it matters to whoever binds it. */
export type Holder =
  | { readonly kind: "nobody" | "own" | "refused" }
  /** Another groupe that the agent runs too. */
  | { readonly kind: "other"; readonly groupe: Groupe };

export async function holderOf({ context, agent, groupe, place }: Omit<Binding, "command">): Promise<Holder> {
  const holder = await context.directory.groupeOf(place);
  if (!holder) return { kind: "nobody" };
  if (holder.id === groupe.id) return { kind: "own" };
  return mayInGroupe(agent, "bind", holder.id) === "allowed" ? { kind: "other", groupe: holder } : { kind: "refused" };
}

/** A thread where the bot can write no more begins again in the groupe's channel; false while it is being delivered. */
async function beginAnew({ db }: UseCaseContext, id: DemandeId, from: Place): Promise<boolean> {
  const owner = `bind/${randomUUID()}`;
  for (let n = 0; n < TRIES; n += 1) {
    const now = new Date();
    if (await db.deliveries.claim(id, owner, now, new Date(now.getTime() + LEASE_MS)))
      return db.moves.beginAnew(id, owner, from, now);
    await sleep(LOOK_AGAIN_MS);
  }
  return false;
}

/** Threads that wait for the groupe's channel, or that stand where the bot can write no more, go on in it. Done again, it changes nothing more. */
export async function resumeThreads(context: UseCaseContext, groupe: Groupe): Promise<void> {
  const { db, delivery, log } = context;
  for (const { id, channel: thread } of await db.groupeDemandes.waitingThreads(groupe.id)) {
    const { platform, workspace, channel } = thread;
    if (thread.root === null) await db.groupeDemandes.tryAgain(id, groupe.id, new Date());
    else if (platform && workspace && channel) {
      const moved = await beginAnew(context, id, { platform, workspace, channel });
      if (!moved) log.warn({ demande: id, groupe: groupe.id }, "thread not moved to the groupe's channel: it is being delivered");
    }
    delivery.kick(id);
  }
}

/**
 * @param taking the other groupe that whoever binds was told would lose the channel; null when none was
 * @returns what they are told
 */
export async function bindChannel(binding: Binding, taking: string | null): Promise<string> {
  const { context, agent, groupe, place, command } = binding;
  const { db } = context;
  const holder = await holderOf(binding);
  if (holder.kind === "own") {
    await resumeThreads(context, groupe);
    if ((await db.journal.stateOf(command)) === "begun") await db.journal.done(command);
    return bindTexts.bound(groupe.name);
  }
  if (holder.kind === "refused") return bindTexts.taken;
  const other = holder.kind === "other" ? holder.groupe : null;
  if ((other?.id ?? null) !== taking && !(taking !== null && other === null)) return bindTexts.meanwhile;
  if (other) {
    const leaving = { context, agent, groupe: other, command: `${command}.autre`, act: "detachement", about: null } as const;
    const left = await record({ ...leaving, before: [keyOf(place)], after: [] }, () => db.groupes.bind(other.id, place, null));
    if (!left) return bindTexts.meanwhile;
  }
  const before = groupe.place === null ? [] : [keyOf(groupe.place)];
  const entry = { context, agent, groupe, command, act: "liaison", about: null, before, after: [keyOf(place)] } as const;
  const bound = await record(entry, async () => {
    if (!(await db.groupes.bind(groupe.id, groupe.place, place))) return false;
    await resumeThreads(context, { ...groupe, place });
    return true;
  });
  if (bound) return bindTexts.bound(groupe.name);
  // Somebody bound the groupe elsewhere at the same moment: the other groupe keeps its channel.
  if (other) await db.groupes.bind(other.id, null, place);
  return bindTexts.meanwhile;
}

export const isBoundTo = (groupe: Groupe, place: Place): boolean => samePlace(groupe.place, place);
