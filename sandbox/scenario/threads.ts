/** The threads of one demande as people read them, from what the platform stores. */
import type { ControlClient, ControlMessage } from "./control.ts";
import type { ThreadPlace } from "./story.ts";
import { StepFault } from "./story.ts";

type Block = ControlMessage["blocks"][number];

/** A thread as its side reads it. */
export interface ThreadSeen {
  /** What the card says below its heading. */
  readonly card: readonly string[];
  readonly buttons: readonly string[];
  /** « qui : texte [bouton] », oldest first, the card left out. */
  readonly lines: readonly string[];
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;
const squeezed = (text: string): string => text.replace(/\s+/g, " ").trim();

type People = ReadonlyMap<string, string>;

/** The words of a block, its buttons left out; `@Prénom Nom` for a mention. */
function words(block: unknown, people: People): string {
  if (Array.isArray(block)) return block.map((one) => words(one, people)).join("");
  if (!isRecord(block) || block.type === "actions" || block.type === "input") return "";
  if (block.type === "user") return `@${people.get(String(block.user_id)) ?? String(block.user_id)}`;
  if (typeof block.text === "string") return block.text;
  return words([block.text, block.elements].filter(isRecord), people);
}

const nobody: People = new Map();

/** What the blocks say, one text a block. */
export const textsOf = (blocks: readonly Block[]): string[] =>
  blocks.map((block) => squeezed(words(block, nobody))).filter((text) => text !== "");

function buttonsOf(blocks: readonly Block[]): string[] {
  return blocks
    .filter((block) => block.type === "actions" && Array.isArray(block.elements))
    .flatMap((block) => block.elements as unknown[])
    .flatMap((element) => (isRecord(element) && isRecord(element.text) ? [String(element.text.text)] : []));
}

/** Lines that never change in the life of a demande. */
const HEADING = /^(Demandée par|Territoire|Ouverte) :/;

export class ThreadReader {
  private readonly control: ControlClient;
  private readonly ref: string;
  private readonly places: Readonly<Record<string, ThreadPlace>>;
  private readonly roots = new Map<string, string>();
  private readonly people = new Map<string, string>();

  constructor(control: ControlClient, ref: string, places: Readonly<Record<string, ThreadPlace>>) {
    this.control = control;
    this.ref = ref;
    this.places = places;
  }

  channelOf(thread: string): string {
    return this.place(thread).channel;
  }

  /** The card's message. @throws StepFault while there is none */
  async rootOf(thread: string): Promise<string> {
    const root = await this.findRoot(thread);
    if (root === null) throw new StepFault(`pas encore de fil ${this.ref} : ${this.place(thread).label}`);
    return root;
  }

  /** The message that reads so, by its author's own words. */
  async messageOf(thread: string, text: string): Promise<string> {
    const found = (await this.messages(thread)).find((message) => squeezed(message.text) === text);
    if (!found) throw new StepFault(`pas de message « ${text} » : ${this.place(thread).label}`);
    return found.ts;
  }

  /** The latest message below the card that has this button. */
  async lastWithButton(thread: string, label: string): Promise<string> {
    const found = (await this.messages(thread)).slice(1).findLast((message) => buttonsOf(message.blocks).includes(label));
    if (!found) throw new StepFault(`pas de bouton « ${label} » sous la carte : ${this.place(thread).label}`);
    return found.ts;
  }

  /** The thread as it is now; null while there is none. */
  async read(thread: string): Promise<ThreadSeen | null> {
    if ((await this.findRoot(thread)) === null) return null;
    if (this.people.size === 0) for (const { id, name } of (await this.control.world()).agents) this.people.set(id, name);
    const [card, ...rest] = await this.messages(thread);
    if (!card) return null;
    const body = card.blocks.filter((block) => block.type === "rich_text").map((block) => words(block, this.people));
    const said = body.flatMap((text) => text.split("\n")).map(squeezed);
    return {
      card: said.filter((line) => line !== "" && !HEADING.test(line)),
      buttons: buttonsOf(card.blocks),
      lines: rest.map((message) => this.line(message)),
    };
  }

  private line({ blocks, text, user, username }: ControlMessage): string {
    const said = blocks.map((block) => squeezed(words(block, this.people))).filter((part) => part !== "");
    const who = username ?? this.people.get(user ?? "") ?? "Administration+";
    const buttons = buttonsOf(blocks).map((label) => ` [${label}]`);
    return `${who} : ${said.length > 0 ? said.join(" ") : squeezed(text)}${buttons.join("")}`;
  }

  private async messages(thread: string): Promise<ControlMessage[]> {
    const { reader, channel } = this.place(thread);
    const all = await this.control.messages(reader, channel, await this.rootOf(thread));
    return all.filter((message) => message.is_ephemeral !== true);
  }

  private async findRoot(thread: string): Promise<string | null> {
    const known = this.roots.get(thread);
    if (known !== undefined) return known;
    const { reader, channel } = this.place(thread);
    const root = (await this.control.messages(reader, channel)).find(({ text }) => text.startsWith(`${this.ref} ·`));
    if (root) this.roots.set(thread, root.ts);
    return root?.ts ?? null;
  }

  private place(thread: string): ThreadPlace {
    const place = this.places[thread];
    if (!place) throw new StepFault(`l’histoire ne connaît pas de fil « ${thread} »`);
    return place;
  }
}
