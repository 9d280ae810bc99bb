/** What people are shown, as plain data: each platform renders it in its own format. */
import type { ActionId } from "../actions.ts";
import type { AgentId } from "../domain/ids.ts";
import type { RichText } from "../domain/richtext.ts";

export interface Button {
  readonly action: ActionId;
  readonly label: string;
  readonly emoji?: string;
  readonly style: "primary" | "danger" | "default";
  /** Ids only, never a state and never personal data: `<demandeId>` or `<demandeId>:<more>`. */
  readonly value: string;
}

export interface Speaker {
  readonly name: string;
  /** « CAF de l’Ain ». */
  readonly groupe: string | null;
}

export interface Message {
  /** Whose words these are; null when the bot speaks for itself. */
  readonly speaker: Speaker | null;
  readonly body: RichText;
  /** Said between instructeurs: marked so, because nobody should wonder who reads it. */
  readonly private: boolean;
  /** People who must be alerted, beside those named in the body. */
  readonly pings: readonly AgentId[];
  /** News that need not ring (`m.notice` on Matrix). */
  readonly quiet: boolean;
  readonly buttons: readonly Button[];
  /** The author changed it after it was sent. */
  readonly edited: boolean;
}

/** A sentence of the bot's own. */
export function say(body: RichText, more: Partial<Omit<Message, "speaker" | "body">> = {}): Message {
  return { speaker: null, body, private: false, pings: [], quiet: true, buttons: [], edited: false, ...more };
}
