/** The sweeps, on a real database, at moments that the test chooses. */
import type { UseCaseContext } from "../../src/demandes/context.ts";
import { sweepArchiveInvitations } from "../../src/demandes/inviteToArchive.ts";
import { sweepCards } from "../../src/demandes/refreshCards.ts";
import { sweepReminders } from "../../src/demandes/remind.ts";
import { nextOpening } from "../../src/domain/calendar.ts";
import type { EventOf, GroupeReminder } from "../../src/domain/demande.ts";
import type { DemandeId } from "../../src/domain/ids.ts";
import { agentId, formatRef, groupeId } from "../../src/domain/ids.ts";
import { territoire } from "../../src/domain/territoires.ts";
import { personOf, START, World } from "../demandes/world.ts";
import { claimOldest } from "../support/notices.ts";

let w: World;
beforeEach(async () => {
  w = await World.open();
});
afterEach(() => w.close());

const HOUR = 3_600_000;
const at = (iso: string) => {
  w.now = new Date(iso);
};

async function reminders(id: DemandeId): Promise<EventOf<"reminded">[]> {
  const { events } = await w.load(id);
  return events.filter((e): e is EventOf<"reminded"> => e.type === "reminded");
}
const about = (event: EventOf<"reminded"> | undefined): readonly GroupeReminder[] =>
  event?.about === "souffrance" ? event.groupes : [];

/** The lists that are to be posted, with the numbers of the demandes in each. */
async function lists(): Promise<{ groupe: string; refs: string[]; title: string }[]> {
  const found: { groupe: string; refs: string[]; title: string }[] = [];
  for (;;) {
    const notice = await claimOldest(w.db, "test/1", new Date(Date.now() + 1000), new Date(Date.now() + 3_600_000));
    if (!notice) return found;
    if (notice.content.kind === "list" && notice.to.kind === "groupe")
      found.push({
        groupe: notice.to.groupeId,
        refs: notice.content.list.lines.map((l) => l.ref).toSorted(),
        title: notice.content.list.title,
      });
  }
}

async function someDemandes(count: number, groupes = ["caf"]): Promise<{ id: DemandeId; ref: string }[]> {
  const made = [];
  for (let n = 0; n < count; n += 1) {
    const { id, state } = await w.demande({ groupes, sujet: `Sujet ${n}` });
    made.push({ id, ref: formatRef(state.ref) });
  }
  return made;
}

/** A groupe of another territoire, with somebody to answer. */
async function elsewhere(code: string): Promise<string> {
  const id = groupeId(`caf-${code}`);
  await w.db.groupes.save({
    id,
    name: `CAF ${code}`,
    description: "",
    organisme: "CAF",
    territoires: [code],
    franceServices: false,
    place: null,
  });
  const memberships = [{ groupeId: id, aidant: false, instructeur: true, responsable: false }];
  const agent = {
    id: agentId(`i-${code}`),
    name: "I",
    email: `i-${code}@exemple.test`,
    admin: false,
    disabled: false,
    shared: false,
  };
  await w.db.agents.save({ ...agent, memberships }, [personOf(`i-${code}`)]);
  return id;
}

