/** One message of Matrix's, as its reader sees it: after its edits, with its reactions. */
import { type Json, list, num, obj, str, strings } from "../json.ts";
import { FileLink, type MessageAction, MessageFrame, Reactions, type Surroundings } from "../message.tsx";
import { texts } from "../texts.ts";
import { MatrixHtml } from "./html.tsx";

const FILES = new Set(["m.file", "m.image", "m.audio", "m.video"]);
const EYES = "👀";

/** Per-message profile (MSC4144): the name under which clients that know it show the message. */
const profileOf = (content: Json): string => str(obj(content["com.beeper.per_message_profile"]).displayname);

function actionsOf(message: Json, { account, channel, thread, openThread, edit, act }: Surroundings): MessageAction[] {
  if (message.deleted === true) return [];
  const id = str(message.event_id);
  const target = { as: account, channel, message: id };
  const isOwn = message.sender === account;
  return [
    ...(thread === null ? [{ label: texts.replyInThread, act: () => openThread(id) }] : []),
    { label: texts.react, act: () => act("/sandbox/matrix/react", { ...target, key: EYES }) },
    ...(isOwn
      ? [
          ...(FILES.has(str(message.msgtype)) ? [] : [{ label: texts.edit, act: () => edit(id, str(message.body)) }]),
          { label: texts.remove, act: () => act("/sandbox/matrix/delete", target) },
        ]
      : []),
  ];
}

function Body({ message }: { message: Json }) {
  const content = obj(message.content);
  if (message.deleted === true) return <p class="context">{texts.deleted}</p>;
  if (FILES.has(str(message.msgtype))) {
    const name = str(content.filename) || str(message.body);
    const caption = name === str(message.body) ? "" : str(message.body);
    return (
      <>
        {caption !== "" && <p class="lines">{caption}</p>}
        <FileLink platform="matrix" file={str(content.url)} name={name} size={num(obj(content.info).size)} />
      </>
    );
  }
  if (message.encrypted === true && message.body === undefined) return <p class="context">{texts.encrypted}</p>;
  const html = str(message.formatted_body);
  if (html !== "" && content.format === "org.matrix.custom.html") return <MatrixHtml html={html} />;
  return <p class="lines">{str(message.body)}</p>;
}

export function MatrixMessage({ message, around }: { message: Json; around: Surroundings }) {
  const { account, channel, thread, act, openThread } = around;
  const id = str(message.event_id);
  const reactions = list(message.reactions).map((reaction) => {
    const key = str(reaction.key);
    const isOwn = strings(reaction.senders).includes(account);
    return {
      label: key,
      count: num(reaction.count),
      isOwn,
      names: strings(reaction.names).join(", "),
      onToggle: () => act("/sandbox/matrix/react", { as: account, channel, message: id, key, ...(isOwn && { remove: true }) }),
    };
  });
  const profile = profileOf(obj(message.content));
  // A clone of the bot's account would show it under another name: only its own server says who is a bot.
  const isBot = /^@aplus:/.test(str(message.sender));
  const count = num(message.replies);
  return (
    <MessageFrame
      id={id}
      author={profile || str(message.sender_name)}
      isBot={isBot}
      at={new Date(num(message.origin_server_ts))}
      marks={message.edited !== undefined && !isBot ? [texts.edited] : []}
      isQuiet={message.msgtype === "m.notice"}
      raw={obj(message.raw)}
      actions={actionsOf(message, around)}
      thread={thread === null && count > 0 ? { count, open: () => openThread(id) } : null}
    >
      <Body message={message} />
      <Reactions reactions={reactions} />
    </MessageFrame>
  );
}
