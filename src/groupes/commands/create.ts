/** `/groupe creer-compte`: the form of a new account. */
import { groupeHelp } from "../../texts/groupes.ts";
import { creationForm } from "../forms/create.ts";
import { EMAIL } from "./parse.ts";
import type { GroupeCommand } from "./request.ts";

export const createCommand: GroupeCommand = {
  name: "creer-compte",
  usage: "[e-mail]",
  ...groupeHelp.creerCompte,
  capability: "createAccount",
  async run({ context, groupe, text, mentioned, person }) {
    const email = EMAIL.exec(text)?.[0];
    const named = mentioned.find(({ platform }) => platform === "matrix");
    const onMatrix = person.platform === "matrix" || groupe.place?.platform === "matrix";
    const prefill = { ...(email !== undefined && { email }), ...(named && { matrix: named.user }) };
    return { kind: "form", form: await creationForm(context, groupe, {}, onMatrix, prefill) };
  },
};
