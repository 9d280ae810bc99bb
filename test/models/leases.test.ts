import { NO_DETAILS } from "../../models/groupe.ts";
import type { Notice } from "../../models/notices.ts";
import { newThread } from "../../models/thread.ts";
import { agentId, groupeId, threadId } from "../../src/domain/ids.ts";
import { richText } from "../../src/domain/richtext.ts";
import { say } from "../../src/presentation/message.ts";
import { claimOldest } from "../support/notices.ts";
import type { Store } from "./store.ts";
import { ADA, append, openStore, store } from "./store.ts";

let s: Store;
beforeAll(async () => {
  s = await openStore();
});
afterAll(() => s.close());

const T = Date.parse("2026-03-02T09:00:00Z");
const at = (seconds: number) => new Date(T + seconds * 1000);

describe("the lease on a demande", () => {
  test("one worker has it, until it is given back or has run out", async () => {
    const { id } = await store(s.db, "bail", { ref: 1 });
    const taken = await Promise.all(["a/1", "b/1", "c/1"].map((owner) => s.db.deliveries.claim(id, owner, at(0), at(20))));
    expect(taken.filter(Boolean)).toHaveLength(1);
    const holder = ["a/1", "b/1", "c/1"][taken.findIndex(Boolean)] ?? "";
    expect(await s.db.deliveries.claim(id, "d/1", at(20), at(40))).toBeNull();
    expect((await s.db.deliveries.reclaim(id, holder, at(30)))?.id).toBe(id);
    expect(await s.db.deliveries.reclaim(id, "d/1", at(30))).toBeNull();
    expect(await s.db.deliveries.claim(id, "d/1", at(31), at(50))).not.toBeNull();
    // It was taken over: the first one may write nothing more.
    expect(await s.db.deliveries.save(id, holder, [{ index: 0, fields: { delivered: 9 }, posts: [] }], at(60))).toBe(false);
    expect(await s.db.deliveries.release(id, holder, 1, [], 1, null)).toBe(false);
    expect((await s.db.demandes.load(id))?.threads[0]?.delivered).toBe(0);
  });

  test("progress is kept with the lease; it is given back only if nothing came meanwhile", async () => {
    const loaded = await store(s.db, "rendu", { ref: 2 });
    const { id } = loaded;
    await s.db.deliveries.claim(id, "a/1", at(0), at(20));
    expect(await append(s.db, loaded, ADA, [{ type: "taken", audience: "tous" }], "c1")).toBe(true);
    const posts = [{ seq: 1, message: "m1" }];
    expect(await s.db.deliveries.release(id, "a/1", 1, [{ index: 0, fields: { delivered: 1 }, posts }], 1, null)).toBe(false);
    expect(await s.db.deliveries.save(id, "a/1", [{ index: 0, fields: { delivered: 1 }, posts }], at(20))).toBe(true);
    expect(
      await s.db.deliveries.release(
        id,
        "a/1",
        2,
        [{ index: 0, fields: { delivered: 2 }, posts: [{ seq: 2, message: "m2" }] }],
        2,
        null,
      ),
    ).toBe(true);
    const after = await s.db.demandes.load(id);
    expect(after?.threads[0]).toMatchObject({ delivered: 2, posts: [...posts, { seq: 2, message: "m2" }] });
    expect(after?.noticed).toBe(2);
    expect(await s.db.deliveries.claim(id, "b/1", at(1), at(20))).not.toBeNull();
  });

  test("an appended thread does not disturb what delivery writes beside it", async () => {
    const loaded = await store(s.db, "fils", { ref: 3 });
    await s.db.deliveries.claim(loaded.id, "a/1", at(0), at(20));
    const thread = newThread(threadId("fils-cpam"), "instructeurs", { groupeId: groupeId("cpam") });
    await Promise.all([
      s.db.demandes.append(loaded, { ...loaded.state, seq: 2 }, [], [thread], at(0), at(0)),
      s.db.deliveries.save(loaded.id, "a/1", [{ index: 0, fields: { delivered: 1, card: "x" }, posts: [] }], at(20)),
    ]);
    const document = await s.db.demandes.model.findOne({ _id: loaded.id }).lean();
    expect(document?.threads.map((t) => [t.id, t.delivered, t.card])).toEqual([
      ["fils-aidant", 1, "x"],
      ["fils-cpam", 0, null],
    ]);
  });

  test("what waits is what is due and free, the longest waiting first; a dead instance frees its own and no other's", async () => {
    await s.db.demandes.model.updateMany({}, { $set: { deliverAt: null, lease: null } });
    const ids = [];
    for (const n of [1, 2, 3, 4]) {
      const { id } = await store(s.db, `attente-${n}`, { ref: 10 + n });
      await s.db.deliveries.request(id, at(10 - n));
      ids.push(id);
    }
    const [one, two, three, four] = ids;
    if (!one || !two || !three || !four) throw new Error("four demandes");
    const waiting = async (...asked: Parameters<typeof s.db.deliveries.waiting>) =>
      (await s.db.deliveries.waiting(...asked)).map(({ id }) => id);
    await s.db.deliveries.claim(one, "machine:1/x", at(0), at(100));
    await s.db.deliveries.claim(two, "machine:11/x", at(0), at(100));
    await s.db.deliveries.abandon(three, "nobody", at(500));
    expect(await waiting(at(20), 10)).toEqual([four, three]);
    expect(await waiting(at(20), 1)).toEqual([four]);
    expect(await waiting(at(20), 10, 1)).toEqual([three]);
    expect(await s.db.deliveries.backlog(at(20))).toEqual({ count: 4, oldest: at(6) });
    await s.db.deliveries.freeInstance("machine:1");
    expect(await waiting(at(20), 10)).toEqual([four, three, one]);
    expect(await waiting(at(101), 10)).toEqual([four, three, two, one]);
    await s.db.deliveries.abandon(two, "machine:11/x", at(500));
    expect(await waiting(at(101), 10)).toEqual([four, three, one]);
  });
});

