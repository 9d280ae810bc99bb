/**
 * Every query of the models and of the boards finds what it wants through an index. The queries are those that go over the
 * wire, as they are; `explain` tells how they are run. On a server without `explain`, their shape is compared with the indexes
 * that were built.
 */
import { NEW_PROFILE } from "../../models/agent.ts";
import { digestReaders } from "../../models/digests.ts";
import type { GroupeStatus } from "../../models/groupeDemandes.ts";
import { wantedOfGroupe } from "../../models/groupeDemandes.ts";
import type { DemandeFilter } from "../../models/shelves.ts";
import { standingOf } from "../../models/standing.ts";
import { newThread } from "../../models/thread.ts";
import { demandesCommand } from "../../src/demandes/boardCommand.ts";
import { board } from "../../src/demandes/boards.ts";
import type { UseCaseContext } from "../../src/demandes/context.ts";
import type { NewEvent } from "../../src/domain/demande.ts";
import { agentId, demandeId, groupeId, threadId } from "../../src/domain/ids.ts";
import { richText } from "../../src/domain/richtext.ts";
import { Directory } from "../../src/groupes/directory.ts";
import { isBoard } from "../../src/presentation/board.ts";
import { say } from "../../src/presentation/message.ts";
import { boardTexts } from "../../src/texts/boards.ts";
import type { WatchedStore } from "./store.ts";
import { ADA, AT, draft, openWatchedStore } from "./store.ts";

const MANY = 240;
const FAR = new Date("2027-01-01T00:00:00Z");
const place = (n: number) => ({ platform: "slack", workspace: "T1", channel: `Cd${n}` }) as const;
let s: WatchedStore;

/** Many demandes, of which each query wants few: a scan of the whole would show. */
beforeAll(async () => {
  s = await openWatchedStore();
  await s.db.nextRef();
  const taken: NewEvent = { type: "taken", audience: "tous" };
  const documents = await Promise.all(
    Array.from({ length: MANY }, async (_, n) => {
      const groupes = [groupeId(`g${n % 40}`)];
      const by = { ...ADA, groupeId: groupes[0] ?? null };
      const name = { prenom: `Prénom${n}`, nomDeFamille: `Nom${n % 60}`, dateDeNaissance: "01/01/1980" };
      const options = { ref: n + 1, groupes, usager: name, at: new Date(AT.getTime() + n * 60_000) };
      const opener = {
        agentId: agentId(`aidant-${n % 50}`),
        name: "Camille",
        groupeId: groupeId(`fs${n % 50}`),
        role: "aidant",
      } as const;
      const made = draft(`d${n}`, { ...options, by: opener, next: n % 3 === 0 ? [{ by, events: [taken] }] : [] });
      await s.db.demandes.insert(made.state, made.events, made.threads, AT, n % 80 === 0 ? AT : FAR);
    }),
  );
  expect(documents).toHaveLength(MANY);
  const lease = (n: number) => ({ lease: { owner: `i${n % 60}/x`, until: FAR } });
  for (let n = 1; n < MANY; n += 2) await s.db.demandes.model.updateOne({ _id: `d${n}` }, { $set: lease(n) });
  for (let n = 0; n < 60; n += 1) {
    const membership = { groupeId: groupeId(`g${n % 30}`), aidant: false, instructeur: true, responsable: true };
    const agent = {
      id: agentId(`a${n}`),
      name: `Agent ${n}`,
      email: `a${n}@exemple.test`,
      admin: false,
      disabled: false,
      shared: false,
    };
    await s.db.agents.save({ ...agent, memberships: [membership] }, [{ platform: "slack", workspace: "T1", user: `U${n}` }]);
    const groupe = {
      id: groupeId(`g${n}`),
      name: `Groupe ${n}`,
      description: "",
      organisme: "CAF",
      territoires: [String(n)],
      franceServices: false,
    };
    await s.db.groupes.save({ ...groupe, place: { platform: "slack", workspace: "T1", channel: `C${n}` } });
    const notice = {
      id: `n${n}`,
      to: { kind: "agent", agentId: agentId("a1") },
      content: { kind: "message", message: say(richText("x")) },
    } as const;
    if (n % 20 === 0) await s.db.notices.addDraft(notice.id, notice.to, {}, AT);
    else await s.db.notices.add(notice, n % 15 === 1 ? AT : FAR);
  }
});
afterAll(() => s.close());

