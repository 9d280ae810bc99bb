/** What the Slack app must be, from the registry of commands and shortcuts: `manifest.yml` is this, and a test holds it to it. */
import { COMMANDS, SHORTCUTS } from "../../src/actions.ts";

/** Each scope, and what it is for: none is asked for that the code does not use. https://docs.slack.dev/reference/scopes */
export const SLACK_SCOPES = {
  "channels:history": "lire les fils des canaux publics où le robot est invité",
  "channels:read": "connaître le nom et les membres de ces canaux",
  "chat:write": "écrire dans les canaux et en personne",
  "chat:write.customize": "relayer un message sous le nom de son auteur",
  commands: "les commandes et les raccourcis",
  "files:read": "relayer les fichiers joints aux demandes",
  "files:write": "déposer les fichiers relayés, et les effacer",
  "groups:history": "lire les fils des canaux privés où le robot est invité",
  "groups:read": "connaître le nom et les membres de ces canaux",
  "im:history": "lire ce qui est écrit au robot en personne",
  "im:write": "ouvrir une conversation en personne",
  "users:read": "connaître le nom des personnes",
  "users:read.email": "reconnaître les agents à leur adresse",
} as const satisfies Record<string, string>;

export const SLACK_SCOPE_NAMES = Object.keys(SLACK_SCOPES);

/** The events that the adapter listens to. */
export const SLACK_EVENTS = [
  "app_uninstalled",
  "member_joined_channel",
  "member_left_channel",
  "message.channels",
  "message.groups",
  "message.im",
  "team_join",
  "tokens_revoked",
  "user_change",
  "app_home_opened",
] as const;

const NAME = "Administration+";

/** The manifest, as Slack reads it: https://docs.slack.dev/reference/app-manifest */
export const slackManifest = () => ({
  display_information: {
    name: NAME,
    description: "Les demandes d’Administration+ : un fil par demande, des boutons, des rappels.",
    long_description:
      "Un aidant bloqué sur le dossier d’un usager saisit d’ici les organismes compétents. Chaque demande devient un fil, avec des boutons pour la prendre en charge, y répondre, inviter un autre organisme et la clore. Sans réponse, un rappel arrive dans le fil, aux heures ouvrées du territoire. Ce qui est écrit entre instructeurs n’est jamais montré à l’aidant, et l’identité de l’usager ne s’affiche que sur demande, pour les personnes habilitées.",
    background_color: "#000091",
  },
  features: {
    app_home: { home_tab_enabled: true, messages_tab_enabled: true, messages_tab_read_only_enabled: false },
    // Slack takes small letters, digits, hyphen, underscore and point in the name of a bot.
    bot_user: { display_name: "aplus", always_online: true },
    shortcuts: SHORTCUTS.map(({ callback, label, help }) => ({
      name: label,
      type: "message",
      callback_id: callback,
      description: help,
    })),
    slash_commands: COMMANDS.map(({ command, usage, help }) => ({
      command: `/${command}`,
      description: help,
      usage_hint: usage,
      should_escape: true,
    })),
  },
  oauth_config: { scopes: { bot: SLACK_SCOPE_NAMES } },
  settings: {
    event_subscriptions: { bot_events: [...SLACK_EVENTS] },
    interactivity: { is_enabled: true },
    org_deploy_enabled: false,
    socket_mode_enabled: true,
    token_rotation_enabled: false,
  },
});
