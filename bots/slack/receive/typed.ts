/** What was typed after a slash command: mentions and links as Slack escapes them, told apart from the words around them. */
import { unescapeText } from "../limits.ts";

export interface TypedText {
  /** With each mention as « @name ». */
  readonly text: string;
  /** Without the people mentioned. */
  readonly withoutMentions: string;
  /** Their ids, in order. */
  readonly users: readonly string[];
}

interface Piece {
  readonly text: string;
  readonly user?: string;
}

/** `<@U…|name>`, `<#C…|name>`, `<!here>`, `<mailto:a@b.fr|a@b.fr>`, `<https://…|text>`: https://docs.slack.dev/messaging/formatting-message-text */
function tokenPiece(token: string): Piece {
  const [target = "", shown] = token.split("|", 2);
  const id = target.slice(1);
  const name = unescapeText(shown ?? "");
  switch (target[0]) {
    case "@":
      return { text: `@${name || id}`, user: id };
    case "#":
      return { text: `#${name || id}` };
    case "!":
      return { text: name || `@${id}` };
    default:
      return { text: unescapeText(target).replace(/^mailto:/i, "") };
  }
}

/** @param escaped as the command's payload has it, with `should_escape` */
export function typedText(escaped: string): TypedText {
  const pieces = escaped
    .split(/<([^<>]+)>/)
    .map((piece, index): Piece => (index % 2 === 1 ? tokenPiece(piece) : { text: unescapeText(piece) }));
  return {
    text: pieces.map(({ text }) => text).join(""),
    withoutMentions: pieces.map(({ text, user }) => (user === undefined ? text : "")).join(""),
    users: pieces.flatMap(({ user }) => (user === undefined ? [] : [user])),
  };
}
