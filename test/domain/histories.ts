/**
 * Generated histories: agents of all kinds give commands at all kinds of moments, and what `decide` accepts is evolved. A
 * history is plain data, so that fast-check can shrink it; what it means is found out while it is played.
 */
import fc from "fast-check";
import { numberEvents } from "../../src/demandes/act.ts";
import type { Agent, Membership } from "../../src/domain/agent.ts";
import type { Actor, AgentActor, AgentCommand, Command, Decision } from "../../src/domain/commands.ts";
import { authorOf, decide, decideOpening } from "../../src/domain/decide.ts";
import type { DemandeEvent, DemandeState, Opening, Side } from "../../src/domain/demande.ts";
import { evolve } from "../../src/domain/demande.ts";
import type { DemandeId, GroupeId } from "../../src/domain/ids.ts";
import { agentId, commandId, demandeId, eventId, groupeId } from "../../src/domain/ids.ts";
import type { RichText } from "../../src/domain/richtext.ts";
import { plainText, richText } from "../../src/domain/richtext.ts";
import type { Usager } from "../../src/domain/usager.ts";

const HOUR = 3_600_000;
export const DEMANDE: DemandeId = demandeId("demande-de-test");
/** The opener's groupe. */
export const HOME: GroupeId = groupeId("france-services");
/** Of groupes, some are asked; an agent may be anything in any of them, the opener's included. */
export const GROUPES: readonly GroupeId[] = [HOME, ...["caf", "cpam", "prefecture", "mairie"].map(groupeId)];
export const TERRITOIRES_TRIED = ["01", "67", "971", "974", "976", "987", "988"] as const;

/** Words that identify the usager, and stand nowhere else. */
export const USAGER: Usager = {
  prenom: "Prénomusager",
  nomDeFamille: "Nomusager",
  dateDeNaissance: "03/04/1955",
  numeroSecuriteSociale: "255047511612345",
  numeroAllocataire: "7654321Z",
};
export const DESCRIPTION = "descriptiondublocage";

export type Who = "opener" | "home" | "instructeur" | "anyone" | "clock";

interface StepSeed {
  readonly who: Who;
  readonly pick: number;
  /** Hours since the step before; below 0: a clock that was set back. */
  readonly wait: number;
  /** Null: the side on which that person usually acts. */
  readonly side: Side | null;
  /** Null: the asked groupe in which that person is an instructeur. */
  readonly groupe: number | null;
  readonly command: Command["type"];
  readonly n: number;
  readonly flag: boolean;
  readonly blank: boolean;
}

export interface History {
  readonly agents: readonly Agent[];
  readonly openedAt: Date;
  readonly opening: Opening;
  readonly steps: readonly StepSeed[];
}

const COMMANDS: readonly AgentCommand["type"][] = [
  "view",
  "take",
  "decline",
  "answer",
  "write",
  "shareFile",
  "edit",
  "delete",
  "publish",
  "invite",
  "process",
  "archive",
  "reopen",
  "addInfo",
  "snooze",
];

const membership = fc.record<Membership>({
  groupeId: fc.constantFrom(...GROUPES),
  aidant: fc.boolean(),
  instructeur: fc.boolean(),
  responsable: fc.boolean(),
});

const rarely = fc.integer({ min: 0, max: 7 }).map((n) => n === 0);

const anyAgent = (n: number): fc.Arbitrary<Agent> =>
  fc
    .record({
      admin: rarely,
      disabled: rarely,
      memberships: fc.uniqueArray(membership, { selector: (m) => m.groupeId, maxLength: 3 }),
    })
    .map((traits) => ({
      ...traits,
      id: agentId(`agent-${n}`),
      name: `Agent Exemple ${n}`,
      email: `agent${n}@exemple.test`,
      shared: false,
    }));

const member = (name: string, groupe: GroupeId, roles: Partial<Membership>): Agent => ({
  id: agentId(name),
  name: `${name} Exemple`,
  email: `${name}@exemple.test`,
  admin: false,
  disabled: false,
  shared: false,
  memberships: [{ groupeId: groupe, aidant: false, instructeur: false, responsable: false, ...roles }],
});

export const OPENER: Agent = {
  ...member("camille", HOME, { aidant: true }),
  // Also an instructeur elsewhere: what counts is the side from which an act is made.
  memberships: [
    { groupeId: HOME, aidant: true, instructeur: false, responsable: false },
    { groupeId: groupeId("mairie"), aidant: false, instructeur: true, responsable: false },
  ],
};

/** Always there, so that every history has somebody for every part. */
const CAST: readonly Agent[] = [
  OPENER,
  member("dominique", HOME, { aidant: true }),
  ...GROUPES.slice(1).flatMap((groupe) => [
    member(`instructeur-${groupe}`, groupe, { instructeur: true }),
    member(`collegue-${groupe}`, groupe, { instructeur: true, responsable: groupe === "caf" }),
  ]),
  member("responsable-caf", groupeId("caf"), { responsable: true }),
  { ...member("admin", HOME, {}), admin: true, memberships: [] },
  { ...member("parti", groupeId("cpam"), { instructeur: true }), disabled: true },
];

