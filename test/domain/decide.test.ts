import { numberEvents } from "../../src/demandes/act.ts";
import type { Agent } from "../../src/domain/agent.ts";
import type { Actor, AgentCommand, Command } from "../../src/domain/commands.ts";
import { authorOf, decide, decideOpening } from "../../src/domain/decide.ts";
import type { DemandeEvent, DemandeState, EventOf } from "../../src/domain/demande.ts";
import { evolve, nobodyLeft } from "../../src/domain/demande.ts";
import type { GroupeId } from "../../src/domain/ids.ts";
import { agentId, commandId, eventId, groupeId } from "../../src/domain/ids.ts";
import { richText } from "../../src/domain/richtext.ts";
import { DEMANDE, DESCRIPTION, HOME, OPENER, USAGER } from "./histories.ts";

const CAF = groupeId("caf");
const CPAM = groupeId("cpam");
const MAIRIE = groupeId("mairie");
const START = new Date("2026-03-02T09:00:00Z");
const ORIGIN = { platform: "slack", workspace: "T1", channel: "C1", message: "1.1" } as const;

const agent = (name: string, groupe: GroupeId): Agent => ({
  id: agentId(name),
  name: `${name} Exemple`,
  email: `${name}@exemple.test`,
  admin: false,
  disabled: false,
  shared: false,
  memberships: [{ groupeId: groupe, aidant: false, instructeur: true, responsable: false }],
});
const aidant: Actor = { kind: "agent", agent: OPENER, groupeId: null, side: "aidant" };
const instructeur = (name: string, groupe: GroupeId): Actor => ({
  kind: "agent",
  agent: agent(name, groupe),
  groupeId: groupe,
  side: "instructeurs",
});
const ada = instructeur("ada", CAF);
const bob = instructeur("bob", CAF);
const zoe = instructeur("zoe", CPAM);
const clock: Actor = { kind: "system" };

/** A demande whose story is told command by command, an hour apart. */
class Case {
  state: DemandeState;
  readonly events: DemandeEvent[] = [];
  private at = START;

  constructor(groupes: readonly GroupeId[] = [CAF, CPAM]) {
    const opening = {
      ref: 1,
      sujet: "Droits",
      description: DESCRIPTION,
      territoire: "01",
      usager: USAGER,
      groupes,
      shared: false,
    };
    const decision = decideOpening({ type: "open", opening, groupeId: HOME }, aidant as never);
    if (decision.kind === "refused") throw new Error(decision.refusal.reason);
    const [opened] = numberEvents(commandId("c0"), decision.events, authorOf(null, aidant, HOME), this.at, undefined);
    if (!opened) throw new Error("no event");
    this.events.push(opened);
    this.state = evolve(DEMANDE, null, opened);
  }

  /** The types of the events that the command gave, or why it was refused. */
  do(actor: Actor, command: Command, afterHours = 1): string {
    this.at = new Date(this.at.getTime() + afterHours * 3_600_000);
    const decision = decide(this.state, command, actor, this.at);
    if (decision.kind === "refused") return decision.refusal.reason;
    const by = authorOf(this.state, actor);
    const made = numberEvents(commandId(`c${this.events.length}`), decision.events, by, this.at, this.events.at(-1));
    for (const event of made) {
      this.events.push(event);
      this.state = evolve(DEMANDE, this.state, event);
    }
    return made.map((event) => (event.audience === "tous" ? event.type : `${event.type}*`)).join(" ");
  }

  last<T extends DemandeEvent["type"]>(type: T): EventOf<T> {
    const found = this.events.findLast((event) => event.type === type);
    if (!found) throw new Error(`no event « ${type} »`);
    return found as EventOf<T>;
  }
}