const notice = (id: string): Notice => ({
  id,
  to: { kind: "agent", agentId: agentId("ada") },
  content: { kind: "message", message: say(richText(`Avis ${id}`)) },
});

describe("notices", () => {
  beforeEach(() => s.db.notices.model.deleteMany({}));

  test("written down twice, there is one, as it was first", async () => {
    await Promise.all([1, 2, 3].map(() => s.db.notices.add(notice("n1"), at(0))));
    await s.db.notices.add({ ...notice("n1"), content: { kind: "message", message: say(richText("Autre")) } }, at(50));
    expect(await s.db.notices.waitingCount()).toBe(1);
    const claimed = await claimOldest(s.db, "a/1", at(0), at(60));
    expect(claimed).toEqual({ ...notice("n1"), attempts: 0, posting: null });
    await s.db.notices.end("n1", "a/1", "done", at(1), null);
    await s.db.notices.add(notice("n1"), at(60));
    expect(await claimOldest(s.db, "a/1", at(99), at(160))).toBeNull();
  });

  test("two workers never have the same one, and what waits longest is found first", async () => {
    for (const n of [3, 1, 2]) await s.db.notices.add(notice(`n${n}`), at(n));
    expect((await s.db.notices.due("prompt", at(2), 10)).map(({ id }) => id)).toEqual(["n1", "n2"]);
    const due = await s.db.notices.due("prompt", at(10), 10);
    expect(due).toEqual(["n1", "n2", "n3"].map((id) => ({ id, to: notice(id).to })));
    const workers = ["a/1", "b/1", "a/2", "b/2"];
    for (const { id } of due) {
      const claimed = await Promise.all(workers.map((owner) => s.db.notices.claim(id, owner, at(10), at(60))));
      expect(claimed.flatMap((one) => one?.id ?? [])).toEqual([id]);
    }
    expect(await s.db.notices.due("prompt", at(60), 10)).toEqual([]);
    expect(await claimOldest(s.db, "c/1", at(60), at(100))).toBeNull();
    expect((await claimOldest(s.db, "c/1", at(61), at(100)))?.id).toBe("n1");
  });

  test("an intent outlives its worker; who lost the lease writes nothing", async () => {
    await s.db.notices.add(notice("n1"), at(0));
    await claimOldest(s.db, "a/1", at(0), at(60));
    const posting = { place: { platform: "slack", workspace: "T1", channel: "D1" }, at: at(1) } as const;
    expect(await s.db.notices.savePosting("n1", "a/1", posting)).toBe(true);
    expect((await claimOldest(s.db, "b/1", at(61), at(120)))?.posting).toEqual(posting);
    expect(await s.db.notices.savePosting("n1", "a/1", posting)).toBe(false);
    await s.db.notices.end("n1", "a/1", "done", at(62), null);
    expect(await s.db.notices.waitingCount()).toBe(1);
    await s.db.notices.retryLater("n1", "b/1", at(200));
    expect(await claimOldest(s.db, "b/1", at(150), at(160))).toBeNull();
    expect((await claimOldest(s.db, "b/1", at(200), at(260)))?.attempts).toBe(1);
    await s.db.notices.freeInstance("b");
    expect(await claimOldest(s.db, "c/1", at(201), at(260))).not.toBeNull();
  });

  test("a draft is not posted before it is finished, and the first to finish it decides", async () => {
    const to = { kind: "groupe", groupeId: groupeId("caf") } as const;
    const list = (title: string) => ({ kind: "list", list: { title, lines: [], empty: "", footer: null, pages: [] } }) as const;
    await s.db.notices.addDraft("l1", to, { groupe: "caf" }, at(0));
    await s.db.notices.addDraft("l1", to, { groupe: "autre" }, at(0));
    await s.db.notices.addDraft("l2", to, { groupe: "caf" }, at(0));
    expect(await claimOldest(s.db, "a/1", at(10), at(60))).toBeNull();
    expect((await s.db.notices.drafts()).toSorted((a, b) => a.id.localeCompare(b.id))).toEqual([
      { id: "l1", draft: { groupe: "caf" } },
      { id: "l2", draft: { groupe: "caf" } },
    ]);
    await s.db.notices.finishDraft("l1", list("Une"), at(10));
    await s.db.notices.finishDraft("l1", list("Deux"), at(10));
    await s.db.notices.finishDraft("l2", null, at(10));
    expect((await claimOldest(s.db, "a/1", at(10), at(60)))?.content).toEqual(list("Une"));
    expect(await claimOldest(s.db, "a/1", at(99), at(160))).toMatchObject({ id: "l1" });
    expect(await s.db.notices.drafts()).toEqual([]);
  });
});

