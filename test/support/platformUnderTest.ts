/** What people can do on a chat platform, whichever it is: the suites are written against this, and each platform brings its own. */
import type { Thread } from "../../models/thread.ts";
import type { ActionId } from "../../src/actions.ts";
import type { PlatformName } from "../../src/domain/demande.ts";
import type { FormValues } from "../../src/presentation/form.ts";
import type { PlatformView } from "./platformView.ts";

/** What a person is shown, alone, for what they did. */
export type Told =
  | { readonly kind: "nothing" }
  | { readonly kind: "said"; readonly words: string; readonly buttons: readonly string[] }
  | { readonly kind: "form"; readonly title: string; readonly words: string }
  /** By field; what was typed stays. */
  | { readonly kind: "faults"; readonly faults: Readonly<Record<string, string>> }
  /** The platform itself says that it did not work: nobody was there to take it. */
  | { readonly kind: "failed" };

export interface AttachedFile {
  readonly name: string;
  readonly mimetype: string;
  readonly bytes: Buffer;
}

/** Where a button is clicked: on the card, on a message of the thread, or on what one was last shown alone. */
export type Spot = "card" | "told" | { readonly message: string };

/** After an act: « seen » waits for what the person is shown, « ack » only for the bot to have taken it. */
export type Wait = "ack" | "seen";

/** People are named by the handles of the seed. */
export interface PlatformUnderTest {
  readonly name: PlatformName;
  readonly view: PlatformView;
  /** Asks for the form of a new demande; in the channel of one's groupe, or in person. */
  begin(who: string, where: "dm" | { readonly channel: string }): Promise<Told>;
  /** Types a command in person: `moi`, « groupe CAF ». */
  command(who: string, command: string, text?: string): Promise<Told>;
  /** Leaves the channel of a groupe of the seed, by its name there. */
  leave(who: string, channel: string): Promise<void>;
  /** Comes back to it. */
  comeBack(who: string, channel: string): Promise<void>;
  /** Types a command, without its sign, in a groupe's channel or in person: « groupe membres ». */
  type(who: string, where: "dm" | { readonly channel: string }, text: string): Promise<Told>;
  /** Fills the form before that person in, and sends it. What was typed before stays. */
  submit(who: string, values: FormValues): Promise<Told>;
  /** What stands in the form before that person, by field; null when there is no form. */
  typed(who: string): Promise<FormValues | null>;
  dismiss(who: string): Promise<void>;
  /** Comes into the channel of the thread, brought in by a member. */
  join(who: string, thread: Thread): Promise<void>;
  click(who: string, thread: Thread, action: ActionId, spot?: Spot): Promise<Told>;
  /** Types a command in person, without its sign: « demandes en-cours ». */
  ask(who: string, command: string): Promise<Told>;
  /** The button of that label, of what one was last told in person. */
  press(who: string, label: string): Promise<Told>;
  /** Writes in the thread. `id`: the platform's own, of the message. */
  say(who: string, thread: Thread, text: string, files?: readonly AttachedFile[]): Promise<{ id: string; told: Told }>;
  edit(who: string, thread: Thread, message: string, text: string): Promise<Told>;
  remove(who: string, thread: Thread, message: string): Promise<void>;
  /** Everything that people do next is told to the bot twice, until the function given back is called. */
  tellTwice(): () => void;
  /** Has `act` run once the platform has done what the next post of the bot asks for, and before it answers. */
  afterNextPost(act: () => Promise<void>): void;
  /** The bytes of the first file of that message. */
  fileOf(thread: Thread, message: string): Promise<Buffer>;
}
