/** A demande on Slack, from the blockage to its archiving and back: two groupes asked, one of them wrong, a third invited. */
import { answeringSteps } from "../shared/answering.ts";
import { askingSteps } from "../shared/asking.ts";
import { ALIX, type Cast, SACHA } from "../shared/cast.ts";
import { closingSteps } from "../shared/closing.ts";
import type { Story } from "../story.ts";

const cast: Cast = {
  aidant: {
    handle: "camille.exemple",
    name: "Camille Exemple",
    groupe: "France Services d’Exemple-sur-Ain",
    team: "France Services",
    platform: "slack",
  },
  caf: ALIX,
  cpam: SACHA,
  tiers: { handle: "yael.invente", name: "Yaël Inventé", groupe: "MSA de l’Ain", team: "la MSA", platform: "slack" },
};

export const slackStory: Story = {
  title: "Sur Slack : une demande à deux groupes, de l’ouverture à la réouverture",
  ref: "D-000001",
  begins: "2026-03-03T10:00:00+01:00",
  threads: {
    aidant: { label: "aidante, en direct", platform: "slack", channel: "dm", reader: "camille.exemple" },
    caf: { label: "#caf-ain", platform: "slack", channel: "caf-ain", reader: "charlie.modele" },
    cpam: { label: "#cpam-ain", platform: "slack", channel: "cpam-ain", reader: "lou.specimen" },
    tiers: { label: "#msa-ain", platform: "slack", channel: "msa-ain", reader: "eden.invente" },
  },
  steps: [...askingSteps(cast), ...answeringSteps(cast), ...closingSteps(cast)],
};
