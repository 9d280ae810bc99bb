/** What messages of both platforms have in common on screen: who, when, and what can be done with them. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { PlatformId, ShortcutHint } from "../protocol.ts";
import { fileAddress } from "./api.ts";
import { shortMoment } from "./dates.ts";
import { RawDialog } from "./dialogs.tsx";
import type { Json } from "./json.ts";
import { texts } from "./texts.ts";

export interface MessageAction {
  readonly label: string;
  act(): void;
}

export interface FrameProps {
  readonly id: string;
  readonly author: string;
  readonly isBot: boolean;
  readonly at: Date;
  readonly marks: readonly string[];
  readonly isQuiet?: boolean;
  readonly raw: Json;
  readonly actions: readonly MessageAction[];
  /** The thread that it opens, and how many answers are in it; none inside a thread. */
  readonly thread: { readonly count: number; open(): void } | null;
  readonly children: ComponentChildren;
}

function Actions({ author, actions }: { author: string; actions: readonly MessageAction[] }) {
  const [open, setOpen] = useState(false);
  const place = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) return undefined;
    place.current?.querySelector<HTMLElement>("li button")?.focus();
    const onEscape = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      setOpen(false);
      button.current?.focus();
    };
    const away = (event: Event) => {
      if (event.target instanceof Node && !place.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener("pointerdown", away);
    document.addEventListener("focusin", away);
    document.addEventListener("keydown", onEscape);
    return () => {
      document.removeEventListener("pointerdown", away);
      document.removeEventListener("focusin", away);
      document.removeEventListener("keydown", onEscape);
    };
  }, [open]);
  const close = () => {
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div class="more" ref={place}>
      <button
        ref={button}
        type="button"
        class="quiet-button"
        aria-expanded={open}
        aria-label={texts.moreOn(author)}
        title={texts.more}
        onClick={() => setOpen(!open)}
      >
        ⋯
      </button>
      {open && (
        <ul class="more-list">
          {actions.map(({ label, act }) => (
            <li key={label}>
              <button
                type="button"
                onClick={() => {
                  close();
                  act();
                }}
              >
                {label}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

export function MessageFrame({ id, author, isBot, at, marks, isQuiet, raw, actions, thread, children }: FrameProps) {
  const [shown, setShown] = useState(false);
  return (
    <li class={`message ${isQuiet ? "is-quiet" : ""}`} data-message={id}>
      <div class="message-head">
        <span class="message-by">
          <bdi class="author">{author}</bdi>
          {isBot && <span class="mark">{texts.bot}</span>}
          {marks.map((mark) => (
            <span key={mark} class="mark">
              {mark}
            </span>
          ))}
          <time dateTime={at.toISOString()}>{shortMoment(at)}</time>
        </span>
        <span class="message-tools">
          <button type="button" class="quiet-button" title={texts.raw} aria-label={texts.raw} onClick={() => setShown(true)}>
            {"{ }"}
          </button>
          {actions.length > 0 && <Actions author={author} actions={actions} />}
        </span>
      </div>
      {children}
      {thread && (
        <button type="button" class="thread-button" onClick={thread.open}>
          {thread.count > 0 ? texts.replies(thread.count) : texts.openThread}
        </button>
      )}
      {shown && <RawDialog event={raw} onClose={() => setShown(false)} />}
    </li>
  );
}

const KILO = 1000;

function sizeOf(bytes: number): string {
  if (bytes < KILO) return `${bytes} o`;
  return bytes < KILO * KILO ? `${Math.round(bytes / KILO)} ko` : `${(bytes / KILO / KILO).toFixed(1).replace(".", ",")} Mo`;
}

export function FileLink({ platform, file, name, size }: { platform: PlatformId; file: string; name: string; size: number }) {
  return (
    <p class="file">
      📎{" "}
      <a class="fr-link" href={fileAddress(platform, file)} download>
        <bdi>{texts.file(name, sizeOf(size))}</bdi>
      </a>
    </p>
  );
}

export interface ReactionProps {
  readonly label: string;
  readonly count: number;
  readonly isOwn: boolean;
  readonly names: string;
  onToggle(): void;
}

export function Reactions({ reactions }: { reactions: readonly ReactionProps[] }) {
  if (reactions.length === 0) return null;
  return (
    <div class="pills">
      {reactions.map(({ label, count, isOwn, names, onToggle }) => (
        <button
          key={label}
          type="button"
          class="pill"
          aria-pressed={isOwn}
          title={texts.reaction(label, names)}
          onClick={onToggle}
        >
          <bdi>{label}</bdi> <span class="pill-count">{count}</span>
        </button>
      ))}
    </div>
  );
}

/** What a conversation gives to each of its messages. */
export interface Surroundings {
  readonly account: string;
  readonly channel: string;
  readonly thread: string | null;
  readonly shortcuts: readonly ShortcutHint[];
  openThread(root: string): void;
  edit(message: string, text: string): void;
  /** Does something, and tells what went wrong. */
  act(path: string, body: Readonly<Record<string, unknown>>): void;
}
