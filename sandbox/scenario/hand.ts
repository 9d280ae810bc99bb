/** What people do, by the control API; and what each of them must be shown at once. */
import type { ControlClient, Outcome } from "./control.ts";
import { StepFault } from "./story.ts";
import type { ThreadReader } from "./threads.ts";
import { textsOf } from "./threads.ts";

type Values = Readonly<Record<string, unknown>>;

/** Where to click: the card, or the latest message of the thread that has this button. */
export type Spot = "carte" | "fil";

export class Hand {
  private readonly control: ControlClient;
  private readonly threads: ThreadReader;
  /** When the last act began, by the monotonic clock: the delay of a step is counted from there. */
  lastActAt = performance.now();

  constructor(control: ControlClient, threads: ThreadReader) {
    this.control = control;
    this.threads = threads;
  }

  /** A command whose form then stands before that person. */
  async command(as: string, channel: string, command: string, title: string): Promise<void> {
    this.opened(await this.send("command", { as, channel, command }), title);
  }

  /** A click that opens a form; gives the words of the form. */
  async open(as: string, thread: string, label: string, title: string): Promise<string> {
    return this.opened(await this.send("click", { as, ...(await this.spot(thread, label, "carte")) }), title);
  }

  /** A click that acts at once. */
  async click(as: string, thread: string, label: string, spot: Spot = "carte"): Promise<void> {
    await this.send("click", { as, ...(await this.spot(thread, label, spot)), wait: "ack" });
  }

  /** Fills the form in, without sending it. */
  async fill(as: string, values: Values): Promise<void> {
    await this.send("fill", { as, values });
  }

  /** Sends the form. */
  async submit(as: string, values: Values = {}): Promise<void> {
    await this.send("submit", { as, values, wait: "ack" });
  }

  /** Sends a form that must come back with this fault beside this field. */
  async refused(as: string, values: Values, field: string, fault: string): Promise<void> {
    const { ok, errors } = await this.act("submit", { as, values });
    if (ok || errors[field] !== fault)
      throw new StepFault(`le formulaire devait dire « ${fault} » à côté de « ${field} », et dit ${JSON.stringify(errors)}`);
  }

  /** Closes what is open before that person. */
  async close(as: string): Promise<void> {
    await this.send("close", { as });
  }

  /** Writes in the thread; gives the message's id. */
  async say(as: string, thread: string, text: string): Promise<string> {
    const { ts } = await this.send("message", { as, ...(await this.place(thread)), text, wait: "ack" });
    return ts ?? "";
  }

  /** Writes in the thread, and must be told this, alone. */
  async sayAndBeTold(as: string, thread: string, text: string, told: string): Promise<void> {
    const { ephemeral } = await this.send("message", { as, ...(await this.place(thread)), text });
    const shown = ephemeral.map((one) => textsOf(one.blocks).join(" "));
    if (!shown.includes(told)) throw new StepFault(`${as} devait lire, à soi seul, « ${told} », et lit ${JSON.stringify(shown)}`);
  }

  /** Changes one's own message. */
  async edit(as: string, thread: string, from: string, to: string): Promise<void> {
    const { channel } = await this.place(thread);
    await this.send("edit", { as, channel, message: await this.threads.messageOf(thread, from), text: to, wait: "ack" });
  }

  /** Deletes one's own message. */
  async remove(as: string, thread: string, text: string): Promise<void> {
    const { channel } = await this.place(thread);
    await this.send("delete", { as, channel, message: await this.threads.messageOf(thread, text), wait: "ack" });
  }

  private async place(thread: string): Promise<{ channel: string; thread: string }> {
    return { channel: this.threads.channelOf(thread), thread: await this.threads.rootOf(thread) };
  }

  private async spot(thread: string, label: string, spot: Spot) {
    const channel = this.threads.channelOf(thread);
    const message = spot === "carte" ? await this.threads.rootOf(thread) : await this.threads.lastWithButton(thread, label);
    return { channel, message, action: label };
  }

  private opened({ view }: Outcome, title: string): string {
    if (view?.title.text !== title)
      throw new StepFault(`le formulaire « ${title} » devait s’ouvrir, et c’est « ${view?.title.text ?? "aucun"} »`);
    return textsOf(view.blocks).join(" ");
  }

  private act(name: string, body: Values): Promise<Outcome> {
    this.lastActAt = performance.now();
    return this.control.act(name, body);
  }

  private async send(name: string, body: Values): Promise<Outcome> {
    const answer = await this.act(name, body);
    if (!answer.ok) throw new StepFault(`${name} : ${answer.error ?? "refusé"} ${JSON.stringify(answer.errors)}`);
    return answer;
  }
}
