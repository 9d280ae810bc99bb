/** Windows above the page: the focus goes in, stays in, and comes back to where it was. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import type { Json } from "./json.ts";
import { texts } from "./texts.ts";

interface WindowProps {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly isWide?: boolean;
  /** Asked for by Escape or by a button: whoever shows the window takes it away. */
  onClose(): void;
}

export function Window({ title, children, isWide, onClose }: WindowProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    const shown = dialog.current;
    shown?.showModal();
    return () => {
      shown?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={isWide ? "window wide" : "window"}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="window-head">
        <h2 id={id} class="fr-h5 fr-mb-0">
          {title}
        </h2>
        <button type="button" class="fr-btn fr-btn--tertiary-no-outline fr-btn--sm" onClick={onClose}>
          {texts.close}
        </button>
      </div>
      <div class="window-body">{children}</div>
    </dialog>
  );
}

interface ConfirmProps {
  readonly title: string;
  readonly text: string;
  readonly confirm?: string;
  readonly cancel?: string;
  onAnswer(yes: boolean): void;
}

export function ConfirmDialog({ title, text, confirm = texts.confirm, cancel = texts.cancel, onAnswer }: ConfirmProps) {
  return (
    <Window title={title} onClose={() => onAnswer(false)}>
      <p class="lines">{text}</p>
      <div class="buttons">
        <button type="button" class="fr-btn" onClick={() => onAnswer(true)}>
          {confirm}
        </button>
        <button type="button" class="fr-btn fr-btn--secondary" onClick={() => onAnswer(false)}>
          {cancel}
        </button>
      </div>
    </Window>
  );
}

/** What the platform stores, as it stores it. */
export function RawDialog({ event, onClose }: { event: Json; onClose(): void }) {
  return (
    <Window title={texts.rawTitle} isWide onClose={onClose}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <pre class="raw" tabIndex={0}>
        {JSON.stringify(event, null, 2)}
      </pre>
    </Window>
  );
}