interface Explained {
  readonly stages: readonly string[];
  readonly indexes: readonly string[];
  readonly examined: number;
  readonly returned: number;
}

/** All stages of a plan, wherever they are in it. */
function* stagesOf(plan: unknown): Generator<Record<string, unknown>> {
  if (Array.isArray(plan)) for (const one of plan) yield* stagesOf(one);
  else if (typeof plan === "object" && plan !== null) {
    if ("stage" in plan) yield plan as Record<string, unknown>;
    for (const value of Object.values(plan)) yield* stagesOf(value);
  }
}

const COMMAND_NOT_FOUND = 59;
const SESSION = new Set(["lsid", "$db", "$clusterTime", "txnNumber", "$readPreference"]);

async function explain(command: Readonly<Record<string, unknown>>): Promise<Explained | null> {
  const plain = Object.fromEntries(Object.entries(command).filter(([key]) => !SESSION.has(key)));
  try {
    const answer = await s.db.connection.db?.command({ explain: plain, verbosity: "executionStats" });
    const stages = [...stagesOf(answer?.executionStats ?? answer?.stages)];
    const first = answer?.executionStats ?? answer?.stages?.[0]?.$cursor?.executionStats;
    return {
      stages: stages.map((one) => String(one.stage)),
      indexes: stages.flatMap((one) => (one.stage === "IXSCAN" ? [String(one.indexName)] : [])),
      examined: Number(first?.totalDocsExamined ?? Number.NaN),
      returned: Number(first?.nReturned ?? Number.NaN),
    };
  } catch (error) {
    if (typeof error === "object" && error !== null && "code" in error && error.code === COMMAND_NOT_FOUND) return null;
    throw error;
  }
}

/** The condition that a command puts to documents. */
function filterOf(name: string, command: Readonly<Record<string, unknown>>): DemandeFilter {
  if (name === "find") return (command.filter ?? {}) as DemandeFilter;
  if (name === "findAndModify") return command.query as DemandeFilter;
  if (name === "update") return (command.updates as [{ q: DemandeFilter }])[0].q;
  const [match] = command.pipeline as [{ $match?: DemandeFilter }];
  return match.$match ?? {};
}

const collectionOf = (name: string, command: Readonly<Record<string, unknown>>): string => String(command[name]);

/** Whether an index begins with a field that the condition fixes, in each of its alternatives. */
function coveredByIndex(filter: DemandeFilter, firsts: ReadonlySet<string>): boolean {
  if (Object.keys(filter).some((field) => firsts.has(field))) return true;
  const all = filter.$and;
  if (Array.isArray(all) && all.some((one: DemandeFilter) => coveredByIndex(one, firsts))) return true;
  const branches = filter.$or;
  return Array.isArray(branches) && branches.every((branch: DemandeFilter) => coveredByIndex(branch, firsts));
}

/** Runs it, and looks at each query that it sent. @param most documents that may be looked at for nothing */
async function throughIndexes(run: () => Promise<unknown>, most = 2): Promise<Explained[]> {
  s.commands.length = 0;
  await run();
  const sent = s.commands.filter(({ name }) => ["find", "findAndModify", "update", "aggregate"].includes(name));
  expect(sent.length).toBeGreaterThan(0);
  const found: Explained[] = [];
  for (const { name, command } of [...sent]) {
    const indexes = await s.db.connection.collection(collectionOf(name, command)).indexes();
    const firsts = new Set(indexes.map((index) => Object.keys(index.key)[0] ?? ""));
    const filter = filterOf(name, command);
    if (!coveredByIndex(filter, firsts)) throw new Error(`no index for ${JSON.stringify(filter)}`);
    const plan = await explain(command);
    if (!plan) continue;
    if (plan.stages.includes("COLLSCAN")) throw new Error(`the whole collection is read for ${JSON.stringify(filter)}`);
    if (!(plan.examined <= plan.returned + most))
      throw new Error(`${plan.examined} documents read for ${plan.returned}: ${JSON.stringify(filter)}`);
    found.push(plan);
  }
  return found;
}

