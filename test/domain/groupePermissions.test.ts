/** Who may do what with a groupe: the sentence of the design, tried on every kind of agent. */
import type { Agent, Membership } from "../../src/domain/agent.ts";
import type { GroupeCapability } from "../../src/domain/groupePermissions.ts";
import { GROUPE_PERMISSIONS, groupesRunBy, mayInGroupe } from "../../src/domain/groupePermissions.ts";
import { agentId, groupeId } from "../../src/domain/ids.ts";

const OWN = groupeId("caf-01");
const OTHER = groupeId("cpam-01");

const someone = (roles: Partial<Membership> | null, more: Partial<Agent> = {}): Agent => ({
  id: agentId("a1"),
  name: "Alix Modèle",
  email: "alix.modele@exemple.test",
  admin: false,
  disabled: false,
  shared: false,
  memberships: roles === null ? [] : [{ groupeId: OWN, aidant: false, instructeur: false, responsable: false, ...roles }],
  ...more,
});

const capabilities = Object.keys(GROUPE_PERMISSIONS) as GroupeCapability[];

describe.each(capabilities)("%s", (capability) => {
  test("a responsable and an admin may", () => {
    expect(mayInGroupe(someone({ responsable: true }), capability, OWN)).toBe("allowed");
    expect(mayInGroupe(someone(null, { admin: true }), capability, OWN)).toBe("allowed");
  });

  test("a member who does not run the groupe only knows it", () => {
    const expected = capability === "know" ? "allowed" : "forbidden";
    expect(mayInGroupe(someone({ instructeur: true, aidant: true }), capability, OWN)).toBe(expected);
  });

  test("for anybody else, the groupe does not exist", () => {
    expect(mayInGroupe(someone({ responsable: true }), capability, OTHER)).toBe("unknown");
    expect(mayInGroupe(someone(null), capability, OWN)).toBe("unknown");
    expect(mayInGroupe(someone({ responsable: true }, { disabled: true }), capability, OWN)).toBe("unknown");
    expect(mayInGroupe(someone(null, { admin: true, disabled: true }), capability, OWN)).toBe("unknown");
  });
});

test("the groupes that one runs", () => {
  expect(groupesRunBy(someone({ responsable: true }))).toEqual([OWN]);
  expect(groupesRunBy(someone({ instructeur: true }))).toEqual([]);
  expect(groupesRunBy(someone({ responsable: true }, { disabled: true }))).toEqual([]);
});
