/** The people of a story on Slack. */

import type { SlackControl, SlackMessage, SlackOutcome } from "./control-slack.ts";
import { accountsIn, typed } from "./mentions.ts";
import { BOT, EDITED_MARK, fileMark, lineOf, PRIVATE_MARK, squeezed } from "./reading.ts";
import type { Attachment, Faults, FormRead, Side, SideContext, Spot, ThreadRead, Values, Wait, Words } from "./side.ts";
import { buttonsOf, composed, labelsOf, markupWords, rawTexts, textsOf } from "./slack-blocks.ts";
import type { ThreadPlace } from "./story.ts";
import { StepFault } from "./story.ts";

/** Lines that never change in the life of a demande. */
const HEADING = /^(Demandée par|Territoire|Ouverte) :/;

/** What Slack shows in place of a file that was deleted. */
const DELETED_FILE = "📎 (supprimé)";

export class SlackSide implements Side {
  private readonly context: SideContext;
  private readonly control: SlackControl;

  constructor(context: SideContext) {
    this.context = context;
    this.control = context.control.slack;
  }

  async rootIn({ reader, channel }: ThreadPlace, ref: string): Promise<string | null> {
    const all = await this.control.messages(reader, channel);
    return all.find(({ text }) => text.startsWith(`${ref} ·`))?.ts ?? null;
  }

  async read(place: ThreadPlace, root: string): Promise<ThreadRead | null> {
    const [card, ...rest] = await this.messages(place, root);
    if (!card) return null;
    const body = card.blocks.filter(({ type }) => type === "rich_text");
    const said = rawTexts(body, await this.context.people(), false).flatMap((text) => text.split("\n").map(squeezed));
    return {
      card: said.filter((line) => line !== "" && !HEADING.test(line)),
      buttons: buttonsOf(card.blocks),
      lines: await Promise.all(rest.map((message) => this.line(message, place.reader))),
    };
  }

  async lastWithButton(place: ThreadPlace, root: string, label: string): Promise<string | null> {
    const below = (await this.messages(place, root)).slice(1);
    return below.findLast(({ blocks }) => buttonsOf(blocks).includes(label))?.ts ?? null;
  }

  async command(as: string, channel: string, command: string): Promise<FormRead> {
    return formOf(await this.send("command", { as, channel, command: `/${command}` }));
  }

  async open(as: string, { channel, message }: Spot, label: string): Promise<FormRead> {
    return formOf(await this.send("click", { as, channel, message, action: label }));
  }

  async press(as: string, { channel, message }: Spot, label: string): Promise<void> {
    await this.send("click", { as, channel, message, action: label, wait: "ack" });
  }

  async submit(as: string, values: Values): Promise<Faults> {
    const labels = labelsOf((await this.control.view(as))?.blocks ?? []);
    const outcome = await this.act("submit", { as, values, wait: "ack" });
    const faults = Object.entries(outcome.errors).map(([id, sentence]) => [labels.get(id) ?? id, sentence]);
    if (!outcome.ok && faults.length === 0) throw refused("submit", outcome);
    return Object.fromEntries(faults);
  }

  async close(as: string): Promise<void> {
    await this.send("close", { as });
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
    const { ts = "", ephemeral } = await this.send("message", body);
    return { id: ts, told: ephemeral.map(({ blocks }) => textsOf(blocks).join(" ")) };
  }

  async edit(as: string, { channel, message }: Spot, words: Words): Promise<void> {
    await this.send("edit", { as, channel, message, ...(await this.written(words)), wait: "ack" });
  }

  async remove(as: string, { channel, message }: Spot): Promise<void> {
    await this.send("delete", { as, channel, message, wait: "ack" });
  }

  private async written(words: Words) {
    if (typeof words === "string") return { text: words };
    return { text: typed(words), blocks: composed(words, await accountsIn(words, this.context)) };
  }

  private async line({ blocks, files, text, user, username }: SlackMessage, reader: string): Promise<string> {
    const people = await this.context.people();
    const parts = blocks.length > 0 ? textsOf(blocks, people) : [markupWords(text, people)];
    const words = parts.filter((part) => part !== PRIVATE_MARK && part !== EDITED_MARK).join(" ");
    const marks = files.map(async ({ name, url_private: url }) =>
      url === undefined ? DELETED_FILE : fileMark(name, await this.context.bytes(url, reader)),
    );
    return lineOf({
      who: username ?? people.get(user ?? "") ?? BOT,
      isPrivate: parts.some((part) => part.includes(PRIVATE_MARK)),
      words: words.replace(PRIVATE_MARK, ""),
      edited: parts.includes(EDITED_MARK),
      files: await Promise.all(marks),
      buttons: buttonsOf(blocks),
    });
  }

  private async messages({ reader, channel }: ThreadPlace, root: string): Promise<SlackMessage[]> {
    const all = await this.control.messages(reader, channel, root);
    return all.filter((message) => message.is_ephemeral !== true);
  }

  private act(name: string, body: Readonly<Record<string, unknown>>): Promise<SlackOutcome> {
    this.context.acting();
    return this.control.act(name, body);
  }

  private async send(name: string, body: Readonly<Record<string, unknown>>): Promise<SlackOutcome> {
    const outcome = await this.act(name, body);
    if (!outcome.ok) throw refused(name, outcome);
    return outcome;
  }
}

const refused = (name: string, { error, errors }: SlackOutcome): StepFault =>
  new StepFault(`${name} : ${error ?? "refusé"} ${JSON.stringify(errors)}`);

const formOf = ({ view }: SlackOutcome): FormRead => ({
  title: view?.title.text ?? "aucun",
  words: textsOf(view?.blocks ?? []).join(" "),
});
