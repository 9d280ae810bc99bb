/** Roles in a groupe: as people type them, as they read them, as they travel in a form. */
import type { Membership } from "../domain/agent.ts";
import { fold } from "../domain/folding.ts";
import type { GroupeId } from "../domain/ids.ts";
import { membersTexts, roleTexts } from "../texts/groupes.ts";
import { enumerate } from "../texts.ts";

export const ROLES = ["aidant", "instructeur", "responsable"] as const;
export type Role = (typeof ROLES)[number];
export type Roles = Readonly<Record<Role, boolean>>;

/** As typed, whatever the case, gender and number. */
const WORDS: Readonly<Record<string, Role>> = {
  aidant: "aidant",
  aidante: "aidant",
  aidants: "aidant",
  instructeur: "instructeur",
  instructrice: "instructeur",
  instructeurs: "instructeur",
  responsable: "responsable",
  responsables: "responsable",
};

export const isRole = (text: string): text is Role => ROLES.some((role) => role === text);

/** The roles at the end of what was typed, and what stands before them: « Camille Exemple, aidant et responsable ». */
export function trailingRoles(text: string): { readonly rest: string; readonly roles: readonly Role[] } {
  const words = text.split(/[\s,;+]+/).filter(Boolean);
  const roles = new Set<Role>();
  let end = words.length;
  for (; end > 0; end -= 1) {
    const word = fold(words[end - 1] ?? "");
    const role = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
    if (role) roles.add(role);
    else if (word !== "et" && word !== "comme") break;
  }
  return { rest: words.slice(0, end).join(" "), roles: ROLES.filter((role) => roles.has(role)) };
}

export const membershipWith = (groupe: GroupeId, roles: readonly Role[]): Membership => ({
  groupeId: groupe,
  aidant: roles.includes("aidant"),
  instructeur: roles.includes("instructeur"),
  responsable: roles.includes("responsable"),
});

export const rolesOf = (held: Roles): Role[] => ROLES.filter((role) => held[role]);

export const sameRoles = (a: Roles, b: Roles): boolean => ROLES.every((role) => a[role] === b[role]);

/** « aidant et responsable » */
export const rolesText = (held: Roles): string => {
  const names = rolesOf(held).map((role) => roleTexts[role]);
  return names.length === 0 ? membersTexts.noRole : enumerate(names);
};

/** « aidant+responsable », in a form's context. */
export const encodeRoles = (held: Roles): string => rolesOf(held).join("+");

/** What is no role is left out. */
export const decodeRoles = (text: string): Role[] => {
  const given = text.split("+");
  return ROLES.filter((role) => given.includes(role));
};
