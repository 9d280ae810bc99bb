import fc from "fast-check";
import { currentText } from "../../models/demandes.ts";
import { derive } from "../../models/derived.ts";
import { numberEvents } from "../../src/demandes/act.ts";
import type { DemandeEvent } from "../../src/domain/demande.ts";
import { evolve, replay } from "../../src/domain/demande.ts";
import { agentId, commandId, commandOf, demandeId, groupeId } from "../../src/domain/ids.ts";
import { richText } from "../../src/domain/richtext.ts";
import { histories, play, textAt } from "../domain/histories.ts";
import type { Store } from "./store.ts";
import { ADA, AT, append, CAMILLE, draft, openStore, SEALER, store } from "./store.ts";

let s: Store;
beforeAll(async () => {
  s = await openStore();
});
afterAll(() => s.close());

const raw = async (id: string) => {
  const found = await s.db.connection.collection("demandes").findOne({ _id: id as never });
  if (!found) throw new Error(`no document ${id}`);
  return found;
};

/** The events of each command, in order. */
function batches(events: readonly DemandeEvent[]): DemandeEvent[][] {
  const found: DemandeEvent[][] = [];
  for (const event of events) {
    const last = found.at(-1);
    if (last?.[0] && commandOf(last[0].id) === commandOf(event.id)) last.push(event);
    else found.push([event]);
  }
  return found;
}

/** What is left of an event once the data are wiped. */
function withoutWords(event: DemandeEvent): DemandeEvent {
  switch (event.type) {
    case "opened":
      return { ...event, sujet: "", description: "", usager: null as never };
    case "message":
    case "edited":
      return { ...event, text: [] };
    case "infoAdded":
      return { ...event, usager: {} };
    case "fileShared":
      return { ...event, file: { name: "", mimetype: "", size: 0, platform: "slack", workspace: "", file: "" } };
    default:
      return event;
  }
}

describe("a demande in the database", () => {
  test("any history, written command by command, reads back as it was, and what is derived beside it is what it adds up to", async () => {
    for (const [n, history] of fc.sample(histories(25), { numRuns: 15, seed: 11 }).entries()) {
      const { events } = play(history);
      const id = demandeId(`histoire-${n}`);
      let now = AT;
      for (const [index, batch] of batches(events).entries()) {
        const loaded = index === 0 ? null : await s.db.demandes.load(id);
        let state = loaded?.state ?? null;
        for (const event of batch) state = evolve(id, state, event.type === "opened" ? { ...event, ref: 1000 + n } : event);
        const stored = batch.map((event) => (event.type === "opened" ? { ...event, ref: 1000 + n } : event));
        now = batch[0]?.at ?? AT;
        if (!state) throw new Error("no state");
        const done = loaded
          ? await s.db.demandes.append(loaded, state, stored, [], now, new Date())
          : await s.db.demandes.insert(state, stored, [], now, new Date());
        expect(done).toBe(true);
      }
      const loaded = await s.db.demandes.load(id);
      const wiped = events.some(({ type }) => type === "wiped");
      const numbered = events.map((event) => (event.type === "opened" ? { ...event, ref: 1000 + n } : event));
      const expected = wiped ? numbered.map(withoutWords) : numbered;
      expect(loaded?.events).toEqual(expected);
      expect(loaded?.state).toEqual(replay(id, expected));
      expect(loaded?.revision).toBe(events.length);
      const { sujet, ...derived } = derive(replay(id, expected), SEALER, now);
      const document = await raw(id);
      for (const [field, value] of Object.entries(derived)) expect({ [field]: document[field] }).toEqual({ [field]: value });
      expect(document.sujet === null).toBe(sujet === null);
      for (const u of loaded?.state.utterances ?? [])
        if (u.kind === "message") expect(currentText(loaded?.events ?? [], u.id)).toEqual(textAt(expected, u.id));
    }
  });

  test("the same opening, twice or by five at once, is stored once", async () => {
    const { state, events, threads } = draft("ouverte", { ref: 50 });
    const tries = await Promise.all(
      Array.from({ length: 5 }, () => s.db.demandes.insert(state, events, threads, AT, new Date())),
    );
    expect(tries.filter(Boolean)).toHaveLength(1);
    expect(await s.db.demandes.insert(state, events, threads, AT, new Date())).toBe(false);
    expect(await s.db.demandes.model.countDocuments({ ref: 50 })).toBe(1);
  });

  test("a number that another demande bears is a fault, never taken for the same opening", async () => {
    const { state, events, threads } = draft("autre", { ref: 50 });
    await expect(s.db.demandes.insert(state, events, threads, AT, new Date())).rejects.toMatchObject({ code: 11000 });
    expect(await s.db.demandes.load(demandeId("autre"))).toBeNull();
  });

  test("of two who write on what they both read, one loses and changes nothing", async () => {
    const loaded = await store(s.db, "course", { ref: 60 });
    const write = (command: string) =>
      append(s.db, loaded, ADA, [{ type: "message", audience: "tous", text: richText(command) }], command);
    const results = await Promise.all([write("a"), write("b")]);
    expect(results.toSorted()).toEqual([false, true]);
    const after = await s.db.demandes.load(loaded.id);
    expect(after?.revision).toBe(2);
    expect(after?.events).toHaveLength(2);
  });

  test("twenty who try again until it works leave twenty events without a gap", async () => {
    const { id } = await store(s.db, "foule", { ref: 61 });
    await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        for (;;) {
          const loaded = await s.db.demandes.load(id);
          if (!loaded) throw new Error("gone");
          if (await append(s.db, loaded, ADA, [{ type: "viewed", audience: "tous" }], `v${n}`)) return;
        }
      }),
    );
    const after = await s.db.demandes.load(id);
    expect(after?.events.map((e) => e.seq)).toEqual(Array.from({ length: 21 }, (_, n) => n + 1));
    expect(new Set(after?.events.map((e) => e.id)).size).toBe(21);
  });
});

