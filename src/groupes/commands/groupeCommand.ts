/** `/groupe …`: which sub-command, which groupe, whether this person may; only then does it run. */
import type { AgentRecord } from "../../../models/agent.ts";
import type { UseCaseContext } from "../../demandes/context.ts";
import type { CommandInbound, Reaction } from "../../demandes/desk.ts";
import { refuse, tell } from "../../demandes/refusals.ts";
import { fold } from "../../domain/folding.ts";
import { groupeTexts } from "../../texts/groupes.ts";
import { closeNames } from "../closeNames.ts";
import { groupeRefusal, whichGroupe } from "../whichGroupe.ts";
import { commandHelpMessage, DESCRIBED, groupeHelpMessage } from "./help.ts";
import type { TypedGroupeCommand } from "./parse.ts";
import { parseGroupeCommand } from "./parse.ts";
import { groupeCommandOf } from "./registry.ts";

const LONGEST_SHOWN = 50;

const described = (name: string) => DESCRIBED.find((command) => fold(command.name) === fold(name));

function unknownCommand(typed: string, sign: string): Reaction {
  const meant = closeNames(typed, DESCRIBED, ({ name }) => name).map(({ name }) => name);
  const sentence = groupeTexts.unknownCommand(typed.slice(0, LONGEST_SHOWN), sign);
  return tell(meant.length === 0 ? sentence : `${sentence} ${groupeTexts.meant(meant)}`);
}

async function help(
  context: UseCaseContext,
  agent: AgentRecord,
  inbound: CommandInbound,
  typed: TypedGroupeCommand,
  sign: string,
): Promise<Reaction> {
  const about = typed.text === "" ? undefined : described(typed.text);
  if (typed.text !== "" && !about) return unknownCommand(typed.text, sign);
  const which = await whichGroupe(context, agent, typed.groupe, inbound.place, (name) => `${sign}groupe aide dans ${name}`);
  if (!which.ok) return refuse(which.sentence);
  const refusal = await groupeRefusal(context, agent, "members", which.groupe);
  if (refusal !== null) return refuse(refusal);
  const message = about ? commandHelpMessage(about, sign) : groupeHelpMessage({ agent, groupe: which.groupe, sign });
  return { kind: "tell", message };
}

/** @param agent known and not disabled */
export async function groupeCommand(
  context: UseCaseContext,
  agent: AgentRecord,
  inbound: CommandInbound,
  sign: string,
): Promise<Reaction> {
  const typed = parseGroupeCommand(inbound.withoutMentions ?? inbound.text);
  if (typed.name === "" || typed.name === "aide") return help(context, agent, inbound, typed, sign);
  const command = groupeCommandOf(typed.name);
  if (!command) return unknownCommand(typed.typed, sign);
  // A command that takes nothing else may be followed by the groupe's name at once.
  const bare = command.usage === "" && typed.text !== "";
  const named = typed.groupe ?? (bare ? typed.text : null);
  const example = (groupe: string) =>
    `${sign}groupe ${[command.name, bare ? "" : typed.text].filter(Boolean).join(" ")} dans ${groupe}`;
  const which = await whichGroupe(context, agent, named, command.channelOf === "anybody" ? null : inbound.place, example);
  if (!which.ok) return refuse(which.sentence);
  const refusal = await groupeRefusal(context, agent, command.capability, which.groupe);
  if (refusal !== null) return refuse(refusal);
  return command.run({
    context,
    agent,
    groupe: which.groupe,
    text: typed.text,
    mentioned: inbound.mentioned ?? [],
    place: inbound.place,
    direct: inbound.direct ?? false,
    inbound: inbound.id,
    sign,
    person: inbound.person,
  });
}
