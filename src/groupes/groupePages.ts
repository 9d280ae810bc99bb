/** A page of a groupe's list, turned by its button: rights are asked again, on the agent as they are now. */
import type { AgentRecord } from "../../models/agent.ts";
import type { Groupe } from "../../models/groupe.ts";
import type { UseCaseContext } from "../demandes/context.ts";
import type { Reaction } from "../demandes/desk.ts";
import { tell } from "../demandes/refusals.ts";
import type { GroupeCapability } from "../domain/groupePermissions.ts";
import type { List } from "../presentation/list.ts";
import { groupeTexts } from "../texts/groupes.ts";
import { groupeDemandesPage } from "./commands/demandes.ts";
import { membersList } from "./commands/members.ts";
import { colleaguesList } from "./me/colleagues.ts";
import type { GroupePage } from "./pages.ts";
import { groupeRefusal } from "./whichGroupe.ts";

interface PagedList {
  readonly capability: GroupeCapability;
  show(context: UseCaseContext, agent: AgentRecord, groupe: Groupe, asked: GroupePage): Promise<List>;
}

/** By the name of the sub-command that shows the first page. */
const LISTS: Readonly<Record<string, PagedList>> = {
  demandes: {
    capability: "demandes",
    show: (context, agent, groupe, { page, more }) => groupeDemandesPage(context, agent, groupe, more, page),
  },
  collegues: { capability: "know", show: (context, _, groupe, { page }) => colleaguesList(context, groupe, page) },
  membres: { capability: "members", show: (context, _, groupe, { page }) => membersList(context, groupe, page) },
};

export async function groupePage(context: UseCaseContext, agent: AgentRecord, asked: GroupePage): Promise<Reaction> {
  const list = Object.hasOwn(LISTS, asked.list) ? LISTS[asked.list] : undefined;
  const groupe = await context.db.groupes.byId(asked.groupe);
  if (!list || !groupe) return tell(groupeTexts.unknownGroupe);
  const refusal = await groupeRefusal(context, agent, list.capability, groupe);
  return refusal === null ? { kind: "list", list: await list.show(context, agent, groupe, asked) } : tell(refusal);
}
