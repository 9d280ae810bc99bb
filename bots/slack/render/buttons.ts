/** Buttons as Slack's actions blocks, and the way back from an `action_id`. */
import type { ActionsBlock, Button as SlackButton } from "@slack/web-api";
import { type ActionId, isActionId } from "../../../src/actions.ts";
import type { Button } from "../../../src/presentation/message.ts";
import { identifier, LIMITS, label } from "../limits.ts";

const SUFFIX = "#";

/** The action behind an `action_id`; undefined for anything that is no button of ours. */
export function actionOfId(actionId: string): ActionId | undefined {
  const action = actionId.split(SUFFIX)[0] ?? "";
  return isActionId(action) ? action : undefined;
}

/** An `action_id` must be unique in its block: the second button of the same action is `rappeler#2`. */
function slackButton(button: Button, nth: number): SlackButton {
  const id = nth === 1 ? button.action : `${button.action}${SUFFIX}${nth}`;
  return {
    type: "button",
    action_id: identifier(id, LIMITS.actionId, "an action_id"),
    text: { type: "plain_text", text: label(button.label, LIMITS.buttonLabel), emoji: false },
    value: identifier(button.value, LIMITS.buttonValue, "a button's value"),
    ...(button.style === "default" ? {} : { style: button.style }),
  };
}

/** As many blocks as the buttons need, none for no button. The label stands alone, to the letter of the mission. */
export function actionsBlocks(buttons: readonly Button[]): ActionsBlock[] {
  const seen = new Map<string, number>();
  const rendered = buttons.map((button) => {
    const nth = (seen.get(button.action) ?? 0) + 1;
    seen.set(button.action, nth);
    return slackButton(button, nth);
  });
  const blocks: ActionsBlock[] = [];
  for (let from = 0; from < rendered.length; from += LIMITS.actionsPerBlock)
    blocks.push({ type: "actions", elements: rendered.slice(from, from + LIMITS.actionsPerBlock) });
  return blocks;
}
