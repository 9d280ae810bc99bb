/**
 * Who may do and see what: section 4 of the design written once more, from its prose and without the table under test, and
 * compared with every decision of every generated history.
 */
import type { Agent } from "../../src/domain/agent.ts";
import type { AgentActor, AgentCommand, Refusal } from "../../src/domain/commands.ts";
import type { DemandeState, Status } from "../../src/domain/demande.ts";
import { may, maySee, PERMISSIONS } from "../../src/domain/permissions.ts";
import type { Played } from "./histories.ts";
import { everyStory } from "./histories.ts";

const active = (agent: Agent) => (agent.disabled ? [] : agent.memberships);

/** « l’aidant qui l’a ouverte » */
const openedIt = (agent: Agent, state: DemandeState) => !agent.disabled && agent.id === state.opener.agentId;
/** « or a member of the same groupe » */
const sameGroupe = (agent: Agent, state: DemandeState) => active(agent).some((m) => m.groupeId === state.opener.groupeId);
/** « unless the demande was opened in a channel bound to the aidant's own groupe, whose members then see it too » */
const seesTheThread = (agent: Agent, state: DemandeState) => openedIt(agent, state) || (state.shared && sameGroupe(agent, state));
const answersFor = (agent: Agent, state: DemandeState, groupe: string | null) =>
  state.groupes.some((g) => g.groupeId === groupe) && active(agent).some((m) => m.groupeId === groupe && m.instructeur);
/** « instructeur of an asked groupe » */
const answers = (agent: Agent, state: DemandeState) => state.groupes.some((g) => answersFor(agent, state, g.groupeId));
const runs = (agent: Agent, state: DemandeState) =>
  active(agent).some(
    (m) => m.responsable && (m.groupeId === state.opener.groupeId || state.groupes.some((g) => g.groupeId === m.groupeId)),
  );
/** Anybody for whom the demande exists at all. */
const knows = (agent: Agent, state: DemandeState) =>
  openedIt(agent, state) ||
  sameGroupe(agent, state) ||
  answers(agent, state) ||
  runs(agent, state) ||
  (agent.admin && !agent.disabled);

/** Who, by the row of the table; the side is that of the thread in which the act is made. */
function entitled(type: AgentCommand["type"], { agent, side, groupeId }: AgentActor, state: DemandeState): boolean {
  const instructeur = side === "instructeurs" && answersFor(agent, state, groupeId);
  const aidant = side === "aidant";
  switch (type) {
    case "invite":
      return instructeur || (aidant && (openedIt(agent, state) || sameGroupe(agent, state)));
    case "view":
    case "write":
    case "shareFile":
    case "edit":
    case "delete":
      return instructeur || (aidant && seesTheThread(agent, state));
    case "take":
    case "decline":
    case "answer":
    case "publish":
    case "process":
    case "snooze":
      return instructeur;
    case "archive":
    case "reopen":
      return aidant && (openedIt(agent, state) || sameGroupe(agent, state));
    case "addInfo":
      return aidant && openedIt(agent, state);
  }
}

/** In which states: once archived, only looking, speaking and reopening are left. */
function possible(type: AgentCommand["type"], status: Status): boolean {
  const archived = status === "archivee";
  switch (type) {
    case "view":
    case "write":
    case "shareFile":
    case "edit":
    case "delete":
      return true;
    case "reopen":
      return status === "traitee" || archived;
    case "process":
    case "snooze":
      return status === "nouvelle" || status === "en_cours";
    default:
      return !archived;
  }
}

const RIGHTS: readonly Refusal["reason"][] = ["unknown", "forbidden", "notNow", "wiped"];

function expected({ actor, command, before }: Played): Refusal["reason"] | "allowed" {
  if (actor.kind === "system") return "allowed";
  const type = command.type as AgentCommand["type"];
  if (!entitled(type, actor, before)) return knows(actor.agent, before) ? "forbidden" : "unknown";
  if (before.wipedAt) return "wiped";
  return possible(type, before.status) ? "allowed" : "notNow";
}

test("every decision follows the table, whoever asks, from wherever, in whatever state", () => {
  const seen = new Set<string>();
  everyStory(
    ({ steps }) => {
      for (const step of steps) {
        const { decision } = step;
        const right = expected(step);
        const reason =
          decision.kind === "refused" && RIGHTS.includes(decision.refusal.reason) ? decision.refusal.reason : "allowed";
        expect({ command: step.command.type, reason }).toEqual({ command: step.command.type, reason: right });
        seen.add(`${step.command.type}/${right}`);
      }
    },
    { runs: 300 },
  );
  // Had the generator not tried them, the comparison would say nothing.
  for (const type of ["take", "answer", "archive", "invite", "write", "view", "publish", "snooze", "addInfo"])
    for (const right of ["allowed", "forbidden", "unknown"]) expect(seen).toContain(`${type}/${right}`);
});

test("what an agent may see: nobody sees more than the prose gives them", () => {
  everyStory(
    ({ history, states }) => {
      const state = states.at(-1);
      if (!state) throw new Error("no state");
      for (const agent of history.agents) {
        const inThread = seesTheThread(agent, state) || answers(agent, state);
        const seen = ["metadata", "conversation", "private", "identity"] as const;
        expect([agent.id, ...seen.map((what) => maySee(agent, what, state))]).toEqual([
          agent.id,
          knows(agent, state),
          inThread,
          answers(agent, state),
          inThread,
        ]);
      }
    },
    { runs: 100, steps: 15 },
  );
});

test("an instructeur never archives nor reopens from the instructeurs' side, an admin or a responsable sees no identity", () => {
  for (const right of ["archive", "reopen", "addInfo", "writeAsAidant"] as const)
    expect(PERMISSIONS[right].relations).not.toContain("instructeur");
  for (const right of ["identity", "conversation", "private"] as const) {
    expect(PERMISSIONS[right].relations).not.toContain("admin");
    expect(PERMISSIONS[right].relations).not.toContain("responsable");
  }
});

test("an act on the instructeurs' side without a groupe counts for none and is refused", () => {
  everyStory(
    ({ history, states }) => {
      const state = states.at(-1);
      if (!state) throw new Error("no state");
      for (const agent of history.agents)
        for (const right of ["take", "decline", "answer", "writePrivately", "publish", "process", "snooze"] as const)
          expect(["forbidden", "unknown"]).toContain(may(agent, right, state, { side: "instructeurs", groupe: null }));
    },
    { runs: 50, steps: 10 },
  );
});
