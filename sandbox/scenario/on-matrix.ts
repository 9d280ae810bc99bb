/** The people of a story on Matrix. */
import type { MatrixControl, MatrixMessage, MatrixOutcome } from "./control-matrix.ts";
import { Dialogues } from "./matrix-dialogue.ts";
import { composedHtml, namesItsAuthor, paragraphsOf } from "./matrix-html.ts";
import { accountsIn, typed } from "./mentions.ts";
import { BOT, EDITED_MARK, fileMark, lineOf, PRIVATE_MARK, rings, squeezed } from "./reading.ts";
import type { Attachment, Faults, FormRead, Side, SideContext, Spot, ThreadRead, Values, Wait, Words } from "./side.ts";
import type { ThreadPlace } from "./story.ts";
import { StepFault } from "./story.ts";

type People = ReadonlyMap<string, string>;

/** Lines that never change in the life of a demande. */
const HEADING = /^(D-\d{6} ·|Demandée par :|Territoire :|Ouverte :)/;
/** « 🔎 Voir la demande `!voir` » */
const TYPED = /^(.+) `!([\p{L}\d-]+)`$/u;
const BEFORE_WORDS = "Réagissez, ou écrivez dans le fil : ";

/** « ✋ Je m’en occupe » → « Je m’en occupe » */
const labelOf = (pill: string): string => pill.replace(/^[^\p{L}\p{N}]+/u, "");

interface Word {
  readonly label: string;
  readonly word: string;
}

/** The words that do what the buttons do, from the paragraph that tells them; null for any other paragraph. */
function wordsIn(paragraph: string): Word[] | null {
  const items = paragraph.replace(BEFORE_WORDS, "").split(" · ");
  const words = items.flatMap((item) => {
    const [, label, word] = TYPED.exec(item) ?? [];
    return label !== undefined && word !== undefined ? [{ label: labelOf(label), word }] : [];
  });
  return words.length === items.length ? words : null;
}

/** Those whom the message alerts: a notice alerts nobody. */
function alertedBy({ content }: MatrixMessage): ReadonlySet<string> {
  const { user_ids: ids } = (content["m.mentions"] ?? {}) as { user_ids?: string[] };
  return new Set(content.msgtype === "m.notice" ? [] : (ids ?? []));
}

function textsOf(message: MatrixMessage, people: People, marked: boolean): string[] {
  const { content, body } = message;
  const { formatted_body: html, filename } = content;
  if (typeof html === "string") return paragraphsOf(html, { people, alerted: alertedBy(message), marked });
  return filename === body || body === "" ? [] : [body];
}

/** The buttons of a message: a label for a pill, with its word where the word is all there is. Clicks that were not taken away, too. */
function buttonsOf({ reactions }: MatrixMessage, words: readonly Word[], people: People): string[] {
  const pills = reactions.filter(({ senders }) => senders.some((sender) => !people.has(sender))).map(({ key }) => labelOf(key));
  const named = words.map(({ label, word }) => (pills.includes(label) ? label : `${label} (!${word})`));
  const clicks = reactions.flatMap(({ key, senders }) =>
    senders.flatMap((sender) => (people.has(sender) ? [`${key} : ${people.get(sender)}`] : [])),
  );
  return [...named, ...pills.filter((pill) => !words.some(({ label }) => label === pill)), ...clicks];
}

export class MatrixSide implements Side {
  private readonly context: SideContext;
  private readonly control: MatrixControl;
  private readonly dialogues: Dialogues;

  constructor(context: SideContext) {
    this.context = context;
    this.control = context.control.matrix;
    this.dialogues = new Dialogues(context);
  }

  async rootIn({ reader, channel }: ThreadPlace, ref: string): Promise<string | null> {
    const all = await this.control.messages(reader, channel);
    return all.find(({ body }) => body.startsWith(`${ref} ·`))?.event_id ?? null;
  }

  async read({ reader, channel }: ThreadPlace, root: string): Promise<ThreadRead | null> {
    const [card, ...rest] = await this.messages(reader, channel, root);
    if (!card) return null;
    const people = await this.context.people();
    const paragraphs = textsOf(card, people, false);
    const words = paragraphs.flatMap((text) => wordsIn(text) ?? []);
    const said = paragraphs.filter((text) => !wordsIn(text)).flatMap((text) => text.split("\n").map(squeezed));
    return {
      card: said.filter((line) => line !== "" && !HEADING.test(line)),
      buttons: buttonsOf(card, words, people),
      lines: await Promise.all(rest.map((message) => this.line(message, reader))),
    };
  }

  async lastWithButton({ reader, channel }: ThreadPlace, root: string, label: string): Promise<string | null> {
    const below = (await this.messages(reader, channel, root)).slice(1);
    return below.findLast(({ reactions }) => reactions.some(({ key }) => labelOf(key) === label))?.event_id ?? null;
  }

