/** People on Matrix, each behind a client of their own: the calls of the client-server API, the same to any homeserver. */
import { dialogueId, endingAct, questionDelivery } from "../../bots/matrix/dialogue/room.ts";
import { DELIVERY_KEY } from "../../bots/matrix/render/content.ts";
import { buttonsIn } from "../../bots/matrix/render/pills.ts";
import { reactionDelivery } from "../../bots/matrix/show.ts";
import type { StoredDialogue } from "../../models/dialogues.ts";
import type { Thread } from "../../models/thread.ts";
import type { ActionId } from "../../src/actions.ts";
import type { Reaction } from "../../src/demandes/desk.ts";
import type { FormValues } from "../../src/presentation/form.ts";
import type { Sent } from "../bots/matrix/homeserver.ts";
import { MatrixClient } from "./matrixClient.ts";
import { faultsAfter, nextAnswer, stateOf, typedIn } from "./matrixDialogue.ts";
import type { MatrixSite } from "./matrixSite.ts";
import { matrixView } from "./matrixView.ts";
import type { Posted } from "./matrixWire.ts";
import type { PlatformUnderTest, Spot, Told, Wait } from "./platformUnderTest.ts";
import { squeezed } from "./slackView.ts";
import { until } from "./until.ts";
import type { World } from "./world.ts";

const NOTHING: Told = { kind: "nothing" };
const ENDINGS: readonly Reaction["kind"][] = ["tell", "list", "form"];

const firstLine = (text: string): string => text.split("\n")[0] ?? "";

function channelOf({ channel }: Thread): string {
  if (channel === null) throw new Error("this thread is nowhere yet");
  return channel;
}

function rootOf({ root }: Thread): string {
  if (root === null) throw new Error("this thread has no card yet");
  return root;
}

class PeopleOnMatrix implements PlatformUnderTest {
  readonly name = "matrix";
  readonly view;
  private readonly world: World;
  private readonly site: MatrixSite;
  private readonly wait: Wait;
  private readonly clients = new Map<string, MatrixClient>();
  /** What each was last told that bears buttons. */
  private readonly offered = new Map<string, Posted>();

  constructor(world: World, site: MatrixSite, wait: Wait) {
    this.world = world;
    this.site = site;
    this.wait = wait;
    this.view = matrixView(site);
  }

  begin(who: string, where: Parameters<PlatformUnderTest["begin"]>[1]): Promise<Told> {
    return this.type(who, where, "demande");
  }

  async type(who: string, where: Parameters<PlatformUnderTest["type"]>[1], text: string): Promise<Told> {
    const room =
      where === "dm" ? await this.client(who).direct() : (this.site.seeded.place(where.channel)?.channel ?? where.channel);
    return this.toldFor(who, await this.client(who).write(room, null, `!${text}`));
  }

  async command(who: string, command: string, text = ""): Promise<Told> {
    const client = this.client(who);
    return this.toldFor(who, await client.write(await client.direct(), null, `!${command} ${text}`.trim()));
  }

  async leave(who: string, channel: string): Promise<void> {
    await this.site.person(who).call("POST", `rooms/${encodeURIComponent(this.room(channel))}/leave`, {});
  }

  async comeBack(who: string, channel: string): Promise<void> {
    await this.client(who).enter(this.room(channel));
  }

  private room(channel: string): string {
    const room = this.site.seeded.place(channel)?.channel;
    if (room === undefined) throw new Error(`there is no room ${channel}`);
    return room;
  }

  async submit(who: string, values: FormValues): Promise<Told> {
    let dialogue = await this.current(who);
    if (dialogue === null) throw new Error(`nothing is asked of ${who}`);
    for (;;) {
      const answer = nextAnswer(dialogue, values);
      const message = await this.client(who).write(await this.client(who).direct(), null, answer);
      await this.site.wire.handled(message);
      const after = await this.current(who);
      if (after?.id !== dialogue.id) return this.ended(who, message);
      const faults = faultsAfter(dialogue, answer, after);
      const question = this.wait === "seen" ? await this.question(who, after) : null;
      if (faults !== null) return this.refused(after, faults, question);
      dialogue = after;
    }
  }

  async typed(who: string): Promise<FormValues | null> {
    const dialogue = await this.current(who);
    return dialogue && typedIn(dialogue);
  }

  async dismiss(who: string): Promise<void> {
    const dialogue = await this.current(who);
    if (dialogue === null) return;
    const message = await this.client(who).write(await this.client(who).direct(), null, "annuler");
    await this.site.wire.handled(message);
    await this.ended(who, message);
  }

  async join(who: string, thread: Thread): Promise<void> {
    await this.client(who).enter(channelOf(thread));
  }

  async click(who: string, thread: Thread, action: ActionId, spot: Spot = "card"): Promise<Told> {
    const act = await this.client(who).click(this.target(who, thread, spot), spot === "card" ? rootOf(thread) : null, action);
    const told = await this.toldFor(who, act);
    return action === "voir" && told.kind === "said" ? this.viewed(act, told) : told;
  }

  async ask(who: string, command: string): Promise<Told> {
    return this.toldFor(who, await this.client(who).write(await this.client(who).direct(), null, `!${command}`));
  }

  async press(who: string, label: string): Promise<Told> {
    const offered = this.offered.get(who);
    if (offered === undefined) throw new Error(`${who} was told nothing that bears a button`);
    return this.toldFor(who, await this.client(who).press(offered, label));
  }

