/**
 * What each thread shows, over generated histories: nothing said between instructeurs ever reaches the aidant's side, and
 * nothing that identifies the usager reaches any thread.
 */
import type { DemandeEvent, DemandeState, Side } from "../../src/domain/demande.ts";
import type { GroupeId } from "../../src/domain/ids.ts";
import { eventId, groupeId } from "../../src/domain/ids.ts";
import { plainText } from "../../src/domain/richtext.ts";
import { buildCard } from "../../src/presentation/card.ts";
import type { GroupeNames } from "../../src/presentation/names.ts";
import type { NewsContext, Replica } from "../../src/presentation/news.ts";
import { escalates, replicaOf } from "../../src/presentation/news.ts";
import type { Story } from "../domain/histories.ts";
import { DESCRIPTION, everyStory, GROUPES, HOME, textAt, USAGER, wordsAt } from "../domain/histories.ts";

const NAMES: GroupeNames = new Map(GROUPES.map((id) => [id, `Groupe ${id}`]));

/** What one thread is given when everything up to `upTo` is delivered at once: the replica of each event, in order. */
function delivered({ events, states }: Story, upTo: number, side: Side, groupe: GroupeId | null, here = false): Replica[] {
  const told = events.slice(0, upTo);
  const state = states[upTo - 1];
  if (!state) throw new Error("no state");
  return told.map((event, n) => {
    const after = states[n];
    if (!after) throw new Error("no state");
    const text: NewsContext["text"] = (id) => textAt(told, id);
    return replicaOf(event, { state, after, side, groupe, names: NAMES, text, here });
  });
}

/** Each moment at which a delivery may have taken place: some on the way, and the end. */
const moments = ({ events }: Story): number[] => [
  ...new Set([1, Math.ceil(events.length / 3), Math.ceil(events.length / 2), events.length]),
];

/** The words, and names of files, that were visible to all at some moment up to then. */
function publicWords({ events, states }: Story, upTo: number): Set<string> {
  const seen = new Set<string>();
  for (let n = 1; n <= upTo; n += 1) {
    const event = events[n - 1];
    if (event?.type === "fileShared" && event.audience === "tous") for (const word of words(event.file.name)) seen.add(word);
    for (const u of states[n - 1]?.utterances ?? []) if (u.audience === "tous") seen.add(wordsAt(events.slice(0, n), u.id));
  }
  return seen;
}

const words = (text: string): string[] => text.match(/(?:mot|fichier)\d+x/g) ?? [];

describe("the aidant's side", () => {
  test("an event between instructeurs becomes nothing there, whatever the history", () => {
    let [hidden, secrets] = [0, 0];
    everyStory((story) => {
      const { events, states } = story;
      for (const upTo of moments(story)) {
        const allowed = publicWords(story, upTo);
        for (const groupe of [null, HOME]) {
          const replicas = delivered(story, upTo, "aidant", groupe);
          for (const [n, replica] of replicas.entries())
            if (events[n]?.audience === "instructeurs") {
              expect(replica).toEqual({ kind: "none" });
              hidden += 1;
            }
          const state = states[upTo - 1];
          const card = state && buildCard(state, "aidant", groupe, NAMES, state.updatedAt);
          for (const word of words(JSON.stringify([replicas, card]))) if (!allowed.has(word)) throw new Error(`${word} leaked`);
        }
        secrets += words(JSON.stringify(events.slice(0, upTo))).filter((word) => !allowed.has(word)).length;
      }
    });
    expect(Math.min(hidden, secrets)).toBeGreaterThan(0);
  });

  test("the card says « a répondu » only of a groupe whose answer the aidant could see", () => {
    let privately = 0;
    everyStory(({ events, states }) => {
      const state = states.at(-1);
      if (!state) throw new Error("no state");
      const card = buildCard(state, "aidant", null, NAMES, state.updatedAt);
      for (const [n, g] of state.groupes.entries()) {
        const own = events.filter((e) => e.by.role === "instructeur" && e.by.groupeId === g.groupeId);
        const visible = own.some((e) => e.audience === "tous" && e.type !== "invited" && e.type !== "viewed");
        if (card.groupes[n]?.standing === "a répondu") expect(visible).toBe(true);
        if (g.reactedAt && !visible) privately += 1;
      }
    });
    expect(privately).toBeGreaterThan(0);
  });

  test("a published message reaches the aidant with the words that it has by then, once", () => {
    let published = 0;
    everyStory((story) => {
      const replicas = delivered(story, story.events.length, "aidant", null);
      for (const [n, event] of story.events.entries()) {
        if (event.type !== "message" || event.publishes === undefined) continue;
        const target = story.states.at(-1)?.utterances.find((u) => u.id === event.publishes);
        const replica = replicas[n];
        if (target?.deleted) expect(replica).toEqual({ kind: "none" });
        else {
          if (replica?.kind !== "post") throw new Error(`a published message became ${replica?.kind}`);
          expect(plainText(replica.message.body)).toBe(wordsAt(story.events, event.publishes));
          expect([replica.message.speaker?.name, replica.message.private]).toEqual([target?.by.name, false]);
          published += 1;
        }
      }
    });
    expect(published).toBeGreaterThan(0);
  });
});

