/** A page of demandes, for the commands that list them. */
import type { BoardFrame } from "./board.ts";
import type { Button } from "./message.ts";

export interface ListLine {
  readonly ref: string;
  readonly emoji: string;
  readonly sujet: string;
  /** « Ain (01) · ouverte le 3 mars · CAF de l’Ain (en attente) » */
  readonly details: string;
  readonly buttons: readonly Button[];
}

export interface List {
  readonly title: string;
  readonly lines: readonly ListLine[];
  /** Shown instead of the lines when there is none. */
  readonly empty: string;
  /** « 11 à 20 sur 42 », and the buttons for the pages before and after. */
  readonly footer: string | null;
  readonly pages: readonly Button[];
  /** Tabs and filters, for a page of a board. */
  readonly frame?: BoardFrame;
}
