/** Aidantes ask for help and follow their demandes, on each platform. */
import { onMatrix, onSlack } from "../places.ts";
import type { Scene } from "../scene.ts";
import { answer } from "../scene.ts";
import { FIRST_DAY, LOGEMENT, TITRE } from "../words.ts";

const CAMILLE = "camille.exemple";
const DOMINIQUE = "dominique.exemple";
const ANDREA = "andrea.essai";

/** Beyond that, a form goes on with what may be left empty. */
const UP_TO_DESCRIPTION = 1250;

const open: Scene = async (studio) => {
  const { control, camera } = studio;
  const { slack } = control;
  await slack.act("command", { as: CAMILLE, channel: "dm", command: "/demande", text: "" });
  const values = { territoire: "Ain", groupes: ["CAF de l’Ain"], ...LOGEMENT, autorisation: "oui" };
  await slack.act("fill", { as: CAMILLE, values });
  await camera.form("slack-demande", onSlack(CAMILLE, "dm"), { height: UP_TO_DESCRIPTION });
  await slack.act("submit", { as: CAMILLE, values });

  const { sujet, description, prenom, nomDeFamille, dateDeNaissance } = TITRE;
  await answer(control, ANDREA, ["!demande", "passer", "préfecture"]);
  await camera.messages("matrix-demande", onMatrix(ANDREA, "dm"), { from: -5 });
  await answer(control, ANDREA, [sujet, prenom, nomDeFamille, dateDeNaissance, description, "passer tout", "oui"]);
  await camera.messages("matrix-demande-recapitulatif", onMatrix(ANDREA, "dm"), { from: -1 });
  await answer(control, ANDREA, ["envoyer"]);
};

const follow: Scene = async ({ control: { slack }, camera }) => {
  await slack.act("click", { as: "alix.modele", channel: "caf-ain", action: "Je m’en occupe" });
  await camera.messages("slack-fil-aidant", onSlack(CAMILLE, "dm", LOGEMENT.sujet));
  await camera.messages("matrix-fil-aidant", onMatrix(ANDREA, "dm", TITRE.sujet));
  await camera.home("slack-accueil-aidant", CAMILLE);
};

const archive: Scene = async ({ control, places, camera }) => {
  const { slack, matrix } = control;
  const seat = onSlack(DOMINIQUE, "dm", FIRST_DAY.processed);
  await camera.messages("slack-traitee-aidant", seat);
  const message = await places.root(seat, FIRST_DAY.processed);
  await slack.act("click", { as: DOMINIQUE, channel: "dm", message, action: "Archiver" });
  await camera.form("slack-archiver", seat);
  await slack.act("close", { as: DOMINIQUE });
  const thread = await places.root(onMatrix(ANDREA, "dm"), TITRE.sujet);
  await matrix.act("message", { as: ANDREA, channel: "dm", thread, text: "!archiver" });
  await camera.messages("matrix-archiver", onMatrix(ANDREA, "dm"), { from: -1 });
  await answer(control, ANDREA, ["annuler"]);
};

export const aidantScenes: readonly Scene[] = [open, follow, archive];