describe("finding demandes", () => {
  test("by number, by thread, by neither when there is none", async () => {
    const { id } = await store(s.db, "cherchee", { ref: 70 });
    expect((await s.db.demandes.loadByRef(70))?.id).toBe(id);
    expect(await s.db.demandes.loadByRef(71)).toBeNull();
    const place = { platform: "slack", workspace: "T1", channel: "Ccherchee" } as const;
    expect((await s.db.demandes.loadByThread(place, "1.1"))?.id).toBe(id);
    expect(await s.db.demandes.hasThread(place, "1.1")).toBe(true);
    for (const [where, root] of [
      [place, "1.2"],
      [{ ...place, channel: "C" }, "1.1"],
      [{ ...place, workspace: "T2" }, "1.1"],
    ] as const) {
      expect(await s.db.demandes.loadByThread(where, root)).toBeNull();
      expect(await s.db.demandes.hasThread(where, root)).toBe(false);
    }
  });

  test("by the words of the usager's name, whatever their case and accents, and never by part of one", async () => {
    await store(s.db, "nom-1", {
      ref: 80,
      usager: { prenom: "Élodie", nomDeFamille: "D’Argent-Œuf", dateDeNaissance: "01/01/1980", nomDeNaissance: "Xyz" },
    });
    await store(s.db, "nom-2", { ref: 81, usager: { prenom: "Élodie", nomDeFamille: "Autre", dateDeNaissance: "01/01/1980" } });
    const scopes = { opener: agentId("personne"), groupes: [groupeId("caf")] };
    const find = async (text: string) => {
      const wanted = s.db.demandes.withAllWords(s.db.demandes.hashesOf(text), scopes);
      return (await s.db.demandes.walk([wanted], { order: 1, beyond: null, limit: 10, highest: 0 })).map((d) => d.id);
    };
    expect(await find("elodie")).toEqual(["nom-1", "nom-2"]);
    expect(await find("ELODIE d'argent oeuf")).toEqual(["nom-1"]);
    expect(await find("argent")).toEqual(["nom-1"]);
    expect(await find("xyz elodie")).toEqual(["nom-1"]);
    expect(await find("arge")).toEqual([]);
    expect(await find("elodie inconnue")).toEqual([]);
    expect(await find("$where .*")).toEqual([]);
  });

  test("a page has its lines, newest first, and the total of them all", async () => {
    const groupes = [groupeId("groupe-des-pages")];
    for (let n = 0; n < 7; n += 1)
      await store(s.db, `page-${n}`, { ref: 90 + n, groupes, sujet: `Sujet ${n}`, at: new Date(AT.getTime() + n * 1000) });
    const page = await s.db.demandes.page({ asked: groupes[0] }, 2, 3);
    expect(page.total).toBe(7);
    expect(page.demandes.map((d) => [d.sujet, d.status, d.ref])).toEqual([
      ["Sujet 4", "nouvelle", 94],
      ["Sujet 3", "nouvelle", 93],
      ["Sujet 2", "nouvelle", 92],
    ]);
    expect(page.demandes[0]).toMatchObject({
      openerName: "Camille Exemple",
      asked: ["groupe-des-pages"],
      takers: [],
      viewers: [],
    });
    expect("events" in (page.demandes[0] ?? {})).toBe(false);
  });

  test("the threads still open of one workspace, with what was last seen there", async () => {
    await store(s.db, "fil-ouvert", { ref: 110 });
    await store(s.db, "fil-clos", {
      ref: 111,
      next: [{ by: CAMILLE, events: [{ type: "archived", audience: "tous", usefulness: "oui" }] }],
    });
    await s.db.demandes.markSeen({ platform: "slack", workspace: "T1", channel: "Cfil-ouvert" }, "1.1", "9.9");
    const open = await s.db.demandes.openThreads({ platform: "slack", workspace: "T1" });
    expect(open.find((t) => t.channel === "Cfil-ouvert")?.seen).toBe("9.9");
    expect(open.find((t) => t.channel === "Cfil-clos")).toBeUndefined();
    expect(open.find((t) => t.channel === "Ccherchee")?.seen).toBeNull();
    expect(await s.db.demandes.openThreads({ platform: "slack", workspace: "T" })).toEqual([]);
    expect(await s.db.demandes.openThreads({ platform: "matrix", workspace: "T1" })).toEqual([]);
  });
});

test("numbers of demandes are given once each, to however many ask at once", async () => {
  const given = await Promise.all(Array.from({ length: 30 }, () => s.db.nextRef()));
  expect(given.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
});

test("events of one command share its moment and its author", () => {
  const [a, b] = numberEvents(
    commandId("c"),
    [
      { type: "viewed", audience: "tous" },
      { type: "processed", audience: "tous" },
    ],
    ADA,
    AT,
    undefined,
  );
  expect([a?.id, b?.id, a?.seq, b?.seq]).toEqual(["c.0", "c.1", 1, 2]);
  expect([a?.at, b?.at, a?.by]).toEqual([AT, AT, ADA]);
});
