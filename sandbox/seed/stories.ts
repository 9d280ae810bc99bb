/** Demandes in every state on the first day, played through the real desk at moments of the last two weeks. */

import type { Database } from "../../models/database.ts";
import type { ActionId } from "../../src/actions.ts";
import type { Identity, Place } from "../../src/delivery/port.ts";
import { commandIdOf } from "../../src/demandes/act.ts";
import type { DemandeId, GroupeId } from "../../src/domain/ids.ts";
import { demandeId, groupeId } from "../../src/domain/ids.ts";
import { encodeTarget } from "../../src/presentation/buttons.ts";
import type { FormId, FormValues } from "../../src/presentation/form.ts";
import type { FollowedBot } from "../bot/followed.ts";
import type { MovableClock } from "../clock.ts";
import { moveTo } from "../time.ts";
import { withoutDigests } from "./digests.ts";
import type { SeedGroupeId } from "./world.ts";

/** What the stories act upon. */
export interface Stage {
  readonly bot: FollowedBot;
  readonly db: Database;
  readonly clock: MovableClock;
  /** The account of an agent, by handle. */
  identity(handle: string): Identity;
  /** Writes in a thread as that person, on the platform itself. */
  write(handle: string, place: Place, root: string, text: string): Promise<void>;
}

const caf = groupeId("caf-01" satisfies SeedGroupeId);
const cpam = groupeId("cpam-01" satisfies SeedGroupeId);
const prefecture = groupeId("prefecture-01" satisfies SeedGroupeId);

interface Opening {
  readonly by: string;
  readonly sujet: string;
  readonly description: string;
  readonly prenom: string;
  readonly nomDeFamille: string;
  readonly dateDeNaissance: string;
  readonly groupes: readonly GroupeId[];
  readonly more?: Readonly<Record<string, string>>;
}

/** One demande of a story, and what can be done with it. */
class Played {
  private readonly stage: Stage;
  private readonly id: DemandeId;
  private readonly name: string;
  private count = 0;

  constructor(stage: Stage, id: DemandeId, name: string) {
    this.stage = stage;
    this.id = id;
    this.name = name;
  }

  private inbound(): string {
    this.count += 1;
    return `seed/${this.name}/${this.count}`;
  }

  async click(handle: string, groupe: GroupeId | null, action: ActionId): Promise<void> {
    const person = this.stage.identity(handle);
    const value = encodeTarget({ demande: this.id, groupe, more: null });
    const place: Place = { ...person, channel: "" };
    await this.stage.bot.desk.click({ id: this.inbound(), person, action, value, place, root: null });
    await this.stage.bot.idle();
  }

  async submit(handle: string, groupe: GroupeId | null, form: FormId, values: FormValues): Promise<void> {
    const context = { demande: this.id, side: groupe ? "instructeurs" : "aidant", groupe: groupe ?? "" };
    await this.stage.bot.desk.submitForm({ id: this.inbound(), person: this.stage.identity(handle), form, context, values });
    await this.stage.bot.idle();
  }

  async say(handle: string, groupe: GroupeId | null, text: string): Promise<void> {
    const demande = await this.stage.db.demandes.load(this.id);
    const thread = demande?.threads.find((t) => (groupe ? t.groupeId === groupe : t.side === "aidant"));
    if (!thread?.platform || !thread.workspace || !thread.channel || !thread.root)
      throw new Error(`the thread of ${this.name} was not delivered`);
    const { platform, workspace, channel, root } = thread;
    await this.stage.write(handle, { platform, workspace, channel }, root, text);
    await this.stage.bot.idle();
  }
}

async function open(stage: Stage, name: Story, { by, groupes, more, ...fields }: Opening): Promise<Played> {
  const person = stage.identity(by);
  const inbound = inboundOf(name);
  const values: FormValues = { territoire: "01", groupes: [...groupes], autorisation: true, ...fields, ...more };
  const reaction = await stage.bot.desk.submitForm({
    id: inbound,
    person,
    form: "ouvrir",
    context: { ...person, channel: "" },
    values,
  });
  if (reaction.kind === "faults") throw new Error(`seed ${name}: ${JSON.stringify(reaction.faults)}`);
  await stage.bot.idle();
  return new Played(stage, demandeId(commandIdOf(inbound)), name);
}

const STORIES = ["archivee", "souffrance", "traitee", "en-cours", "en-cours-matrix", "nouvelle"] as const;
type Story = (typeof STORIES)[number];
const inboundOf = (story: Story): string => `seed/${story}`;

/** The ids of the demandes of the first day. */
export const seededDemandes = (): DemandeId[] => STORIES.map((story) => demandeId(commandIdOf(inboundOf(story))));

const DAY = 86_400_000;

/** A moment of the last days, at an hour when people work (UTC). */
const daysAgo = (today: Date, days: number, hour: number): Date => {
  const at = new Date(today.getTime() - days * DAY);
  at.setUTCHours(hour, 15, 0, 0);
  return at;
};

