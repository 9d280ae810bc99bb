/** The same demande across both platforms: an aidant and a préfecture on Matrix, a CAF and a CPAM on Slack. */
import { WORKSPACE } from "../../seed/slack.ts";
import { answeringSteps } from "../shared/answering.ts";
import { askingSteps } from "../shared/asking.ts";
import { ALIX, type Cast, SACHA } from "../shared/cast.ts";
import { closingSteps } from "../shared/closing.ts";
import type { Stage } from "../stage.ts";
import type { Story } from "../story.ts";
import { crossingSteps, MAXIME } from "./crossing.ts";

const cast: Cast = {
  aidant: {
    handle: "andrea.essai",
    name: "Andréa Essai",
    groupe: "France Services de Modèle-sur-Veyle",
    team: "France Services",
    platform: "matrix",
  },
  caf: ALIX,
  cpam: SACHA,
  tiers: {
    handle: "morgan.fictif",
    name: "Morgan Fictif",
    groupe: "Préfecture de l’Ain",
    team: "la préfecture",
    platform: "matrix",
  },
};

/** Maxime, of the préfecture, also has an account on Slack, of the same address: there, he is mentioned and alerted too. */
async function prepare({ slack }: Stage): Promise<void> {
  const { handle, name, email } = MAXIME;
  await slack.control.createUser({ workspace: WORKSPACE, name: handle, realName: name, displayName: name, email });
}

export const bothStory: Story = {
  title: "De Matrix à Slack : la même demande, chacun dans sa messagerie",
  ref: "D-000001",
  begins: "2026-03-03T10:00:00+01:00",
  threads: {
    aidant: { label: "aidante, en direct", platform: "matrix", channel: "dm", reader: "andrea.essai" },
    caf: { label: "#caf-ain", platform: "slack", channel: "caf-ain", reader: "charlie.modele" },
    cpam: { label: "#cpam-ain", platform: "slack", channel: "cpam-ain", reader: "lou.specimen" },
    tiers: { label: "#prefecture-ain", platform: "matrix", channel: "prefecture-ain", reader: "maxime.fictif" },
  },
  prepare,
  steps: [...askingSteps(cast), ...answeringSteps(cast), ...crossingSteps(cast), ...closingSteps(cast)],
};
