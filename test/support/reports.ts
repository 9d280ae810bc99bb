/** A world with a past, for exports, statistics and digests: demandes stored as they would be, and how people read what is posted. */
import type { Database } from "../../models/database.ts";
import type { LoadedDemande } from "../../models/demandes.ts";
import type { SeedGroupeId } from "../../sandbox/seed/world.ts";
import type { Author, NewEvent } from "../../src/domain/demande.ts";
import { agentId, groupeId } from "../../src/domain/ids.ts";
import { richText } from "../../src/domain/richtext.ts";
import type { Person, Sent } from "../bots/matrix/homeserver.ts";
import { store } from "../models/store.ts";
import type { World } from "./world.ts";

export const author = (handle: string, name: string, groupe: SeedGroupeId, role: Author["role"]): Author => ({
  agentId: agentId(handle),
  name,
  groupeId: groupeId(groupe),
  role,
});

export const CAMILLE = author("camille.exemple", "Camille Exemple", "france-services-exemple", "aidant");
export const ALIX = author("alix.modele", "Alix Modèle", "caf-01", "instructeur");
export const MORGAN = author("morgan.fictif", "Morgan Fictif", "prefecture-01", "instructeur");

export const taken: NewEvent = { type: "taken", audience: "tous" };
export const processed: NewEvent = { type: "processed", audience: "tous" };
export const archived: NewEvent = { type: "archived", audience: "tous", usefulness: "oui" };
export const words = (text: string, audience: "tous" | "instructeurs" = "tous"): NewEvent => ({
  type: "message",
  audience,
  text: richText(text),
});

export interface Past {
  readonly at: Date;
  readonly groupes: readonly SeedGroupeId[];
  readonly by?: Author;
  readonly shared?: boolean;
  /** What happened next, an hour after another. */
  readonly next?: readonly { readonly by: Author; readonly events: readonly NewEvent[] }[];
}

/** Stores them, numbered in order; nothing is delivered for them. */
export async function storePast(db: Database, past: readonly Past[]): Promise<LoadedDemande[]> {
  const stored: LoadedDemande[] = [];
  for (const [n, { groupes, by = CAMILLE, ...rest }] of past.entries())
    stored.push(await store(db, `passe-${n}`, { ...rest, by, ref: 1000 + n, groupes: groupes.map(groupeId) }));
  await db.demandes.model.updateMany({}, { $set: { deliverAt: null, threads: [] } });
  return stored;
}

export interface Received {
  readonly name: string;
  readonly caption: string;
  readonly bytes: Buffer;
}

type Json = Record<string, unknown>;

/** What a person on Slack finds in their conversation with the bot, or in a channel. */
export async function slackMessages(world: World, who: string, channel = "dm", thread?: string): Promise<Json[]> {
  const place = { channel, ...(thread === undefined ? {} : { thread }) };
  return (await world.slack.control.messages({ ...place, as: world.account(who).user })).messages as Json[];
}

/** The files in these messages, as they are downloaded. */
export async function slackFiles(world: World, messages: readonly Json[]): Promise<Received[]> {
  const { botToken } = world.slack.control.installation(world.account("camille.exemple").workspace);
  const files: Received[] = [];
  for (const message of messages)
    for (const file of (message.files ?? []) as Json[]) {
      const response = await fetch(String(file.url_private), { headers: { authorization: `Bearer ${botToken}` } });
      const bytes = Buffer.from(await response.arrayBuffer());
      files.push({ name: String(file.name), caption: String(message.text), bytes });
    }
  return files;
}

/** The files among these events, as their reader downloads them. */
export async function matrixFiles(reader: Person, events: readonly Sent[]): Promise<Received[]> {
  const files: Received[] = [];
  for (const { content } of events) {
    const [, server = "", media = ""] = /^mxc:\/\/([^/]+)\/(.+)$/.exec(content.url ?? "") ?? [];
    if (media === "") continue;
    const response = await fetch(`${reader.url}/_matrix/client/v1/media/download/${server}/${media}`, {
      headers: { authorization: `Bearer ${reader.token}` },
    });
    files.push({ name: content.filename, caption: content.body, bytes: Buffer.from(await response.arrayBuffer()) });
  }
  return files;
}
