/** Everything that is held on one usager, for a request under the RGPD: found by name, or by the numbers of demandes. */
import type { Database } from "../../models/database.ts";
import type { LoadedDemande } from "../../models/demandes.ts";
import { fold } from "../domain/folding.ts";
import type { Usager } from "../domain/usager.ts";

export interface UsagerCriteria {
  /** Of use, or of birth. */
  readonly nom: string;
  readonly prenom?: string;
  /** jj/mm/aaaa */
  readonly dateDeNaissance?: string;
}

/** One person, as far as their demandes tell: same names, same date of birth. */
export interface FoundUsager {
  readonly prenom: string;
  readonly nomDeFamille: string;
  readonly dateDeNaissance: string;
  /** By number. */
  readonly demandes: readonly LoadedDemande[];
}

const same = (a: string, b: string): boolean => fold(a) === fold(b);

function fits({ nom, prenom, dateDeNaissance }: UsagerCriteria, usager: Usager): boolean {
  const named = same(usager.nomDeFamille, nom) || (usager.nomDeNaissance !== undefined && same(usager.nomDeNaissance, nom));
  const called = prenom === undefined || same(usager.prenom, prenom);
  return named && called && (dateDeNaissance === undefined || usager.dateDeNaissance === dateDeNaissance);
}

/** The persons of whom these are the demandes. Those whose data are wiped are of nobody any more. */
export function byPerson(demandes: readonly LoadedDemande[]): FoundUsager[] {
  const persons = new Map<string, FoundUsager>();
  for (const demande of demandes.toSorted((a, b) => a.state.ref - b.state.ref)) {
    const { usager } = demande.state;
    if (usager === null) continue;
    const { prenom, nomDeFamille, dateDeNaissance } = usager;
    const key = [fold(prenom), fold(nomDeFamille), dateDeNaissance].join("/");
    const known = persons.get(key)?.demandes ?? [];
    persons.set(key, { prenom, nomDeFamille, dateDeNaissance, demandes: [...known, demande] });
  }
  return [...persons.values()];
}

/** Whoever has this name. Reads what the search by name finds for all groupes, and compares what is opened. */
export async function findUsagers(db: Database, criteria: UsagerCriteria): Promise<FoundUsager[]> {
  // By its name nothing is found that a former version wrote.
  await db.derivation.run();
  const groupes = (await db.groupes.all()).map(({ id }) => id);
  const found: LoadedDemande[] = [];
  for await (const demande of db.demandes.withWords(criteria.nom, groupes)) {
    const { usager } = demande.state;
    if (usager && fits(criteria, usager)) found.push(demande);
  }
  return byPerson(found);
}
