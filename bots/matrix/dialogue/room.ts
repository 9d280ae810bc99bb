/** Dialogues with people, in their direct conversations: kept from one message to the next, a restart between them included. */
import { createHash } from "node:crypto";
import type { Dialogues, StoredDialogue } from "../../../models/dialogues.ts";
import { demandeKey, type ShowingKey } from "../../../models/showings.ts";
import type { Identity, Place } from "../../../src/delivery/port.ts";
import { announceShowing, noteAnswer, settleShowing, type Trail } from "../../../src/delivery/showing.ts";
import { openedBy } from "../../../src/demandes/act.ts";
import type { Desk, FormInbound, Reaction } from "../../../src/demandes/desk.ts";
import { richText } from "../../../src/domain/richtext.ts";
import { UserError } from "../../../src/errors.ts";
import { keysOfForm } from "../../../src/presentation/about.ts";
import type { Form } from "../../../src/presentation/form.ts";
import { say } from "../../../src/presentation/message.ts";
import { accountTexts } from "../../../src/texts/accounts.ts";
import { matrixTexts } from "../../../src/texts/matrix.ts";
import { faultFields, type Log } from "../../log.ts";
import type { MatrixDelivery } from "../deliver.ts";
import type { Directs } from "../directs.ts";
import type { AgentFinder } from "../receive/names.ts";
import { renderMessage } from "../render/message.ts";
import { NO_USERS } from "../render/written.ts";
import { ask } from "./ask.ts";
import { begin, type DialogueState, faulted, refreshed, step, valuesOf } from "./state.ts";

export interface DialogueRoomOptions {
  readonly desk: Desk;
  readonly store: Dialogues;
  readonly delivery: MatrixDelivery;
  readonly directs: Directs;
  readonly identity: (user: string) => Identity;
  /** The account behind a person: what somebody who may not act any more was filling in ends. */
  readonly agentOf: AgentFinder;
  readonly log: Log;
  readonly trail: Trail;
  readonly place: (room: string) => Place;
  /** Keeps what is shown under way when the program stops. */
  readonly after: (work: Promise<void>) => void;
}

/** What follows a form that is over. */
export type Shown = (user: string, reaction: Reaction, act: string) => Promise<void>;

const texts = matrixTexts.dialogue;
const SHOWN_AGAIN_AT_ONCE = 200;

/** Whether the form asks for something; one that only shows is a message. */
export const isDialogue = ({ submit }: Form): boolean => submit !== null;

/** The dialogue that an act begins. */
export const dialogueId = (act: string): string => createHash("sha256").update(act).digest("base64url").slice(0, 22);

/** Under which delivery id its question of that step is asked. */
export const questionDelivery = (dialogue: string, step: number): string => `d.${dialogue}.${step}`;

/** The sending of its form, whatever the number of tries. */
const inboundOf = ({ id }: StoredDialogue): string => `dialogue:${id}`;

/** A message, and the room in which it stands. */
interface Typed {
  readonly room: string;
  readonly message: string;
}

/** As what a form is shown once it is over: the act of the message that ended it, apart from any other of its kind. */
export const endingAct = (message: string, { kind }: Reaction): string => `${message}/${kind}`;

const tell = (text: string): Reaction => ({ kind: "tell", message: say(richText(text)) });

export class DialogueRoom {
  readonly #with: DialogueRoomOptions;
  #shown: Shown = async () => undefined;

  constructor(options: DialogueRoomOptions) {
    this.#with = options;
  }

  /** Told once: how the reaction to a form is shown. */
  showBy(shown: Shown): void {
    this.#shown = shown;
  }

  /**
   * Asks the first question; resolves once the dialogue is kept.
   * @param act what the person did: the same one begins the same dialogue, and none anew once it is over
   * @param typed the message by which they asked for it, if it is one: it may hold the first words of the form
   */
  async begin(user: string, form: Form, act: string, typed: Typed | null): Promise<void> {
    const dialogue = await this.#with.store.begin(dialogueId(act), user, begin(form), new Date(), keysOfForm(form));
    if (typed !== null) await this.#note(dialogue, typed.room, typed.message);
    if (dialogue.state !== null) this.#ask(dialogue);
  }

