/** `/moi`: what the bot knows of an agent, shown to that agent alone; from there they change it, see colleagues, link an account. */
import type { AgentRecord } from "../../../models/agent.ts";
import type { UseCaseContext } from "../../demandes/context.ts";
import type { CommandInbound, Reaction } from "../../demandes/desk.ts";
import { refuse, tell } from "../../demandes/refusals.ts";
import { activeMemberships, aidantGroupes } from "../../domain/agent.ts";
import { fold } from "../../domain/folding.ts";
import { groupesRunBy } from "../../domain/groupePermissions.ts";
import type { Block, Inline } from "../../domain/richtext.ts";
import { say } from "../../presentation/message.ts";
import { meTexts } from "../../texts/accounts.ts";
import { platformTexts } from "../../texts/groupes.ts";
import { enumerate } from "../../texts.ts";
import { rolesText } from "../roles.ts";
import { colleagues } from "./colleagues.ts";
import { meForm } from "./form.ts";
import { giveCode } from "./link.ts";

const bold = (text: string): Inline => ({ type: "text", text, style: { bold: true } });
const plain = (text: string): Inline => ({ type: "text", text });
const paragraph = (...inlines: Inline[]): Block => ({ type: "paragraph", inlines });
const list = (items: readonly Inline[][]): Block => ({
  type: "list",
  ordered: false,
  items: items.map((inlines) => ({ indent: 0, inlines })),
});
/** « `/moi` montre… »: what stands between backticks is code. */
const withCode = (text: string): Inline[] =>
  text.split("`").flatMap((part, at): Inline[] => {
    if (part === "") return [];
    return [at % 2 === 1 ? { type: "text", text: part, style: { code: true } } : plain(part)];
  });

async function groupeLines(context: UseCaseContext, agent: AgentRecord): Promise<string[]> {
  const groupes = new Map((await context.db.groupes.byIds(agent.memberships.map((m) => m.groupeId))).map((g) => [g.id, g.name]));
  const lines = agent.memberships.map(async (membership) => {
    const name = groupes.get(membership.groupeId);
    if (name === undefined) return [];
    if (!activeMemberships(agent).includes(membership)) return [meTexts.groupeAway(name)];
    const responsables = await context.directory.responsablesOf(membership.groupeId);
    const names = responsables.map((one) => one.name).sort((a, b) => a.localeCompare(b, "fr"));
    return [meTexts.groupe(name, rolesText(membership), names)];
  });
  return (await Promise.all(lines)).flat();
}

/** What fits the person: nobody is told of commands that would only refuse them. */
function commandLines(agent: AgentRecord, sign: string): string[] {
  return [
    ...(agent.shared ? [] : [meTexts.edit(sign)]),
    ...(activeMemberships(agent).length > 0 ? [meTexts.colleagues(sign)] : []),
    ...(agent.shared ? [] : [meTexts.link(sign)]),
    ...(aidantGroupes(agent).length > 0 ? [meTexts.open(sign)] : []),
    ...(activeMemberships(agent).length > 0 ? [meTexts.boards(sign)] : []),
    ...(agent.admin || groupesRunBy(agent).length > 0 ? [meTexts.run(sign)] : []),
  ];
}

async function shown(context: UseCaseContext, agent: AgentRecord, sign: string): Promise<Reaction> {
  const { profile } = agent;
  const accounts = agent.identities.map(({ platform, user }) =>
    platform === "matrix" ? `Matrix (${user})` : platformTexts[platform],
  );
  const facts: readonly (readonly [string, string])[] = [
    [meTexts.name, agent.name],
    [meTexts.qualite, profile.qualite || meTexts.unset],
    [meTexts.telephone, profile.telephone || meTexts.unset],
    [meTexts.email, agent.email],
    [meTexts.digest, profile.digest ? meTexts.digestOn : meTexts.digestOff],
    [meTexts.accounts, enumerate(accounts)],
  ];
  const groupes = await groupeLines(context, agent);
  const body: Block[] = [
    paragraph(bold(meTexts.title)),
    list(facts.map(([label, value]) => [bold(`${label} : `), plain(value)])),
    ...(agent.shared ? [paragraph(plain(meTexts.shared))] : []),
    ...(agent.admin ? [paragraph(plain(meTexts.admin))] : []),
    paragraph(bold(meTexts.groupes)),
    groupes.length === 0 ? paragraph(plain(meTexts.noGroupe)) : list(groupes.map((line) => [plain(line)])),
    paragraph(bold(meTexts.commands)),
    list(commandLines(agent, sign).map(withCode)),
  ];
  return { kind: "tell", message: say(body) };
}

/** @param agent known and not disabled */
export async function meCommand(
  context: UseCaseContext,
  agent: AgentRecord,
  inbound: CommandInbound,
  sign: string,
): Promise<Reaction> {
  const [, word = "", rest = ""] = /^(\S*)\s*([\s\S]*)$/.exec(inbound.text.trim()) ?? [];
  switch (fold(word)) {
    case "":
      return shown(context, agent, sign);
    case "modifier":
      return agent.shared ? refuse(meTexts.shared) : { kind: "form", form: meForm(agent) };
    case "groupe":
    case "groupes":
      return colleagues(context, agent, rest.trim(), sign);
    case "lier":
      return giveCode(context, agent);
    default:
      return tell(meTexts.unknown(sign));
  }
}