const answer = (text: string, more: Partial<Extract<AgentCommand, { type: "answer" }>> = {}): AgentCommand => ({
  type: "answer",
  text: richText(text),
  standardProcedure: false,
  last: false,
  ...more,
});
const write = (text: string): AgentCommand => ({ type: "write", text: richText(text), origin: ORIGIN });
const take: AgentCommand = { type: "take", takeOver: false };
const archive: AgentCommand = { type: "archive", usefulness: "oui" };

describe("ouvrir", () => {
  test("only an aidant, in the name of a groupe of theirs, to at least one groupe", () => {
    const opening = { ref: 1, sujet: "Droits", description: "", territoire: "01", usager: USAGER, groupes: [CAF], shared: false };
    const by = (who: Agent) => ({ kind: "agent", agent: who, groupeId: null, side: "aidant" }) as const;
    const open = (who: Agent, groupe: GroupeId, groupes = [CAF]) => {
      const decision = decideOpening({ type: "open", opening: { ...opening, groupes }, groupeId: groupe }, by(who));
      return decision.kind === "refused" ? decision.refusal.reason : decision.events.map((e) => e.type).join();
    };
    expect(open(OPENER, HOME)).toBe("opened");
    expect(open(OPENER, MAIRIE)).toBe("forbidden");
    expect(open(OPENER, CAF)).toBe("forbidden");
    expect(open(agent("ada", CAF), CAF)).toBe("forbidden");
    expect(open({ ...OPENER, disabled: true }, HOME)).toBe("forbidden");
    expect(open(OPENER, HOME, [])).toBe("noGroupe");
  });
});

describe("je m’en occupe", () => {
  test("the groupe has it, by that agent; a colleague is offered to take over; the other groupe takes it for itself", () => {
    const c = new Case();
    expect(c.do(ada, take)).toBe("taken");
    expect(c.state.status).toBe("en_cours");
    expect(c.do(ada, take)).toBe("alreadyYours");
    expect(c.do(bob, take)).toBe("alreadyTaken");
    expect(decide(c.state, take, bob, START)).toMatchObject({ refusal: { name: "ada Exemple", by: "ada" } });
    expect(c.do(bob, { type: "take", takeOver: true })).toBe("taken");
    expect(c.last("taken").from).toBe("ada Exemple");
    expect(c.do(zoe, take)).toBe("taken");
    expect(c.last("taken").from).toBeUndefined();
    expect(c.state.groupes.map((g) => g.takenBy?.agentId)).toEqual(["bob", "zoe"]);
  });
});

describe("je ne suis pas le bon interlocuteur", () => {
  test("commits the whole groupe; when the last one goes, nobody is left", () => {
    const c = new Case();
    expect(c.do(ada, { type: "decline" })).toBe("declined");
    expect(c.do(bob, { type: "decline" })).toBe("alreadyOut");
    expect(nobodyLeft(c.state)).toBe(false);
    expect(c.do(zoe, { type: "decline" })).toBe("declined");
    expect(nobodyLeft(c.state)).toBe(true);
    expect(c.do(aidant, { type: "invite", groupes: [CAF, MAIRIE], text: [], private: false })).toBe("invited");
    expect(c.state.groupes.map((g) => [g.groupeId, g.out, g.invited])).toEqual([
      [CAF, false, true],
      [CPAM, true, false],
      [MAIRIE, false, true],
    ]);
  });
});

describe("répondre à l’aidant", () => {
  test("a text is required, unless it is the last answer; a standard procedure always needs one", () => {
    const c = new Case();
    expect(c.do(ada, answer(" "))).toBe("emptyText");
    expect(c.do(ada, answer("", { standardProcedure: true, last: true }))).toBe("procedureWithoutText");
    expect(c.do(ada, answer("Voici", { standardProcedure: true }))).toBe("message standardProcedure");
    expect(c.state.standardProcedure).toBe(true);
    expect(c.do(ada, answer("", { last: true }))).toBe("processed");
    expect(c.do(zoe, answer("Encore", { last: true }))).toBe("message processed");
    expect(c.state.status).toBe("traitee");
  });
});

