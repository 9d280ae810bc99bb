/** Posts a notice: to a person directly, or to a groupe's channel. Once, like everything else. */
import type { AgentRecord } from "../../models/agent.ts";
import type { NoticeContent, StoredNotice } from "../../models/notices.ts";
import { keysOfNotice } from "../../models/notices.ts";
import { mentionedAgents } from "../domain/richtext.ts";
import type { DeliveryContext } from "./context.ts";
import { portOf } from "./place.ts";
import type { Identity, Place } from "./port.ts";
import { DeliveryFault } from "./port.ts";
import type { Shown } from "./showing.ts";
import { announceShowing, settleShowing } from "./showing.ts";

export const deliveryIdOf = (notice: StoredNotice): string => `n.${notice.id}`;

const sameWorkspace = (one: Identity, other: Identity): boolean =>
  one.platform === other.platform && one.workspace === other.workspace;

/** Where this agent is reached: elsewhere when the workspace of their first account is out of reach. @throws DeliveryFault */
async function directOf(
  agent: AgentRecord,
  { preferred }: Extract<StoredNotice["to"], { kind: "agent" }>,
  { directory, ports }: DeliveryContext,
): Promise<Place> {
  const identity = await directory.identityOf(agent, preferred);
  if (!identity) throw new DeliveryFault("place", "unbound", { obstacle: "unbound" });
  const others = agent.identities.filter((one) => ports.has(one.platform) && !sameWorkspace(one, identity));
  let first: DeliveryFault | null = null;
  for (const one of [identity, ...others]) {
    try {
      return await portOf(ports, one.platform).openDirect(one);
    } catch (error) {
      if (!(error instanceof DeliveryFault) || error.obstacle !== "workspace") throw error;
      first ??= error;
    }
  }
  throw first;
}

/** @throws DeliveryFault when there is no such place now */
export async function noticePlace({ to }: StoredNotice, context: DeliveryContext): Promise<Place> {
  const { db } = context;
  if (to.kind === "groupe") {
    const groupe = await db.groupes.byId(to.groupeId);
    if (!groupe?.place) throw new DeliveryFault("place", "unbound", { obstacle: "unbound" });
    return groupe.place;
  }
  const agent = await db.agents.byId(to.agentId);
  if (!agent || agent.disabled) throw new DeliveryFault("place", "account_inactive", { obstacle: "reader" });
  return directOf(agent, to, context);
}

/** Posts these words or this list, unless an earlier try did. @throws DeliveryFault */
export async function postNotice(
  notice: StoredNotice,
  content: Exclude<NoticeContent, { kind: "report" }>,
  context: DeliveryContext,
): Promise<void> {
  const { db, ports, directory, owner } = context;
  const place = notice.posting?.place ?? (await noticePlace(notice, context));
  const port = portOf(ports, place.platform);
  const delivery = deliveryIdOf(notice);
  const shown: Shown = { place, delivery, keys: keysOfNotice(content) };
  const found = notice.posting && (await port.find(place, null, delivery, notice.posting.at));
  if (found) return void (await settleShowing(db, port, shown, found));
  await announceShowing(db, shown);
  if (!(await db.notices.savePosting(notice.id, owner, { place, at: notice.posting?.at ?? new Date() }))) return;
  let message: string;
  if (content.kind === "list") message = await port.postList(place, content.list, delivery);
  else {
    const agents = [...content.message.pings, ...mentionedAgents(content.message.body)];
    message = await port.post(place, null, content.message, delivery, await directory.userIds(agents, place));
  }
  await settleShowing(db, port, shown, message);
}
