/** The stage of the table of rights: everybody of it, and one demande in each state, on a real database with no platform. */
import { randomUUID } from "node:crypto";
import type { LoadedDemande } from "../../models/demandes.ts";
import { act, commandIdOf } from "../../src/demandes/act.ts";
import type { FormReaction } from "../../src/demandes/desk.ts";
import type { Membership } from "../../src/domain/agent.ts";
import { agentId, demandeId, groupeId } from "../../src/domain/ids.ts";
import type { Place } from "../../src/domain/place.ts";
import { richText } from "../../src/domain/richtext.ts";
import type { FormValues } from "../../src/presentation/form.ts";
import { personOf, placeOf, told, VALID, World } from "../demandes/world.ts";
import type { Person, Spot, State } from "./table.ts";
import { PERSONS, ROLES, STATES } from "./table.ts";

/** A shared account signs all that it writes: without it, nothing of its rights would be seen. */
export const SIGNED = "Bonjour\n— Prénom Essai, accueil";
const SIX_MONTHS_AND_MORE = 24 * 200;

export interface Stand {
  readonly place: Place;
  readonly root: string | null;
  /** A message said there: the platform's id of it, and the event that it became. */
  readonly said: { readonly id: string; readonly event: string } | null;
}

/** A demande as those who try it may name it: one of the states, or one that does not exist. */
export interface Target {
  readonly id: string;
  readonly ref: number;
  stand(spot: Spot): Stand;
}

/** One that does not exist, asked for in the very same places. */
export const absent = (target: Target): Target => ({
  id: "aucune-demande",
  ref: 999_999,
  stand(spot) {
    const { place, root } = target.stand(spot);
    return { place, root: root && "aucune-racine", said: null };
  },
});

const SPEAKERS = {
  "fil de l’aidant": "auteur",
  "fil de la CAF": "instructrice",
  "fil de la CPAM": "invitee",
} as const satisfies Partial<Record<Spot, Person>>;
type Thread = keyof typeof SPEAKERS;
const THREADS = Object.keys(SPEAKERS) as Thread[];
const isThread = (spot: Spot): spot is Thread => Object.hasOwn(SPEAKERS, spot);

export class Stage {
  readonly world: World;
  private readonly targets = new Map<State, Target>();

  private constructor(world: World) {
    this.world = world;
  }

  static async open(): Promise<Stage> {
    const stage = new Stage(await World.open());
    for (const person of PERSONS) await stage.restore(person);
    const presence = { user: "", present: false, at: 1, event: "départ" };
    for (const [person, groupe] of [
      ["sorticaf", "caf"],
      ["sortifs", "fs"],
    ] as const)
      await stage.world.db.presences.record(groupeId(groupe), placeOf(`C-${groupe}`), {
        ...presence,
        user: personOf(person).user,
      });
    for (const state of STATES) stage.targets.set(state, await stage.bringTo(state));
    return stage;
  }

  close(): Promise<void> {
    return this.world.close();
  }

  target(state: State): Target {
    const target = this.targets.get(state);
    if (!target) throw new Error(`no demande is « ${state} »`);
    return target;
  }

  /** As the table has them. */
  async restore(person: Person, more: { disabled?: boolean; groupes?: Readonly<Record<string, string>> } = {}): Promise<void> {
    const groupes: Readonly<Record<string, string>> | null = more.groupes ?? ROLES[person];
    if (groupes === null) return;
    const memberships = Object.entries(groupes).map(
      ([groupe, roles]): Membership => ({
        groupeId: groupeId(groupe),
        aidant: roles.includes("a"),
        instructeur: roles.includes("i"),
        responsable: roles.includes("r"),
      }),
    );
    const agent = {
      id: agentId(person),
      name: `${person} Exemple`,
      email: `${person}@exemple.test`,
      admin: person === "admin" || person === "adminparti",
      disabled: more.disabled ?? ["desactive", "auteurparti", "adminparti"].includes(person),
      shared: person === "guichet",
      memberships,
    };
    await this.world.db.agents.save(agent, [personOf(person)]);
  }

  /** All that the database holds: nothing of it may change by what is refused. */
  async snapshot(): Promise<string> {
    const db = this.world.db.connection.db;
    if (!db) throw new Error("not connected");
    const names = (await db.listCollections().toArray()).map(({ name }) => name).toSorted();
    const all = await Promise.all(names.map(async (name) => [name, await db.collection(name).find({}).toArray()] as const));
    // How far a thread was read is written whoever spoke there: it is what the catch-up at start needs.
    return JSON.stringify(all, (key, value) => (key === "seen" ? undefined : value));
  }