describe("écrire dans le fil", () => {
  test("between instructeurs by default, for all on the aidant's side", () => {
    const c = new Case();
    expect(c.do(ada, write("Entre nous"))).toBe("message*");
    expect(c.do(aidant, write("Bonjour"))).toBe("message");
    expect(c.do(aidant, write(""))).toBe("emptyText");
    expect(c.state.firstAnswerAt).toBeNull();
  });

  test("published once, by its author or a colleague of the groupe, and never what was removed", () => {
    const c = new Case();
    c.do(ada, write("Entre nous"));
    const target = c.last("message").id;
    const publish: AgentCommand = { type: "publish", target, text: richText("Entre nous") };
    expect(c.do(zoe, publish)).toBe("notAuthor");
    expect(c.do(aidant, publish)).toBe("forbidden");
    expect(c.do(ada, { ...publish, target: eventId("c99.0") })).toBe("messageGone");
    expect(c.do(bob, publish)).toBe("message");
    expect(c.state.utterances).toMatchObject([{ id: target, audience: "tous" }]);
    expect(c.state.firstAnswerAt).toEqual(c.last("message").at);
    expect(c.do(ada, publish)).toBe("alreadyPublic");
    c.do(ada, write("Autre"));
    const other = c.last("message").id;
    c.do(ada, { type: "delete", target: other });
    expect(c.do(ada, { ...publish, target: other })).toBe("messageGone");
    expect(c.do(ada, { type: "edit", target: other, text: richText("Non") })).toBe("messageGone");
  });

  test("edits and removals keep the audience of what they change, and belong to the author, on the side where it was written", () => {
    const c = new Case([CAF, MAIRIE]);
    c.do(ada, write("Entre nous"));
    const target = c.last("message").id;
    expect(c.do(bob, { type: "edit", target, text: richText("Non") })).toBe("notAuthor");
    expect(c.do(ada, { type: "edit", target, text: [] })).toBe("emptyText");
    expect(c.do(ada, { type: "edit", target, text: richText("Entre nous deux") })).toBe("edited*");
    expect(c.do(ada, { type: "delete", target })).toBe("deleted*");
    // The opener is also an instructeur of the mairie: what was said there is not changed from the aidant's thread.
    const both: Actor = { kind: "agent", agent: OPENER, groupeId: MAIRIE, side: "instructeurs" };
    c.do(both, write("En interne"));
    const own = c.last("message").id;
    expect(c.do(aidant, { type: "edit", target: own, text: richText("Dehors") })).toBe("notAuthor");
    expect(c.do(aidant, { type: "delete", target: own })).toBe("notAuthor");
    expect(c.do(both, { type: "delete", target: own })).toBe("deleted*");
  });
});

describe("inviter", () => {
  test("the word that goes with it is private only when an instructeur ticks it; who was invited is known to all", () => {
    const c = new Case([CAF]);
    const invite = (groupes: readonly GroupeId[], more = {}) =>
      ({ type: "invite", groupes, text: richText("Mot"), private: true, ...more }) as const;
    expect(c.do(ada, invite([CPAM]))).toBe("invited message*");
    expect(c.do(aidant, invite([MAIRIE]))).toBe("invited message");
    expect(c.do(ada, invite([CPAM, MAIRIE]))).toBe("groupesAlreadyThere");
    expect(c.do(ada, invite([]))).toBe("noGroupe");
    expect(c.last("invited").groupes).toEqual([MAIRIE]);
  });
});

