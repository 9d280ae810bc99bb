/** Names as they are shown: who speaks, for which groupe, about which territoire. */
import type { Author, DemandeState } from "../domain/demande.ts";
import type { GroupeId } from "../domain/ids.ts";
import { newsTexts } from "../texts.ts";
import type { Speaker } from "./message.ts";

/** The names of the groupes of a demande, looked up beforehand. */
export type GroupeNames = ReadonlyMap<GroupeId, string>;

export const groupeName = (names: GroupeNames, groupe: GroupeId | null): string | null =>
  groupe === null ? null : (names.get(groupe) ?? newsTexts.unknownGroupe);

export const speakerOf = (author: Author, names: GroupeNames): Speaker => ({
  name: author.name,
  groupe: groupeName(names, author.groupeId),
});

/** « Camille Exemple (CAF de l’Ain) » */
export const whoIs = (author: Author, names: GroupeNames): string => {
  const groupe = groupeName(names, author.groupeId);
  return groupe === null ? author.name : `${author.name} (${groupe})`;
};

/** Every groupe whose name may be shown for this demande. */
export const groupesOf = (state: DemandeState): GroupeId[] => [
  ...new Set([...state.groupes.map((g) => g.groupeId), ...(state.opener.groupeId ? [state.opener.groupeId] : [])]),
];
