/** What an operator is told of the webhooks: by `aplus doctor`, and by `aplus webhooks rejouer`. */

export const webhookDoctorTexts = {
  check: (endpoint: string) => `Webhook ${endpoint}`,
  fine: "aucun retard, aucun événement abandonné",
  failing: (demandes: number, age: string) =>
    `n’accepte rien depuis ${age} : ${demandes} ${demandes > 1 ? "demandes attendent" : "demande attend"}`,
  failingRemedy:
    "Vérifiez l’adresse (WEBHOOKS) et le service qui y répond. L’envoi reprend de lui-même, en une heure au plus ; au bout de trois jours, il est abandonné.",
  dead: (codes: string) => `événements abandonnés : ${codes}`,
  deadRemedy: (endpoint: string) =>
    `Une fois l’adresse rétablie : \`aplus webhooks rejouer ${endpoint}\`. private_address : ce nom mène dans un réseau privé (WEBHOOKS_PRIVATE, docs/api.md).`,
} as const;

export const webhookCliTexts = {
  description: "envoie de nouveau ce qu’une adresse de WEBHOOKS n’a jamais accepté (voir docs/api.md)",
  replay: "remet en file les événements abandonnés, et ceux qui les suivent dans les mêmes demandes",
  endpoint: "nom de l’adresse ; toutes, si aucun n’est donné",
  unknown: (names: string) => `Ce nom n’est pas dans WEBHOOKS, qui a : ${names || "aucune adresse"}.`,
  done: (endpoint: string, letters: number) =>
    letters === 0
      ? `${endpoint} : aucun événement abandonné.`
      : `${endpoint} : ${letters} ${letters > 1 ? "événements abandonnés sont remis" : "événement abandonné est remis"} en file. Le robot les envoie dans les secondes qui suivent.`,
  busy: (endpoint: string, n: number) =>
    `${endpoint} : ${n} ${n > 1 ? "demandes sont" : "demande est"} en cours d’envoi : recommencez dans un instant.`,
} as const;
