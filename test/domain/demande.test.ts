import fc from "fast-check";
import type { DemandeEvent, DemandeState, EventType, Status } from "../../src/domain/demande.ts";
import { evolve, replay } from "../../src/domain/demande.ts";
import { commandOf, eventIdOf } from "../../src/domain/ids.ts";
import type { Story } from "./histories.ts";
import { DEMANDE, everyStory, GROUPES, HOME, histories, play } from "./histories.ts";

/** Each event with the state before and after it. */
function* changes({ events, states }: Story): Generator<{ event: DemandeEvent; before: DemandeState; after: DemandeState }> {
  for (let n = 1; n < events.length; n += 1) {
    const [event, before, after] = [events[n], states[n - 1], states[n]];
    if (event && before && after) yield { event, before, after };
  }
}

/** Section 4 of the design, said once more: « nouvelle → en cours (first act of an instructeur) → traitée → archivée… » */
function statusAfter(before: Status, event: DemandeEvent): Status {
  const word = event.type === "message" || event.type === "fileShared";
  const act = word || event.type === "taken" || event.type === "declined" || event.type === "invited";
  if (event.type === "processed") return "traitee";
  if (event.type === "archived") return "archivee";
  if (event.type === "reopened") return "en_cours";
  if (word && before === "traitee") return "en_cours";
  return act && before === "nouvelle" && event.by.role === "instructeur" ? "en_cours" : before;
}

test("the generator reaches every event, every status and every refusal: nothing below is true for want of cases", () => {
  const reached = new Set<string>();
  for (const history of fc.sample(histories(), { numRuns: 400, seed: 7 })) {
    const { events, states, steps } = play(history);
    for (const { type, audience } of events) reached.add(type).add(`${type}/${audience}`);
    for (const { status } of states) reached.add(status);
    for (const { decision } of steps) if (decision.kind === "refused") reached.add(decision.refusal.reason);
  }
  const types: EventType[] = [
    ...(["opened", "viewed", "taken", "declined", "message", "edited", "deleted", "fileShared", "infoAdded", "invited"] as const),
    ...(["standardProcedure", "processed", "archived", "reopened", "reminded", "snoozed", "wiped"] as const),
  ];
  const wanted = [
    ...types,
    ...["nouvelle", "en_cours", "traitee", "archivee"],
    ...["message/tous", "message/instructeurs", "edited/instructeurs", "deleted/instructeurs", "reminded/tous"],
    ...["unknown", "forbidden", "notNow", "alreadyTaken", "alreadyYours", "alreadyOut", "emptyText", "procedureWithoutText"],
    ...["noGroupe", "groupesAlreadyThere", "notAuthor", "messageGone", "alreadyPublic", "nothingToAdd", "pastDate"],
    ...["nothingDue", "wiped"],
  ];
  expect(wanted.filter((one) => !reached.has(one))).toEqual([]);
});

describe("the record", () => {
  test("replaying the events gives the very state that was built step by step, at every point", () => {
    everyStory(({ events, states }) => {
      for (let n = 1; n <= events.length; n += 7) expect(replay(DEMANDE, events.slice(0, n))).toEqual(states[n - 1]);
      expect(replay(DEMANDE, events)).toEqual(states.at(-1));
    });
  });

  test("numbers have no gap, ids are unique and tell their command, time never runs backwards", () => {
    everyStory(({ events }) => {
      expect(events.map((e) => e.seq)).toEqual(events.map((_, n) => n + 1));
      expect(new Set(events.map((e) => e.id)).size).toBe(events.length);
      for (const [n, event] of events.entries()) {
        const previous = events[n - 1];
        expect(event.at.getTime()).toBeGreaterThanOrEqual(previous?.at.getTime() ?? 0);
        const first = events.findIndex((e) => commandOf(e.id) === commandOf(event.id));
        expect(event.id).toBe(eventIdOf(commandOf(event.id), n - first));
      }
    });
  });

  test("a record that is broken is refused", () => {
    const [first] = fc.sample(histories(), { numRuns: 1, seed: 3 }).flatMap((history) => play(history).events);
    if (!first) throw new Error("no first event");
    const state = evolve(DEMANDE, null, first);
    expect(() => evolve(DEMANDE, state, first)).toThrow("event 1 after 1");
    expect(() => evolve(DEMANDE, state, { ...first, seq: 2 })).toThrow("opened twice");
    expect(() => evolve(DEMANDE, null, { ...first, type: "declined" } as DemandeEvent)).toThrow("begins with");
    expect(() => replay(DEMANDE, [])).toThrow("no event");
    expect(() => evolve(DEMANDE, state, { ...first, seq: 3 })).toThrow("event 3 after 1");
  });
});

