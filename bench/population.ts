/**
 * A département's worth of use, made up: groupes, agents, and demandes in every state, sealed and derived as the bot does it.
 * One groupe has far more than the others, a few words and names are everywhere, most demandes are archived.
 */
import type { AgentDocument } from "../models/agent.ts";
import type { Database } from "../models/database.ts";
import type { DemandeDocument } from "../models/demande.ts";
import { derive } from "../models/derived.ts";
import { storeEvent } from "../models/events.ts";
import type { Sealer } from "../models/sealing.ts";
import type { DemandeEvent, DemandeState, Status } from "../src/domain/demande.ts";
import { evolve } from "../src/domain/demande.ts";
import type { GroupeId } from "../src/domain/ids.ts";
import { agentId, demandeId, eventId, groupeId } from "../src/domain/ids.ts";

export interface Size {
  readonly groupes: number;
  readonly agents: number;
  readonly demandes: number;
  /** Of them, those of the one big groupe. */
  readonly big: number;
}

export const NOW = new Date("2026-03-10T10:00:00+01:00");
const MINUTE = 60_000;
const BATCH = 500;
/** Of every ten groupes, those that ask; the others answer. */
const ASKING = 3;

export const BIG = groupeId("g3");
export const asks = (n: number): boolean => n % 10 < ASKING;

/** A sequence that looks like chance and is the same each time. */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The first of so many come up far more often than the last. */
export const skewed = (random: () => number, many: number): number => Math.floor(many * random() ** 3);

const STATES: readonly (readonly [Status, number])[] = [
  ["nouvelle", 0.03],
  ["en_cours", 0.1],
  ["traitee", 0.2],
  ["archivee", 1],
];

interface Crowd {
  readonly answering: readonly GroupeId[];
  /** Instructeurs by groupe. */
  readonly instructeurs: ReadonlyMap<GroupeId, string[]>;
  readonly aidants: readonly { readonly id: string; readonly groupe: GroupeId }[];
}

/** Agents are spread evenly; one in ten is of five groupes, one in ten of those of the big one. */
function agentDocument(n: number, { groupes }: Size): AgentDocument {
  const many = n % 10 === 0 ? 5 : 1;
  const of = new Set(Array.from({ length: many }, (_, k) => (n + k * 97) % groupes));
  if (n % 100 === 0) of.add(Number(BIG.slice(1)));
  return {
    _id: `a${n}`,
    name: `Agent ${n}`,
    email: `a${n}@exemple.test`,
    admin: false,
    disabled: false,
    shared: false,
    memberships: [...of].map((g) => ({
      groupeId: groupeId(`g${g}`),
      aidant: asks(g),
      instructeur: !asks(g),
      responsable: false,
    })),
    identities: [`slack/T/U${n}`],
  };
}

function demandeDocument(n: number, size: Size, crowd: Crowd, random: () => number, sealer: Sealer): DemandeDocument {
  const { answering, instructeurs, aidants } = crowd;
  const at = new Date(NOW.getTime() - (size.demandes - n) * 3 * MINUTE);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const opener = aidants[skewed(random, aidants.length)] ?? pick(aidants);
  const every = Math.floor(size.demandes / size.big);
  const asked = [...new Set([n % every === 0 ? BIG : pick(answering), ...(random() < 0.3 ? [pick(answering)] : [])])];
  const words = Array.from({ length: 6 }, () => `motif${skewed(random, 400)}`);
  const id = demandeId(`d${n}`);
  const event: DemandeEvent = {
    seq: 1,
    id: eventId(`d${n}.0`),
    at,
    by: { agentId: agentId(opener.id), name: "Camille Exemple", groupeId: opener.groupe, role: "aidant" },
    audience: "tous",
    type: "opened",
    ref: n + 1,
    sujet: `Dossier ${words.join(" ")}`,
    description: "Une description de longueur ordinaire, comme un aidant l’écrit.",
    territoire: "01",
    usager: {
      prenom: `Prénom${skewed(random, 300)}`,
      nomDeFamille: `Nom${skewed(random, 5000)}`,
      dateDeNaissance: "1980-02-01",
    },
    groupes: asked,
    shared: false,
  };
  const opened = evolve(id, null, event);
  // Old ones are archived; what is under way is recent.
  const drawn = random() * (n > size.demandes * 0.7 ? 0.35 : 1);
  const status = STATES.find(([, below]) => drawn < below)?.[0] ?? "archivee";
  const colleagues = asked.flatMap((groupe) => instructeurs.get(groupe) ?? []);
  const viewers = colleagues.filter(() => random() < (status === "nouvelle" ? 0.05 : 0.5));
  const processed = status === "traitee" || status === "archivee";
  const state: DemandeState = {
    ...opened,
    status,
    viewers: viewers.map((agent) => ({ agentId: agentId(agent), name: agent, at })),
    lastAnswerAt: status === "nouvelle" ? null : new Date(at.getTime() + 60 * MINUTE),
    processedAt: processed ? at : null,
    processedFor: processed ? (asked.at(-1) ?? null) : null,
    archivedAt: status === "archivee" ? at : null,
    groupes: opened.groupes.map((groupe) => ({ ...groupe, out: asked.length > 1 && random() < 0.1 })),
  };
  return {
    _id: id,
    ref: state.ref,
    events: [storeEvent(id, event, sealer)],
    ...derive(state, sealer, NOW),
    threads: [],
    noticed: 1,
    deliverAt: null,
    lease: null,
  };
}

async function insertAll(
  collection: { insertMany(documents: never[]): Promise<unknown> },
  count: number,
  make: (n: number) => unknown,
) {
  for (let from = 0; from < count; from += BATCH)
    await collection.insertMany(Array.from({ length: Math.min(BATCH, count - from) }, (_, n) => make(from + n)) as never[]);
}

/** Fills an empty database. The indexes of the demandes are built afterwards, which is much faster. */
export async function populate(db: Database, sealer: Sealer, size: Size): Promise<void> {
  const agents = Array.from({ length: size.agents }, (_, n) => agentDocument(n, size));
  const groupes = Array.from({ length: size.groupes }, (_, n) => n);
  const rolesOf = (role: "aidant" | "instructeur") =>
    agents.flatMap(({ _id, memberships }) =>
      memberships.filter((m) => m[role]).map(({ groupeId: groupe }) => ({ id: _id, groupe })),
    );
  const crowd: Crowd = {
    answering: groupes.filter((n) => !asks(n)).map((n) => groupeId(`g${n}`)),
    instructeurs: new Map(groupes.map((n) => [groupeId(`g${n}`), [] as string[]])),
    aidants: rolesOf("aidant"),
  };
  for (const { id, groupe } of rolesOf("instructeur")) crowd.instructeurs.get(groupe)?.push(id);
  await insertAll(db.agents.model.collection, agents.length, (n) => agents[n]);
  const groupe = (n: number) => ({ _id: `g${n}`, name: `Groupe ${n}`, organisme: "CAF", territoires: ["01"] });
  await insertAll(db.groupes.model.collection, groupes.length, groupe);
  const { collection } = db.demandes.model;
  await collection.dropIndexes();
  const random = chance(size.demandes);
  await insertAll(collection, size.demandes, (n) => demandeDocument(n, size, crowd, random, sealer));
  await db.ensureIndexes();
  await db.connection
    .collection<{ _id: string }>("counters")
    .updateOne({ _id: "demande" }, { $set: { n: size.demandes } }, { upsert: true });
}