test("nothing that identifies the usager, nor the description, is in any thread, on any side", () => {
  const personal = [...Object.values(USAGER), DESCRIPTION, "+33 4 99 88 77 66", "Nomdenaissance"];
  everyStory((story) => {
    const state = story.states.at(-1);
    if (!state) throw new Error("no state");
    for (const side of ["aidant", "instructeurs"] as const)
      for (const groupe of [null, ...state.groupes.map((g) => g.groupeId)]) {
        const card = buildCard(state, side, groupe, NAMES, state.updatedAt);
        const shown = JSON.stringify([card, delivered(story, story.events.length, side, groupe)]);
        for (const one of personal) expect(shown).not.toContain(one);
      }
  });
});

test("what is written in a thread is not repeated there, and everything else is posted once in each", () => {
  everyStory((story) => {
    const groupe = groupeId("caf");
    const [here, there] = [true, false].map((h) => delivered(story, story.events.length, "instructeurs", groupe, h));
    const final = story.states.at(-1);
    for (const [n, event] of story.events.entries()) {
      if (event.type !== "message" && event.type !== "fileShared" && event.type !== "edited") continue;
      if (event.type === "message" && event.publishes !== undefined) continue;
      expect(here?.[n]).toEqual({ kind: "none" });
      const id = event.type === "edited" ? event.target : event.id;
      const gone = final?.utterances.find((u) => u.id === id)?.deleted;
      const kind = event.type === "edited" ? "edit" : event.type === "message" ? "post" : "file";
      expect(there?.[n]?.kind).toBe(gone && kind !== "edit" ? "none" : kind);
    }
  });
});

/** A short story told by hand, for what each event says. */
function tell(
  event: DemandeEvent,
  side: Side,
  more: { groupes?: DemandeState["groupes"]; groupe?: string | null } = {},
): Replica {
  const state = {
    id: "d1",
    ref: 12,
    territoire: "01",
    opener: { agentId: "camille", name: "Camille Exemple", groupeId: HOME, role: "aidant" },
    groupes: more.groupes ?? [],
    utterances: [],
    shared: false,
  } as unknown as DemandeState;
  const groupe =
    more.groupe === undefined
      ? side === "aidant"
        ? null
        : groupeId("caf")
      : more.groupe === null
        ? null
        : groupeId(more.groupe);
  return replicaOf(event, { state, after: state, side, groupe, names: NAMES, text: () => [], here: false });
}

const event = (type: string, more: Record<string, unknown> = {}): DemandeEvent =>
  ({
    seq: 2,
    id: eventId("c1.0"),
    at: new Date("2026-03-05T10:00:00Z"),
    by: { agentId: "ada", name: "Ada Exemple", groupeId: "caf", role: "instructeur" },
    audience: "tous",
    type,
    ...more,
  }) as unknown as DemandeEvent;

const groupe = (id: string, more: Record<string, unknown> = {}) =>
  ({
    groupeId: id,
    out: false,
    takenBy: null,
    invited: false,
    reactedAt: null,
    answeredAt: null,
    reminders: [],
    ...more,
  }) as never;

const saidBy = (replica: Replica) => (replica.kind === "post" ? plainText(replica.message.body) : replica.kind);
const buttonsOf = (replica: Replica) => (replica.kind === "post" ? replica.message.buttons.map((b) => b.action) : []);
const pingsOf = (replica: Replica) => (replica.kind === "post" ? replica.message.pings : []);

