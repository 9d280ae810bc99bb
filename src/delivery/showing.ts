/**
 * A post outside the threads of the demandes that it tells of: written down before it is made, so that a wipe finds it. One that
 * tells of none leaves no trace.
 */
import type { ShowingKey, Showings } from "../../models/showings.ts";
import type { DeliveryPort, Place } from "./port.ts";

/** By then it is known whether its demandes were wiped while it was being posted. */
const LOOKED_AT_AFTER_MS = 10 * 60_000;

export interface Shown {
  readonly place: Place;
  readonly delivery: string;
  readonly keys: readonly ShowingKey[];
}

/** Where it is written down. */
export interface Trail {
  readonly showings: Pick<Showings, "announce" | "posted" | "extend" | "replace">;
}

/** The same delivery id may stand on two platforms. */
const idOf = ({ place, delivery }: Shown): string => `${place.platform}/${place.workspace}/${delivery}`;

/** Before the post. */
export async function announceShowing({ showings }: Trail, shown: Shown): Promise<void> {
  const lookAgainAt = new Date(Date.now() + LOOKED_AT_AFTER_MS);
  const { place, delivery, keys } = shown;
  if (keys.length === 0) return;
  await showings.announce({ id: idOf(shown), kind: "post", keys, place, delivery, message: null, at: new Date() }, lookAgainAt);
}

/** After it. What was wiped meanwhile goes at once. */
export async function settleShowing({ showings }: Trail, port: DeliveryPort, shown: Shown, message: string): Promise<void> {
  if (shown.keys.length === 0 || (await showings.posted(idOf(shown), message))) return;
  await port.remove(shown.place, null, message);
}

/** What a person wrote to the bot outside any thread, for a demande. */
export async function noteAnswer({ showings }: Trail, place: Place, message: string, keys: readonly ShowingKey[]): Promise<void> {
  if (keys.length === 0) return;
  const id = `${place.platform}/${place.channel}/${message}`;
  const at = new Date();
  const lookAgainAt = new Date(at.getTime() + LOOKED_AT_AFTER_MS);
  await showings.announce({ id, kind: "answer", keys, place, message, delivery: null, at }, lookAgainAt);
}

/** The home of a person comes to show this. Between the two writes it may show what it did before: both are known. */
export async function showHome(
  { showings }: Trail,
  place: Place,
  keys: readonly ShowingKey[],
  show: () => Promise<void>,
): Promise<void> {
  const id = `home/${place.platform}/${place.workspace}/${place.channel}`;
  const lookAgainAt = new Date(Date.now() + LOOKED_AT_AFTER_MS);
  const home = { id, kind: "home", keys, place, message: null, delivery: null, at: new Date() } as const;
  await showings.extend(home, lookAgainAt);
  await show();
  await showings.replace(home, lookAgainAt);
}
