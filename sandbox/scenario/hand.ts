/** What people do in a story, each on their platform; and what each of them must be shown at once. */
import { typed } from "./mentions.ts";
import type { Attachment, Faults, FormRead, Side, Spot, Values, Wait, Words } from "./side.ts";
import { StepFault } from "./story.ts";
import type { Threads } from "./threads.ts";

/** Where to press: the card, or the latest message of the thread that has this button. */
export type Where = "carte" | "fil";

export class Hand {
  private readonly threads: Threads;
  /** On which platform a form stands before whom, by handle. */
  private readonly forms = new Map<string, Side>();
  /** What was said, by thread and by its words. */
  private readonly said = new Map<string, Spot>();

  constructor(threads: Threads) {
    this.threads = threads;
  }

  /** A command, without its sign, where that thread is or will be; its form then stands before that person. */
  async command(as: string, thread: string, command: string, title: string): Promise<void> {
    const side = this.threads.side(thread);
    this.opened(as, side, await side.command(as, this.threads.place(thread).channel, command), title);
  }

  /** A button that opens a form; gives the words of the form. */
  async open(as: string, thread: string, label: string, title: string): Promise<string> {
    const side = this.threads.side(thread);
    return this.opened(as, side, await side.open(as, await this.threads.card(thread), label), title);
  }

  /** A button that acts at once. */
  async click(as: string, thread: string, label: string, where: Where = "carte"): Promise<void> {
    const spot = where === "carte" ? this.threads.card(thread) : this.threads.lastWithButton(thread, label);
    await this.threads.side(thread).press(as, await spot, label);
  }

  /** Fills the form in, by the labels of its fields, and sends it. */
  async submit(as: string, values: Values = {}): Promise<void> {
    const faults = await this.send(as, values);
    if (Object.keys(faults).length > 0) throw new StepFault(`le formulaire de ${as} n’est pas pris : ${JSON.stringify(faults)}`);
    this.forms.delete(as);
  }

  /** Sends a form that must come back with this fault at this field. */
  async refused(as: string, values: Values, field: string, fault: string): Promise<void> {
    const faults = await this.send(as, values);
    if (faults[field] !== fault)
      throw new StepFault(`le formulaire devait dire « ${fault} » pour « ${field} », et dit ${JSON.stringify(faults)}`);
  }

  /** Leaves what is open before that person. */
  async close(as: string): Promise<void> {
    await this.form(as).close(as);
    this.forms.delete(as);
  }

  /** Writes in the thread. */
  async say(as: string, thread: string, words: Words, files: readonly Attachment[] = []): Promise<void> {
    await this.write(as, thread, words, files, "ack");
  }

  /** Writes in the thread, and must be told this. */
  async sayAndBeTold(as: string, thread: string, words: Words, told: string): Promise<void> {
    const shown = await this.write(as, thread, words, [], "seen");
    if (!shown.includes(told)) throw new StepFault(`${as} devait lire « ${told} », et lit ${JSON.stringify(shown)}`);
  }

  /** Changes what was said in that thread. */
  async edit(as: string, thread: string, from: Words, to: Words): Promise<void> {
    const spot = this.spoken(thread, from);
    await this.threads.side(thread).edit(as, spot, to);
    this.said.set(keyOf(thread, to), spot);
  }

  /** Deletes what was said in that thread. */
  async remove(as: string, thread: string, words: Words): Promise<void> {
    await this.threads.side(thread).remove(as, this.spoken(thread, words));
  }

  private async write(
    as: string,
    thread: string,
    words: Words,
    files: readonly Attachment[],
    wait: Wait,
  ): Promise<readonly string[]> {
    const card = await this.threads.card(thread);
    const { id, told } = await this.threads.side(thread).say(as, card, words, files, wait);
    // What is only a file is called by its name.
    this.said.set(keyOf(thread, typed(words) || (files[0]?.name ?? "")), { ...card, message: id });
    return told;
  }

  private spoken(thread: string, words: Words): Spot {
    const spot = this.said.get(keyOf(thread, words));
    if (!spot) throw new StepFault(`personne n’a dit « ${typed(words)} » : ${this.threads.place(thread).label}`);
    return spot;
  }

  private opened(as: string, side: Side, form: FormRead, title: string): string {
    if (form.title !== title) throw new StepFault(`« ${title} » devait s’ouvrir, et c’est « ${form.title} »`);
    this.forms.set(as, side);
    return form.words;
  }

  private send(as: string, values: Values): Promise<Faults> {
    return this.form(as).submit(as, values);
  }

  private form(as: string): Side {
    const side = this.forms.get(as);
    if (!side) throw new StepFault(`aucun formulaire n’est ouvert devant ${as}`);
    return side;
  }
}

const keyOf = (thread: string, words: Words): string => `${thread}|${typed(words)}`;
