import { Refusal } from "../../slack/person/refusal.ts";
import { MatrixError } from "../state/error.ts";

const SENTENCES: Readonly<Record<string, readonly [Refusal["status"], string]>> = {
  M_FORBIDDEN: [403, "Le serveur Matrix ne le permet pas à cette personne dans ce salon"],
  M_TOO_LARGE: [400, "Le message est trop long pour Matrix"],
  M_DUPLICATE_ANNOTATION: [409, "Cette réaction y est déjà"],
  M_NOT_FOUND: [404, "Le serveur Matrix ne le trouve pas"],
  M_BAD_STATE: [409, "Le serveur Matrix ne le permet pas maintenant"],
};

/** Runs what a person does; what the homeserver refuses becomes a Refusal in French, with the server's own words. */
export function asPerson<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof MatrixError)) throw error;
    const [status, sentence] = SENTENCES[error.errcode] ?? [400, "Le serveur Matrix le refuse"];
    throw new Refusal(status, `${sentence} (${error.errcode} : ${error.message}).`);
  }
}
