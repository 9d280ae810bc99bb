/** Where a thread is to be shown, and on which platform. */
import type { Database } from "../../models/database.ts";
import type { Thread } from "../../models/thread.ts";
import type { Directory } from "../groupes/directory.ts";
import type { Door } from "./doors.ts";
import type { DeliveryPort, Identity, Place, PlatformName } from "./port.ts";
import { DeliveryFault } from "./port.ts";

export type Ports = ReadonlyMap<PlatformName, DeliveryPort>;

/** Known once the thread has a channel; before, found from its groupe or its agent. */
const placeOf = ({ platform, workspace, channel }: Thread): Place | null =>
  platform && workspace && channel ? { platform, workspace, channel } : null;

/** A place, or somebody whose direct conversation is still to be opened. */
export type Destination = Place | Identity;

/** @throws DeliveryFault `place` with code `unbound` when there is none yet */
export async function destinationOf(thread: Thread, db: Database, directory: Directory): Promise<Destination> {
  const known = placeOf(thread);
  // A thread whose root stands somewhere stays there; one that never began follows its groupe when it is bound elsewhere.
  if (known && thread.root !== null) return known;
  if (thread.groupeId !== null) {
    const groupe = await db.groupes.byId(thread.groupeId);
    if (!groupe?.place) throw new DeliveryFault("place", "unbound", { obstacle: "unbound" });
    return groupe.place;
  }
  if (known) return known;
  const [agent] = thread.agentId === null ? [] : await db.agents.byIds([thread.agentId]);
  const preferred = thread.platform && thread.workspace ? { platform: thread.platform, workspace: thread.workspace } : undefined;
  const identity = agent && (await directory.identityOf(agent, preferred));
  if (!identity) throw new DeliveryFault("place", "unbound", { obstacle: "unbound" });
  return identity;
}

/** @throws DeliveryFault when the direct conversation cannot be opened */
export const placeAt = (destination: Destination, ports: Ports): Place | Promise<Place> =>
  "channel" in destination ? destination : portOf(ports, destination.platform).openDirect(destination);

/** The channel of a groupe, or the direct conversation of an agent: the same before it is known or open and after. */
export const placeKey = ({ groupeId, agentId }: Pick<Thread, "groupeId" | "agentId">): string =>
  groupeId === null ? `agent/${agentId}` : `groupe/${groupeId}`;

/** Where demandes wait for each other. @throws DeliveryFault as `portOf` */
export const doorOf = (
  thread: Pick<Thread, "groupeId" | "agentId">,
  { platform, workspace }: Pick<Place, "platform" | "workspace">,
  ports: Ports,
): Door => ({ place: placeKey(thread), host: `${platform}/${workspace}`, atOnce: portOf(ports, platform).atOnce });

/**
 * Whose account is disabled is shown nothing more, not even of what they opened; it comes once the account is enabled again.
 * @throws DeliveryFault `place` with code `account_inactive`
 */
export async function checkReader({ agentId }: Thread, db: Database): Promise<void> {
  const [agent] = agentId === null ? [] : await db.agents.byIds([agentId]);
  if (agent?.disabled) throw new DeliveryFault("place", "account_inactive", { obstacle: "reader" });
}

/** @throws DeliveryFault `retry` when that platform is not connected now */
export function portOf(ports: Ports, platform: PlatformName): DeliveryPort {
  const port = ports.get(platform);
  if (!port) throw new DeliveryFault("retry", "platform_absent", { afterMs: 60_000 });
  return port;
}