const agents = fc.tuple(anyAgent(0), anyAgent(1), anyAgent(2)).map((others) => [...CAST, ...others]);

const opening = fc.record<Opening>({
  ref: fc.constant(123),
  sujet: fc.constant("Droits suspendus"),
  description: fc.constant(DESCRIPTION),
  territoire: fc.constantFrom(...TERRITOIRES_TRIED),
  usager: fc.constant(USAGER),
  groupes: fc.uniqueArray(fc.constantFrom(...GROUPES.slice(1)), { minLength: 1, maxLength: 3 }),
  shared: fc.boolean(),
});

const wait = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 30 }) },
  { weight: 3, arbitrary: fc.integer({ min: 30, max: 24 * 12 }) },
  { weight: 1, arbitrary: fc.integer({ min: 24 * 150, max: 24 * 210 }) },
  { weight: 1, arbitrary: fc.integer({ min: -3, max: 0 }) },
);

/** What people mostly do where they are, and at times anything at all. */
const usual: Readonly<Record<Who, readonly Command["type"][]>> = {
  opener: ["write", "write", "archive", "archive", "reopen", "addInfo", "invite", "shareFile", "edit", "delete", "view"],
  home: ["archive", "reopen", "write", "view"],
  instructeur: [
    "take",
    "take",
    "answer",
    "answer",
    "write",
    "write",
    "publish",
    "publish",
    "publish",
    "write",
    "process",
    "invite",
    "decline",
    "snooze",
    "edit",
    "delete",
    "view",
  ],
  anyone: COMMANDS,
  clock: ["remind", "remind", "inviteToArchive", "wipe"],
};

const step: fc.Arbitrary<StepSeed> = fc
  .tuple(
    fc.constantFrom<Who>("opener", "opener", "home", "instructeur", "instructeur", "instructeur", "anyone", "clock", "clock"),
    rarely,
  )
  .chain(([who, wild]) =>
    fc.record<StepSeed>({
      who: fc.constant(who),
      pick: fc.nat(1000),
      wait,
      side: wild ? fc.constantFrom<Side | null>("aidant", "instructeurs", null) : fc.constant(null),
      groupe: wild ? fc.option(fc.nat(GROUPES.length - 1)) : fc.constant(null),
      command: wild && who !== "clock" ? fc.constantFrom(...COMMANDS) : fc.constantFrom(...usual[who]),
      n: fc.nat(1000),
      flag: fc.boolean(),
      blank: rarely,
    }),
  );

/** @param maxSteps of people and of the clock, accepted or not */
export const histories = (maxSteps = 40): fc.Arbitrary<History> =>
  fc.record({
    agents,
    openedAt: fc
      .integer({ min: Date.UTC(2024, 0, 1) / HOUR, max: Date.UTC(2027, 0, 1) / HOUR })
      .map((hours) => new Date(hours * HOUR)),
    opening,
    steps: fc.array(step, { maxLength: maxSteps, size: "max" }),
  });

/** One command, and what came of it. */
export interface Played {
  readonly now: Date;
  readonly actor: Actor;
  readonly command: Command;
  readonly decision: Decision;
  readonly before: DemandeState;
  readonly events: readonly DemandeEvent[];
}

export interface Story {
  readonly history: History;
  readonly steps: readonly Played[];
  readonly events: readonly DemandeEvent[];
  /** states[n]: after events[n]. */
  readonly states: readonly DemandeState[];
}

const pickOf = <T>(list: readonly T[], n: number): T | undefined => (list.length > 0 ? list[n % list.length] : undefined);

const isIn = (agent: Agent, groupe: GroupeId, role?: "instructeur") =>
  agent.memberships.some((m) => m.groupeId === groupe && (!role || m[role]));

function candidates(who: Who, { agents: all }: History, state: DemandeState): readonly Agent[] {
  switch (who) {
    case "opener":
      return all.filter((a) => a.id === state.opener.agentId);
    case "home":
      return all.filter((a) => isIn(a, HOME));
    case "instructeur":
      return all.filter((a) => state.groupes.some((g) => isIn(a, g.groupeId, "instructeur")));
    default:
      return all;
  }
}

function actorOf(seed: StepSeed, history: History, state: DemandeState): Actor {
  const agent = seed.who === "clock" ? undefined : pickOf(candidates(seed.who, history, state), seed.pick);
  if (!agent) return { kind: "system" };
  const side = seed.side ?? (seed.who === "instructeur" || (seed.who === "anyone" && seed.flag) ? "instructeurs" : "aidant");
  const own = state.groupes.find((g) => isIn(agent, g.groupeId, "instructeur"))?.groupeId ?? null;
  const groupe = seed.groupe === null ? own : (GROUPES[seed.groupe] ?? null);
  return { kind: "agent", agent, side, groupeId: side === "instructeurs" ? groupe : null };
}

const said = (seed: StepSeed, index: number): RichText => (seed.blank ? [] : richText(`mot${index}x`));

