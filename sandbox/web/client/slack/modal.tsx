/** The form that Slack shows a person: its fields, their faults beside them, and nothing typed lost. */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { get, post, Refused } from "../api.ts";
import { RawDialog, Window } from "../dialogs.tsx";
import { type Json, list, obj, str } from "../json.ts";
import { texts } from "../texts.ts";
import { Block, type OnUse } from "./blocks.tsx";
import { ElementField, isChoiceList } from "./fields.tsx";
import { type Held, initialOf, keptOf } from "./held.ts";

interface ModalProps {
  readonly account: string;
  readonly view: Json;
  /** What is open now, after something was done in it. */
  onChanged(view: Json | null): void;
  onFault(sentence: string): void;
}

type Values = Readonly<Record<string, Held>>;

interface Field {
  readonly block: Json;
  readonly blockId: string;
  readonly element: Json;
}

const fieldsOf = (view: Json): Field[] =>
  list(view.blocks)
    .filter(({ type }) => type === "input")
    .map((block) => ({ block, blockId: str(block.block_id), element: obj(block.element) }));

/** What the fields hold: as typed here, else as Slack keeps it, else as the app proposed it. */
function held(view: Json, typed: Values): Values {
  const state = obj(obj(view.state).values);
  return Object.fromEntries(
    fieldsOf(view).map(({ blockId, element }) => {
      const kept = keptOf(obj(obj(state[blockId])[str(element.action_id)]));
      return [blockId, typed[blockId] ?? kept ?? initialOf(element)];
    }),
  );
}

interface InputBlockProps extends Field {
  readonly id: string;
  readonly value: Held;
  readonly fault: string | undefined;
  onChange(value: Held): void;
  onEnter?: () => void;
}

function InputBlock({ id, block, element, value, fault, onChange, onEnter }: InputBlockProps) {
  const label = str(obj(block.label).text);
  const hint = str(obj(block.hint).text);
  const described = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(" ");
  const isOptional = block.optional === true;
  const Label = isChoiceList(element) ? "p" : "label";
  return (
    <div class={`fr-input-group field ${fault ? "fr-input-group--error" : ""}`}>
      <Label class="fr-label" {...(Label === "label" && { for: id })}>
        {label} {isOptional && <span class="optional">{texts.optional}</span>}
        {hint !== "" && (
          <span class="fr-hint-text lines" id={`${id}-hint`}>
            {hint}
          </span>
        )}
      </Label>
      <ElementField
        id={id}
        element={element}
        label={label}
        value={value}
        describedBy={described || undefined}
        invalid={fault !== undefined}
        required={!isOptional}
        onChange={onChange}
        {...(onEnter && { onEnter })}
      />
      {fault !== undefined && (
        <p class="fr-error-text" id={`${id}-fault`}>
          {fault}
        </p>
      )}
    </div>
  );
}

export function Modal({ account, view, onChanged, onFault }: ModalProps) {
  const base = useId();
  const [typed, setTyped] = useState<Values>({});
  const [faults, setFaults] = useState<Readonly<Record<string, string>>>({});
  const [busy, setBusy] = useState(false);
  const [raw, setRaw] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const viewId = str(view.id);
  const values = held(view, typed);

  // Another form begins untouched
  useEffect(() => {
    setTyped({});
    setFaults({});
    form.current?.querySelector<HTMLElement>("input, textarea, select, button.fr-btn")?.focus();
  }, [viewId]);

  // The first fault takes the focus when faults come
  useEffect(() => {
    const first = form.current?.querySelector<HTMLElement>("[aria-invalid=true], .fr-input-group--error input");
    first?.focus();
  }, [faults]);

  async function doing(work: () => Promise<void>): Promise<void> {
    if (busy) return;
    setBusy(true);
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      onFault(error.message);
    } finally {
      setBusy(false);
    }
  }

  const send = () =>
    doing(async () => {
      const answer = await post("/sandbox/slack/submit", { as: account, values });
      const errors = obj(answer.errors) as Readonly<Record<string, string>>;
      setFaults(errors);
      if (answer.ok !== true && Object.keys(errors).length === 0) onFault(str(answer.message) || texts.notDone);
      else if (answer.ok === true) onChanged(answer.view === null ? null : obj(answer.view));
    });

  const close = () =>
    doing(async () => {
      const answer = await post("/sandbox/slack/close", { as: account, back: true });
      onChanged(answer.view === null || answer.view === undefined ? null : obj(answer.view));
    });

  /** Something that the app is told of at once. What is typed elsewhere is kept first. */
  const use: OnUse = (element, _block, value) => {
    void doing(async () => {
      await post("/sandbox/slack/fill", { as: account, values }).catch(() => undefined);
      const chosen = value === undefined ? {} : { value };
      const answer = await post("/sandbox/slack/click", { as: account, view: true, action: str(element.action_id), ...chosen });
      const current = await get("/sandbox/slack/view", { as: account });
      if (answer.ok !== true) onFault(str(answer.message) || texts.notDone);
      onChanged(current.view === null ? null : obj(current.view));
    });
  };

  const change = ({ block, blockId, element }: Field, value: Held) => {
    setTyped((old) => ({ ...old, [blockId]: value }));
    const isText = str(element.type).includes("text_input") || element.type === "number_input";
    if (block.dispatch_action === true && !isText && value !== "") use(element, block, value);
  };

  const submit = str(obj(view.submit).text);
  const fields = new Map(fieldsOf(view).map((field) => [field.block, field]));
  const count = Object.keys(faults).length;
  return (
    <Window title={str(obj(view.title).text)} onClose={() => void close()}>
      <form
        ref={form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <p role="alert" class={count > 0 ? "fr-error-text" : "fr-sr-only"}>
          {count > 0 ? texts.formFaults(count) : ""}
        </p>
        {list(view.blocks).map((block, n) => {
          const id = `${base}-${n}`;
          const field = fields.get(block);
          if (!field) return <Block key={str(block.block_id) || n} block={block} id={id} onUse={use} />;
          const { blockId, element } = field;
          const tellsAtOnce = block.dispatch_action === true;
          return (
            <InputBlock
              key={blockId}
              id={id}
              {...field}
              value={values[blockId] ?? ""}
              fault={faults[blockId]}
              onChange={(value) => change(field, value)}
              {...(tellsAtOnce && { onEnter: () => use(element, block, values[blockId] ?? "") })}
            />
          );
        })}
        <div class="buttons">
          {submit !== "" && (
            <button type="submit" class="fr-btn" disabled={busy}>
              {submit}
            </button>
          )}
          <button type="button" class="fr-btn fr-btn--secondary" onClick={() => void close()}>
            {str(obj(view.close).text) || texts.cancel}
          </button>
          <button type="button" class="fr-btn fr-btn--tertiary-no-outline fr-btn--sm raw-button" onClick={() => setRaw(true)}>
            {texts.raw}
          </button>
        </div>
      </form>
      {raw && <RawDialog event={view} onClose={() => setRaw(false)} />}
    </Window>
  );
}