const D5 = demandeId("d5");

describe("models/demandes.ts", () => {
  test.each<[string, () => Promise<unknown>]>([
    ["load", () => s.db.demandes.load(D5)],
    ["loadByRef", () => s.db.demandes.loadByRef(7)],
    ["loadByThread", () => s.db.demandes.loadByThread(place(5), "1.1")],
    ["hasThread", () => s.db.demandes.hasThread(place(5), "1.1")],
    ["openThreads", () => s.db.demandes.openThreads({ platform: "slack", workspace: "T9" })],
    ["markSeen", () => s.db.demandes.markSeen(place(5), "1.1", "2.2")],
    [
      "search by words",
      () => {
        const scopes = { opener: agentId("aidant-5"), groupes: [groupeId("g5")] };
        const wanted = s.db.demandes.withAllWords(s.db.demandes.hashesOf("Prénom5 Nom5"), scopes);
        return s.db.demandes.walk([wanted], { order: -1, beyond: null, limit: 11, highest: MANY });
      },
    ],
    [
      "append",
      async () => {
        const loaded = await s.db.demandes.load(demandeId("d6"));
        if (!loaded) throw new Error("no demande");
        const thread = newThread(threadId("d6-x"), "instructeurs", { groupeId: groupeId("x") });
        await s.db.demandes.append(loaded, loaded.state, [], [thread], AT, FAR);
      },
    ],
  ])("%s", async (_, run) => {
    await throughIndexes(run);
  });
});

describe("models/due.ts reads what is due, never what is open", () => {
  test.each(["remindAt", "archiveInvitationAt", "refreshAt", "wipeAt"] as const)("%s", async (field) => {
    await s.db.demandes.model.updateMany({}, { $set: { [field]: FAR } });
    await s.db.demandes.model.updateMany({ _id: { $in: ["d1", "d2"] } }, { $set: { [field]: AT } });
    await throughIndexes(async () => expect(await s.db.due.ids(field, AT, 500)).toHaveLength(2), 0);
    await throughIndexes(async () => expect(await s.db.due.next(field)).toEqual(AT), 0);
    await throughIndexes(() => s.db.due.postpone(D5, 1, field, FAR));
  });

  test("refreshCard", async () => {
    await throughIndexes(() => s.db.due.refreshCard(D5, AT, FAR));
  });
});

describe("models/deliveries.ts", () => {
  test.each<[string, () => Promise<unknown>]>([
    ["claim", () => s.db.deliveries.claim(D5, "me/1", AT, FAR)],
    ["reclaim", () => s.db.deliveries.reclaim(D5, "me/1", FAR)],
    ["save", () => s.db.deliveries.save(D5, "me/1", [{ index: 0, fields: { delivered: 1 }, posts: [] }], FAR)],
    ["release", () => s.db.deliveries.release(D5, "me/1", 1, [], 1, FAR)],
    ["abandon", () => s.db.deliveries.abandon(D5, "me/1", FAR)],
    ["freeInstance", () => s.db.deliveries.freeInstance("i7")],
    ["waiting", () => s.db.deliveries.waiting(AT, 200)],
    ["backlog", () => s.db.deliveries.backlog(AT)],
    ["request", () => s.db.deliveries.request(D5, AT)],
  ])("%s", async (_, run) => {
    await throughIndexes(run);
  });
});

