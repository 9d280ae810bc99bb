/** `/groupe aide`: made from the registry, for the groupe and the person at hand. */

import { isResponsableOf } from "../../domain/agent.ts";
import type { Block, Inline } from "../../domain/richtext.ts";
import type { Message } from "../../presentation/message.ts";
import { say } from "../../presentation/message.ts";
import { groupeHelp, groupeTexts } from "../../texts/groupes.ts";
import { GROUPE_COMMANDS } from "./registry.ts";
import type { GroupeCommand, GroupeRequest } from "./request.ts";

const bold = (text: string): Inline => ({ type: "text", text, style: { bold: true } });
const code = (text: string): Inline => ({ type: "text", text, style: { code: true } });
const plain = (text: string): Inline => ({ type: "text", text });
const paragraph = (...inlines: Inline[]): Block => ({ type: "paragraph", inlines });

/** `…` as code, the rest as it stands. */
const withCode = (text: string): Inline[] =>
  text.split("`").flatMap((piece, index) => (piece === "" ? [] : [index % 2 === 1 ? code(piece) : plain(piece)]));

type Described = Pick<GroupeCommand, "name" | "usage" | "help" | "details">;

const AIDE: Described = { name: "aide", usage: "[commande]", ...groupeHelp.aide };

/** What `aide` tells of, itself included. */
export const DESCRIBED: readonly Described[] = [...GROUPE_COMMANDS, AIDE];

const written = ({ name, usage }: Described, sign: string): string => `${sign}groupe ${name} ${usage}`.trim();

export function groupeHelpMessage({ agent, groupe, sign }: Pick<GroupeRequest, "agent" | "groupe" | "sign">): Message {
  const items = DESCRIBED.map((command) => [code(written(command, sign)), plain(` ${command.help}`)]);
  return say([
    paragraph(bold(groupeTexts.title(groupe.name))),
    paragraph(plain(isResponsableOf(agent, groupe.id) ? groupeTexts.intro : groupeTexts.introAdmin)),
    { type: "list", ordered: false, items: items.map((inlines) => ({ indent: 0, inlines })) },
    paragraph(...withCode(groupeTexts.more(sign))),
    paragraph(...withCode(groupeTexts.where(sign))),
  ]);
}

export const commandHelpMessage = (command: Described, sign: string): Message =>
  say([paragraph(code(written(command, sign)), plain(` ${command.help}`)), paragraph(...withCode(command.details))]);