describe("reminders", () => {
  test("hour by hour over twelve days, in each territoire's own opening hours: the first when it falls due, then every 48 working hours", async () => {
    const places = ["01", "67", "974", "987"];
    const made: { code: string; id: DemandeId }[] = [];
    at("2026-03-30T10:00:00Z");
    for (const code of places) {
      const groupe = code === "01" ? "caf" : await elsewhere(code);
      made.push({ code, id: (await w.demande({ territoire: code, groupes: [groupe] })).id });
    }
    for (let hour = 0; hour < 24 * 12; hour += 1) {
      w.later(1);
      await sweepReminders(w.context);
    }
    const local = (date: Date, code: string) =>
      new Intl.DateTimeFormat("fr-FR", {
        timeZone: territoire(code).timeZone,
        weekday: "short",
        day: "numeric",
        month: "numeric",
        hour: "2-digit",
      }).format(date);
    const seen = new Map<string, string[]>();
    for (const { code, id } of made) {
      const given = await reminders(id);
      seen.set(
        code,
        given.map((e) => local(e.at, code)),
      );
      expect(given.map((e) => about(e)[0]?.count)).toEqual(given.map((_, n) => n + 1));
      for (const { at: moment } of given) expect(nextOpening(moment, code)).toEqual(moment);
    }
    // Opened on Monday 30 March at noon in Paris. Good Friday is worked in the Ain and not in Alsace nor in Polynésie; Easter Monday nowhere.
    expect(Object.fromEntries([...seen].map(([code, list]) => [code, list.slice(0, 3)]))).toEqual({
      "01": ["jeu. 02/04 13 h", "mar. 07/04 13 h", "jeu. 09/04 13 h"],
      "67": ["jeu. 02/04 13 h", "mer. 08/04 13 h", "ven. 10/04 13 h"],
      "974": ["jeu. 02/04 15 h", "mar. 07/04 15 h", "jeu. 09/04 15 h"],
      "987": ["jeu. 02/04 09 h", "mer. 08/04 09 h", "ven. 10/04 09 h"],
    });
  });

  test("a sweep at night, on a Sunday or on a holiday does nothing, and looks again at the opening", async () => {
    const [one] = await someDemandes(1);
    if (!one) throw new Error("no demande");
    for (const iso of ["2026-03-07T11:00:00Z", "2026-03-08T11:00:00Z", "2026-03-09T07:59:59.999Z"]) {
      at(iso);
      await sweepReminders(w.context);
      expect(await reminders(one.id)).toEqual([]);
      expect(await w.db.due.next("remindAt")).toEqual(new Date("2026-03-09T08:00:00Z"));
      expect(await sweepReminders(w.context)).toBe(0);
    }
    at("2026-03-09T08:00:00Z");
    expect(await sweepReminders(w.context)).toBe(1);
    expect(about((await reminders(one.id))[0])).toMatchObject([{ groupeId: "caf", count: 1 }]);
    expect(w.kicked.at(-1)).toBe(one.id);
  });

  test("what is not due is not looked at, an answer puts it off, and what is out is left alone", async () => {
    const [late, taken, declined] = await someDemandes(3);
    if (!late || !taken || !declined) throw new Error("three");
    await w.click("ada", "prendre", taken.id, { thread: "caf" });
    await w.submit("ada", "decliner", {}, { demande: declined.id, side: "instructeurs", groupe: "caf" });
    at("2026-03-06T10:00:00Z");
    expect(await sweepReminders(w.context)).toBe(1);
    expect(await sweepReminders(w.context)).toBe(0);
    expect((await reminders(taken.id)).length + (await reminders(declined.id)).length).toBe(0);
    expect(await reminders(late.id)).toHaveLength(1);
  });

  test("three for one groupe are told in their threads, four in one list of its channel", async () => {
    const three = await someDemandes(3, ["cpam"]);
    const four = await someDemandes(4, ["caf"]);
    at("2026-03-06T10:00:00Z");
    await sweepReminders(w.context);
    for (const { id } of three) expect(about((await reminders(id))[0]).map((g) => g.listed)).toEqual([undefined]);
    for (const { id } of four)
      expect(about((await reminders(id))[0]).map((g) => g.listed)).toEqual([expect.stringMatching(/^rappels\.caf\./)]);
    expect(await lists()).toEqual([
      { groupe: "caf", refs: four.map((d) => d.ref).toSorted(), title: "⏰ Demandes en souffrance pour CAF de l’Ain (4)" },
    ]);
  });

  test("of a demande of two groupes, one may be told in a list and the other in its thread", async () => {
    const four = await someDemandes(3, ["caf"]);
    const [both] = await someDemandes(1, ["caf", "cpam"]);
    at("2026-03-06T10:00:00Z");
    await sweepReminders(w.context);
    const groupes = about((await reminders(both?.id ?? ("" as DemandeId)))[0]);
    expect(groupes.map((g) => [g.groupeId, g.listed !== undefined])).toEqual([
      ["caf", true],
      ["cpam", false],
    ]);
    expect((await lists()).map((l) => l.refs.length)).toEqual([four.length + 1]);
  });

  test("one demande that does not open keeps the others from nothing", async () => {
    const made = await someDemandes(5);
    const [poisoned, ...others] = made;
    await w.db.connection
      .collection("demandes")
      .updateOne({ _id: poisoned?.id as never }, { $set: { "events.0.secret": Buffer.from("x") } });
    at("2026-03-06T10:00:00Z");
    await sweepReminders(w.context);
    for (const { id } of others) expect(await reminders(id)).toHaveLength(1);
    expect((await lists()).map((l) => l.refs)).toEqual([others.map((d) => d.ref).toSorted()]);
    expect(w.logged.filter((l) => l.level === "error").map((l) => l.fields.demande)).toEqual([poisoned?.id]);
  });
});

