/** `/groupe modifier`: the form of what is told of the groupe, as it is now. */
import { groupeHelp } from "../../texts/groupes.ts";
import { editionForm } from "../forms/edit.ts";
import type { GroupeCommand } from "./request.ts";

export const editCommand: GroupeCommand = {
  name: "modifier",
  usage: "",
  ...groupeHelp.modifier,
  capability: "edit",
  run: async ({ groupe }) => ({ kind: "form", form: editionForm(groupe) }),
};
