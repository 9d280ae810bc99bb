/** `/moi groupe`: who is in a groupe of one's own, and what they do there. Nobody reads of a groupe that is not theirs. */
import type { AgentRecord } from "../../../models/agent.ts";
import type { Groupe } from "../../../models/groupe.ts";
import type { UseCaseContext } from "../../demandes/context.ts";
import type { Reaction } from "../../demandes/desk.ts";
import { refuse, tell } from "../../demandes/refusals.ts";
import { activeMemberships, membershipOf } from "../../domain/agent.ts";
import type { GroupeId } from "../../domain/ids.ts";
import type { List } from "../../presentation/list.ts";
import { meTexts } from "../../texts/accounts.ts";
import { sameName } from "../closeNames.ts";
import { pageTurns, pageWithin } from "../pages.ts";
import { rolesText } from "../roles.ts";

/** @param page from 0; one too far shows the last */
export async function colleaguesList({ db }: UseCaseContext, groupe: Groupe, page: number): Promise<List> {
  const members = (await db.agents.ofGroupe(groupe.id)).filter(({ disabled }) => !disabled);
  members.sort((a, b) => a.name.localeCompare(b.name, "fr"));
  const shown = pageWithin(page, members.length);
  return {
    title: meTexts.colleaguesTitle(groupe.name, members.length),
    lines: members.slice(shown.skip, shown.skip + shown.limit).map((member) => ({
      ref: member.name,
      emoji: "👤",
      sujet: rolesOf(member, groupe.id),
      details: [member.profile.qualite, member.profile.telephone].filter((part) => part !== "").join(" · "),
      buttons: [],
    })),
    empty: meTexts.colleaguesEmpty,
    ...pageTurns({ list: "collegues", groupe: groupe.id, page, more: "" }, members.length),
  };
}

const rolesOf = (member: AgentRecord, groupe: GroupeId): string => {
  const membership = membershipOf(member, groupe);
  return membership ? rolesText(membership) : "";
};

export async function colleagues(context: UseCaseContext, agent: AgentRecord, typed: string, sign: string): Promise<Reaction> {
  const own = await context.db.groupes.byIds(activeMemberships(agent).map((m) => m.groupeId));
  const [only, ...others] = typed === "" ? own : sameName(typed, own, ({ name }) => name);
  if (!only) return typed === "" ? refuse(meTexts.noGroupe) : refuse(meTexts.notYours);
  if (others.length > 0)
    return tell(
      meTexts.whichGroupe(
        own.map(({ name }) => name),
        sign,
      ),
    );
  return { kind: "list", list: await colleaguesList(context, only, 0) };
}