/**
 * Plays everything, and leaves the clock at `today`: a demande of each state, one of them en souffrance, with a private
 * exchange between instructeurs, a wrong addressee and an archiving with its answer.
 */
export async function playStories(stage: Stage, today: Date): Promise<void> {
  const { clock, bot, db } = stage;
  const from = daysAgo(today, 13, 8);
  await withoutDigests(db, from, today);
  await clock.set(from);
  const to = (at: Date) => moveTo(at, clock, bot, db);
  const archived = await open(stage, "archivee", {
    by: "camille.exemple",
    sujet: "Rattachement d’un enfant à la carte Vitale refusé deux fois",
    description: "Deux demandes de rattachement envoyées, refusées sans motif. L’enfant n’est pas couvert depuis trois mois.",
    prenom: "Andréa",
    nomDeFamille: "Personne-Fictive",
    dateDeNaissance: "14/02/1988",
    groupes: [cpam],
  });
  await to(daysAgo(today, 13, 13));
  await archived.click("sacha.specimen", cpam, "prendre");
  await archived.submit("sacha.specimen", cpam, "repondre", {
    texte: "Le dossier était incomplet : l’acte de naissance manquait. Pouvez-vous nous l’adresser ?",
  });
  await to(daysAgo(today, 12, 9));
  await archived.say("camille.exemple", null, "Il part aujourd’hui, merci.");
  await to(daysAgo(today, 11, 9));
  await archived.submit("sacha.specimen", cpam, "traiter", { texte: "Le rattachement est fait." });
  await to(daysAgo(today, 10, 9));
  await archived.submit("camille.exemple", null, "archiver", { utile: "oui" });

  await to(daysAgo(today, 9, 9));
  await open(stage, "souffrance", {
    by: "camille.exemple",
    sujet: "Rappel de droits RSA suspendu sans explication",
    description: "Versement suspendu depuis deux mois, aucun courrier reçu. La personne n’a plus de ressources.",
    prenom: "Ange",
    nomDeFamille: "Nom-Inventé",
    dateDeNaissance: "03/07/1971",
    groupes: [caf],
  });

  await to(daysAgo(today, 4, 9));
  const processed = await open(stage, "traitee", {
    by: "dominique.exemple",
    sujet: "Titre de séjour bloqué à l’étape « remise »",
    description: "Le titre est fabriqué, mais aucun rendez-vous de remise n’est proposé depuis six semaines.",
    prenom: "Sam",
    nomDeFamille: "Exemple-Usager",
    dateDeNaissance: "21/11/1990",
    groupes: [prefecture],
    more: { numeroEtranger: "0000000000" },
  });
  await to(daysAgo(today, 3, 9));
  await processed.click("morgan.fictif", prefecture, "prendre");
  await processed.submit("morgan.fictif", prefecture, "traiter", { texte: "Rendez-vous fixé, la convocation part par SMS." });

  await to(daysAgo(today, 2, 9));
  const underWay = await open(stage, "en-cours", {
    by: "camille.exemple",
    sujet: "Changement d’adresse : droits coupés à la CAF et à la CPAM",
    description: "Déménagement signalé aux deux caisses en même temps ; chacune attend la confirmation de l’autre.",
    prenom: "Dany",
    nomDeFamille: "Sans-Nom",
    dateDeNaissance: "09/09/1965",
    groupes: [caf, cpam],
    more: { numeroAllocataire: "0000000" },
  });
  await underWay.click("alix.modele", caf, "prendre");
  await underWay.say("alix.modele", caf, "Nous n’avons pas l’avis de mutation. La CPAM l’a-t-elle reçu ?");

  await to(daysAgo(today, 1, 9));
  const mixed = await open(stage, "en-cours-matrix", {
    by: "andrea.essai",
    sujet: "Naturalisation : attestation de prestations demandée deux fois",
    description: "La préfecture redemande une attestation de la CAF déjà versée au dossier ; la personne a été reçue hier.",
    prenom: "Noé",
    nomDeFamille: "Usager-Supposé",
    dateDeNaissance: "17/08/1983",
    groupes: [caf, prefecture],
    more: { numeroAllocataire: "0000000", numeroEtranger: "0000000000" },
  });
  await mixed.click("morgan.fictif", prefecture, "prendre");
  await mixed.say("morgan.fictif", prefecture, "La CAF peut-elle confirmer la date de l’attestation ?");

  await to(new Date(today.getTime() - DAY / 12));
  await open(stage, "nouvelle", {
    by: "dominique.exemple",
    sujet: "Attestation de droits introuvable en ligne",
    description: "Le compte en ligne n’affiche aucune attestation, l’employeur la demande pour la fin du mois.",
    prenom: "Lou",
    nomDeFamille: "Usager-Imaginaire",
    dateDeNaissance: "30/01/1999",
    groupes: [cpam],
  });
  await to(today);
}
