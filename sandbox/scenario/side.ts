/** One chat platform as the people of a story use it: what they do there, and what they read. */
import type { RichText } from "../../src/domain/richtext.ts";
import type { ControlClient } from "./control.ts";
import type { ThreadPlace } from "./story.ts";

/** What somebody writes: as it is typed, or with its formatting. */
export type Words = string | RichText;

export interface Attachment {
  readonly name: string;
  readonly mimetype: string;
  readonly bytes: Buffer;
}

/** Whether to wait for what the person is then shown. */
export type Wait = "ack" | "seen";

/** What is filled in, by the label of each field. */
export type Values = Readonly<Record<string, string | boolean | readonly string[]>>;

/** A form or a confirmation as it opens. */
export interface FormRead {
  readonly title: string;
  readonly words: string;
}

/** What a form did not take: a sentence for each field, by its label. */
export type Faults = Readonly<Record<string, string>>;

/** A thread as its side reads it. */
export interface ThreadRead {
  /** What the card says below its heading. */
  readonly card: readonly string[];
  readonly buttons: readonly string[];
  /** Each as `lineOf` tells it, oldest first, the card left out. */
  readonly lines: readonly string[];
}

/** A message in a thread: the card, when it is the root itself. */
export interface Spot {
  readonly channel: string;
  readonly root: string;
  readonly message: string;
}

/** What a side works with. */
export interface SideContext {
  readonly control: ControlClient;
  /** Names of people, by the id of their account on either platform. */
  people(): Promise<ReadonlyMap<string, string>>;
  /** The account of that name on this side, for who is mentioned. @throws StepFault when there is none */
  account(name: string): Promise<string>;
  /** The bytes of a file, as that reader's client fetches them. */
  bytes(address: string, reader: string): Promise<Buffer>;
  /** Somebody does something, right after. */
  acting(): void;
}

/** Every act throws a StepFault where a person could not do it. People are named by their handles. */
export interface Side {
  /** The card's message there, as the reader of that place finds it; null while there is none. */
  rootIn(place: ThreadPlace, ref: string): Promise<string | null>;
  /** The thread as it is now. */
  read(place: ThreadPlace, root: string): Promise<ThreadRead | null>;
  /** The latest message below the card that has this button; null when none has. */
  lastWithButton(place: ThreadPlace, root: string, label: string): Promise<string | null>;
  /** A command, without its sign, whose form then stands before that person. */
  command(as: string, channel: string, command: string): Promise<FormRead>;
  /** Presses a button that opens a form. */
  open(as: string, spot: Spot, label: string): Promise<FormRead>;
  /** Presses a button that acts at once. */
  press(as: string, spot: Spot, label: string): Promise<void>;
  /** Fills in what stands before that person and sends it. Nothing when it is taken. */
  submit(as: string, values: Values): Promise<Faults>;
  /** Leaves what stands before that person. */
  close(as: string): Promise<void>;
  /** Writes in a thread. `told`: what that person alone is then shown. */
  say(
    as: string,
    at: Pick<Spot, "channel" | "root">,
    words: Words,
    files: readonly Attachment[],
    wait: Wait,
  ): Promise<{ readonly id: string; readonly told: readonly string[] }>;
  edit(as: string, spot: Spot, words: Words): Promise<void>;
  remove(as: string, spot: Spot): Promise<void>;
}
