/** Who plays in a story: the same roles on one stage or another. */
import type { PlatformName } from "../../../src/domain/demande.ts";

export interface Person {
  readonly handle: string;
  readonly name: string;
  /** The name of their groupe. */
  readonly groupe: string;
  /** As people call it: « la CAF ». */
  readonly team: string;
  readonly platform: PlatformName;
}

/** Each role is in the thread of the same name. */
export interface Cast {
  readonly aidant: Person;
  /** Asked at the opening; never takes it, never leaves. */
  readonly caf: Person;
  /** Asked at the opening; says that it is the wrong one. */
  readonly cpam: Person;
  /** Invited later; takes it, once reminded. */
  readonly tiers: Person;
}

/** « Camille » */
export const firstName = ({ name }: Person): string => name.split(" ", 1)[0] ?? name;

/** « Camille Exemple (CAF de l’Ain) » */
export const fullName = ({ name, groupe }: Person): string => `${name} (${groupe})`;

const slack = "slack";

export const ALIX: Person = {
  handle: "alix.modele",
  name: "Alix Modèle",
  groupe: "CAF de l’Ain",
  team: "la CAF",
  platform: slack,
};
export const SACHA: Person = {
  handle: "sacha.specimen",
  name: "Sacha Spécimen",
  groupe: "CPAM de l’Ain",
  team: "la CPAM",
  platform: slack,
};