  /** The document of a demande, as it can be put back. */
  async saved(target: Target): Promise<() => Promise<void>> {
    const { collection } = this.world.db.demandes.model;
    const document = await collection.findOne({ _id: target.id as never });
    if (!document) throw new Error(`no demande ${target.id}`);
    return async () => {
      await collection.replaceOne({ _id: target.id as never }, document);
    };
  }

  async revision(target: Target): Promise<number> {
    const found = await this.world.db.demandes.model.findOne({ _id: target.id }, { revision: 1 }).lean<{ revision: number }>();
    return found?.revision ?? -1;
  }

  private async form(who: Person, form: "inviter" | "traiter" | "archiver" | "decliner", values: FormValues, at: Target) {
    const caf = who !== "auteur";
    const context = { demande: at.id, side: caf ? "instructeurs" : "aidant", groupe: caf ? "caf" : "" };
    return this.did(await this.world.submit(who, form, { ...values, texte: "Bonjour" }, context));
  }

  private did(reaction: FormReaction): void {
    if (reaction.kind === "faults" || (reaction.kind === "tell" && reaction.refused)) throw new Error(told(reaction));
  }

  private async click(who: Person, action: "prendre" | "rouvrir", target: Target): Promise<void> {
    const spot = target.stand(who === "auteur" ? "fil de l’aidant" : "fil de la CAF");
    this.did(await this.world.desk.click({ ...spot, id: randomUUID(), person: personOf(who), action, value: `${target.id}||` }));
  }

  private async bringTo(state: State): Promise<Target> {
    const { world } = this;
    const before = world.kicked.length;
    const shared = state === "partagée";
    const values = { ...VALID, sujet: `Sujetdecanari ${STATES.indexOf(state)}`, groupes: ["caf", "cpam"] };
    this.did(await world.submit("auteur", "ouvrir", values, shared ? { channel: "C-fs" } : {}));
    const id = world.kicked[before];
    if (!id) throw new Error("not opened");
    await world.settle(id);
    const target = targetOf(await world.load(id));
    for (const spot of state === "nouvelle" ? [] : THREADS) await this.speak(target, spot);
    if (state === "CAF sortie") await this.form("instructrice", "decliner", {}, target);
    else if (state !== "nouvelle") await this.click("instructrice", "prendre", target);
    if (["traitée", "rouverte", "archivée", "effacée"].includes(state)) await this.form("instructrice", "traiter", {}, target);
    if (state === "rouverte") await this.click("auteur", "rouvrir", target);
    if (state === "archivée" || state === "effacée") await this.form("auteur", "archiver", { utile: "oui" }, target);
    if (state === "effacée") await this.wipe(target);
    return targetOf(await world.load(id));
  }

  private async speak(target: Target, spot: Thread): Promise<void> {
    const { place, root } = target.stand(spot);
    const person = personOf(SPEAKERS[spot]);
    const message = { id: randomUUID(), person, place, root, message: saidIn(spot), text: richText("Motsdecanari"), files: [] };
    this.did(await this.world.desk.message({ ...message, direct: false }));
  }

  /** As the daily sweep does it, six months later. */
  private async wipe(target: Target): Promise<void> {
    const { world } = this;
    const then = world.now;
    world.later(SIX_MONTHS_AND_MORE);
    const outcome = await act(
      world.context,
      commandIdOf(`effacer ${target.id}`),
      () => world.db.demandes.load(demandeId(target.id)),
      () => ({ command: { type: "wipe" }, actor: { kind: "system" } }),
    );
    world.now = then;
    if (outcome.kind !== "done") throw new Error("not wiped");
  }
}

const saidIn = (spot: Thread): string => `dit ${spot}`;

function targetOf({ id, state, threads }: LoadedDemande): Target {
  const of = (name: string | null) => {
    const found = threads.find(({ side, groupeId: own }) =>
      name === null ? side === "aidant" : own === name && side !== "aidant",
    );
    if (!found?.channel || !found.root) throw new Error("a thread is nowhere");
    return { place: placeOf(found.channel), root: found.root };
  };
  return {
    id,
    ref: state.ref,
    stand(spot) {
      if (!isThread(spot)) return { place: placeOf("C-autre"), root: null, said: null };
      const at = of(spot === "fil de l’aidant" ? null : spot === "fil de la CAF" ? "caf" : "cpam");
      const spoke = state.utterances.find(({ origin }) => origin?.message === saidIn(spot));
      return { ...at, said: spoke ? { id: saidIn(spot), event: spoke.id } : null };
    },
  };
}
