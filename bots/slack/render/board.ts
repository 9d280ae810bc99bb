/** What stands around a page of a board: tabs as buttons, groupes as a menu. */
import type { KnownBlock, PlainTextOption } from "@slack/web-api";
import type { BoardFrame, GroupeChoice, Tab } from "../../../src/presentation/board.ts";
import { listTexts } from "../../../src/texts/boards.ts";
import { identifier, LIMITS, label } from "../limits.ts";
import { actionsBlocks } from "./buttons.ts";

const tabButton = ({ label: name, count, current, value }: Tab) => ({
  action: "lister" as const,
  label: listTexts.counted(name, count),
  style: current ? ("primary" as const) : ("default" as const),
  value,
});

const option = (choice: GroupeChoice): PlainTextOption => ({
  text: { type: "plain_text", text: label(choice.label, LIMITS.optionLabel), emoji: false },
  value: identifier(choice.value, LIMITS.optionValue, "an option's value"),
});

/** The menu bears the action of the buttons: a choice is a view like another. */
function groupeMenu(groupes: readonly GroupeChoice[]): KnownBlock[] {
  if (groupes.length === 0) return [];
  const chosen = groupes.find((choice) => choice.chosen) ?? groupes[0];
  return [
    {
      type: "actions",
      elements: [
        {
          type: "static_select",
          action_id: "lister",
          placeholder: { type: "plain_text", text: label(listTexts.filter, LIMITS.placeholder), emoji: false },
          options: groupes.slice(0, LIMITS.optionsPerGroup).map(option),
          ...(chosen === undefined ? {} : { initial_option: option(chosen) }),
        },
      ],
    },
  ];
}

export const frameBlocks = ({ tabs, groupes }: BoardFrame): KnownBlock[] => [
  ...actionsBlocks(tabs.map(tabButton)),
  ...groupeMenu(groupes),
];