describe("agents and groupes", () => {
  const member = (groupe: string, roles = {}) => ({
    groupeId: groupeId(groupe),
    aidant: false,
    instructeur: false,
    responsable: false,
    ...roles,
  });
  const person = (name: string, more = {}) => ({
    id: agentId(name),
    name,
    email: `${name}@Exemple.test `,
    admin: false,
    disabled: false,
    shared: false,
    memberships: [],
    ...more,
  });
  const account = (user: string) => ({ platform: "slack", workspace: "T1", user }) as const;

  test("an agent is found by id, address whatever its case, account, groupe", async () => {
    await s.db.agents.save(person("ada", { memberships: [member("caf", { instructeur: true })] }), [account("U1")]);
    await s.db.agents.link(agentId("ada"), { platform: "matrix", workspace: "exemple.test", user: "@ada:exemple.test/x" });
    await s.db.agents.link(agentId("ada"), account("U1"));
    const ada = await s.db.agents.byEmail(" ADA@exemple.TEST");
    expect(ada?.identities).toEqual([
      account("U1"),
      { platform: "matrix", workspace: "exemple.test", user: "@ada:exemple.test/x" },
    ]);
    expect(await s.db.agents.byIdentity(account("U1"))).toEqual(ada);
    expect(await s.db.agents.byIdentity({ ...account("U1"), workspace: "T2" })).toBeNull();
    expect(await s.db.agents.ofGroupe(groupeId("caf"))).toEqual([ada]);
    expect(await s.db.agents.byIds([])).toEqual([]);
    await s.db.agents.save(person("ada", { name: "Ada Nouveau", memberships: [] }));
    expect(await s.db.agents.byId(agentId("ada"))).toMatchObject({ name: "Ada Nouveau", identities: [{}, {}], memberships: [] });
  });

  test("two agents never share an address", async () => {
    await s.db.agents.save(person("bob"));
    await expect(s.db.agents.save(person("eve", { email: "BOB@exemple.test" }))).rejects.toMatchObject({ code: 11000 });
  });

  test("a groupe is answered for when somebody in it can answer", async () => {
    await s.db.agents.save(person("i1", { memberships: [member("g1", { instructeur: true }), member("g2", { aidant: true })] }));
    await s.db.agents.save(person("i2", { disabled: true, memberships: [member("g3", { instructeur: true })] }));
    const asked = ["g1", "g2", "g3", "g4"].map(groupeId);
    expect([...(await s.db.agents.groupesWithInstructeur(asked))]).toEqual(["g1"]);
    expect((await s.db.agents.groupesWithInstructeur([])).size).toBe(0);
  });

  test("a channel is bound to one groupe, and may be bound again once free", async () => {
    const groupe = {
      id: groupeId("g1"),
      name: "Un",
      description: "",
      organisme: "CAF",
      territoires: ["01", "69"],
      franceServices: false,
      place: null,
    };
    const place = { platform: "slack", workspace: "T1", channel: "C1" } as const;
    await s.db.groupes.save({ ...groupe, place });
    const other = { ...groupe, id: groupeId("g2"), name: "Deux", place };
    await expect(s.db.groupes.save(other)).rejects.toMatchObject({ code: 11000 });
    expect((await s.db.groupes.byPlace(place))?.id).toBe("g1");
    await s.db.groupes.save(groupe);
    expect(await s.db.groupes.byPlace(place)).toBeNull();
    await s.db.groupes.save(other);
    expect(await s.db.groupes.byPlace(place)).toEqual({ ...other, details: NO_DETAILS });
    const details = { ...NO_DETAILS, bal: "caf@exemple.test", hours: { lundi: "9:00 - 12:00" } };
    await s.db.groupes.save({ ...other, details });
    await s.db.groupes.save(other);
    expect((await s.db.groupes.byPlace(place))?.details).toEqual(details);
    expect((await s.db.groupes.ofTerritoire("69")).map((g) => g.name)).toEqual(["Deux", "Un"]);
    expect(await s.db.groupes.ofTerritoire("6")).toEqual([]);
  });
});

describe("a turn", () => {
  test("is one worker's until it ends it, dies, or has had it for too long; it may be kept", async () => {
    const { turns } = s.db;
    const asked = await Promise.all(["a/1", "b/1", "c/1"].map((owner) => turns.take("liste", owner, at(0), at(20))));
    expect(asked.filter(Boolean)).toHaveLength(1);
    const holder = ["a/1", "b/1", "c/1"][asked.indexOf(true)] ?? "";
    expect(await turns.take("autre", "d/1", at(0), at(20))).toBe(true);
    expect(await turns.take("liste", holder, at(19), at(39))).toBe(true);
    expect(await turns.take("liste", "d/1", at(38), at(58))).toBe(false);
    expect(await turns.take("liste", "d/1", at(40), at(60))).toBe(true);
    // Whoever had it too long ends nothing of another's.
    await turns.end("liste", holder);
    expect(await turns.take("liste", holder, at(41), at(61))).toBe(false);
    await turns.end("liste", "d/1");
    expect(await turns.take("liste", "b/2", at(41), at(61))).toBe(true);
    await turns.freeInstance("b");
    expect(await turns.take("liste", "a/2", at(42), at(62))).toBe(true);
  });
});
