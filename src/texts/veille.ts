/** What an operator reads at /sante: a sentence for each reason. What to do is in docs/operations.md, under the same code. */

const minutes = (seconds: number): string =>
  seconds < 120 ? `${Math.round(seconds)} secondes` : `${Math.round(seconds / 60)} minutes`;

export const healthTexts = {
  starting: "Démarrage en cours.",
  demonstrationStarting: "Le robot redémarre.",
  demonstrationKilled: "Le robot est arrêté : il a été tué.",
  demonstrationEnded: "Le robot vient de s’arrêter.",
  databaseAway: "La base de données ne répond pas.",
  databaseReadOnly: "La base de données répond, mais rien ne peut y être écrit.",
  diskFull: (free: string) => `Il reste ${free} sur le disque de la base embarquée : bientôt, plus rien ne pourra être écrit.`,
  matrixUnread: (seconds: number) => `Depuis ${minutes(seconds)}, aucun processus ne lit ce que disent les agents sur Matrix.`,
  matrixSilent: (seconds: number) => `Depuis ${minutes(seconds)}, la lecture de Matrix n’avance plus.`,
  late: (seconds: number) =>
    `Ce que font les agents n’est pas montré à temps dans les fils : le plus ancien envoi attend depuis ${minutes(seconds)}.`,
  lateJobs: (names: readonly string[]) =>
    names.length === 1
      ? `La tâche « ${names[0]} » est en retard.`
      : `Des tâches sont en retard : ${names.map((name) => `« ${name} »`).join(", ")}.`,
  clockOff: (reference: string, seconds: number) =>
    `L’horloge de cette machine et celle de ${reference} diffèrent de ${minutes(Math.abs(seconds))}.`,
  references: { slack: "Slack", matrix: "son serveur Matrix", base: "la base de données" },
} as const;
