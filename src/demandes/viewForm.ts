/** « Voir la demande »: the usager's identity and the description, to those entitled; each viewing is an event. */
import type { DemandeState } from "../domain/demande.ts";
import { formatRef } from "../domain/ids.ts";
import { USAGER_FIELDS } from "../domain/usager.ts";
import type { Form, Note } from "../presentation/form.ts";
import { formTexts, usagerTexts } from "../texts.ts";

const texts = formTexts.voir;

/** Shows only; the rights were asked and the viewing written before. */
export function viewForm(state: DemandeState): Form {
  const { usager } = state;
  const identity = USAGER_FIELDS.flatMap((field): Note[] => {
    const value = usager?.[field];
    return value ? [{ kind: "note", label: usagerTexts[field], text: value }] : [];
  });
  return {
    id: "voir",
    title: texts.title(formatRef(state.ref)),
    submit: null,
    context: {},
    parts: state.wipedAt
      ? [{ kind: "note", text: texts.wiped }]
      : [
          { kind: "note", label: texts.sujet, text: state.sujet },
          ...identity,
          { kind: "note", label: texts.description, text: state.description },
        ],
  };
}