describe("models/moves.ts and models/groupeDemandes.ts pass over what is archived", () => {
  /** What one groupe or opener has. */
  const own = MANY / 40 + MANY / 50;

  test.each<[string, () => Promise<unknown>]>([
    ["openIn", () => s.db.moves.openIn(place(5))],
    ["openDirects", () => s.db.moves.openDirects(agentId("aidant-3"), "slack")],
    ["openCount", () => s.db.groupeDemandes.openCount(groupeId("g1"))],
    ["heldBy", () => s.db.groupeDemandes.heldBy(agentId("a1"), groupeId("g1"))],
    ["waitingThreads", () => s.db.groupeDemandes.waitingThreads(groupeId("g1"))],
    ["« /groupe demandes »", () => groupeList(null)],
    ["« /groupe demandes archivées »", () => groupeList("archivees")],
  ])("%s", async (_, run) => {
    await throughIndexes(run, own);
  });

  async function groupeList(status: GroupeStatus | null) {
    const wanted = wantedOfGroupe(groupeId("g1"), status, null, FAR);
    await s.db.demandes.countUpTo(wanted, 1000);
    await s.db.demandes.walk(wanted, { order: -1, beyond: null, limit: 10, highest: MANY });
  }
});

describe("models/standing.ts", () => {
  test("counts by index, and reads none of the demandes that it counts out", async () => {
    await s.db.connection.collection("jobs").createIndex({ name: 1 }, { unique: true });
    await s.db.connection.collection("jobs").insertOne({ name: "delivery", nextRunAt: AT });
    await s.db.matrixState.claim("@bot:exemple.test", "me/1", AT, FAR);
    await s.db.demandes.model.updateMany({ _id: { $in: ["d1", "d2"] } }, { $set: { brokenOn: ["slack"], behindSince: null } });
    await throughIndexes(async () => {
      const standing = await standingOf(s.db, ["essai"], FAR, FAR);
      expect(standing).toMatchObject({ broken: { slack: 2, matrix: 0 }, matrixRead: false, deadLetters: { essai: 0 } });
      expect(standing.behind).toBe(MANY - 2);
      expect(Object.values(standing.open).reduce((sum, n) => sum + n, 0)).toBe(MANY);
      expect(standing.lateJobs.delivery).toBe((FAR.getTime() - AT.getTime()) / 1000);
    });
  });
});

describe("models/notices.ts", () => {
  test.each<[string, () => Promise<unknown>]>([
    ["drafts", () => s.db.notices.drafts()],
    ["finishDraft", () => s.db.notices.finishDraft("n0", null, AT)],
    ["due", () => s.db.notices.due("prompt", FAR, 100)],
    ["claim", () => s.db.notices.claim("n1", "me/1", AT, FAR)],
    ["savePosting", () => s.db.notices.savePosting("n1", "me/1", { place: place(1), at: AT })],
    ["retryLater", () => s.db.notices.retryLater("n1", "me/1", AT)],
    ["end", () => s.db.notices.end("n1", "me/1", "done", AT, null)],
    ["waitingCount", () => s.db.notices.waitingCount()],
  ])("%s", async (_, run) => {
    await throughIndexes(run, 5);
  });
});

describe("models/agent.ts and models/groupe.ts", () => {
  test.each<[string, () => Promise<unknown>]>([
    ["agent byId", () => s.db.agents.byId(agentId("a1"))],
    ["agents byIds", () => s.db.agents.byIds([agentId("a1"), agentId("a2")])],
    ["agent byIdentity", () => s.db.agents.byIdentity({ platform: "slack", workspace: "T1", user: "U3" })],
    ["agent byEmail", () => s.db.agents.byEmail(" A3@exemple.test ")],
    ["agents ofGroupe", () => s.db.agents.ofGroupe(groupeId("g3"))],
    ["groupesWithInstructeur", () => s.db.agents.groupesWithInstructeur([groupeId("g3"), groupeId("g4")])],
    ["link", () => s.db.agents.link(agentId("a1"), { platform: "slack", workspace: "T1", user: "U1" })],
    ["groupe byId", () => s.db.groupes.byId(groupeId("g1"))],
    ["groupes byIds", () => s.db.groupes.byIds([groupeId("g1")])],
    ["groupe byPlace", () => s.db.groupes.byPlace({ platform: "slack", workspace: "T1", channel: "C3" })],
    ["groupes ofTerritoire", () => s.db.groupes.ofTerritoire("3")],
  ])("%s", async (_, run) => {
    await throughIndexes(run);
  });
});

