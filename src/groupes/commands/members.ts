/** `/groupe membres`: who is in the groupe, what they may do, and how they are reached. */
import type { AgentRecord } from "../../../models/agent.ts";
import type { Groupe } from "../../../models/groupe.ts";
import type { UseCaseContext } from "../../demandes/context.ts";
import type { GroupeId } from "../../domain/ids.ts";
import type { List, ListLine } from "../../presentation/list.ts";
import { groupeHelp, membersTexts, platformTexts } from "../../texts/groupes.ts";
import { enumerate } from "../../texts.ts";
import { pageTurns, pageWithin } from "../pages.ts";
import { rolesText } from "../roles.ts";
import type { GroupeCommand } from "./request.ts";

const accountText = ({ identities }: AgentRecord): string => {
  const platforms = [...new Set(identities.map(({ platform }) => platformTexts[platform]))];
  return platforms.length === 0 ? membersTexts.unknown : membersTexts.known(enumerate(platforms));
};

function lineOf(member: AgentRecord, groupe: GroupeId): ListLine {
  const membership = member.memberships.find((m) => m.groupeId === groupe);
  const { qualite, telephone } = member.profile;
  const details = [
    ...(qualite ? [qualite] : []),
    member.email,
    ...(telephone ? [telephone] : []),
    ...(member.shared ? [membersTexts.shared] : []),
    member.disabled ? membersTexts.disabled : accountText(member),
  ];
  return {
    ref: member.name,
    emoji: member.disabled ? "🚫" : "👤",
    sujet: membership ? rolesText(membership) : membersTexts.noRole,
    details: details.join(" · "),
    buttons: [],
  };
}

/** Disabled accounts last; by name. */
const inOrder = (members: readonly AgentRecord[]): AgentRecord[] =>
  [...members].sort((a, b) => Number(a.disabled) - Number(b.disabled) || a.name.localeCompare(b.name, "fr"));

/** @param page from 0; one too far shows the last */
export async function membersList({ db }: UseCaseContext, groupe: Groupe, page: number): Promise<List> {
  const members = inOrder(await db.agents.ofGroupe(groupe.id));
  const shown = pageWithin(page, members.length);
  return {
    title: membersTexts.title(groupe.name, members.length),
    lines: members.slice(shown.skip, shown.skip + shown.limit).map((member) => lineOf(member, groupe.id)),
    empty: membersTexts.empty,
    ...pageTurns({ list: "membres", groupe: groupe.id, page, more: "" }, members.length),
  };
}

export const membersCommand: GroupeCommand = {
  name: "membres",
  usage: "",
  ...groupeHelp.membres,
  capability: "members",
  run: async ({ context, groupe }) => ({ kind: "list", list: await membersList(context, groupe, 0) }),
};