describe("the states of section 4", () => {
  test("the status follows the acts, and nothing else", () => {
    everyStory((story) => {
      expect(story.states[0]?.status).toBe("nouvelle");
      for (const { event, before, after } of changes(story)) expect(after.status).toBe(statusAfter(before.status, event));
    });
  });

  test("archived only with an answer on usefulness, by the aidant's side; reopening clears it", () => {
    everyStory((story) => {
      for (const { event, before, after } of changes(story)) {
        if (after.status === "archivee" && before.status !== "archivee") {
          expect(event.type).toBe("archived");
          expect(["oui", "non", "je_ne_sais_pas"]).toContain(after.usefulness);
          expect(after.archivedAt).toEqual(event.at);
          expect(event.by.role).toBe("aidant");
          const agent = story.history.agents.find((a) => a.id === event.by.agentId);
          const sameGroupe = agent?.memberships.some((m) => m.groupeId === HOME);
          expect(agent?.disabled).toBe(false);
          expect(event.by.agentId === before.opener.agentId || sameGroupe).toBe(true);
        }
        if (before.status === "archivee" && after.status !== "archivee") expect(event.type).toBe("reopened");
        if (event.type === "reopened")
          expect([after.usefulness, after.archivedAt, after.processedAt]).toEqual([null, null, null]);
        expect(after.usefulness !== null).toBe(after.archivedAt !== null);
        expect(after.archivedAt !== null).toBe(after.status === "archivee");
        if (after.status === "traitee") expect(after.processedAt).not.toBeNull();
      }
    });
  });

  test("nothing comes after the wipe, and nothing personal is left in the state", () => {
    everyStory(
      (story) => {
        const wiped = story.events.findIndex((e) => e.type === "wiped");
        if (wiped === -1) return;
        expect(wiped).toBe(story.events.length - 1);
        const last = story.states.at(-1);
        expect([last?.usager, last?.sujet, last?.description]).toEqual([null, "", ""]);
      },
      { runs: 400 },
    );
  });

  test("a groupe is there once, in the order in which it was asked; only an invitation adds one", () => {
    everyStory((story) => {
      for (const { event, before, after } of changes(story)) {
        const [was, is] = [before.groupes.map((g) => g.groupeId), after.groupes.map((g) => g.groupeId)];
        expect(is.slice(0, was.length)).toEqual(was);
        expect(new Set(is).size).toBe(is.length);
        expect(is.every((id) => GROUPES.includes(id))).toBe(true);
        if (is.length > was.length) expect(event.type).toBe("invited");
      }
    });
  });

  test("« pas le bon interlocuteur » takes the whole groupe out, until it takes the demande or is invited again", () => {
    everyStory((story) => {
      for (const { event, before, after } of changes(story))
        for (const g of after.groupes) {
          const was = before.groupes.find((b) => b.groupeId === g.groupeId);
          if (g.out) expect(g.takenBy).toBeNull();
          if (g.out && !was?.out) expect([event.type, event.by.groupeId]).toEqual(["declined", g.groupeId]);
          if (was?.out && !g.out)
            expect(
              (event.type === "taken" && event.by.groupeId === g.groupeId) ||
                (event.type === "invited" && event.groupes.includes(g.groupeId)),
            ).toBe(true);
          if (g.takenBy && g.takenBy !== was?.takenBy) expect([event.type, event.by.groupeId]).toEqual(["taken", g.groupeId]);
        }
    });
  });

  test("only what the aidant can see counts as an answer", () => {
    everyStory((story) => {
      for (const { event, before, after } of changes(story)) {
        const answers =
          event.type === "message" || event.type === "taken" || event.type === "declined" || event.type === "processed";
        const answer = answers && event.audience === "tous" && event.by.role === "instructeur";
        expect(after.lastAnswerAt).toEqual(answer ? event.at : before.lastAnswerAt);
        expect(after.firstAnswerAt).toEqual(before.firstAnswerAt ?? (answer ? event.at : null));
        for (const g of after.groupes) {
          const was = before.groupes.find((b) => b.groupeId === g.groupeId);
          if (g.answeredAt && !was?.answeredAt) expect(answer && event.by.groupeId === g.groupeId).toBe(true);
        }
      }
    });
  });
});

describe("who did it", () => {
  test("an act of an instructeur is always in the name of an asked groupe of which they are one", () => {
    everyStory((story) => {
      for (const { event, before } of changes(story)) {
        const agent = story.history.agents.find((a) => a.id === event.by.agentId);
        if (event.by.role === "systeme") expect(["reminded", "wiped"]).toContain(event.type);
        if (event.by.role === "instructeur") {
          expect(before.groupes.map((g) => g.groupeId)).toContain(event.by.groupeId);
          expect(agent?.memberships.some((m) => m.groupeId === event.by.groupeId && m.instructeur)).toBe(true);
        }
        if (event.by.role === "aidant") expect(event.by.groupeId).toBe(HOME);
        if (agent) expect([agent.disabled, event.by.name]).toEqual([false, agent.name]);
      }
    });
  });

  test("the aidant's side never writes anything private, and a message is changed by its author alone", () => {
    everyStory((story) => {
      for (const { event, before } of changes(story)) {
        if (event.audience === "instructeurs") expect(["instructeur", "systeme"]).toContain(event.by.role);
        if (event.type !== "edited" && event.type !== "deleted") continue;
        const target = before.utterances.find((u) => u.id === event.target);
        expect(target?.by.agentId).toBe(event.by.agentId);
        expect(target?.by.role).toBe(event.by.role);
        expect(target?.deleted).toBe(false);
        expect(target?.audience).toBe(event.audience);
      }
    });
  });

  test("a message becomes visible to the aidant only by being published, by its author or a colleague of the groupe", () => {
    everyStory((story) => {
      for (const { event, before, after } of changes(story))
        for (const u of after.utterances) {
          const was = before.utterances.find((b) => b.id === u.id);
          if (!was || was.audience === u.audience) continue;
          expect([was.audience, u.audience]).toEqual(["instructeurs", "tous"]);
          expect(event.type === "message" && event.publishes).toBe(u.id);
          expect(event.by.agentId === u.by.agentId || event.by.groupeId === u.by.groupeId).toBe(true);
        }
    });
  });

  test("a groupe that is out is never reminded, nor anything that is not open", () => {
    everyStory((story) => {
      for (const { event, before } of changes(story)) {
        if (event.type !== "reminded" || event.about !== "souffrance") continue;
        expect(["nouvelle", "en_cours"]).toContain(before.status);
        for (const { groupeId, late } of event.groupes) {
          expect(before.groupes.find((g) => g.groupeId === groupeId)?.out).toBe(false);
          expect(late.getTime()).toBeLessThan(event.at.getTime());
        }
      }
    });
  });
});
