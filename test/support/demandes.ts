/** The demandes of a test: how one is opened, found again, and its threads named. */
import type { Database } from "../../models/database.ts";
import type { LoadedDemande } from "../../models/demandes.ts";
import type { Thread } from "../../models/thread.ts";
import type { SeedGroupeId } from "../../sandbox/seed/world.ts";
import { parseRef } from "../../src/domain/ids.ts";
import type { FormValues } from "../../src/presentation/form.ts";
import type { PlatformUnderTest } from "./platformUnderTest.ts";

/** A form filled in without a fault, for the CAF of the Ain. */
export const VALID: FormValues = {
  territoire: "01",
  groupes: ["caf-01"],
  sujet: "Droits suspendus sans courrier",
  prenom: "Prénom-Inventé",
  nomDeFamille: "Nom-Inventé",
  dateDeNaissance: "03/04/1955",
  description: "Plus aucun versement depuis deux mois.",
  autorisation: true,
};

export type Name = SeedGroupeId | "aidant";

/** The demande with that number, as it is now. */
export async function demandeOf(db: Database, ref: number): Promise<LoadedDemande> {
  const demande = await db.demandes.loadByRef(ref);
  if (!demande) throw new Error(`there is no demande ${ref}`);
  return demande;
}

export function threadOf({ threads }: LoadedDemande, name: Name): Thread {
  const found = threads.find((thread) => (name === "aidant" ? thread.side === "aidant" : thread.groupeId === name));
  if (!found) throw new Error(`the demande has no thread for ${name}`);
  return found;
}

/** Opens a demande through the platform's form, and gives its number. */
export async function openDemande(
  people: PlatformUnderTest,
  values: FormValues = {},
  { who = "camille.exemple", where = "dm" as Parameters<PlatformUnderTest["begin"]>[1] } = {},
): Promise<number> {
  const begun = await people.begin(who, where);
  if (begun.kind !== "form") throw new Error(`no form for ${who}: ${JSON.stringify(begun)}`);
  const told = await people.submit(who, { ...VALID, ...values });
  const ref = told.kind === "said" ? /D-\d{6}/.exec(told.words)?.[0] : undefined;
  const number = ref === undefined ? undefined : parseRef(ref);
  if (number === undefined) throw new Error(`not opened: ${JSON.stringify(told)}`);
  return number;
}
