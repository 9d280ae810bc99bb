/**
 * The desk: where everything that a person does on a platform comes in, as plain data, and what that person is shown in
 * return. A platform's adapter only translates; rights, state and words are decided behind the desk.
 */
import type { ActionId } from "../actions.ts";
import type { Identity, Place } from "../delivery/port.ts";
import type { FileRef } from "../domain/demande.ts";
import type { RichText } from "../domain/richtext.ts";
import type { Home } from "../presentation/board.ts";
import type { Form, FormId, FormValues } from "../presentation/form.ts";
import type { List } from "../presentation/list.ts";
import type { Message } from "../presentation/message.ts";

/** Shown at once to the person who acted, and to nobody else. */
export type Reaction =
  | { readonly kind: "nothing" }
  /** `refused`: the sentence says why it was not done. */
  | { readonly kind: "tell"; readonly message: Message; readonly refused?: true }
  | { readonly kind: "form"; readonly form: Form }
  | { readonly kind: "list"; readonly list: List };

/** After a form: its faults beside the fields and nothing stored, or done. */
export type FormReaction = { readonly kind: "faults"; readonly faults: Readonly<Record<string, string>> } | Reaction;

interface Inbound {
  /** The platform's own id of this very act: a redelivery bears the same one, and then changes nothing. */
  readonly id: string;
  readonly person: Identity;
  /** When it was said, by the platform's clock; absent: now. What is heard late is no haste of its author's. */
  readonly saidAt?: Date;
}

export interface ClickInbound extends Inbound {
  readonly action: ActionId;
  /** The button's value, as the card or message bore it. */
  readonly value: string;
  readonly place: Place;
  /** Root of the thread in which the button stands; the card itself for its own buttons; null outside any thread. */
  readonly root: string | null;
}

export interface CommandInbound extends Inbound {
  /** Without its sign: `demande`, `demandes`, `groupe`, `aplus`. */
  readonly command: string;
  /** A person named by the platform's own means reads « @name » in it. */
  readonly text: string;
  /** The text without the people so named, and who they are, in order; absent when there are none. */
  readonly withoutMentions?: string;
  readonly mentioned?: readonly Identity[];
  readonly place: Place;
  /** Typed in the person's direct conversation with the bot. */
  readonly direct?: boolean;
}

export interface FormInbound extends Inbound {
  readonly form: FormId;
  readonly context: Readonly<Record<string, string>>;
  readonly values: FormValues;
}

export interface MessageInbound extends Inbound {
  readonly place: Place;
  /** Null for a message outside any thread. */
  readonly root: string | null;
  /** The platform's id of the message. */
  readonly message: string;
  /** Said in the person's direct conversation with the bot. */
  readonly direct: boolean;
  readonly text: RichText;
  readonly files: readonly FileRef[];
}

export interface EditInbound extends Inbound {
  readonly place: Place;
  readonly root: string | null;
  readonly message: string;
  readonly text: RichText;
}

export interface DeletionInbound extends Inbound {
  readonly place: Place;
  readonly root: string | null;
  readonly message: string;
}

/** A word typed in a thread that does what a button does: `!prendre`, `!traitee`, on platforms where buttons may be missing. */
export interface WordInbound extends Inbound {
  /** Without its sign, as typed. */
  readonly word: string;
  readonly place: Place;
  readonly root: string;
}

/** A message taken as the beginning of a demande, or published: Slack's message shortcuts. */
export interface ShortcutInbound extends Inbound {
  readonly shortcut: "transformer" | "publier";
  readonly place: Place;
  readonly root: string | null;
  readonly message: string;
  readonly text: RichText;
}

/** A person opens the home of the application, or looks elsewhere in it. */
export interface HomeInbound extends Inbound {
  /** The value of what was shown or asked for there; null for what opens first. */
  readonly view: string | null;
  /** What is looked for, instead of a view; null when nothing is. */
  readonly search: string | null;
}

/**
 * Every call resolves once what it changes is written: only then may the platform be answered. A call that rejects has
 * changed nothing that a second try would repeat.
 */
export interface Desk {
  click(inbound: ClickInbound): Promise<Reaction>;
  command(inbound: CommandInbound): Promise<Reaction>;
  shortcut(inbound: ShortcutInbound): Promise<Reaction>;
  /** As a click on the button of that word, in the thread's demande. */
  word(inbound: WordInbound): Promise<Reaction>;
  /** The same form, built anew for what is typed so far; null when the person may no longer fill it in. */
  refreshForm(inbound: FormInbound): Promise<Form | null>;
  /** What the home shows; to who has no account, or none any more, only whom to ask. Changes nothing. */
  home(inbound: HomeInbound): Promise<Home>;
  submitForm(inbound: FormInbound): Promise<FormReaction>;
  message(inbound: MessageInbound): Promise<Reaction>;
  edited(inbound: EditInbound): Promise<Reaction>;
  deleted(inbound: DeletionInbound): Promise<Reaction>;
  /** Threads still open in this workspace and what was last seen there, for the catch-up at start. */
  openThreads(workspace: { platform: Place["platform"]; workspace: string }): Promise<readonly OpenThread[]>;
  /** What was said in this thread up to here has been handed to the desk. */
  seen(place: Place, root: string, message: string): Promise<void>;
}

export interface OpenThread {
  readonly place: Place;
  readonly root: string;
  /** The last message of a person that was handed to the desk; null when there was none. */
  readonly seen: string | null;
}
