/** `aplus sauvegarder` and `aplus restaurer`. */

import { s } from "./plural.ts";

export const backupTexts = {
  save: "écrit toute la base dans un fichier (les clés de chiffrement n’y sont pas)",
  restore: "remplit une base vide avec un fichier de sauvegarde",
  file: "le fichier de sauvegarde",

  notABackup: "Ce fichier n’est pas une sauvegarde faite par `aplus sauvegarder`.",
  cutShort: "Cette sauvegarde est incomplète : le fichier a été coupé. Prenez-en une autre.",
  changed: "Cette sauvegarde a été altérée depuis qu’elle a été faite. Prenez-en une autre.",
  exists: (path: string) => `${path} existe déjà : donnez un autre nom.`,
  noFile: (path: string) => `${path} ne peut pas être lu.`,
  notEmpty:
    "La base n’est pas vide, et rien n’y a été changé. Une restauration ne remplit qu’une base vide : donnez un autre MONGODB_URI ou un autre DATA_DIR.",
  saved: (n: number, path: string) =>
    `${n} document${s(n)} dans ${path}. Gardez les clés de chiffrement ailleurs : sans elles, ce fichier est illisible.`,
  restored: (n: number, at: string) => `${n} document${s(n)} remis, tels qu’ils étaient le ${at}.`,
  missingKeys: (ids: readonly string[]) =>
    `Il manque, pour lire une partie de ce qui a été remis, la clé ${ids.map((id) => `« ${id} »`).join(", ")} : remettez-la dans ENCRYPTION_KEYS.`,
} as const;
