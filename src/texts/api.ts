/** What other systems are told over HTTP, for the people who connect them. */

export const apiTexts = {
  titles: {
    adresse: "Adresse inconnue",
    methode: "Méthode refusée",
    type: "Type de contenu refusé",
    taille: "Corps trop long",
    delai: "Envoi trop lent",
    horodatage: "Horodatage refusé",
    signature: "Signature refusée",
    cle: "Idempotency-Key manquante",
    "cle-reutilisee": "Idempotency-Key déjà utilisée",
    json: "Corps illisible",
    champs: "Demande à corriger",
    droits: "Demande refusée",
    debit: "Trop de demandes à la fois",
    arret: "Service arrêté",
    incident: "Incident",
  },
  unknown: "Il n’y a rien à cette adresse, ou rien que ce système puisse voir.",
  method: (allowed: string) => `Cette adresse n’admet que ${allowed}.`,
  mediaType: "Le corps doit être du JSON en UTF-8 : Content-Type: application/json, sans Content-Encoding.",
  tooLarge: (kilobytes: number) => `Le corps a ${kilobytes} ko au plus.`,
  tooSlow: "La requête n’est pas arrivée entière dans le temps imparti : recommencez.",
  stale: (minutes: number) =>
    `Aplus-Timestamp doit être l’heure de l’envoi, en secondes depuis 1970, à ${minutes} minutes près : vérifiez l’horloge (NTP).`,
  signature:
    "Aplus-Client et Aplus-Signature ne sont pas ceux d’un système connu, ou ne vont pas avec cette requête (docs/api.md).",
  keyMissing: "Donnez à chaque demande une Idempotency-Key de 1 à 200 caractères visibles, la même à chaque nouvel essai.",
  keyReused: "Cette Idempotency-Key a déjà servi pour une autre demande : elle n’a pas été enregistrée. Donnez-en une nouvelle.",
  json: "Le corps n’est pas du JSON valide en UTF-8.",
  fields: "Rien n’a été enregistré : corrigez les champs nommés dans « erreurs ».",
  tooFast: (seconds: number) =>
    `Ce système saisit des demandes plus vite que convenu : celle-ci n’a pas été enregistrée. Recommencez dans ${seconds} secondes, avec la même Idempotency-Key.`,
  stopped: "Le robot ne répond pas pour l’instant : recommencez avec la même Idempotency-Key.",
  incident: "Un incident nous empêche de le faire maintenant : recommencez avec la même Idempotency-Key, rien ne sera en double.",
  unknownField: (names: string) => `Champ inconnu : ${names}.`,
  wrongType: "Cette valeur n’est pas du type attendu.",
  aidant: "Aucun compte d’aidant actif n’a cette adresse.",
  groupeDemandeur: "Cet aidant n’est pas, ou plus, aidant de ce groupe.",
  whichGroupe: (ids: string) => `Cet aidant l’est dans plusieurs groupes : donnez « aidant.groupe » (${ids}).`,
  severalGroupes: (asked: string, ids: string) =>
    `Plusieurs groupes de « ${asked} » répondent dans ce territoire : donnez leurs identifiants (${ids}).`,
} as const;

export type ProblemKind = keyof typeof apiTexts.titles;

export const openApiTexts = {
  title: "aplus-bot : saisie de demandes et suivi",
  description:
    "Permet à un autre système (Administration+…) de saisir des demandes au nom d’un aidant, d’en lire l’état, et d’être prévenu de leurs événements. Chaque requête est signée (HMAC-SHA256) : docs/api.md montre comment.",
  open: "Saisir une demande au nom d’un aidant",
  opened:
    "La demande est enregistrée. La même Idempotency-Key avec le même corps donne la même réponse, sans rien enregistrer de plus.",
  show: "Lire l’état d’une demande que ce système a saisie",
  shown: "Son état, sans donnée personnelle",
  document: "Cette description",
  webhook:
    "Un événement d’une demande, envoyé à chaque adresse configurée, dans l’ordre pour une même demande et au moins une fois : « id », répété dans Idempotency-Key, reconnaît un envoi déjà reçu. Toute réponse 2xx en accuse réception ; toute autre est suivie d’un nouvel essai.",
  client: "Nom du système, convenu avec l’administrateur du robot",
  timestamp: "Heure de l’envoi, en secondes depuis 1970 ; refusée à plus de 5 minutes de la nôtre",
  signature:
    "v1= suivi du HMAC-SHA256 hexadécimal de « v1\\n<horodatage>\\n<MÉTHODE>\\n<chemin>\\n<Idempotency-Key ou rien>\\n<corps> » ; plusieurs, séparées par des virgules, sont admises",
  key: "Identifie l’envoi : la même à chaque nouvel essai, jamais deux fois pour deux demandes",
  demande: "Identifiant de la demande",
} as const;