describe("models/demandeFigures.ts and models/digests.ts", () => {
  const period = { from: AT, before: FAR };
  const week = { from: AT, before: new Date(AT.getTime() + 60 * 60_000) };
  const all = async (stream: AsyncIterable<unknown>) => {
    let count = 0;
    for await (const _ of stream) count += 1;
    return count;
  };
  /** What one groupe or agent of them all has; of the others’ demandes none is read. */
  const own = (MANY / 40) * 2;

  test.each<[string, () => Promise<unknown>, number]>([
    ["figures of a groupe asked", () => all(s.db.bulk.figures({ groupe: groupeId("g1"), ...period })), 2],
    ["figures of a groupe that asks", () => all(s.db.bulk.figures({ groupe: groupeId("fs3"), ...period })), 2],
    ["histories of all, over an hour", () => all(s.db.bulk.histories({ groupe: null, ...week })), 2],
    ["digest of an instructeur", () => s.db.digests.ofAgent(agentId("a1"), [groupeId("g1"), groupeId("g2")], FAR), own],
    ["digest of an aidant", () => s.db.digests.ofAgent(agentId("aidant-3"), [], FAR), own],
    ["digest of a groupe asked", () => s.db.digests.asked(groupeId("g1"), week, FAR), own],
    ["digest of a groupe that asks", () => s.db.digests.opened(groupeId("fs3"), week, FAR), own],
    ["who reads digests", () => digestReaders(s.db.agents, [groupeId("g1")]), 2],
    ["isPlanned", () => s.db.digests.isPlanned("2026-03-02", "01"), 2],
    ["setPlanned", () => s.db.digests.setPlanned("2026-03-02", "01", AT), 2],
    ["due reports", () => s.db.notices.due("report", FAR, 100), 2],
    ["renew", () => s.db.notices.renew("n1", "me/1", FAR), 2],
  ])("%s", async (_, run, most) => {
    await throughIndexes(run, most);
  });
});

const BOARDS = Object.keys(boardTexts).filter(isBoard);

describe("the boards of src/demandes/boards.ts", () => {
  const roles = { aidant: true, instructeur: true, responsable: false };
  const agent = {
    id: agentId("aidant-3"),
    name: "Camille",
    email: "c@exemple.test",
    admin: false,
    disabled: false,
    shared: false,
    memberships: [
      { groupeId: groupeId("g1"), ...roles },
      { groupeId: groupeId("g2"), ...roles },
    ],
    identities: [],
    profile: NEW_PROFILE,
  };
  const context = () =>
    ({
      db: s.db,
      directory: new Directory(s.db),
      clock: { now: () => new Date("2026-03-30T10:00:00Z") },
    }) as unknown as UseCaseContext;
  // What a groupe still has is what a board may look at; of the other demandes it sees none.
  const own = (MANY / 40) * 2 + MANY / 50 + 1;

  const groupe = [null, groupeId("g1")];
  const from = [null, { ref: 120, back: false, rank: 10 }, { ref: 120, back: true, rank: 10 }];
  const views = BOARDS.flatMap((id) =>
    groupe.flatMap((g) => from.map((f) => ({ kind: "tab", board: id, groupe: g, from: f }) as const)),
  );

  test.each(views)("$board of $groupe from $from, for somebody on both sides", async (view) => {
    await throughIndexes(() => board(context(), agent, view), own);
  });

  test.each(BOARDS)("%s, for an aidant", async (id) => {
    const aidant = { ...agent, memberships: [{ groupeId: groupeId("fs3"), ...roles, instructeur: false }] };
    await throughIndexes(() => board(context(), aidant, { kind: "tab", board: id, groupe: null, from: null }), own);
  });

  test.each(["chercher 12", "chercher Nom5"])("/demandes %s", async (text) => {
    await throughIndexes(() => demandesCommand(context(), agent, text, "/"), own);
  });
});