  /**
   * Takes what a person wrote in their direct conversation as an answer; false when nothing was asked of them.
   * @param typed where they wrote it: a person may have several direct rooms, and a wipe must look in the right one
   * @param text null for a message without words of its own
   */
  async answer(user: string, typed: Typed, text: string | null): Promise<boolean> {
    const { store } = this.#with;
    const { room, message } = typed;
    const dialogue = await store.current(user);
    if (dialogue === null) return store.answered(user, message);
    if (await store.answered(user, message)) return true;
    if ((await this.#with.agentOf(this.#with.identity(user))) === null) {
      await this.#over(dialogue, message, tell(`${texts.closed} ${accountTexts.askResponsable}`));
      return true;
    }
    await this.#note(dialogue, room, message);
    const state = dialogue.state as DialogueState;
    if (text === null) {
      await this.#on(dialogue, message, { ...state, remark: texts.expectsText });
      return true;
    }
    const next = step(state, text);
    switch (next.kind) {
      case "on":
        await this.#on(dialogue, message, next.state);
        return true;
      case "refresh":
        await this.#refresh(dialogue, message, next.state);
        return true;
      case "submit":
        await this.#submit(dialogue, message, next.state);
        return true;
      case "cancelled":
        await this.#over(dialogue, message, tell(texts.cancelled));
        return true;
    }
  }

  /** Asks again what people may not have been shown, because the process ended or the homeserver was away. */
  async resume(): Promise<void> {
    for (const dialogue of await this.#with.store.unshown(SHOWN_AGAIN_AT_ONCE)) await this.#show(dialogue);
  }

  #inbound(dialogue: StoredDialogue, state: DialogueState): FormInbound {
    const { id, context } = state.form;
    const person = this.#with.identity(dialogue.user);
    return { id: inboundOf(dialogue), person, form: id, context, values: valuesOf(state) };
  }

  async #on(dialogue: StoredDialogue, message: string, state: DialogueState): Promise<void> {
    // Another message was faster: this one answers a question that is no longer asked.
    if (!(await this.#with.store.advance(dialogue, message, state, false, new Date()))) return;
    this.#ask({ ...dialogue, state, step: dialogue.step + 1 });
  }

  async #refresh(dialogue: StoredDialogue, message: string, state: DialogueState): Promise<void> {
    const form = await this.#with.desk.refreshForm(this.#inbound(dialogue, state));
    if (form !== null) return this.#on(dialogue, message, refreshed(state, form));
    await this.#over(dialogue, message, tell(texts.closed));
  }

  /** The sending bears the dialogue's id, whatever the number of tries: what it asks for is done once. */
  async #submit(dialogue: StoredDialogue, message: string, state: DialogueState): Promise<void> {
    try {
      const reaction = await this.#with.desk.submitForm(this.#inbound(dialogue, state));
      if (reaction.kind === "faults") return await this.#on(dialogue, message, faulted(state, reaction.faults));
      const shown: Reaction = reaction.kind === "nothing" ? tell(texts.sent) : reaction;
      await this.#over(dialogue, message, shown);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      await this.#on(dialogue, message, { ...state, remark: error.sentence });
    }
  }

  /** Shows what follows, then goes back to the form that this one interrupted. */
  async #over(dialogue: StoredDialogue, message: string, reaction: Reaction): Promise<void> {
    const { store, after } = this.#with;
    if (!(await store.advance(dialogue, message, null, true, new Date()))) return;
    after(this.#shown(dialogue.user, reaction, message));
    const earlier = await store.current(dialogue.user);
    if (earlier !== null) this.#ask(earlier, texts.resumed);
  }

  /** What it says and is told holds what the demande will hold: a wipe must find both. Of one that opens none, see lookAgain. */
  #keysOf(dialogue: StoredDialogue): ShowingKey[] {
    const { form } = dialogue.state as DialogueState;
    return form.id === "ouvrir" ? [demandeKey(openedBy(inboundOf(dialogue)))] : keysOfForm(form);
  }

  async #note(dialogue: StoredDialogue, room: string, message: string): Promise<void> {
    if (dialogue.state === null) return;
    const { trail, place } = this.#with;
    await noteAnswer(trail, place(room), message, this.#keysOf(dialogue));
  }

  #ask(dialogue: StoredDialogue, remark?: string): void {
    this.#with.after(this.#show(dialogue, remark));
  }

  /** Never throws: what was answered is written, and the question is asked again by `resume`. */
  async #show(dialogue: StoredDialogue, remark?: string): Promise<void> {
    const { store, delivery, directs, log, trail, place } = this.#with;
    const { id, user, step: at } = dialogue;
    try {
      const state = dialogue.state as DialogueState;
      const room = await directs.open(user);
      const said = renderMessage(ask(remark === undefined ? state : { ...state, remark }, at === 0), NO_USERS);
      const again = remark === undefined ? "" : ".r";
      const shown = { place: place(room), delivery: `${questionDelivery(id, at)}${again}`, keys: this.#keysOf(dialogue) };
      await announceShowing(trail, shown);
      await settleShowing(trail, delivery, shown, await delivery.say({ room, root: null }, said, shown.delivery));
      await store.showed(dialogue);
    } catch (error) {
      log.error({ dialogue: id, ...faultFields(error) }, "A question could not be asked");
    }
  }
}
