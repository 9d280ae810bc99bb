/** The real program with its sandbox, as `npm start` runs it: how soon it is ready, and the memory that it holds. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startChild } from "./child.ts";
import type { Figure } from "./figures.ts";

const MOST_START_MS = 10_000;
const MOST_MEMORY_MB = 250;
const LOOK_AGAIN_MS = 20;
const STRUCTURE = { territoire: "01", prenom: "Camille", nomDeFamille: "Usager-Fictif", dateDeNaissance: "01/02/1980" };

async function post(url: string, body: Readonly<Record<string, unknown>>): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json" },
  });
  const answer = (await response.json()) as { ok?: boolean };
  if (answer.ok !== true) throw new Error(`${url} ${JSON.stringify(answer).slice(0, 500)}`);
}

/** Starts it in that folder; gives it with the time until its health is good. */
async function start(folder: string) {
  const begin = performance.now();
  const app = startChild("src/main.js", [], { PORT: "0", DATA_DIR: folder, LOG_LEVEL: "error" });
  const url = (await app.line(/http:\/\/127\.0\.0\.1:\d+(?=\/sante)/))[0];
  while ((await fetch(`${url}/sante`)).status !== 200) await sleep(LOOK_AGAIN_MS);
  return { app, url: `${url}/sandbox/slack`, ready: performance.now() - begin };
}

/** Who lives through demandes, side by side: each person has one form open at a time. */
const LANES = [
  { aidant: "camille.exemple", instructeur: "alix.modele", groupe: "caf-01", channel: "caf-ain" },
  { aidant: "dominique.exemple", instructeur: "sacha.specimen", groupe: "cpam-01", channel: "cpam-ain" },
] as const;
const MESSAGES = 5;

/** One demande opened, taken, answered by form and in the thread: what a groupe does all day. */
async function oneDemande(url: string, { aidant, instructeur, groupe, channel }: (typeof LANES)[number]): Promise<void> {
  await post(`${url}/command`, { as: aidant, channel: "dm", command: "/demande" });
  const values = {
    ...STRUCTURE,
    groupes: [groupe],
    sujet: "Dossier bloqué",
    description: "Une description.",
    autorisation: true,
  };
  await post(`${url}/submit`, { as: aidant, values });
  const { ts } = (await lastOf(url, channel)) ?? { ts: "" };
  const thread = { as: instructeur, channel };
  await post(`${url}/click`, { ...thread, message: ts, action: "prendre", wait: "ack" });
  for (let n = 1; n <= MESSAGES; n += 1)
    await post(`${url}/message`, { ...thread, thread: ts, text: `Point n° ${n} entre instructeurs.`, wait: "ack" });
  await post(`${url}/click`, { ...thread, message: ts, action: "repondre" });
  await post(`${url}/submit`, { as: instructeur, values: { texte: "Le dossier est à jour." }, wait: "ack" });
}

async function lastOf(url: string, channel: string): Promise<{ ts: string } | undefined> {
  const answer = (await (await fetch(`${url}/messages?channel=${channel}`)).json()) as { messages: { ts: string }[] };
  return answer.messages.at(-1);
}

/** That many, shared among the lanes. */
async function live(url: string, demandes: number): Promise<void> {
  let left = demandes;
  const lane = async (people: (typeof LANES)[number]) => {
    while (left > 0) {
      left -= 1;
      await oneDemande(url, people);
    }
  };
  await Promise.all(LANES.map(lane));
}

/** @param demandes how many are lived through between the two looks at the memory */
export async function startFigures(demandes: number): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), "aplus-bench-start-"));
  const group = "Le programme entier, bac à sable compris";
  const time = (name: string, value: number): Figure => ({ group, name, value, unit: "ms", target: { most: MOST_START_MS } });
  const memory = (name: string, value: number): Figure => ({ group, name, value, unit: "Mo", target: { most: MOST_MEMORY_MB } });
  try {
    const first = await start(folder);
    const fresh = await first.app.memory();
    await live(first.url, demandes);
    const loaded = await first.app.memory();
    await first.app.stop();
    const again = await start(folder);
    const reopened = await again.app.memory();
    await again.app.stop();
    return [
      time("prêt au premier lancement, premier jour joué", first.ready),
      time(`prêt au lancement suivant, ${demandes} demandes de plus`, again.ready),
      memory("mémoire résidente après le premier lancement", fresh.resident),
      memory(`mémoire résidente après ${demandes} demandes vécues`, loaded.resident),
      memory("la plus haute jusque-là", loaded.most),
      memory("mémoire résidente après le lancement suivant", reopened.resident),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
