/**
 * A channel that its platform replaces by another (a Matrix room that is upgraded): the groupe bound to it is bound to the
 * new one, and its open threads begin again there, since nobody can write in the old one any more.
 */
import { randomUUID } from "node:crypto";
import type { Database } from "../../models/database.ts";
import type { Place } from "../delivery/port.ts";
import type { DemandeId } from "../domain/ids.ts";
import { RetryError } from "../errors.ts";
import { leaveBehind } from "./leaveBehind.ts";

const LEASE_MS = 20_000;

/**
 * Done again, it changes nothing more.
 * @param delivered told of each demande whose thread is to be shown anew
 * @throws RetryError while one of the demandes is being delivered
 */
export async function followChannel(db: Database, from: Place, to: Place, delivered: (id: DemandeId) => void): Promise<void> {
  const groupe = await db.groupes.byPlace(from);
  await db.presences.carry(from, to);
  if (groupe !== null) await db.groupes.save({ ...groupe, place: to });
  const owner = `move/${randomUUID()}`;
  for (const id of await db.moves.openIn(from)) {
    const now = new Date();
    const claimed = await db.deliveries.claim(id, owner, now, new Date(now.getTime() + LEASE_MS));
    if (claimed === null) throw new RetryError("A demande of the room that moved is being delivered");
    await leaveBehind(db, claimed, from);
    await db.moves.beginAnew(id, owner, from, now);
    delivered(id);
  }
}
