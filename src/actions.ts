/**
 * The registry of actions. Buttons, pills, typed words, help and the manifest's checks all come from it: an action that is
 * not here does not exist, and one that is here is asked of `permissions.ts` before anything else.
 */
import type { Side } from "./domain/demande.ts";
import type { Capability } from "./domain/permissions.ts";
import type { FormId } from "./presentation/form.ts";

interface ActionDefinition {
  readonly label: string;
  readonly emoji: string;
  readonly style: "primary" | "danger" | "default";
  /** The right that it needs; null for what touches no demande. */
  readonly capability: Capability | null;
  /** The form (or confirmation) that it opens; null when it acts at once. */
  readonly form: FormId | null;
  /** The sides on which it is offered. */
  readonly sides: readonly Side[];
  /** The word that does the same where it is typed: `!prendre`. */
  readonly word: string;
  /** What it does, in one line, for the help. */
  readonly help: string;
}

const both: readonly Side[] = ["aidant", "instructeurs"];
const instructeurs: readonly Side[] = ["instructeurs"];
const aidant: readonly Side[] = ["aidant"];

export const ACTIONS = {
  voir: {
    label: "Voir la demande",
    emoji: "🔎",
    style: "default",
    capability: "identity",
    form: "voir",
    sides: both,
    word: "voir",
    help: "affiche l’identité de l’usager et la description (la consultation est tracée)",
  },
  prendre: {
    label: "Je m’en occupe",
    emoji: "✋",
    style: "primary",
    capability: "take",
    form: null,
    sides: instructeurs,
    word: "prendre",
    help: "votre groupe traite la demande, et l’aidant le sait",
  },
  relayer: {
    label: "Prendre le relais",
    emoji: "🤝",
    style: "default",
    capability: "take",
    form: "relais",
    sides: instructeurs,
    word: "relais",
    help: "reprend la demande d’un collègue de votre groupe",
  },
  decliner: {
    label: "Je ne suis pas le bon interlocuteur",
    emoji: "↪️",
    style: "default",
    capability: "decline",
    form: "decliner",
    sides: instructeurs,
    word: "decliner",
    help: "après confirmation, engage tout votre groupe : il sort de la demande",
  },
  repondre: {
    label: "Répondre à l’aidant",
    emoji: "💬",
    style: "default",
    capability: "answer",
    form: "repondre",
    sides: instructeurs,
    word: "repondre",
    help: "envoie une réponse visible de tous",
  },
  inviter: {
    label: "Inviter un organisme",
    emoji: "➕",
    style: "default",
    capability: "invite",
    form: "inviter",
    sides: both,
    word: "inviter",
    help: "ajoute d’autres groupes à la demande",
  },
  traitee: {
    label: "Traitée",
    emoji: "✅",
    style: "default",
    capability: "process",
    form: "traiter",
    sides: instructeurs,
    word: "traitee",
    help: "indique que le blocage est levé et invite l’aidant à archiver",
  },
  archiver: {
    label: "Archiver",
    emoji: "🗄️",
    style: "primary",
    capability: "archive",
    form: "archiver",
    sides: aidant,
    word: "archiver",
    help: "clôt la demande, après un avis sur l’utilité de la réponse",
  },
  rouvrir: {
    label: "Rouvrir",
    emoji: "🔄",
    style: "default",
    capability: "reopen",
    form: null,
    sides: aidant,
    word: "rouvrir",
    help: "reprend l’échange d’une demande traitée ou archivée",
  },
  completer: {
    label: "Ajouter des informations",
    emoji: "📎",
    style: "default",
    capability: "addInfo",
    form: "completer",
    sides: aidant,
    word: "completer",
    help: "complète les informations sur l’usager",
  },
  publier: {
    label: "Envoyer à l’aidant",
    emoji: "📣",
    style: "default",
    capability: "publish",
    form: null,
    sides: instructeurs,
    word: "publier",
    help: "rend visible de l’aidant un message écrit entre instructeurs",
  },
  rappeler: {
    label: "Me le rappeler",
    emoji: "⏰",
    style: "default",
    capability: "snooze",
    form: null,
    sides: instructeurs,
    word: "rappeler",
    help: "reporte le rappel : demain, dans 3 jours ouvrés ou dans une semaine",
  },
  lister: {
    label: "Voir la liste",
    emoji: "📋",
    style: "default",
    capability: null,
    form: null,
    sides: both,
    word: "liste",
    help: "affiche une page de vos demandes",
  },
  ouvrir: {
    label: "Nouvelle demande",
    emoji: "✍️",
    style: "primary",
    capability: null,
    form: "ouvrir",
    sides: aidant,
    word: "ouvrir",
    help: "ouvre le formulaire d’une nouvelle demande",
  },
} as const satisfies Record<string, ActionDefinition>;

export type ActionId = keyof typeof ACTIONS;

export const isActionId = (value: string): value is ActionId => Object.hasOwn(ACTIONS, value);

export const ACTION_IDS = Object.keys(ACTIONS).filter(isActionId);

export const actionOf = (id: ActionId): ActionDefinition => ACTIONS[id];

const bare = (word: string): string => word.trim().toLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

/** The action of a typed word, whatever its case and accents: « Traitée » → traitee. Undefined for no word of ours. */
export const actionOfWord = (word: string): ActionId | undefined =>
  ACTION_IDS.find((id) => actionOf(id).word === bare(word) && actionOf(id).capability !== null);

export interface CommandDefinition {
  readonly command: string;
  readonly usage: string;
  readonly help: string;
}

/** The slash commands; `manifest.yml` is compared with this list by a test. */
export const COMMANDS = [
  { command: "demande", usage: "[sujet]", help: "ouvre le formulaire d’une nouvelle demande" },
  {
    command: "demandes",
    usage: "[nouvelles | en-cours | en-souffrance | traitees | autres | mes-demandes | a-archiver | archivees | chercher …]",
    help: "liste vos demandes",
  },
  {
    command: "groupe",
    usage: "[membres | demandes | ajouter | retirer | role | creer-compte | modifier | relier | exporter | stats | aide …]",
    help: "gère votre groupe, si vous en êtes responsable",
  },
  {
    command: "moi",
    usage: "[modifier | groupe | lier]",
    help: "montre vos informations, vos groupes et vos collègues, et les change",
  },
  { command: "aplus", usage: "aide", help: "rappelle les commandes et les boutons" },
] as const satisfies readonly CommandDefinition[];

export interface ShortcutDefinition {
  readonly callback: "transformer" | "publier";
  readonly label: string;
  readonly help: string;
}

/** Slack's message shortcuts (names of at most 24 characters). */
export const SHORTCUTS = [
  { callback: "transformer", label: "Transformer en demande", help: "ouvre le formulaire avec ce message pour description" },
  { callback: "publier", label: "Envoyer à l’aidant", help: "publie un message écrit entre instructeurs" },
] as const satisfies readonly ShortcutDefinition[];
