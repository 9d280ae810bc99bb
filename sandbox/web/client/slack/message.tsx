/** One message of Slack's, as its reader sees it. */
import { slackDate } from "../dates.ts";
import { type Json, list, num, obj, str, strings } from "../json.ts";
import { FileLink, type MessageAction, MessageFrame, Reactions, type Surroundings } from "../message.tsx";
import { type Names, useNames } from "../names.ts";
import { texts } from "../texts.ts";
import { Blocks, type OnUse } from "./blocks.tsx";
import { emoji } from "./emoji.ts";
import { Mrkdwn, unescaped } from "./mrkdwn.tsx";

const EYES = "eyes";

function authorOf(message: Json, names: Names): string {
  const profile = str(obj(message.bot_profile).name);
  return str(message.username) || profile || (message.bot_id === undefined ? names.account(str(message.user)) : texts.bot);
}

/** What may be done with it from here. */
function actionsOf(message: Json, { account, channel, thread, shortcuts, openThread, edit, act }: Surroundings): MessageAction[] {
  if (message.is_ephemeral === true || message.subtype === "tombstone") return [];
  const ts = str(message.ts);
  const target = { as: account, channel, message: ts };
  const isOwn = message.user === account && message.bot_id === undefined;
  return [
    ...(thread === null ? [{ label: texts.replyInThread, act: () => openThread(ts) }] : []),
    { label: texts.react, act: () => act("/sandbox/slack/react", { ...target, reaction: EYES }) },
    ...shortcuts.map(({ callback, label }) => ({ label, act: () => act("/sandbox/slack/shortcut", { ...target, callback }) })),
    ...(isOwn
      ? [
          { label: texts.edit, act: () => edit(ts, unescaped(str(message.text))) },
          { label: texts.remove, act: () => act("/sandbox/slack/delete", target) },
        ]
      : []),
  ];
}

export function SlackMessage({ message, around }: { message: Json; around: Surroundings }) {
  const names = useNames();
  const { account, channel, thread, act, openThread } = around;
  const ts = str(message.ts);
  const blocks = [...list(message.blocks), ...list(message.attachments).flatMap((attachment) => list(attachment.blocks))];
  const use: OnUse = (element, _block, value) =>
    act("/sandbox/slack/click", {
      as: account,
      channel,
      message: ts,
      action: str(element.action_id),
      ...(value !== undefined && { value }),
    });
  const reactions = list(message.reactions).map((reaction) => {
    const users = strings(reaction.users);
    const isOwn = users.includes(account);
    return {
      label: emoji(str(reaction.name)),
      count: num(reaction.count),
      isOwn,
      names: users.map(names.account).join(", "),
      onToggle: () =>
        act("/sandbox/slack/react", { as: account, channel, message: ts, reaction: str(reaction.name), remove: isOwn }),
    };
  });
  const isDeleted = message.subtype === "tombstone";
  const marks = [
    ...(message.is_ephemeral === true ? [texts.onlyYou] : []),
    ...(message.edited !== undefined && message.bot_id === undefined ? [texts.edited] : []),
  ];
  const count = num(message.reply_count);
  return (
    <MessageFrame
      id={ts}
      author={authorOf(message, names)}
      isBot={message.bot_id !== undefined}
      at={slackDate(ts)}
      marks={marks}
      raw={message}
      actions={actionsOf(message, around)}
      thread={thread === null && message.is_ephemeral !== true ? { count, open: () => openThread(ts) } : null}
    >
      {isDeleted && <p class="context">{texts.deleted}</p>}
      {blocks.length > 0 && <Blocks blocks={blocks} id={`${thread ?? "c"}-${ts}`} onUse={use} />}
      {blocks.length === 0 && !isDeleted && str(message.text) !== "" && <Mrkdwn text={str(message.text)} />}
      {list(message.files).map((file) => (
        <FileLink
          key={str(file.id)}
          platform="slack"
          file={str(file.id)}
          name={str(file.name) || texts.deleted}
          size={num(file.size)}
        />
      ))}
      <Reactions reactions={reactions} />
    </MessageFrame>
  );
}
