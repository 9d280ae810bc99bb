import { ACTION_IDS, ACTIONS, actionOf, COMMANDS, isActionId, SHORTCUTS } from "../../src/actions.ts";
import { isInstructeurOf } from "../../src/domain/agent.ts";
import type { AgentActor } from "../../src/domain/commands.ts";
import type { DemandeState } from "../../src/domain/demande.ts";
import { demandeId, formatRef, groupeId } from "../../src/domain/ids.ts";
import { overdueAt } from "../../src/domain/overdue.ts";
import { may } from "../../src/domain/permissions.ts";
import { button, cardButtons, decodeTarget, encodeTarget, reminderButtons } from "../../src/presentation/buttons.ts";
import { buildCard } from "../../src/presentation/card.ts";
import { formatDay, formatMoment, formatNearMoment } from "../../src/presentation/dates.ts";
import { everyStory, GROUPES, OPENER } from "../domain/histories.ts";

const NAMES = new Map(GROUPES.map((id) => [id, `Groupe ${id}`]));

describe("the card", () => {
  test("says what is true of the demande at that moment", () => {
    let late = 0;
    everyStory(({ states }) => {
      for (const state of states.filter((_, n) => n % 5 === 0)) {
        const due = overdueAt(state);
        for (const now of [state.updatedAt, ...(due ? [due, new Date(due.getTime() + 1)] : [])]) {
          const card = buildCard(state, "instructeurs", state.groupes[0]?.groupeId ?? null, NAMES, now);
          expect(card.ref).toBe(formatRef(state.ref));
          expect(card.opener).toBe(`${OPENER.name} (Groupe france-services)`);
          expect(card.status.status).toBe(state.status);
          expect(card.groupes.map((g) => g.name)).toEqual(state.groupes.map((g) => `Groupe ${g.groupeId}`));
          for (const [n, g] of state.groupes.entries()) {
            if (g.out) expect(card.groupes[n]?.standing).toBe("n’est pas le bon interlocuteur");
            if (g.takenBy) expect(card.groupes[n]?.standing).toBe(`prise en charge par ${g.takenBy.name}`);
          }
          const souffrance = card.alerts.some((a) => a.startsWith("⏰ En souffrance depuis"));
          expect(souffrance).toBe(due !== null && now > due);
          late += Number(souffrance);
          expect(card.viewers).not.toContain(OPENER.name);
        }
      }
    });
    expect(late).toBeGreaterThan(0);
  });

  test("offers only what somebody there may do now, and offers them all that the status leaves", () => {
    const { id: agent } = OPENER;
    everyStory(({ history, states }) => {
      for (const state of states.filter((_, n) => n % 5 === 0)) {
        if (state.wipedAt) expect(cardButtons(state, "aidant", null)).toEqual([]);
        else {
          const opener = history.agents.find((a) => a.id === agent);
          for (const { action } of cardButtons(state, "aidant", null)) {
            const { capability, sides } = actionOf(action);
            expect(sides).toContain("aidant");
            expect(opener && capability && may(opener, capability, state, { side: "aidant", groupe: null })).toBe("allowed");
          }
          for (const { groupeId: groupe } of state.groupes) {
            const somebody = history.agents.find((a) => isInstructeurOf(a, groupe));
            // A groupe may be invited that has nobody to answer by now.
            if (!somebody) continue;
            for (const { action } of cardButtons(state, "instructeurs", groupe)) {
              const { capability, sides } = actionOf(action);
              expect(sides).toContain("instructeurs");
              expect(capability && may(somebody, capability, state, { side: "instructeurs", groupe })).toBe("allowed");
            }
          }
        }
      }
    });
  });

  test("the labels of the mission, to the letter", () => {
    expect([ACTIONS.prendre.label, ACTIONS.decliner.label, ACTIONS.traitee.label]).toEqual([
      "Je m’en occupe",
      "Je ne suis pas le bon interlocuteur",
      "Traitée",
    ]);
  });

  test("once taken, « Prendre le relais » replaces « Je m’en occupe », in that groupe alone", () => {
    const groupe = (id: string, taken: boolean) => ({
      groupeId: id,
      out: false,
      takenBy: taken ? { agentId: "a", name: "A" } : null,
    });
    const state = {
      id: "d1",
      status: "en_cours",
      groupes: [groupe("caf", true), groupe("cpam", false)],
    } as unknown as DemandeState;
    const actions = (id: string) => cardButtons(state, "instructeurs", groupeId(id)).map((b) => b.action);
    expect(actions("caf")).toEqual(["voir", "relayer", "repondre", "traitee", "inviter", "decliner"]);
    expect(actions("cpam")).toEqual(["voir", "prendre", "repondre", "traitee", "inviter", "decliner"]);
  });
});

describe("what a button carries", () => {
  const demande = demandeId("d1");

  test("comes back as it went", () => {
    for (const target of [
      { demande, groupe: null, more: null },
      { demande, groupe: groupeId("caf"), more: null },
      { demande, groupe: null, more: "c1.0" },
      { demande, groupe: groupeId("caf"), more: "semaine" },
    ])
      expect(decodeTarget(encodeTarget(target))).toEqual(target);
    expect(decodeTarget(button("voir", { demande }).value)).toEqual({ demande, groupe: null, more: null });
    expect(reminderButtons(demande, groupeId("caf"), true).map((b) => [b.action, decodeTarget(b.value)?.more])).toEqual([
      ["relayer", null],
      ["repondre", null],
      ["rappeler", "demain"],
      ["rappeler", "3-jours"],
      ["rappeler", "semaine"],
    ]);
  });

  test.each(["", "|", "|caf", "d1|caf|x|y", "d1|caf|x|", `d1|${"x".repeat(300)}`])("« %s » is none of ours", (value) => {
    expect(decodeTarget(value)).toBeNull();
  });
});

describe("the registry", () => {
  test("each action has its word, and what it needs of Slack's limits is respected", () => {
    expect(new Set(ACTION_IDS.map((id) => actionOf(id).word)).size).toBe(ACTION_IDS.length);
    for (const id of ACTION_IDS) expect(actionOf(id).label.length).toBeLessThanOrEqual(75);
    for (const { label } of SHORTCUTS) expect(label.length).toBeLessThanOrEqual(24);
    expect(COMMANDS.map((c) => c.command)).toEqual(["demande", "demandes", "groupe", "moi", "aplus"]);
  });

  test.each(["", "toString", "__proto__", "constructor", "Voir"])("« %s » is no action", (name) => {
    expect(isActionId(name)).toBe(false);
  });

  test("a stranger may do nothing of it", () => {
    const stranger: AgentActor["agent"] = { ...OPENER, id: "x" as never, memberships: [] };
    everyStory(
      ({ states }) => {
        const state = states.at(-1);
        for (const id of ACTION_IDS) {
          const { capability } = actionOf(id);
          for (const side of ["aidant", "instructeurs"] as const)
            for (const groupe of GROUPES)
              if (state && capability) expect(may(stranger, capability, state, { side, groupe })).toBe("unknown");
        }
      },
      { runs: 10, steps: 5 },
    );
  });
});

test("dates as people read them, in the time zone of the territoire", () => {
  const at = new Date("2026-03-03T23:05:00Z");
  expect(formatDay(at, "Europe/Paris")).toBe("4 mars 2026");
  expect(formatDay(at, "America/Cayenne")).toBe("3 mars 2026");
  expect(formatMoment(at, "Europe/Paris")).toBe("4 mars 2026 à 00:05");
  expect(formatNearMoment(at, "Indian/Reunion")).toBe("mercredi 4 mars à 03:05");
});
