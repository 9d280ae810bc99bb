/** Responsables run their groupe, on each platform. */
import { onMatrix, onSlack } from "../places.ts";
import type { Scene, Studio } from "../scene.ts";
import { answer } from "../scene.ts";

const CHARLIE = "charlie.modele";
const MAXIME = "maxime.fictif";
const DIRECT = onSlack(CHARLIE, "dm");

const groupe = ({ control }: Studio, text: string) =>
  control.slack.act("command", { as: CHARLIE, channel: "dm", command: "/groupe", text });

const people: Scene = async (studio) => {
  const { control, camera } = studio;
  await groupe(studio, "membres");
  await camera.messages("slack-groupe-membres", DIRECT, { from: -1 });
  await answer(control, MAXIME, ["!groupe membres"]);
  await camera.messages("matrix-groupe-membres", onMatrix(MAXIME, "dm"), { from: -2 });
  await groupe(studio, "ajouter sacha.specimen@exemple.test instructeur");
  await camera.form("slack-groupe-ajouter", DIRECT);
  await control.slack.act("close", { as: CHARLIE });
  await groupe(studio, "creer-compte");
  await camera.form("slack-groupe-creer-compte", DIRECT);
  await control.slack.act("close", { as: CHARLIE });
  await groupe(studio, "retirer Alix Modèle");
  await camera.form("slack-groupe-retirer", DIRECT);
  await control.slack.act("close", { as: CHARLIE });
};

const demandes: Scene = async (studio) => {
  const { control, camera } = studio;
  await groupe(studio, "demandes en-cours");
  await camera.messages("slack-groupe-demandes", DIRECT, { from: -1 });
  await answer(control, MAXIME, ["!groupe demandes"]);
  await camera.messages("matrix-groupe-demandes", onMatrix(MAXIME, "dm"), { from: -1 });
};

const details: Scene = async (studio) => {
  const { control, camera } = studio;
  await groupe(studio, "modifier");
  await camera.form("slack-groupe-modifier", DIRECT, { height: 900 });
  await control.slack.act("close", { as: CHARLIE });
  await control.slack.act("command", { as: CHARLIE, channel: "general", command: "/groupe", text: "relier dans CAF de l’Ain" });
  await camera.form("slack-groupe-relier", DIRECT);
  await control.slack.act("close", { as: CHARLIE });
};

export const responsableScenes: readonly Scene[] = [people, demandes, details];
