/** What the import of the list of the France Services says. */
import { enumerate } from "../texts.ts";

export const franceServicesTexts = {
  closed: "fermé",
  description: (told: { format: string; itinerant: boolean; porteuse: string; type: string }): string =>
    [
      told.format,
      told.itinerant ? "Itinérance" : "",
      told.porteuse && `Structure porteuse : ${told.porteuse}${told.type && ` (${told.type})`}`,
    ]
      .filter(Boolean)
      .join(" · "),

  matricule: (text: string) =>
    text === "" ? "la case est vide." : `« ${text} » n’est pas un matricule : un nombre est attendu.`,
  otherTerritoire: (insee: string, territoire: string) =>
    `« ${insee} » n’est pas une commune du département ${territoire} : c’est le département qui est retenu.`,
  territoireFromInsee: (text: string, territoire: string) =>
    `« ${text} » n’est pas un département connu : celui de la commune, ${territoire}, est retenu.`,
  nameTaken: (nom: string, given: string) => `« ${nom} » est le nom d’un autre groupe : celui-ci s’appelle « ${given} ».`,
  mailUnreadable: (text: string, kept: string | null) =>
    kept === null
      ? `« ${text} » n’est pas une adresse e-mail : elle n’est pas reprise.`
      : `« ${text} » n’est pas une liste d’adresses e-mail : seule ${kept} est reprise.`,
  severalMails: (kept: string, others: readonly string[]) =>
    `plusieurs adresses e-mail : ${kept} est reprise, ${enumerate(others)} ne ${others.length > 1 ? "le sont" : "l’est"} pas.`,
  telephoneUnreadable: (text: string) => `« ${text} » n’est pas un numéro de téléphone : il n’est pas repris.`,
  telephoneZero: (text: string, whole: string) => `« ${text} » a perdu son zéro de tête : ${whole} est repris.`,
  severalTelephones: (kept: string, others: readonly string[]) =>
    others.length === 0
      ? `seul ${kept} y est lisible : il est repris.`
      : `plusieurs numéros : ${kept} est repris, ${enumerate(others)} ne ${others.length > 1 ? "le sont" : "l’est"} pas.`,
  codePostalZero: (text: string, whole: string) => `« ${text} » a perdu son zéro de tête : ${whole} est repris.`,
  codePostal: (text: string) => `« ${text} » n’est pas un code postal ; il est repris dans l’adresse tel quel.`,
  yesOrNo: (text: string) => `« ${text} » : oui, non ou une case vide est attendu ; la case n’est pas reprise.`,
  gone: (id: string, name: string) =>
    `le groupe ${id} (« ${name} ») n’est plus dans cette liste : il est laissé tel quel. S’il a fermé, voyez ce qu’il faut en faire.`,
};
