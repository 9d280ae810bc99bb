/** Which groupes can be asked in a territoire: those that have somebody to answer. */
import type { Groupe } from "../../models/groupe.ts";
import type { GroupeId } from "../domain/ids.ts";
import { findOrganisme, ORGANISMES } from "../domain/organismes.ts";
import type { OptionGroup } from "../presentation/form.ts";
import type { UseCaseContext } from "./context.ts";

/** Groupes of the territoire with at least one instructeur, by name; those excluded left out. */
export async function answeringGroupes(
  { db }: UseCaseContext,
  territoire: string,
  excluded: ReadonlySet<GroupeId> = new Set(),
): Promise<Groupe[]> {
  const groupes = (await db.groupes.ofTerritoire(territoire)).filter((g) => !excluded.has(g.id));
  const answering = await db.agents.groupesWithInstructeur(groupes.map((g) => g.id));
  return groupes.filter((g) => answering.has(g.id));
}

/** As options, under the name of their organisme, in the order of Administration+. */
export function groupeOptions(groupes: readonly Groupe[]): OptionGroup[] {
  const rank = new Map<string, number>(ORGANISMES.map(({ sigle }, index) => [sigle, index]));
  const sigles = [...new Set(groupes.map((g) => g.organisme))].sort((a, b) => (rank.get(a) ?? 99) - (rank.get(b) ?? 99));
  return sigles.map((sigle) => ({
    label: findOrganisme(sigle)?.nom ?? sigle,
    options: groupes.filter((g) => g.organisme === sigle).map((g) => ({ value: g.id, label: g.name })),
  }));
}
