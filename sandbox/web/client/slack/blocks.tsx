/** Blocks of Block Kit as a reader sees them. https://docs.slack.dev/reference/block-kit/blocks */
import { useState } from "preact/hooks";
import { ConfirmDialog } from "../dialogs.tsx";
import { type Json, list, obj, str } from "../json.ts";
import { texts } from "../texts.ts";
import { ElementField } from "./fields.tsx";
import { type Held, initialOf } from "./held.ts";
import { SlackText } from "./mrkdwn.tsx";
import { RichText } from "./rich-text.tsx";

/** What its reader does with an element. `value` is a choice; none for a button. */
export type OnUse = (element: Json, block: Json, value?: Held) => void;

interface ElementProps {
  readonly element: Json;
  readonly block: Json;
  readonly id: string;
  onUse: OnUse;
}

function Button({ element, block, onUse }: ElementProps) {
  const [asking, setAsking] = useState(false);
  const confirm = obj(element.confirm);
  const use = () => onUse(element, block);
  const style = element.style === "primary" ? "" : "fr-btn--secondary";
  const label = str(obj(element.text).text);
  return (
    <>
      <button
        type="button"
        class={`fr-btn fr-btn--sm ${style} ${element.style === "danger" ? "danger" : ""}`}
        aria-label={str(element.accessibility_label) || undefined}
        onClick={() => (confirm.title === undefined ? use() : setAsking(true))}
      >
        {label}
      </button>
      {asking && (
        <ConfirmDialog
          title={str(obj(confirm.title).text)}
          text={str(obj(confirm.text).text)}
          confirm={str(obj(confirm.confirm).text) || texts.confirm}
          cancel={str(obj(confirm.deny).text) || texts.cancel}
          onAnswer={(yes) => {
            setAsking(false);
            if (yes) use();
          }}
        />
      )}
    </>
  );
}

function Menu({ element, block, id, onUse }: ElementProps) {
  const [value, setValue] = useState<Held>(initialOf(element));
  const label = str(obj(element.placeholder).text) || (element.type === "overflow" ? texts.more : texts.choose);
  return (
    <div class="menu">
      <ElementField
        id={id}
        element={element}
        label={label}
        value={value}
        onChange={(chosen) => {
          setValue(chosen);
          if (chosen !== "") onUse(element, block, chosen);
        }}
      />
      <label class="fr-sr-only" for={id}>
        {label}
      </label>
    </div>
  );
}

export function Element(props: ElementProps) {
  const { element } = props;
  switch (element.type) {
    case "button":
    case "workflow_button":
      return <Button {...props} />;
    case "image":
      return <span class="image">{texts.image(str(element.alt_text))}</span>;
    case "mrkdwn":
    case "plain_text":
      return <SlackText text={element} />;
    default:
      return <Menu {...props} />;
  }
}

function Section({ block, id, onUse }: { block: Json; id: string; onUse: OnUse }) {
  const accessory = obj(block.accessory);
  return (
    <div class="section">
      <div>
        {block.text !== undefined && <SlackText text={obj(block.text)} />}
        {list(block.fields).length > 0 && (
          <ul class="fields">
            {list(block.fields).map((field) => (
              <li>
                <SlackText text={field} />
              </li>
            ))}
          </ul>
        )}
      </div>
      {accessory.type !== undefined && <Element element={accessory} block={block} id={`${id}-accessory`} onUse={onUse} />}
    </div>
  );
}

/** An input that stands in no form, as on the App Home: the app is told once Enter is pressed in it. */
function LoneInput({ block, id, onUse }: { block: Json; id: string; onUse: OnUse }) {
  const [value, setValue] = useState<Held>("");
  const element = obj(block.element);
  const label = str(obj(block.label).text);
  return (
    <div class="fr-input-group field">
      <label class="fr-label" for={id}>
        {label}
      </label>
      <ElementField
        id={id}
        element={element}
        label={label}
        value={value}
        onChange={setValue}
        onEnter={() => onUse(element, block, value)}
      />
    </div>
  );
}

/** One block; those inputs that are a form's never come here. */
export function Block({ block, id, onUse }: { block: Json; id: string; onUse: OnUse }) {
  switch (block.type) {
    case "rich_text":
      return <RichText block={block} />;
    case "section":
      return <Section block={block} id={id} onUse={onUse} />;
    case "header":
      return <p class="block-header">{str(obj(block.text).text)}</p>;
    case "divider":
      return <hr />;
    case "image":
      return (
        <p class="image">
          {block.title !== undefined && <SlackText text={obj(block.title)} />} {texts.image(str(block.alt_text))}
        </p>
      );
    case "context":
      return (
        <p class="context">
          {list(block.elements).map((element, n) => (
            <>
              <Element element={element} block={block} id={`${id}-${n}`} onUse={onUse} />{" "}
            </>
          ))}
        </p>
      );
    case "actions":
      return (
        <div class="actions">
          {list(block.elements).map((element, n) => (
            <Element key={str(element.action_id)} element={element} block={block} id={`${id}-${n}`} onUse={onUse} />
          ))}
        </div>
      );
    case "input":
      return <LoneInput block={block} id={id} onUse={onUse} />;
    case "markdown":
      return <p class="lines">{str(block.text)}</p>;
    default:
      return <p class="context">{str(block.type)}</p>;
  }
}

export function Blocks({ blocks, id, onUse }: { blocks: readonly Json[]; id: string; onUse: OnUse }) {
  return (
    <div class="blocks">
      {blocks.map((block, n) => (
        <Block key={str(block.block_id) || n} block={block} id={`${id}-${n}`} onUse={onUse} />
      ))}
    </div>
  );
}
