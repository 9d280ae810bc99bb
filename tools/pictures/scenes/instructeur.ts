/** Instructeurs read what comes, answer, and say what becomes of it, on each platform. */
import { onMatrix, onSlack } from "../places.ts";
import type { Scene, Studio } from "../scene.ts";
import { answer } from "../scene.ts";
import { FIRST_DAY, LOGEMENT, TITRE } from "../words.ts";

const ALIX = "alix.modele";
const SACHA = "sacha.specimen";
const MORGAN = "morgan.fictif";

const CAF = (sujet: string) => onSlack(ALIX, "caf-ain", sujet);
const PREFECTURE = (sujet: string) => onMatrix(MORGAN, "prefecture-ain", sujet);

/** A button of the demande's card, in the CAF's channel. */
async function press({ control, places }: Studio, sujet: string, action: string): Promise<void> {
  const message = await places.root(CAF(sujet), sujet);
  await control.slack.act("click", { as: ALIX, channel: "caf-ain", message, action });
}

/** Writes in the demande's thread at the Préfecture. */
async function write({ control, places }: Studio, sujet: string, text: string): Promise<void> {
  const thread = await places.root(PREFECTURE(sujet), sujet);
  await control.matrix.act("message", { as: MORGAN, channel: "prefecture-ain", thread, text });
}

const read: Scene = async (studio) => {
  const { control, camera } = studio;
  await camera.messages("slack-carte", onSlack(SACHA, "cpam-ain", FIRST_DAY.nouvelle), { to: 1 });
  await camera.messages("matrix-carte", PREFECTURE(TITRE.sujet), { to: 1 });
  await press(studio, LOGEMENT.sujet, "Voir la demande");
  await camera.form("slack-voir", CAF(LOGEMENT.sujet));
  await control.slack.act("close", { as: ALIX });
  await write(studio, TITRE.sujet, "!voir");
  await camera.messages("matrix-voir", onMatrix(MORGAN, "dm"), { from: -1 });
  await camera.home("slack-accueil", ALIX);
  await answer(control, MORGAN, ["!demandes"]);
  await camera.messages("matrix-demandes", onMatrix(MORGAN, "dm"), { from: -1 });
};

const reply: Scene = async (studio) => {
  const { control, camera } = studio;
  await press(studio, LOGEMENT.sujet, "Répondre à l’aidant");
  const texte = "Le dossier est complet. Le versement reprend le 5 décembre, avec le rappel des deux mois.";
  await control.slack.act("fill", { as: ALIX, values: { texte } });
  await camera.form("slack-repondre", CAF(LOGEMENT.sujet));
  await control.slack.act("close", { as: ALIX });
  await write(studio, TITRE.sujet, "!repondre");
  await answer(control, MORGAN, ["La demande est à la signature. L’attestation est prolongée aujourd’hui.", "non", "non"]);
  await camera.messages("matrix-repondre", onMatrix(MORGAN, "dm"), { from: -3 });
  await answer(control, MORGAN, ["envoyer"]);
};

const talk: Scene = async (studio) => {
  const { control, places, camera } = studio;
  const thread = await places.root(CAF(FIRST_DAY.crossing), FIRST_DAY.crossing);
  await control.slack.act("message", {
    as: ALIX,
    channel: "caf-ain",
    thread,
    text: "Elle est du 12 novembre. Je vous la renvoie.",
  });
  await camera.messages("slack-entre-instructeurs", CAF(FIRST_DAY.crossing), { from: 1 });
  await write(studio, FIRST_DAY.crossing, "Merci, c’est bien celle qu’il nous fallait.");
  await camera.messages("matrix-entre-instructeurs", PREFECTURE(FIRST_DAY.crossing), { from: 1 });
};

const orient: Scene = async (studio) => {
  const { control, camera } = studio;
  await press(studio, LOGEMENT.sujet, "Je ne suis pas le bon interlocuteur");
  await camera.form("slack-decliner", CAF(LOGEMENT.sujet));
  await control.slack.act("close", { as: ALIX });
  await press(studio, LOGEMENT.sujet, "Inviter un organisme");
  await control.slack.act("fill", { as: ALIX, values: { groupes: ["MSA de l’Ain"] } });
  await camera.form("slack-inviter", CAF(LOGEMENT.sujet));
  await control.slack.act("close", { as: ALIX });
  await write(studio, FIRST_DAY.crossing, "!decliner");
  await camera.messages("matrix-decliner", onMatrix(MORGAN, "dm"), { from: -1 });
  await answer(control, MORGAN, ["non"]);
};

const close: Scene = async (studio) => {
  const { control, camera } = studio;
  await press(studio, LOGEMENT.sujet, "Traitée");
  await camera.form("slack-traiter", CAF(LOGEMENT.sujet));
  await control.slack.act("close", { as: ALIX });
  await camera.messages("slack-rappel", CAF(FIRST_DAY.overdue), { from: -1 });
  await camera.messages("slack-carte-souffrance", CAF(FIRST_DAY.overdue), { to: 1 });
};

export const instructeurScenes: readonly Scene[] = [read, reply, talk, orient, close];
