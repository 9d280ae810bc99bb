/** `/aplus aide`: made from the registry, so that it never tells of what is not there. */
import { ACTION_IDS, actionOf, COMMANDS } from "../actions.ts";
import type { PlatformName } from "../domain/demande.ts";
import type { Block, Inline } from "../domain/richtext.ts";
import type { Message } from "../presentation/message.ts";
import { say } from "../presentation/message.ts";
import { helpTexts } from "../texts.ts";

const bold = (text: string): Inline => ({ type: "text", text, style: { bold: true } });
const code = (text: string): Inline => ({ type: "text", text, style: { code: true } });
const plain = (text: string): Inline => ({ type: "text", text });
const paragraph = (...inlines: Inline[]): Block => ({ type: "paragraph", inlines });
const list = (items: readonly Inline[][]): Block => ({
  type: "list",
  ordered: false,
  items: items.map((inlines) => ({ indent: 0, inlines })),
});

/** What precedes a command there. */
export const commandSign = (platform: PlatformName): "/" | "!" => (platform === "slack" ? "/" : "!");

/** @param sign what precedes a command on the platform */
export function helpMessage(sign: string): Message {
  const commands = COMMANDS.map(({ command, usage, help }) => [code(`${sign}${command} ${usage}`), plain(` ${help}`)]);
  const actions = ACTION_IDS.filter((id) => actionOf(id).capability !== null).map((id) => {
    const { emoji, label, help } = actionOf(id);
    return [plain(`${emoji} `), bold(label), plain(` : ${help}`)];
  });
  return say([
    paragraph(bold(helpTexts.title)),
    paragraph(bold(helpTexts.commands)),
    list(commands),
    paragraph(bold(helpTexts.buttons)),
    list(actions),
    paragraph(plain(helpTexts.thread)),
  ]);
}