  async say(who: string, thread: Thread, text: string, files: Parameters<PlatformUnderTest["say"]>[3] = []) {
    const [room, root] = [channelOf(thread), rootOf(thread)];
    const client = this.client(who);
    const [first, ...others] = files;
    if (first === undefined) {
      const id = await client.write(room, root, text);
      return { id, told: await this.toldFor(who, id) };
    }
    const id = await client.share(room, root, first, text);
    const more = await Promise.all(others.map((file) => client.share(room, root, file, "")));
    for (const one of more) await this.site.wire.handled(one);
    return { id, told: await this.toldFor(who, id) };
  }

  async edit(who: string, thread: Thread, message: string, text: string): Promise<Told> {
    return this.toldFor(who, await this.client(who).edit(channelOf(thread), message, text));
  }

  async remove(who: string, thread: Thread, message: string): Promise<void> {
    await this.toldFor(who, await this.client(who).person.redact(channelOf(thread), message));
  }

  tellTwice(): () => void {
    return this.site.wire.tellTwice();
  }

  afterNextPost(act: () => Promise<void>): void {
    this.site.wire.afterNextPost(act);
  }

  async fileOf(thread: Thread, message: string): Promise<Buffer> {
    const { content } = await this.site.bot.event(channelOf(thread), message);
    return this.site.bot.download(content.url);
  }

  private client(who: string): MatrixClient {
    const known = this.clients.get(who);
    if (known !== undefined) return known;
    const client = new MatrixClient(this.site.person(who), this.site);
    this.clients.set(who, client);
    return client;
  }

  private current(who: string): Promise<StoredDialogue | null> {
    return this.world.db.dialogues.current(this.site.person(who).user);
  }

  private target(who: string, thread: Thread, spot: Spot): Posted {
    const room = channelOf(thread);
    if (spot === "card") return { room, event: rootOf(thread) };
    if (spot !== "told") return { room, event: spot.message };
    const offered = this.offered.get(who);
    if (offered === undefined) throw new Error(`${who} was told nothing that bears a button`);
    return offered;
  }

  /** What this act led to, in the thread or in the person's direct conversation. */
  private async toldFor(who: string, act: string): Promise<Told> {
    await this.site.wire.handled(act);
    const dialogue = await this.current(who);
    const asks = dialogue?.id === dialogueId(act) ? dialogue : null;
    if (this.wait === "ack") return asks === null ? NOTHING : { kind: "form", title: stateOf(asks).form.title, words: "" };
    if (asks !== null) {
      const words = textOf(await this.question(who, asks));
      return { kind: "form", title: firstLine(words), words: squeezed(words) };
    }
    await this.followed();
    return this.said(who, this.site.wire.post(reactionDelivery(act)), reactionDelivery(act));
  }

  /** Resolves once all that follows from what the bot was given is done. */
  private async followed(): Promise<void> {
    const { idle, wire } = this.site;
    if (idle !== undefined) await idle();
    else await until("the bot to fall silent", () => wire.isSettled());
  }

  private async question(who: string, { id, step }: StoredDialogue): Promise<Sent> {
    const delivery = questionDelivery(id, step);
    const posted = await until(`the question ${delivery} for ${who}`, () => this.site.wire.post(delivery));
    return this.read(who, posted, delivery);
  }

  private async said(who: string, posted: Posted | undefined, delivery: string): Promise<Told> {
    if (posted === undefined) return NOTHING;
    const event = await this.read(who, posted, delivery);
    const buttons = buttonsIn(event.content).map(({ label }) => label);
    if (buttons.length > 0) this.offered.set(who, posted);
    return { kind: "said", words: squeezed(textOf(event)), buttons };
  }

  /** As that person reads it. */
  private async read(who: string, { room, event }: Posted, delivery: string): Promise<Sent> {
    await this.client(who).accept(room);
    const found = await this.client(who).person.event(room, event);
    if (found.content[DELIVERY_KEY] !== delivery) throw new Error(`${event} does not bear the delivery id ${delivery}`);
    return found;
  }

  /** The usager's identity is shown as a message of its own, which rings; a refusal is a notice. */
  private async viewed(act: string, told: Extract<Told, { kind: "said" }>): Promise<Told> {
    const posted = this.site.wire.post(reactionDelivery(act));
    const { content } = posted ? await this.site.bot.event(posted.room, posted.event) : { content: {} };
    return content.msgtype === "m.text" ? { kind: "form", title: firstLine(content.body), words: told.words } : told;
  }

  /** After the last answer: something is always said. */
  private async ended(who: string, message: string): Promise<Told> {
    if (this.wait === "ack") return NOTHING;
    const deliveries = ENDINGS.map((kind) => reactionDelivery(endingAct(message, { kind } as Reaction)));
    const delivery = await until("the end of a form", () => deliveries.find((one) => this.site.wire.post(one)));
    await this.followed();
    return this.said(who, this.site.wire.post(delivery), delivery);
  }

  private refused(after: StoredDialogue, faults: Readonly<Record<string, string>>, question: Sent | null): Told {
    const words = question === null ? "" : squeezed(textOf(question));
    if (Object.keys(faults).length === 0) return { kind: "said", words: words || (stateOf(after).remark ?? ""), buttons: [] };
    if (question !== null && !Object.values(faults).some((sentence) => words.includes(sentence)))
      throw new Error(`nothing of what is wrong is said in « ${words} »`);
    return { kind: "faults", faults };
  }
}

const textOf = ({ content }: Sent): string => String(content.body ?? "");

/** @param wait « ack » returns once the bot has handled what was done, whatever it shows for it @throws Error in a world without Matrix */
export function matrixPeople(world: World, wait: Wait = "seen"): PlatformUnderTest {
  if (world.matrix === null) throw new Error("nobody is on Matrix in this world");
  return new PeopleOnMatrix(world, world.matrix, wait);
}