  async command(as: string, channel: string, command: string): Promise<FormRead> {
    if (channel === "dm") await this.control.direct(as);
    return this.dialogues.opened(as, () => this.send("message", { as, channel, text: `!${command}` }));
  }

  open(as: string, spot: Spot, label: string): Promise<FormRead> {
    return this.dialogues.opened(as, () => this.press(as, spot, label));
  }

  /** By its pill; by its word, in the thread, where it has none. */
  async press(as: string, { channel, root, message }: Spot, label: string): Promise<void> {
    const shown = (await this.messages(as, channel, root)).find(({ event_id: id }) => id === message);
    const key = shown?.reactions.find((reaction) => labelOf(reaction.key) === label)?.key;
    if (key !== undefined) await this.send("react", { as, channel, message, key });
    else {
      const words = shown ? textsOf(shown, new Map(), false).flatMap((text) => wordsIn(text) ?? []) : [];
      const word = words.find((one) => one.label === label)?.word;
      if (word === undefined) throw new StepFault(`il n’y a ni pastille ni mot « ${label} » ici`);
      await this.send("message", { as, channel, thread: root, text: `!${word}` });
    }
  }

  submit(as: string, values: Values): Promise<Faults> {
    return this.dialogues.submit(as, values);
  }

  close(as: string): Promise<void> {
    return this.dialogues.close(as);
  }

  async say(
    as: string,
    { channel, root }: Pick<Spot, "channel" | "root">,
    words: Words,
    files: readonly Attachment[],
    wait: Wait,
  ) {
    const attached = files.map(({ name, mimetype, bytes }) => ({ name, mimetype, contentBase64: bytes.toString("base64") }));
    const body = { as, channel, thread: root, ...(await this.written(words)), files: attached, wait };
    this.context.acting();
    const { event_id: id, seen } = await this.control.act("message", body);
    const people = await this.context.people();
    return { id, told: seen.map((message) => squeezed(textsOf(message, people, true).join(" "))) };
  }

  async edit(as: string, { channel, message }: Spot, words: Words): Promise<void> {
    await this.send("edit", { as, channel, message, ...(await this.written(words)) });
  }

  async remove(as: string, { channel, message }: Spot): Promise<void> {
    await this.send("delete", { as, channel, message });
  }

  private async written(words: Words) {
    if (typeof words === "string") return { text: words };
    return { text: typed(words), html: composedHtml(words, await accountsIn(words, this.context)) };
  }

  private async line(message: MatrixMessage, reader: string): Promise<string> {
    const people = await this.context.people();
    const { content, sender } = message;
    const paragraphs = textsOf(message, people, true).map(squeezed);
    const isPrivate = paragraphs[0]?.startsWith(PRIVATE_MARK) ?? false;
    const said = isPrivate
      ? [paragraphs[0]?.slice(PRIVATE_MARK.length).replace(/^ · /, "") ?? "", ...paragraphs.slice(1)]
      : paragraphs;
    const words = said.flatMap((text) => wordsIn(text) ?? []);
    const own = said.filter((text) => text !== `_${EDITED_MARK}_` && !wordsIn(text));
    const text = own.join(" ");
    // Whom the message alerts without naming them is told as well.
    const unnamed = [...alertedBy(message)].map((id) => rings(people.get(id) ?? id)).filter((ring) => !text.includes(ring));
    return lineOf({
      who: authorOf(message) ?? people.get(sender) ?? BOT,
      isPrivate,
      words: [...unnamed.map((ring) => `(${ring})`), text].join(" "),
      edited: paragraphs.includes(`_${EDITED_MARK}_`),
      files: typeof content.url === "string" ? [await this.file(content, content.url, reader)] : [],
      buttons: buttonsOf(message, words, people),
    });
  }

  private async file({ filename, body }: MatrixMessage["content"], url: string, reader: string): Promise<string> {
    return fileMark(String(filename ?? body), await this.context.bytes(url, reader));
  }

  private async messages(as: string, channel: string, root: string): Promise<MatrixMessage[]> {
    return (await this.control.messages(as, channel, root)).filter(({ deleted }) => !deleted);
  }

  private async send(name: string, body: Readonly<Record<string, unknown>>): Promise<MatrixOutcome> {
    this.context.acting();
    return this.control.act(name, { ...body, wait: "ack" });
  }
}

/** Under whose name clients show it; the name stands in the text as well, for those that do not know such names. */
function authorOf({ content }: MatrixMessage): string | null {
  const { displayname } = (content["com.beeper.per_message_profile"] ?? {}) as { displayname?: string };
  if (displayname === undefined) return null;
  const named = namesItsAuthor(String(content.formatted_body), displayname) && String(content.body).includes(`${displayname} : `);
  return named ? displayname : `${displayname} (absent du texte)`;
}
