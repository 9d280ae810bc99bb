/** What everybody may do, whatever their role: their own details, their colleagues. */
import { onMatrix, onSlack } from "../places.ts";
import type { Scene } from "../scene.ts";
import { answer } from "../scene.ts";

const CAMILLE = "camille.exemple";
const MORGAN = "morgan.fictif";
const ALIX = onSlack("alix.modele", "dm");
const DIRECT = onSlack(CAMILLE, "dm");

const me: Scene = async ({ control, camera }) => {
  const moi = (text: string) => control.slack.act("command", { as: CAMILLE, channel: "dm", command: "/moi", text });
  await moi("");
  await camera.messages("slack-moi", DIRECT, { from: -1 });
  await moi("modifier");
  await camera.form("slack-moi-modifier", DIRECT);
  await control.slack.act("close", { as: CAMILLE });
  await answer(control, MORGAN, ["!moi groupe"]);
  await camera.messages("matrix-moi-groupe", onMatrix(MORGAN, "dm"), { from: -1 });
};

/** A Monday at 9:00 in the Ain, after everything else. */
const MONDAY = "2026-11-30T08:01:00.000Z";

const week: Scene = async ({ control, places, camera }) => {
  await control.clock({ set: MONDAY });
  await places.root(ALIX, "Votre semaine");
  await camera.messages("slack-recapitulatif", ALIX, { from: -1 });
};

export const everybodyScenes: readonly Scene[] = [me, week];
