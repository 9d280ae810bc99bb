/** Pieces of views that several tests open. */
import type { KnownBlock, ModalView } from "@slack/types";

export const plain = (text: string) => ({ type: "plain_text" as const, text });
export const option = (value: string, text: string) => ({ value, text: plain(text) });

export function modal(blocks: KnownBlock[], more: Partial<ModalView> = {}): ModalView {
  return { type: "modal", callback_id: "formulaire", title: plain("Essai"), submit: plain("Envoyer"), blocks, ...more };
}

export const name: KnownBlock = {
  type: "input",
  block_id: "nom",
  label: plain("Nom"),
  element: { type: "plain_text_input", action_id: "nom", min_length: 2, max_length: 10 },
};