describe("traitée, archiver, rouvrir", () => {
  test("a word of anybody after « traitée » brings it back, and its deadline starts anew", () => {
    for (const [who, words] of [
      [aidant, "message"],
      [zoe, "message*"],
    ] as const) {
      const c = new Case();
      expect(c.do(ada, { type: "process", text: richText("Fait") })).toBe("message processed");
      expect(c.do(who, write("Non"))).toBe(words);
      expect([c.state.status, c.state.processedAt]).toEqual(["en_cours", null]);
      expect(c.state.reopenedAt).toEqual(c.last("message").at);
    }
  });

  test("an invitation alone does not bring it back, a second « traitée » is too late", () => {
    const c = new Case([CAF]);
    c.do(ada, { type: "process", text: [] });
    expect(c.do(ada, { type: "invite", groupes: [CPAM], text: [], private: false })).toBe("invited");
    expect(c.state.status).toBe("traitee");
    expect(c.do(ada, { type: "process", text: [] })).toBe("notNow");
  });

  test("archived by the aidant's side alone, with an answer; reopening forgets it; a word of the aidant reopens too", () => {
    const c = new Case();
    expect(c.do(ada, archive)).toBe("forbidden");
    expect(c.do(aidant, archive)).toBe("archived");
    expect(c.state.usefulness).toBe("oui");
    expect(c.do(aidant, archive)).toBe("notNow");
    expect(c.do(ada, take)).toBe("notNow");
    expect(c.do(ada, { type: "reopen" })).toBe("forbidden");
    expect(c.do(aidant, { type: "reopen" })).toBe("reopened");
    expect([c.state.status, c.state.usefulness, c.state.archivedAt]).toEqual(["en_cours", null, null]);
    expect(c.do(aidant, { type: "reopen" })).toBe("notNow");
    c.do(aidant, archive);
    expect(c.do(ada, write("Trop tard"))).toBe("message*");
    expect(c.state.status).toBe("archivee");
    expect(c.do(aidant, write("Encore bloqué"))).toBe("reopened message");
    expect(c.state.status).toBe("en_cours");
  });
});

describe("the clock", () => {
  test("gives its own commands and no other, and people never give them", () => {
    const c = new Case();
    expect(() => decide(c.state, { type: "wipe" }, aidant, START)).toThrow("given by agent");
    expect(() => decide(c.state, take, clock, START)).toThrow("given by system");
  });

  test("does nothing that is not due, and wipes six months after the archiving, after which nothing is possible", () => {
    const c = new Case();
    for (const type of ["inviteToArchive", "wipe"] as const) expect(c.do(clock, { type })).toBe("nothingDue");
    expect(c.do(clock, { type: "remind", listed: new Map() })).toBe("nothingDue");
    c.do(aidant, archive);
    expect(c.do(clock, { type: "wipe" }, 24 * 180)).toBe("nothingDue");
    expect(c.do(clock, { type: "wipe" }, 24 * 10)).toBe("wiped");
    expect(c.do(aidant, { type: "reopen" })).toBe("wiped");
    expect(c.do(aidant, { type: "view" })).toBe("wiped");
    expect(c.do(ada, write("Mot"))).toBe("wiped");
    expect(c.do(clock, { type: "wipe" })).toBe("nothingDue");
  });

  test("« Me le rappeler » not in the past", () => {
    const c = new Case();
    expect(c.do(ada, { type: "snooze", until: START })).toBe("pastDate");
    expect(c.do(ada, { type: "snooze", until: new Date(START.getTime() + 86_400_000) })).toBe("snoozed*");
    expect(c.state.groupes.map((g) => g.snoozedUntil)).toEqual([new Date(START.getTime() + 86_400_000), null]);
  });
});

test("ajouter des informations: the opener only, and something", () => {
  const c = new Case();
  expect(c.do(aidant, { type: "addInfo", usager: {} })).toBe("nothingToAdd");
  expect(c.do(ada, { type: "addInfo", usager: { telephone: "0400000000" } })).toBe("forbidden");
  expect(c.do(aidant, { type: "addInfo", usager: { telephone: "0400000000" } })).toBe("infoAdded");
  expect(c.state.usager).toEqual({ ...USAGER, telephone: "0400000000" });
});
