import { groupeId } from "../../src/domain/ids.ts";
import { followChannel } from "../../src/groupes/followChannel.ts";
import { openStore, type Store, store } from "./store.ts";

const NOW = new Date("2026-03-02T09:00:00Z");
const later = (ms: number) => new Date(NOW.getTime() + ms);

describe("what the Matrix adapter remembers", () => {
  let opened: Store;
  beforeAll(async () => {
    opened = await openStore();
  });
  afterAll(() => opened.close());

  test("one worker reads an account at a time, and another takes over from one that shows no sign of life", async () => {
    const { matrixState } = opened.db;
    expect(await matrixState.claim("@a:x", "un/1", NOW, later(20_000))).toEqual({ since: null });
    expect(await matrixState.claim("@a:x", "deux/1", later(1), later(20_001))).toBeNull();
    expect(await matrixState.advance("@a:x", "un/1", "s1", new Map([["!r", "$e1"]]))).toBe(true);
    expect(await matrixState.renew("@a:x", "un/1", later(30_000))).toBe(true);
    expect(await matrixState.claim("@a:x", "deux/1", later(30_001), later(50_000))).toEqual({ since: "s1" });
    expect(await matrixState.advance("@a:x", "un/1", "s2", new Map())).toBe(false);
    expect(await matrixState.renew("@a:x", "un/1", later(90_000))).toBe(false);
    expect(await matrixState.lastOf("@a:x", "!r")).toBe("$e1");
    await matrixState.freeInstance("deux");
    expect(await matrixState.claim("@a:x", "trois/1", later(30_002), later(50_000))).toEqual({ since: "s1" });
    await matrixState.release("@a:x", "trois/1");
    expect(await matrixState.claim("@a:x", "quatre/1", later(30_003), later(50_000))).toEqual({ since: "s1" });
  });

  test("twenty workers at once: one gets it; a thing is told once in a room", async () => {
    const { matrixState } = opened.db;
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, n) => matrixState.claim("@b:x", `w${n}/1`, NOW, later(20_000))),
    );
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
    const told = await Promise.all(Array.from({ length: 20 }, () => matrixState.tellOnce("@b:x", "!r", "chiffré")));
    expect(told.filter(Boolean)).toHaveLength(1);
    expect(await matrixState.tellOnce("@b:x", "!r", "autre chose")).toBe(true);
    await matrixState.advance("@c:x", "personne", "s", new Map([["!r", "$1"]]));
    expect(await matrixState.tellOnce("@c:x", "!r", "chiffré")).toBe(true);
  });

  test("a click is taken on what may be clicked now, the same one again with the same answer", async () => {
    const { prompts } = opened.db;
    const entry = { pill: "✋ Je m’en occupe", keys: ["a", "b"], action: "prendre" as const, value: "d1", shown: true };
    await prompts.put("!r", "$1", "$0", [entry], NOW);
    expect(await prompts.claim("!r", "$1", "b", "$c1")).toEqual({ entry, root: "$0" });
    expect(await prompts.claim("!r", "$1", "b", "$c1")).toEqual({ entry, root: "$0" });
    expect(await prompts.claim("!r", "$1", "c", "$c2")).toBeNull();
    expect(await prompts.claim("!autre", "$1", "a", "$c2")).toBeNull();
    const closed = await prompts.put("!r", "$1", "$0", [], NOW);
    expect(await prompts.claim("!r", "$1", "a", "$c3")).toBeNull();
    expect((await prompts.stale(10)).map(({ event }) => event)).toContain("$1");
    await prompts.seeded({ ...closed, version: closed.version - 1 }, [], true);
    expect(await prompts.stale(10)).toHaveLength(1);
    await prompts.seeded(closed, [], true);
    expect(await prompts.stale(10)).toHaveLength(0);
  });

  test("what is typed into a form is sealed, bound to its dialogue, and gone when it is over", async () => {
    const { dialogues } = opened.db;
    const begun = await dialogues.begin("dlg1", "@a:x", { valeurs: { nom: "Confidentiel" } }, NOW);
    expect((await dialogues.begin("dlg1", "@a:x", { autre: true }, NOW)).state).toEqual(begun.state);
    const raw = async () => JSON.stringify(await dialogues.model.findById("dlg1").lean());
    expect(await raw()).not.toContain("Confidentiel");
    expect(await dialogues.advance(begun, "$m1", { valeurs: { nom: "Confidentiel 2" } }, false, NOW)).toBe(true);
    expect(await dialogues.advance(begun, "$m2", {}, false, NOW)).toBe(false);
    const current = await dialogues.current("@a:x");
    expect(current).toMatchObject({ id: "dlg1", step: 1, state: { valeurs: { nom: "Confidentiel 2" } } });
    expect(await dialogues.answered("@a:x", "$m1")).toBe(true);
    if (current === null) throw new Error("the dialogue is gone");
    expect(await dialogues.advance(current, "$m3", null, true, NOW)).toBe(true);
    expect(await dialogues.current("@a:x")).toBeNull();
    await dialogues.model.updateOne({ _id: "dlg1" }, { $set: { open: true } });
    expect((await dialogues.current("@a:x"))?.state).toBeNull();
  });

  test("a room that goes on in another takes its groupe and its open threads along", async () => {
    const { db } = opened;
    const from = { platform: "matrix" as const, workspace: "exemple.fr", channel: "!ancien" };
    const to = { ...from, channel: "!nouveau" };
    await db.groupes.save({
      id: groupeId("caf"),
      name: "CAF",
      description: "",
      organisme: "CAF",
      territoires: ["01"],
      franceServices: false,
      place: from,
    });
    const loaded = await store(db, "demenage");
    await db.demandes.model.updateOne(
      { _id: loaded.id },
      {
        $set: {
          "threads.0.platform": "matrix",
          "threads.0.workspace": "exemple.fr",
          "threads.0.channel": "!ancien",
          "threads.0.root": "$carte",
          "threads.0.key": "matrix/exemple.fr/!ancien/$carte",
          "threads.0.posts": [{ seq: 0, message: "$carte" }],
        },
      },
    );
    const anew: string[] = [];
    await followChannel(db, from, to, (id) => anew.push(id));
    expect(anew).toEqual([loaded.id]);
    expect((await db.groupes.byId(groupeId("caf")))?.place).toEqual(to);
    const [thread] = (await db.demandes.load(loaded.id))?.threads ?? [];
    expect(thread).toMatchObject({ channel: null, root: null, key: null, delivered: 0, posts: [] });
    await followChannel(db, from, to, (id) => anew.push(id));
    expect(anew).toHaveLength(1);
  });
});