/** Each demande has been told exactly once for this groupe: in its thread, or in exactly one list. */
async function toldOnce(made: readonly { id: DemandeId; ref: string }[], groupe = "caf"): Promise<void> {
  const listed = (await lists()).filter((l) => l.groupe === groupe).flatMap((l) => l.refs);
  for (const { id, ref } of made) {
    const given = (await reminders(id)).flatMap(about).filter((g) => g.groupeId === groupe);
    expect(given).toHaveLength(1);
    const inList = listed.filter((one) => one === ref).length;
    expect({ ref, inList }).toEqual({ ref, inList: given[0]?.listed === undefined ? 0 : 1 });
  }
}

describe("two sweeps at the same moment remind once", () => {
  test.each([2, 5, 9])("%d demandes", async (count) => {
    const made = await someDemandes(count);
    at("2026-03-06T10:00:00Z");
    await Promise.all([1, 2, 3].map(() => sweepReminders(w.context)));
    await sweepReminders(w.context);
    await toldOnce(made);
  });

  test("one that begins when the other is half through does not tell again what that one tells", async () => {
    const made = await someDemandes(9);
    at("2026-03-06T10:00:00Z");
    // The second starts after the first has marked some: it sees fewer, but still enough for a list of its own.
    let marked = 0;
    let second: Promise<number> | undefined;
    const slow = interrupted(w.context, async (method) => {
      if (method !== "append") return;
      marked += 1;
      if (marked === 3) second = sweepReminders(w.context);
      if (marked > 3) await second;
    });
    await sweepReminders(slow);
    await second;
    await sweepReminders(w.context);
    await toldOnce(made);
  });
});

/** The same use cases, told before each write of the database: a test may wait there, or die. */
function interrupted(context: UseCaseContext, before: (method: string) => Promise<void>): UseCaseContext {
  const writes = new Set(["append", "addDraft", "finishDraft", "postpone"]);
  const watch = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(object, key) {
        const value = Reflect.get(object, key);
        if (typeof value !== "function") return value;
        return async (...given: unknown[]) => {
          if (typeof key === "string" && writes.has(key)) await before(key);
          return value.apply(object, given);
        };
      },
    });
  const { demandes, notices, due, agents, groupes } = context.db;
  const db = { demandes: watch(demandes), notices: watch(notices), due: watch(due), agents, groupes };
  return { ...context, db: db as unknown as UseCaseContext["db"] };
}

class Died extends Error {}

test("whatever the write before which the process dies, the next sweep finishes what it began: nothing lost, nothing twice", async () => {
  for (let crash = 1; ; crash += 1) {
    const made = await someDemandes(5);
    w.now = new Date(w.now.getTime() + 24 * 5 * HOUR);
    while (nextOpening(w.now, "01") > w.now) w.later(1);
    let writes = 0;
    let dead = false;
    const dying = interrupted(w.context, async () => {
      writes += 1;
      // Dead is dead: nothing that comes after is written either.
      if (writes >= crash) dead = true;
      if (dead) throw new Died();
    });
    const outcome = await sweepReminders(dying).then(
      () => "done",
      () => "died",
    );
    if (!dead) {
      expect(outcome).toBe("done");
      expect(crash).toBeGreaterThan(6);
      await toldOnce(made);
      return;
    }
    await sweepReminders(w.context);
    await toldOnce(made);
    for (const { id } of made)
      await w.submit("camille", "archiver", { utile: "oui" }, { demande: id, side: "aidant", groupe: "" });
  }
});

