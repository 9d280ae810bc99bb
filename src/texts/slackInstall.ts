/** The pages that the administrator of a Slack workspace sees when they install the app. */
export const installTexts = {
  doneTitle: "Administration+ est installé",
  done: (workspace: string) => `L’application est installée dans l’espace Slack « ${workspace} ».`,
  next: "Vous pouvez fermer cette page, inviter le robot dans les canaux des groupes (/invite), puis y relier chaque groupe (/groupe relier).",
  refusedTitle: "Administration+ n’est pas installé",
  refusals: {
    denied: () =>
      "L’installation a été refusée ou abandonnée dans Slack. Rien n’a changé. Pour la reprendre, revenez à l’adresse /slack/install.",
    incomplete: () => "Il manque à cette adresse ce que Slack y ajoute. Recommencez à l’adresse /slack/install.",
    state: () =>
      "Cette demande d’installation ne vient pas de ce navigateur, ou n’est pas la nôtre. Recommencez à l’adresse /slack/install, dans un seul navigateur, cookies acceptés.",
    stale: () => "Cette demande d’installation a plus de dix minutes. Recommencez à l’adresse /slack/install.",
    replayed: () =>
      "Cette demande d’installation a déjà servi. Si l’application n’est pas installée, recommencez à l’adresse /slack/install.",
    foreign: (team: string) =>
      `L’espace Slack ${team} n’est pas de ceux où ce robot peut être installé. Demandez à la personne qui l’exploite d’ajouter ${team} à SLACK_WORKSPACES.`,
    unusable: () =>
      "Slack n’a pas donné de jeton de robot pour un espace de travail. Installez l’application dans un espace, et non dans toute une organisation.",
    failed: () => "Slack n’a pas confirmé l’installation. Recommencez dans un instant à l’adresse /slack/install.",
  },
} as const;

const day = new Intl.DateTimeFormat("fr-FR", { dateStyle: "long", timeStyle: "short", timeZone: "Europe/Paris" });

export const installDoctorTexts = {
  workspace: (about: string) => `Espace Slack ${about}`,
  inWorkspace: (about: string, check: string) => `Espace Slack ${about}, ${check}`,
  toCome: "l’application n’y est pas encore installée",
  never: "des groupes y sont reliés, mais l’application n’y est pas installée",
  removed: (at: Date, why: string) =>
    `l’application y a été retirée le ${day.format(at)} (${why}) : ce qui doit y être montré attend`,
  remedy:
    "Un administrateur de cet espace peut l’y installer à l’adresse PUBLIC_URL/slack/install, si SLACK_WORKSPACES le nomme ; sinon, reliez ces groupes ailleurs.",
  needsDatabase: "ne peut pas être vérifié sans la base de données",
} as const;