/** Mostly a message on which the command makes sense; at times any other, or one that is not there. */
function targetOf(seed: StepSeed, state: DemandeState, actor: Actor) {
  const agent = actor.kind === "agent" ? actor.agent.id : null;
  const own = state.utterances.filter((u) => !u.deleted && u.by.agentId === agent);
  const hidden = state.utterances.filter((u) => !u.deleted && u.audience === "instructeurs" && u.kind === "message");
  const likely = seed.blank ? [] : seed.command === "publish" ? hidden : own;
  return pickOf(likely, seed.n)?.id ?? pickOf(state.utterances, seed.n)?.id ?? eventId("inconnu.0");
}

function commandOf(
  seed: StepSeed,
  index: number,
  actor: Actor,
  state: DemandeState,
  events: readonly DemandeEvent[],
  now: Date,
): Command {
  const { n, flag } = seed;
  const target = targetOf(seed, state, actor);
  const text = said(seed, index);
  const origin = { platform: "slack", workspace: "T1", channel: "C1", message: `m${index}` } as const;
  switch (seed.command) {
    case "take":
      return { type: "take", takeOver: flag };
    case "answer":
      return { type: "answer", text, standardProcedure: n % 5 === 0, last: flag };
    case "write":
      return { type: "write", text, origin };
    case "shareFile": {
      const file = {
        name: `fichier${index}x.pdf`,
        mimetype: "application/pdf",
        size: 10,
        platform: "slack",
        workspace: "T1",
        file: "F1",
      } as const;
      return { type: "shareFile", file, origin };
    }
    case "edit":
      return { type: "edit", target, text };
    case "delete":
      return { type: "delete", target };
    case "publish":
      return { type: "publish", target, text: textAt(events, target) };
    case "invite":
      return { type: "invite", groupes: GROUPES.filter((_, i) => (n >> i) % 2 === 1), text, private: flag };
    case "process":
      return { type: "process", text };
    case "archive":
      return { type: "archive", usefulness: (["oui", "non", "je_ne_sais_pas"] as const)[n % 3] ?? "oui" };
    case "addInfo":
      return { type: "addInfo", usager: seed.blank ? {} : { telephone: "+33 4 99 88 77 66", nomDeNaissance: "Nomdenaissance" } };
    case "snooze":
      return { type: "snooze", until: new Date(now.getTime() + ((n % 300) - 10) * HOUR) };
    case "remind":
      return { type: "remind", listed: new Map(flag ? [[state.groupes[0]?.groupeId ?? HOME, "liste-1"]] : []) };
    case "erase":
      return { type: "erase", open: flag };
    default:
      return { type: seed.command };
  }
}

/** The words of an utterance after these events, found here and not by the code under test. */
export function textAt(events: readonly DemandeEvent[], target: string): RichText {
  const last = events.findLast((e) => (e.type === "message" && e.id === target) || (e.type === "edited" && e.target === target));
  return last?.type === "message" || last?.type === "edited" ? last.text : [];
}

export const wordsAt = (events: readonly DemandeEvent[], target: string): string => plainText(textAt(events, target));

/** Plays it from the opening on. */
export function play(history: History): Story {
  const opener: AgentActor = { kind: "agent", agent: OPENER, groupeId: null, side: "aidant" };
  const opened = decideOpening({ type: "open", opening: history.opening, groupeId: HOME }, opener);
  if (opened.kind === "refused") throw new Error("the opening itself was refused");
  const by = authorOf(null, opener, HOME);
  const events: DemandeEvent[] = numberEvents(commandId("c-open"), opened.events, by, history.openedAt, undefined);
  const states: DemandeState[] = [];
  for (const event of events) states.push(evolve(DEMANDE, states.at(-1) ?? null, event));
  const steps: Played[] = [];
  let now = history.openedAt;
  for (const [index, seed] of history.steps.entries()) {
    now = new Date(now.getTime() + seed.wait * HOUR);
    const before = states.at(-1);
    if (!before) throw new Error("no state after the opening");
    const actor = actorOf(seed, history, before);
    const command = commandOf(seed, index, actor, before, events, now);
    const byClock = command.type === "remind" || command.type === "inviteToArchive" || command.type === "wipe";
    if ((actor.kind === "system") !== byClock) continue;
    const decision = decide(before, command, actor, now);
    const made =
      decision.kind === "events"
        ? numberEvents(commandId(`c-${index}`), decision.events, authorOf(before, actor), now, events.at(-1))
        : [];
    for (const event of made) {
      events.push(event);
      states.push(evolve(DEMANDE, states.at(-1) ?? null, event));
    }
    steps.push({ now, actor, command, decision, before, events: made });
  }
  return { history, steps, events, states };
}

/** Checks it over many histories. @param check throws when the story is not as it must be */
export function everyStory(check: (story: Story) => void, options: { runs?: number; steps?: number } = {}): void {
  fc.assert(
    fc.property(histories(options.steps), (history) => check(play(history))),
    { numRuns: options.runs ?? 150 },
  );
}
