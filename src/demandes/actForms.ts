/** The forms of the acts on a demande: what they ask, built for what is chosen so far. */
import type { AgentRecord } from "../../models/agent.ts";
import type { LoadedDemande } from "../../models/demandes.ts";
import { groupeStateOf } from "../domain/demande.ts";
import type { GroupeId } from "../domain/ids.ts";
import { findOrganisme, usagerFieldsFor } from "../domain/organismes.ts";
import { parseCodeTerritoire } from "../domain/territoires.ts";
import { OPTIONAL_USAGER_FIELDS } from "../domain/usager.ts";
import {
  checkboxField,
  choiceField,
  LONG_TEXT,
  signatureField,
  territoireField,
  textField,
  usagerField,
} from "../presentation/fields.ts";
import type { ActFormId, Field, Form, FormValues, Note } from "../presentation/form.ts";
import { chosenValues } from "../presentation/form.ts";
import { formTexts } from "../texts.ts";
import type { UseCaseContext } from "./context.ts";
import { answeringGroupes, groupeOptions } from "./groupeChoice.ts";
import type { Stand } from "./standing.ts";
import { encodeStand } from "./standing.ts";

const note = (text: string): Note => ({ kind: "note", text });

/** For whom the form is built, and on what. */
export interface ActFormRequest {
  readonly agent: AgentRecord;
  readonly demande: LoadedDemande;
  readonly stand: Stand;
  readonly values: FormValues;
}

async function inviteParts(context: UseCaseContext, { demande, stand, values }: ActFormRequest): Promise<(Field | Note)[]> {
  const texts = formTexts.inviter;
  const { state } = demande;
  const chosen = parseCodeTerritoire(chosenValues(values, "territoire")[0] ?? state.territoire) ?? state.territoire;
  const present = new Set<GroupeId>(state.groupes.filter((g) => !g.out).map((g) => g.groupeId));
  const groupes = await answeringGroupes(context, chosen, present);
  return [
    territoireField(texts.territoire, chosen),
    groupes.length > 0
      ? choiceField("groupes", texts.groupes, groupeOptions(groupes), { multiple: true, required: true })
      : note(texts.none),
    textField("texte", texts.text, false, LONG_TEXT, { hint: texts.textHint }),
    ...(stand.side === "instructeurs" ? [checkboxField("prive", texts.private, texts.privateOption)] : []),
  ];
}

async function completeParts({ db }: UseCaseContext, { demande }: ActFormRequest): Promise<(Field | Note)[]> {
  const groupes = await db.groupes.byIds(demande.state.groupes.map((g) => g.groupeId));
  const asked = usagerFieldsFor(groupes.flatMap((g) => findOrganisme(g.organisme) ?? []));
  const fields = [...new Set([...asked, ...OPTIONAL_USAGER_FIELDS])];
  return [note(formTexts.completer.explain), ...fields.map((field) => usagerField(field, false))];
}

async function partsOf(context: UseCaseContext, form: ActFormId, request: ActFormRequest): Promise<(Field | Note)[]> {
  const { agent, demande, stand } = request;
  const sign = agent.shared ? [signatureField()] : [];
  switch (form) {
    case "relais": {
      const holder = groupeStateOf(demande.state, stand.groupeId)?.takenBy;
      return holder ? [note(formTexts.relais.explain(holder.name))] : [];
    }
    case "decliner": {
      const names = await context.directory.groupeNames(stand.groupeId ? [stand.groupeId] : []);
      const name = stand.groupeId ? (names.get(stand.groupeId) ?? "") : "";
      return [note(formTexts.decliner.explain(name)), note(formTexts.decliner.advice)];
    }
    case "repondre": {
      const texts = formTexts.repondre;
      return [
        textField("texte", texts.text, false, LONG_TEXT, { hint: texts.hint }),
        checkboxField("procedure", texts.options, texts.standardProcedure),
        checkboxField("derniere", texts.last, texts.lastOption),
        ...sign,
      ];
    }
    case "inviter":
      return [...(await inviteParts(context, request)), ...sign];
    case "traiter":
      return [note(formTexts.traiter.explain), textField("texte", formTexts.traiter.text, false, LONG_TEXT), ...sign];
    case "archiver": {
      const texts = formTexts.archiver;
      const options = Object.entries(texts.options).map(([value, label]) => ({ value, label }));
      return [choiceField("utile", texts.question, [{ label: texts.question, options }], { multiple: false, required: true })];
    }
    case "completer":
      return completeParts(context, request);
  }
}

export async function actForm(context: UseCaseContext, form: ActFormId, request: ActFormRequest): Promise<Form> {
  const { title, submit } = formTexts[form];
  return {
    id: form,
    title,
    submit,
    context: { demande: request.demande.id, ...encodeStand(request.stand) },
    parts: await partsOf(context, form, request),
  };
}
