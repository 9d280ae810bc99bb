/** Where one writes: text, files, and what is proposed on the way. Enter sends, Shift+Enter goes to the next line. */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import type { CommandHint, PlatformId } from "../protocol.ts";
import { type Proposal, proposalsFor } from "./completion.ts";
import { texts } from "./texts.ts";

export interface AttachedFile {
  readonly name: string;
  readonly mimetype: string;
  readonly contentBase64: string;
}

interface ComposerProps {
  readonly platform: PlatformId;
  readonly label: string;
  readonly isThread: boolean;
  readonly commands: readonly CommandHint[];
  readonly people: readonly string[];
  /** The message being changed, with its text. */
  readonly editing: { readonly message: string; readonly text: string } | null;
  /** Resolves with whether it was sent: what was not stays written. */
  onSend(text: string, files: readonly AttachedFile[]): Promise<boolean>;
  onCancelEdit(): void;
}

function readFile(file: File): Promise<AttachedFile> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onerror = () => reject(reader.error);
    reader.onload = () => {
      const address = String(reader.result);
      const mimetype = file.type || "application/octet-stream";
      resolve({ name: file.name, mimetype, contentBase64: address.slice(address.indexOf(",") + 1) });
    };
    reader.readAsDataURL(file);
  });
}

interface ProposalListProps {
  readonly id: string;
  readonly proposals: readonly Proposal[];
  readonly chosen: number;
  onTake(proposal: Proposal): void;
}

function ProposalList({ id, proposals, chosen, onTake }: ProposalListProps) {
  return (
    <div class="proposals" role="listbox" id={id} aria-label={texts.suggestions}>
      {proposals.map((proposal, n) => (
        <div
          key={proposal.label}
          id={`${id}-${n}`}
          role="option"
          tabIndex={-1}
          aria-selected={n === chosen}
          class="proposal"
          onMouseDown={(event) => {
            event.preventDefault();
            onTake(proposal);
          }}
        >
          <strong>{proposal.label}</strong> <span>{proposal.detail}</span>
        </div>
      ))}
    </div>
  );
}

export function Composer(props: ComposerProps) {
  const { platform, label, isThread, commands, people, editing, onSend, onCancelEdit } = props;
  const id = useId();
  const [text, setText] = useState("");
  const [files, setFiles] = useState<readonly AttachedFile[]>([]);
  const [chosen, setChosen] = useState(0);
  const [hidden, setHidden] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const proposals = hidden === text ? [] : proposalsFor({ text, commands, people, isThread });
  const isListed = proposals.length > 0 && editing === null;

  useEffect(() => {
    setText(editing?.text ?? "");
    if (editing) area.current?.focus();
  }, [editing]);

  const take = ({ text: taken }: Proposal) => {
    setText(taken);
    setChosen(0);
    area.current?.focus();
  };

  const send = async () => {
    if (busy || (text.trim() === "" && files.length === 0)) return;
    setBusy(true);
    const sent = await onSend(text, files);
    setBusy(false);
    if (!sent) return;
    setText("");
    setFiles([]);
    area.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (isListed && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      setChosen((chosen + step + proposals.length) % proposals.length);
      return;
    }
    const proposal = proposals[chosen];
    // A command typed whole is sent, and not taken from the list again.
    const isWhole = proposals.some((one) => one.text.trim() === text.trim());
    if (isListed && proposal && (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey && !isWhole))) {
      event.preventDefault();
      take(proposal);
    } else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      void send();
    } else if (event.key === "Escape") {
      if (isListed) setHidden(text);
      else if (editing) onCancelEdit();
    }
  };

  const listId = `${id}-list`;
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {isListed && (
        <ProposalList id={listId} proposals={proposals} chosen={Math.min(chosen, proposals.length - 1)} onTake={take} />
      )}
      <p class="fr-sr-only" role="status">
        {isListed ? texts.suggested(proposals.length) : ""}
      </p>
      {editing && (
        <p class="editing">
          {texts.editing}{" "}
          <button type="button" class="quiet-button" onClick={onCancelEdit}>
            {texts.cancel}
          </button>
        </p>
      )}
      <label class="fr-sr-only" for={`${id}-text`}>
        {label}
      </label>
      <textarea
        ref={area}
        id={`${id}-text`}
        class="fr-input"
        rows={1}
        aria-autocomplete="list"
        {...(isListed && { "aria-controls": listId, "aria-activedescendant": `${listId}-${chosen}` })}
        placeholder={platform === "matrix" ? texts.hintMatrix : isThread ? label : texts.hintSlack}
        value={text}
        onInput={({ currentTarget }) => {
          setText(currentTarget.value);
          setChosen(0);
          setHidden(null);
        }}
        onKeyDown={onKeyDown}
      />
      {files.length > 0 && (
        <ul class="attached" aria-label={texts.attached(files.length)}>
          {files.map((file) => (
            <li key={file.name}>
              <bdi>{file.name}</bdi>{" "}
              <button
                type="button"
                class="quiet-button"
                aria-label={texts.detach(file.name)}
                onClick={() => setFiles(files.filter((other) => other !== file))}
              >
                ✕
              </button>
            </li>
          ))}
        </ul>
      )}
      <div class="composer-tools">
        {editing === null && (
          <>
            <input
              class="fr-sr-only"
              type="file"
              multiple
              id={`${id}-files`}
              onChange={({ currentTarget }) => {
                const picked = [...(currentTarget.files ?? [])];
                currentTarget.value = "";
                void Promise.all(picked.map(readFile)).then((read) => setFiles((old) => [...old, ...read]));
              }}
            />
            <label class="quiet-button attach" for={`${id}-files`} title={texts.attach}>
              <span aria-hidden="true">📎</span>
              <span class="fr-sr-only">{texts.attach}</span>
            </label>
          </>
        )}
        <button type="submit" class="fr-btn fr-btn--sm" disabled={busy}>
          {editing ? texts.save : texts.send}
        </button>
      </div>
    </form>
  );
}
