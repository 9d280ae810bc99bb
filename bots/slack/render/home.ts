/** The home of the application as a Slack view. It carries ids only: what is looked for stays in its field. */
import type { HomeView, KnownBlock } from "@slack/web-api";
import type { Home } from "../../../src/presentation/board.ts";
import { identifier, LIMITS, label } from "../limits.ts";
import { actionsBlocks } from "./buttons.ts";
import { listBlocks } from "./list.ts";
import { renderMessage } from "./message.ts";
import { NO_USERS } from "./richtext.ts";

/** The `action_id` of the field in which one looks for demandes. */
export const SEARCH_ACTION = "chercher";

const plain = (text: string, max: number) => ({ type: "plain_text" as const, text: label(text, max), emoji: false });

type Board = Extract<Home, { kind: "board" }>;

const searchBlock = ({ search }: Board): KnownBlock => ({
  type: "input",
  block_id: SEARCH_ACTION,
  dispatch_action: true,
  optional: true,
  label: plain(search.label, LIMITS.inputLabel),
  element: {
    type: "plain_text_input",
    action_id: SEARCH_ACTION,
    max_length: LIMITS.searchText,
    placeholder: plain(search.placeholder, LIMITS.placeholder),
    dispatch_action_config: { trigger_actions_on: ["on_enter_pressed"] },
  },
});

export function renderHome(home: Home): HomeView {
  if (home.kind === "closed") return { type: "home", private_metadata: "", blocks: renderMessage(home.message, NO_USERS).blocks };
  const head: KnownBlock[] = [...actionsBlocks(home.buttons), searchBlock(home), { type: "divider" }];
  const foot: KnownBlock = { type: "context", elements: [plain(home.note, LIMITS.contextText)] };
  return {
    type: "home",
    private_metadata: identifier(home.view, LIMITS.privateMetadata, "a view"),
    blocks: [...head, ...listBlocks(home.list, LIMITS.viewBlocks - head.length - 1), foot],
  };
}