describe("what is said", () => {
  test("when the last groupe goes, the aidant is told that nobody is left, with « Inviter un organisme »", () => {
    const left = tell(event("declined"), "aidant", { groupes: [groupe("caf", { out: true })] });
    expect(saidBy(left)).toContain("Plus aucun organisme");
    expect(buttonsOf(left)).toEqual(["inviter"]);
    expect(pingsOf(left)).toEqual(["camille"]);
    expect(buttonsOf(tell(event("declined"), "aidant", { groupes: [groupe("caf", { out: true }), groupe("cpam")] }))).toEqual([]);
    expect(saidBy(tell(event("declined"), "instructeurs"))).toContain("Ada Exemple (Groupe caf)");
  });

  test("« traitée » invites the aidant to archive, and not the instructeurs", () => {
    expect(buttonsOf(tell(event("processed"), "aidant"))).toEqual(["archiver", "rouvrir"]);
    expect(buttonsOf(tell(event("processed"), "instructeurs"))).toEqual([]);
    const reminder = event("reminded", { about: "archivage", count: 2 });
    expect(buttonsOf(tell(reminder, "aidant"))).toEqual(["archiver", "rouvrir"]);
    expect(tell(reminder, "instructeurs")).toEqual({ kind: "none" });
  });

  test("a reminder names who took it, or else the groupe, in the thread of the groupe reminded and no other", () => {
    const groupes = [{ groupeId: "caf", count: 1, late: new Date("2026-03-05T09:00:00Z") }];
    const reminder = event("reminded", { about: "souffrance", audience: "instructeurs", groupes });
    const taken = groupe("caf", { takenBy: { agentId: "ada", name: "Ada Exemple" } });
    const said = saidBy(tell(reminder, "instructeurs", { groupes: [taken] }));
    expect(said).toContain("⏰ Ada Exemple : cette demande est en souffrance depuis");
    expect(said).toContain("5 mars 2026 à 10:00");
    expect(pingsOf(tell(reminder, "instructeurs", { groupes: [taken] }))).toEqual(["ada"]);
    const free = tell(reminder, "instructeurs", { groupes: [groupe("caf")] });
    expect(saidBy(free)).toContain("⏰ Groupe caf :");
    expect(buttonsOf(free)).toEqual(["prendre", "repondre", "rappeler", "rappeler", "rappeler"]);
    expect(tell(reminder, "instructeurs", { groupes: [groupe("caf")], groupe: "cpam" })).toEqual({ kind: "none" });
    expect(tell(reminder, "aidant", { groupes: [groupe("caf")] })).toEqual({ kind: "none" });
    const listed = event("reminded", {
      about: "souffrance",
      audience: "instructeurs",
      groupes: [{ ...groupes[0], listed: "l1" }],
    });
    expect(tell(listed, "instructeurs", { groupes: [groupe("caf")] })).toEqual({ kind: "none" });
  });

  test("a groupe that never reacted to an invitation is told so", () => {
    const groupes = [{ groupeId: "caf", count: 2, late: new Date("2026-03-05T09:00:00Z") }];
    const reminder = event("reminded", { about: "souffrance", audience: "instructeurs", groupes });
    const said = saidBy(tell(reminder, "instructeurs", { groupes: [groupe("caf", { invited: true })] }));
    expect(said).toContain("votre groupe a été invité");
    expect(said).toContain("rappel n° 2");
  });

  test("the responsables hear of it from the third reminder on", () => {
    expect([1, 2, 3, 4].map(escalates)).toEqual([false, false, true, true]);
  });

  test("« Je m’en occupe » rings for the aidant; a relay says from whom", () => {
    expect(saidBy(tell(event("taken"), "aidant"))).toBe("✋ Ada Exemple (Groupe caf) s’occupe de votre demande.");
    expect(saidBy(tell(event("taken", { from: "Bob Exemple" }), "aidant"))).toMatch(
      /Ada Exemple .*prend le relais.* Bob Exemple/,
    );
  });

  test("only the thread of the groupe hears of its own « Me le rappeler »", () => {
    const snoozed = event("snoozed", { audience: "instructeurs", until: new Date("2026-03-09T08:00:00Z") });
    expect(saidBy(tell(snoozed, "instructeurs"))).toBe("⏰ Ada Exemple a demandé un rappel lundi 9 mars à 09:00.");
    expect(tell(snoozed, "instructeurs", { groupe: "cpam" })).toEqual({ kind: "none" });
    expect(tell(snoozed, "aidant")).toEqual({ kind: "none" });
  });

  test("completed information is told by the names of its fields alone", () => {
    const added = event("infoAdded", { usager: { telephone: "0400000000", nomDeNaissance: "Secret" } });
    expect(saidBy(tell(added, "instructeurs"))).toBe(
      "📎 Ada Exemple (Groupe caf) a complété les informations sur l’usager (Nom de naissance et Numéro de téléphone). « Voir la demande » les affiche.",
    );
  });

  test("the wipe clears every thread", () => {
    expect(tell(event("wiped"), "aidant")).toEqual({ kind: "purge" });
    expect(tell(event("wiped"), "instructeurs")).toEqual({ kind: "purge" });
  });
});