describe("cards", () => {
  test("are shown anew once the demande has fallen en souffrance, not at the moment itself, and once", async () => {
    const [one] = await someDemandes(1);
    w.kicked.length = 0;
    at("2026-03-05T09:00:00.000Z");
    expect(await sweepCards(w.context)).toBe(0);
    at("2026-03-05T09:00:00.001Z");
    expect(await sweepCards(w.context)).toBe(1);
    expect(w.kicked).toEqual([one?.id]);
    expect(await sweepCards(w.context)).toBe(0);
    expect(await w.db.deliveries.waiting(new Date(Date.now() + 1000), 10)).toEqual([expect.objectContaining({ id: one?.id })]);
  });

  test("an answer at that very moment keeps its own later date", async () => {
    const [one] = await someDemandes(1);
    if (!one) throw new Error("no demande");
    at("2026-03-06T09:00:00Z");
    const due = { ids: w.db.due.ids.bind(w.db.due), refreshCard: w.db.due.refreshCard.bind(w.db.due) };
    // Between the reading of what is due and its write, somebody answers.
    const raced = {
      ...due,
      ids: async (...given: Parameters<typeof due.ids>) => {
        const found = await due.ids(...given);
        if (found.length > 0) await w.click("ada", "prendre", one.id, { thread: "caf" });
        return found;
      },
    };
    await sweepCards({ ...w.context, db: { ...w.db, due: raced } as unknown as UseCaseContext["db"] });
    expect(await w.db.due.next("refreshAt")).toEqual(new Date("2026-03-21T09:00:00Z"));
  });
});

describe("invitations to archive", () => {
  const processed = async () => {
    const [one] = await someDemandes(1);
    if (!one) throw new Error("no demande");
    await w.submit("ada", "traiter", {}, { demande: one.id, side: "instructeurs", groupe: "caf" });
    return one.id;
  };

  test("a week after « traitée », then weekly, four in all, in opening hours, once however many sweep", async () => {
    at("2026-03-28T15:00:00Z");
    const id = await processed();
    for (let hour = 0; hour < 24 * 40; hour += 2) {
      w.later(2);
      await Promise.all([sweepArchiveInvitations(w.context), sweepArchiveInvitations(w.context)]);
    }
    const given = await reminders(id);
    // Processed on a Saturday; Easter Monday follows the first week.
    expect(given.map((e) => e.at.toISOString())).toEqual([
      "2026-04-07T07:00:00.000Z",
      "2026-04-14T07:00:00.000Z",
      "2026-04-21T07:00:00.000Z",
      "2026-04-28T07:00:00.000Z",
    ]);
    expect(given.map((e) => (e.about === "archivage" ? e.count : 0))).toEqual([1, 2, 3, 4]);
  });

  test("after a stop of a month there is one, not four in a row; a demande that does not open keeps no other from its own", async () => {
    const [id, other] = [await processed(), await processed()];
    await w.db.connection
      .collection("demandes")
      .updateOne({ _id: id as never }, { $set: { "events.0.secret": Buffer.from("x") } });
    at("2026-04-08T10:00:00Z");
    for (let n = 0; n < 5; n += 1) {
      await sweepArchiveInvitations(w.context);
      w.later(1);
    }
    expect(await reminders(other)).toHaveLength(1);
    expect(w.logged.map((l) => l.fields.demande)).toContain(id);
  });

  test("none once it is archived, reopened or spoken about", async () => {
    const ids = [await processed(), await processed(), await processed()];
    const [a, b, c] = ids;
    if (!a || !b || !c) throw new Error("three");
    await w.submit("camille", "archiver", { utile: "oui" }, { demande: a, side: "aidant", groupe: "" });
    await w.click("camille", "rouvrir", b, { thread: "aidant" });
    await w.say("camille", c, "aidant", "Toujours bloqué");
    w.now = new Date(START.getTime() + 10 * 24 * HOUR);
    expect(await sweepArchiveInvitations(w.context)).toBe(0);
  });
});
