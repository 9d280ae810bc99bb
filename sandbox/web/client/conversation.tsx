/** One conversation, or one thread of it, as one person reads it: live, with where to write. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { CommandHint, PlatformId, ShortcutHint } from "../protocol.ts";
import { get, post, Refused } from "./api.ts";
import { type AttachedFile, Composer } from "./composer.tsx";
import { type Json, list, obj, str } from "./json.ts";
import { useLive } from "./live.ts";
import { MatrixMessage } from "./matrix/message.tsx";
import type { Surroundings } from "./message.tsx";
import { useReading } from "./reading.ts";
import { SlackMessage } from "./slack/message.tsx";
import { texts } from "./texts.ts";

export interface ConversationProps {
  readonly platform: PlatformId;
  readonly account: string;
  readonly channel: string;
  readonly name: string;
  readonly thread: string | null;
  readonly commands: readonly CommandHint[];
  readonly shortcuts: readonly ShortcutHint[];
  readonly people: readonly string[];
  onThread(root: string): void;
  /** Slack shows this form, or none. */
  onView(view: Json | null): void;
  onFault(sentence: string): void;
  onArrived(count: number): void;
}

const NEAR_END_PX = 80;

const idOf = (message: Json): string => str(message.event_id) || `${message.is_ephemeral === true ? "e" : ""}${str(message.ts)}`;

/** Keeps the end in sight for whoever is there, and leaves in peace whoever reads further up. */
function useEnd(key: string, count: number) {
  const box = useRef<HTMLElement>(null);
  const isAtEnd = useRef(true);
  // Another conversation begins at its end
  useLayoutEffect(() => {
    isAtEnd.current = true;
  }, [key]);
  // Looked at whenever a message comes
  useLayoutEffect(() => {
    if (isAtEnd.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [count, key]);
  const onScroll = () => {
    const { scrollHeight = 0, scrollTop = 0, clientHeight = 0 } = box.current ?? {};
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  };
  return { box, onScroll };
}

export function Conversation(props: ConversationProps) {
  const { platform, account, channel, name, thread, onView, onFault } = props;
  const [editing, setEditing] = useState<{ message: string; text: string } | null>(null);
  const key = `${platform} ${account} ${channel} ${thread ?? ""}`;
  const query = { channel, as: account, ...(thread !== null && { thread }) };
  const { data, fault, again } = useReading(key, async () => list((await get(`/sandbox/${platform}/messages`, query)).messages));
  const { box, onScroll } = useEnd(key, data?.length ?? 0);

  useLive((told) => {
    if (told.kind === "world") again();
    // A thread's root shows how many answers there are: the channel is read again with each.
    if (told.kind === "conversation" && told.platform === platform && (told.channel === channel || channel === "dm")) again();
  });

  const shown = useRef({ key, count: -1 });
  useEffect(() => {
    if (!data) return;
    const { key: oldKey, count } = shown.current;
    if (oldKey === key && count >= 0 && data.length > count) props.onArrived(data.length - count);
    shown.current = { key, count: data.length };
  }, [data, key]);

  // What was being changed elsewhere is left
  useEffect(() => setEditing(null), [key]);

  async function doing(path: string, body: Readonly<Record<string, unknown>>): Promise<boolean> {
    try {
      const answer = await post(path, body);
      if ("view" in answer && answer.view !== null) onView(obj(answer.view));
      if (answer.ok !== true) onFault(str(answer.message) || texts.notDone);
      again();
      return answer.ok === true;
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      onFault(error.message);
      again();
      return false;
    }
  }

  async function send(text: string, files: readonly AttachedFile[]): Promise<boolean> {
    const place = { as: account, channel, ...(thread !== null && { thread }) };
    if (editing) {
      const done = await doing(`/sandbox/${platform}/edit`, { as: account, channel, message: editing.message, text });
      if (done) setEditing(null);
      return done;
    }
    const [, command, rest = ""] = /^(\/[a-z0-9_-]+)(?:\s+([\s\S]*))?$/.exec(text.trim()) ?? [];
    if (platform === "slack" && command !== undefined)
      return doing("/sandbox/slack/command", { ...place, command, text: rest.trim() });
    return doing(`/sandbox/${platform}/message`, { ...place, text, ...(files.length > 0 && { files }), wait: "ack" });
  }

  const around: Surroundings = {
    account,
    channel,
    thread,
    shortcuts: props.shortcuts,
    openThread: props.onThread,
    edit: (message, text) => setEditing({ message, text }),
    act: (path, body) => void doing(path, body),
  };
  const Message = platform === "slack" ? SlackMessage : MatrixMessage;
  return (
    <>
      <section
        ref={box}
        class="messages"
        aria-label={thread === null ? texts.conversation(name) : texts.threadOf(name)}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
        tabIndex={0}
        onScroll={onScroll}
      >
        {fault !== null && <p class="empty">{fault}</p>}
        {fault === null && data === null && <p class="empty">{texts.loading}</p>}
        {data?.length === 0 && <p class="empty">{texts.empty}</p>}
        <ol class="message-list">
          {data?.map((message) => (
            <Message key={idOf(message)} message={message} around={around} />
          ))}
        </ol>
      </section>
      <Composer
        key={key}
        platform={platform}
        label={thread === null ? texts.write(name) : texts.writeThread}
        isThread={thread !== null}
        commands={props.commands}
        people={props.people}
        editing={editing}
        onSend={send}
        onCancelEdit={() => setEditing(null)}
      />
    </>
  );
}
