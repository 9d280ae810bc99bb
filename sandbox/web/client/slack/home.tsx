/** The App Home: what the bot publishes for one person. Opening it tells the bot, as on Slack. */
import { useEffect, useState } from "preact/hooks";
import { get, post, Refused } from "../api.ts";
import { RawDialog } from "../dialogs.tsx";
import { type Json, list, obj, str } from "../json.ts";
import { useLive } from "../live.ts";
import { useReading } from "../reading.ts";
import { texts } from "../texts.ts";
import { Blocks, type OnUse } from "./blocks.tsx";

interface HomeProps {
  readonly account: string;
  onView(view: Json | null): void;
  onFault(sentence: string): void;
}

async function readHome(account: string, quiet: boolean): Promise<Json | null> {
  const { view } = await get("/sandbox/slack/home", { as: account, ...(quiet && { quiet: "true" }) });
  return view === null ? null : obj(view);
}

export function SlackHome({ account, onView, onFault }: HomeProps) {
  const [raw, setRaw] = useState(false);
  const { data, fault, again } = useReading(`home ${account}`, () => readHome(account, true));
  useLive((told) => {
    if (told.kind === "world" || (told.kind === "view" && told.account === account)) again();
  });
  // Opened once a person
  useEffect(() => {
    readHome(account, false)
      .then(again)
      .catch((error: unknown) => {
        if (!(error instanceof Refused)) throw error;
        onFault(error.message);
      });
  }, [account]);
  const use: OnUse = (element, _block, value) => {
    const body = { as: account, home: true, action: str(element.action_id), ...(value !== undefined && { value }) };
    post("/sandbox/slack/click", body)
      .then((answer) => {
        if (answer.ok !== true) onFault(str(answer.message) || texts.notDone);
        if (answer.view !== null && answer.view !== undefined) onView(obj(answer.view));
        again();
      })
      .catch((error: unknown) => {
        if (!(error instanceof Refused)) throw error;
        onFault(error.message);
      });
  };
  if (fault !== null) return <p class="empty">{fault}</p>;
  if (!data) return <p class="empty">{texts.homeEmpty}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section class="messages home" aria-label={texts.home} tabIndex={0}>
      <Blocks blocks={list(data.blocks)} id={`home-${account}`} onUse={use} />
      <button type="button" class="quiet-button" onClick={() => setRaw(true)}>
        {texts.raw}
      </button>
      {raw && <RawDialog event={data} onClose={() => setRaw(false)} />}
    </section>
  );
}
