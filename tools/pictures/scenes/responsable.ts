/** Responsables run their groupe, on each platform. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ControlClient } from "../../../sandbox/scenario/control.ts";
import { onMatrix, onSlack } from "../places.ts";
import type { Scene, Studio } from "../scene.ts";
import { answer } from "../scene.ts";

const CHARLIE = "charlie.modele";
const MAXIME = "maxime.fictif";
const MOST_TRIES = 1200;
const LOOK_AGAIN_MS = 50;
/** How the message with the file begins. */
const EXPORT = "Export du groupe";
/** How the message with the figures begins, whose thread has them as an image. */
const STATISTICS = "Statistiques : CAF de l’Ain";
const DIRECT = onSlack(CHARLIE, "dm");

const groupe = ({ control }: Studio, text: string) =>
  control.slack.act("command", { as: CHARLIE, channel: "dm", command: "/groupe", text });

/** The file of the image, once it is in the thread. */
async function imageIn({ slack }: ControlClient, thread: string): Promise<string> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const [file] = (await slack.messages(CHARLIE, "dm", thread)).flatMap(({ files }) => files);
    if (typeof file?.id === "string") return file.id;
    await sleep(LOOK_AGAIN_MS);
  }
  throw new Error("the bot sent no image");
}

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
  await answer(control, MAXIME, ["!groupe creer-compte"]);
  await camera.messages("matrix-groupe-creer-compte", onMatrix(MAXIME, "dm"), { from: -1 });
  await answer(control, MAXIME, ["annuler"]);
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

const reports: Scene = async (studio) => {
  const { control, places, camera } = studio;
  await groupe(studio, "exporter 11/2026");
  await places.root(DIRECT, `${EXPORT} « CAF`);
  await camera.messages("slack-groupe-exporter", DIRECT, { from: -2 });
  await answer(control, MAXIME, ["!groupe exporter 11/2026"]);
  await places.root(onMatrix(MAXIME, "dm"), `${EXPORT} « Préfecture`);
  await camera.messages("matrix-groupe-exporter", onMatrix(MAXIME, "dm"), { from: -3 });
  await groupe(studio, "stats 11/2026");
  const thread = await places.root(DIRECT, STATISTICS);
  await camera.messages("slack-groupe-stats", { ...DIRECT, thread: STATISTICS }, { to: 1 });
  await camera.file("groupe-stats-image", "slack", await imageIn(control, thread));
};

export const responsableScenes: readonly Scene[] = [people, demandes, details, reports];
