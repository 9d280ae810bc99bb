/** The sentence for each refusal, and the way out where there is one. */
import type { Refusal } from "../domain/commands.ts";
import type { DemandeId, GroupeId } from "../domain/ids.ts";
import { richText } from "../domain/richtext.ts";
import { button } from "../presentation/buttons.ts";
import { say } from "../presentation/message.ts";
import { refusalTexts } from "../texts.ts";
import type { Reaction } from "./desk.ts";

function forbidden(command: Extract<Refusal, { reason: "forbidden" }>["command"]): string {
  const { forbidden: texts } = refusalTexts;
  switch (command) {
    case "open":
    case "archive":
    case "reopen":
    case "addInfo":
    case "view":
    case "write":
      return texts[command];
    case "shareFile":
      return texts.write;
    default:
      return texts.other;
  }
}

export function refusalSentence(refusal: Refusal): string {
  switch (refusal.reason) {
    case "forbidden":
      return forbidden(refusal.command);
    case "notNow":
      return refusalTexts.notNow(refusal.status);
    case "alreadyTaken":
      return refusalTexts.alreadyTaken(refusal.name);
    default:
      return refusalTexts[refusal.reason];
  }
}

export const tell = (sentence: string): Reaction => ({ kind: "tell", message: say(richText(sentence)) });

/** Why it was not done. */
export const refuse = (sentence: string): Reaction => ({ kind: "tell", message: say(richText(sentence)), refused: true });

/** What the person is shown. One who clicks when a colleague already has it is offered « Prendre le relais ». */
export function refused(refusal: Refusal, demande: DemandeId | null, groupe: GroupeId | null): Reaction {
  const sentence = refusalSentence(refusal);
  if (refusal.reason !== "alreadyTaken" || !demande) return refuse(sentence);
  return { kind: "tell", message: say(richText(sentence), { buttons: [button("relayer", { demande, groupe })] }) };
}
