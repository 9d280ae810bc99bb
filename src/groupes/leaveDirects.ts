/**
 * An agent whose account on a platform is about to be another: the open threads of the direct conversation begin again in that
 * of the account that the agent has by then, since the former one may be somebody else's.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../../models/database.ts";
import type { LoadedDemande } from "../../models/demandes.ts";
import type { PlatformName } from "../delivery/port.ts";
import type { AgentId, DemandeId } from "../domain/ids.ts";
import { RetryError } from "../errors.ts";
import { importFaults } from "./importTexts.ts";
import { leaveBehind } from "./leaveBehind.ts";

const LEASE_MS = 20_000;
/** A worker that died keeps its lease that long; one that lives ends sooner. */
const PATIENCE_MS = 60_000;
const LOOK_AGAIN_MS = 200;
/** Delivered no sooner: by then the agent has the other account. */
const DELAY_MS = 5_000;

const inMs = (ms: number): Date => new Date(Date.now() + ms);

async function claim(db: Database, id: DemandeId, owner: string): Promise<LoadedDemande> {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await sleep(LOOK_AGAIN_MS)) {
    const claimed = await db.deliveries.claim(id, owner, new Date(), inMs(LEASE_MS));
    if (claimed !== null) return claimed;
  }
  throw new RetryError(importFaults.delivering);
}

/**
 * To be called before the agent's accounts change. Done again, it changes nothing more.
 * @throws RetryError with a French sentence when one of the demandes is being delivered for too long
 */
export async function leaveDirects(db: Database, agent: AgentId, platform: PlatformName): Promise<void> {
  const owner = `leave/${randomUUID()}`;
  for (const { id, place } of await db.moves.openDirects(agent, platform)) {
    await leaveBehind(db, await claim(db, id, owner), place);
    await db.moves.beginAnew(id, owner, place, inMs(DELAY_MS));
  }
}
