/** `/groupe relier`: the channel where it is typed becomes that of the groupe, after a confirmation. */
import { tell } from "../../demandes/refusals.ts";
import { bindTexts, groupeHelp } from "../../texts/groupes.ts";
import { holderOf, resumeThreads } from "../bindChannel.ts";
import { bindConfirmation } from "../forms/bind.ts";
import type { GroupeCommand } from "./request.ts";

export const bindCommand: GroupeCommand = {
  name: "relier",
  usage: "",
  ...groupeHelp.relier,
  capability: "bind",
  channelOf: "anybody",
  async run({ context, agent, groupe, place, direct }) {
    if (direct) return tell(bindTexts.direct);
    const holder = await holderOf({ context, agent, groupe, place });
    if (holder.kind === "refused") return tell(bindTexts.taken);
    if (holder.kind === "own") {
      await resumeThreads(context, groupe);
      return tell(bindTexts.already(groupe.name));
    }
    const other = holder.kind === "other" ? holder.groupe : null;
    return { kind: "form", form: await bindConfirmation(context, groupe, place, other) };
  },
};
