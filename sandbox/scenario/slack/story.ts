/** A demande on Slack, from the blockage to its archiving and back: two groupes asked, one of them wrong, a third invited. */
import type { Story } from "../story.ts";
import { answeringSteps } from "./answering.ts";
import { askingSteps } from "./asking.ts";
import { closingSteps } from "./closing.ts";

export const slackStory: Story = {
  title: "Sur Slack : une demande à deux groupes, de l’ouverture à la réouverture",
  ref: "D-000001",
  begins: "2026-03-03T10:00:00+01:00",
  threads: {
    aidant: { label: "aidante, en direct", platform: "slack", channel: "dm", reader: "camille.exemple" },
    caf: { label: "#caf-ain", platform: "slack", channel: "caf-ain", reader: "charlie.modele" },
    cpam: { label: "#cpam-ain", platform: "slack", channel: "cpam-ain", reader: "lou.specimen" },
    prefecture: { label: "#prefecture-ain", platform: "slack", channel: "prefecture-ain", reader: "maxime.fictif" },
  },
  steps: [...askingSteps, ...answeringSteps, ...closingSteps],
};
