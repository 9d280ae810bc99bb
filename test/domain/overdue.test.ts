/**
 * The rules of section 5, by an independent model that goes hour by hour through the local days, compared with what the code
 * says at once. All happens on whole hours, so that no hour lies in two days.
 */
import fc from "fast-check";
import { numberEvents } from "../../src/demandes/act.ts";
import type { Actor, AgentCommand } from "../../src/domain/commands.ts";
import { authorOf, decide } from "../../src/domain/decide.ts";
import type { DemandeEvent, DemandeState, EventOf } from "../../src/domain/demande.ts";
import { evolve } from "../../src/domain/demande.ts";
import type { RegimeFeries } from "../../src/domain/holidays.ts";
import { joursFeries } from "../../src/domain/holidays.ts";
import type { GroupeId } from "../../src/domain/ids.ts";
import { agentId, commandId, groupeId } from "../../src/domain/ids.ts";
import { archiveInvitationAt, dueDates, isOverdue, overdueAt, remindersDue, wipeAt } from "../../src/domain/overdue.ts";
import { richText } from "../../src/domain/richtext.ts";
import { territoire } from "../../src/domain/territoires.ts";
import { DEMANDE, everyStory, HOME, OPENER, TERRITOIRES_TRIED, USAGER } from "./histories.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface LocalHour {
  readonly hour: number;
  readonly working: boolean;
}

const WALL = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", weekday: "short", hourCycle: "h23" } as const;
const formats = new Map<string, Intl.DateTimeFormat>();
const hours = new Map<string, Map<number, LocalHour>>();
const holidays = new Map<string, string>();

function holidaysOf(feries: RegimeFeries, year: string | undefined): string {
  const key = `${feries}/${year}`;
  const found = holidays.get(key) ?? JSON.stringify(joursFeries(feries, Number(year)));
  holidays.set(key, found);
  return found;
}

/** What the clock on the wall says there, and whether offices work that day: a week-day that is no jour férié. */
function localHour(at: number, code: string): LocalHour {
  const place = hours.get(code) ?? new Map<number, LocalHour>();
  hours.set(code, place);
  const known = place.get(at);
  if (known) return known;
  const { timeZone, feries } = territoire(code);
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat("en-GB", { ...WALL, timeZone });
  formats.set(timeZone, format);
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  const free = holidaysOf(feries, parts.year).includes(`${parts.year}-${parts.month}-${parts.day}`);
  const found = { hour: Number(parts.hour), working: !free && parts.weekday !== "Sat" && parts.weekday !== "Sun" };
  place.set(at, found);
  return found;
}

const isOpening = (at: number, code: string): boolean => {
  const { hour, working } = localHour(at, code);
  return working && hour >= 9 && hour < 18;
};

/** The first whole hour by which so many working hours have passed. */
function afterWorkingHours(from: number, count: number, code: string): number {
  let [at, left] = [from, count];
  while (left > 0) {
    if (localHour(at, code).working) left -= 1;
    at += HOUR;
  }
  return at;
}

/** « At the first opening hour » from there on. */
function firstOpening(from: number, code: string): number {
  let at = from;
  while (!isOpening(at, code)) at += HOUR;
  return at;
}

/** « An answer is what the aidant can see from an instructeur: a message, « Je m’en occupe », « … pas le bon interlocuteur » » */
const isAnswer = ({ type, audience, by }: DemandeEvent) =>
  by.role === "instructeur" && audience === "tous" && ["message", "taken", "declined", "processed"].includes(type);

/** When it falls en souffrance, from its events alone. */
function modelDue(events: readonly DemandeEvent[], states: readonly DemandeState[]): number | null {
  const state = states.at(-1);
  if (!state || (state.status !== "nouvelle" && state.status !== "en_cours")) return null;
  const opened = events[0]?.at.getTime() ?? 0;
  const answered = events.findLast(isAnswer)?.at.getTime();
  const rule = answered === undefined ? afterWorkingHours(opened, 72, state.territoire) : answered + 15 * DAY;
  const reopened = events.findLast(
    (e, n) => e.type === "reopened" || ((e.type === "message" || e.type === "fileShared") && states[n - 1]?.status === "traitee"),
  );
  return reopened ? Math.max(rule, afterWorkingHours(reopened.at.getTime(), 72, state.territoire)) : rule;
}

test("en souffrance after 72 working hours without an answer, 15 days after the last one, 72 working hours after a reopening", () => {
  let [overdue, answered, reopened] = [0, 0, 0];
  everyStory(
    ({ events, states }) => {
      for (let n = 1; n <= events.length; n += 3) {
        const state = states[n - 1];
        if (!state) throw new Error("no state");
        const due = modelDue(events.slice(0, n), states.slice(0, n));
        expect(overdueAt(state)?.getTime() ?? null).toBe(due);
        if (due === null) continue;
        // Strictly: at the very hour it is not yet.
        expect([isOverdue(state, new Date(due)), isOverdue(state, new Date(due + 1))]).toEqual([false, true]);
        overdue += 1;
        if (state.lastAnswerAt) answered += 1;
        if (state.reopenedAt) reopened += 1;
      }
    },
    { runs: 80, steps: 30 },
  );
  expect(Math.min(overdue, answered, reopened)).toBeGreaterThan(0);
});

test.each([
  // Opened in the night, on a Saturday, on a jour férié, on both sides of a change of hour, before a long week-end.
  ["01", "2026-03-04T02:00:00Z", "2026-03-09T02:00:00Z"],
  ["01", "2026-03-07T11:00:00Z", "2026-03-11T23:00:00Z"],
  ["01", "2026-05-01T10:00:00Z", "2026-05-06T22:00:00Z"],
  ["01", "2026-05-07T10:00:00Z", "2026-05-13T10:00:00Z"],
  ["01", "2026-03-27T11:00:00Z", "2026-04-01T10:00:00Z"],
  ["01", "2026-10-23T10:00:00Z", "2026-10-28T11:00:00Z"],
  ["67", "2026-04-01T10:00:00Z", "2026-04-08T10:00:00Z"],
  ["01", "2026-04-01T10:00:00Z", "2026-04-07T10:00:00Z"],
  ["974", "2027-12-17T08:00:00Z", "2027-12-23T08:00:00Z"],
  ["971", "2026-05-26T14:00:00Z", "2026-06-01T14:00:00Z"],
])("in %s, opened on %s and never answered, it is late from %s on", (code, openedAt, due) => {
  const state = opened(code, new Date(openedAt), [groupeId("caf")]);
  expect(afterWorkingHours(Date.parse(openedAt), 72, code)).toBe(Date.parse(due));
  expect(overdueAt(state)).toEqual(new Date(due));
});

function openedEvent(code: string, at: Date, groupes: readonly GroupeId[]): DemandeEvent {
  const opening = { ref: 1, sujet: "Droits", description: "", territoire: code, usager: USAGER, groupes, shared: false };
  const by = authorOf(null, asAidant, HOME);
  const [event] = numberEvents(commandId("c0"), [{ type: "opened", audience: "tous", ...opening }], by, at, undefined);
  if (!event) throw new Error("no event");
  return event;
}

const opened = (code: string, at: Date, groupes: readonly GroupeId[]): DemandeState =>
  evolve(DEMANDE, null, openedEvent(code, at, groupes));

const NAMES = ["caf", "cpam", "prefecture"] as const;
const actorFor = (groupe: GroupeId): Actor => ({
  kind: "agent",
  groupeId: groupe,
  side: "instructeurs",
  agent: {
    id: agentId(`i-${groupe}`),
    name: "Instructeur Exemple",
    email: "i@exemple.test",
    admin: false,
    disabled: false,
    shared: false,
    memberships: [{ groupeId: groupe, aidant: false, instructeur: true, responsable: false }],
  },
});
const asAidant: Actor = { kind: "agent", agent: OPENER, groupeId: null, side: "aidant" };

const ORIGIN = { platform: "slack", workspace: "T1", channel: "C1", message: "1.1" } as const;
type Act = "answer" | "private" | "take" | "decline" | "snooze" | "invite" | "process" | "reopen";
interface Plan {
  readonly code: string;
  readonly start: number;
  readonly acts: readonly { readonly at: number; readonly act: Act; readonly groupe: number; readonly snooze: number }[];
}

const plans: fc.Arbitrary<Plan> = fc.record({
  code: fc.constantFrom(...TERRITOIRES_TRIED),
  start: fc.integer({ min: Date.UTC(2025, 9, 1) / HOUR, max: Date.UTC(2026, 11, 1) / HOUR }).map((n) => n * HOUR),
  acts: fc.array(
    fc.record({
      at: fc.integer({ min: 1, max: 24 * 30 }),
      act: fc.constantFrom<Act>(
        "answer",
        "private",
        "take",
        "decline",
        "snooze",
        "snooze",
        "invite",
        "invite",
        "process",
        "reopen",
      ),
      groupe: fc.nat(2),
      snooze: fc.integer({ min: 1, max: 24 * 9 }),
    }),
    { maxLength: 7 },
  ),
});

function commandOf(act: Act, groupe: GroupeId, until: Date): AgentCommand {
  switch (act) {
    case "answer":
      return { type: "answer", text: richText("Bonjour"), standardProcedure: false, last: false };
    case "private":
      return { type: "write", text: richText("Entre nous"), origin: ORIGIN };
    case "take":
      return { type: "take", takeOver: true };
    case "snooze":
      return { type: "snooze", until };
    case "invite":
      return { type: "invite", groupes: [groupe], text: [], private: false };
    case "process":
      return { type: "process", text: [] };
    default:
      return { type: act };
  }
}

/** One demande in a world that goes on hour by hour, its reminders given by the sweep of each hour. */
class Life {
  readonly events: DemandeEvent[] = [];
  readonly states: DemandeState[];
  private commands = 0;

  constructor(code: string, start: number, groupes: readonly GroupeId[]) {
    const event = openedEvent(code, new Date(start), groupes);
    this.events.push(event);
    this.states = [evolve(DEMANDE, null, event)];
  }

  get state(): DemandeState {
    const state = this.states.at(-1);
    if (!state) throw new Error("no state");
    return state;
  }

  do(actor: Actor, command: Parameters<typeof decide>[1], at: number): readonly DemandeEvent[] {
    const now = new Date(at);
    const decision = decide(this.state, command, actor, now);
    if (decision.kind === "refused") return [];
    this.commands += 1;
    const by = authorOf(this.state, actor);
    const made = numberEvents(commandId(`c${this.commands}`), decision.events, by, now, this.events.at(-1));
    for (const event of made) {
      this.events.push(event);
      this.states.push(evolve(DEMANDE, this.state, event));
    }
    return made;
  }
}

/** The groupes that the prose of section 5 has reminded at this hour, and with which number. */
function modelReminders({ events, states }: Life, at: number, code: string): [GroupeId, number][] {
  const due = isOpening(at, code) ? modelDue(events, states) : null;
  if (due === null) return [];
  const state = states.at(-1);
  const out: [GroupeId, number][] = [];
  for (const groupe of state?.groupes.map((g) => g.groupeId) ?? []) {
    const asked = events.findLast((e) => asks(e, groupe, events, states));
    if (!asked) throw new Error("a groupe that nobody asked");
    const since = events.filter((e) => e.seq > asked.seq);
    const own = since.filter((e) => e.by.groupeId === groupe && e.by.role === "instructeur");
    const left = own.findLast((e) => e.type === "declined" || e.type === "taken");
    if (left?.type === "declined") continue;
    const reacted = own.some((e) => e.type !== "snoozed");
    const reopened = state?.reopenedAt ? afterWorkingHours(state.reopenedAt.getTime(), 72, code) : 0;
    const clock =
      asked.type === "invited" && !reacted ? Math.max(afterWorkingHours(asked.at.getTime(), 72, code), reopened) : due;
    if (at <= clock) continue;
    const told = since.filter(
      (e): e is EventOf<"reminded"> =>
        e.type === "reminded" && e.about === "souffrance" && e.groupes.some((g) => g.groupeId === groupe),
    );
    const given = told.filter((e) => e.at.getTime() > clock);
    const snooze = own.findLast((e): e is EventOf<"snoozed"> => e.type === "snoozed");
    const lapsed = snooze && (told.some((e) => e.seq > snooze.seq) || own.some((e) => e.seq > snooze.seq && isAnswer(e)));
    const last = given.at(-1);
    const from = snooze && !lapsed ? snooze.until.getTime() : last ? afterWorkingHours(last.at.getTime(), 48, code) : clock;
    if (at >= firstOpening(from, code)) out.push([groupe, given.length + 1]);
  }
  return out;
}

/** Whether this event asks that groupe: the opening, or an invitation of one that was not there or was out. */
function asks(event: DemandeEvent, groupe: GroupeId, events: readonly DemandeEvent[], states: readonly DemandeState[]): boolean {
  if (event.type !== "opened" && event.type !== "invited") return false;
  if (!event.groupes.includes(groupe)) return false;
  const before = states[events.indexOf(event) - 1]?.groupes.find((g) => g.groupeId === groupe);
  return !before || before.out;
}

test("reminders, hour by hour over seven weeks: at the first opening hour after the due date, then every 48 working hours", () => {
  let [given, third, snoozed, invited] = [0, 0, 0, 0];
  fc.assert(
    fc.property(plans, ({ code, start, acts }) => {
      const life = new Life(code, start, [groupeId("caf"), groupeId("cpam")]);
      for (let hour = 1; hour < 24 * 49; hour += 1) {
        const at = start + hour * HOUR;
        for (const { act, groupe, snooze } of acts.filter((a) => a.at === hour)) {
          const id = groupeId(NAMES[groupe] ?? "caf");
          const actor = act === "reopen" || act === "invite" ? asAidant : actorFor(id);
          life.do(actor, commandOf(act, id, new Date(at + snooze * HOUR)), at);
        }
        const expected = modelReminders(life, at, code);
        if (!isOpening(at, code)) {
          if (remindersDue(life.state, new Date(at)).length > 0) throw new Error(`reminded at ${new Date(at).toISOString()}`);
          continue;
        }
        expect(remindersDue(life.state, new Date(at)).map((r) => [r.groupeId, r.count])).toEqual(expected);
        const [event] = life.do({ kind: "system" }, { type: "remind", listed: new Map() }, at);
        given += event ? 1 : 0;
        third += expected.filter(([, count]) => count >= 3).length;
        if (expected.length > 0 && life.events.some((e) => e.type === "snoozed")) snoozed += 1;
        if (expected.some(([id]) => life.state.groupes.find((g) => g.groupeId === id)?.invited)) invited += 1;
        // What the sweep reads is never later than what is due, and no reminder is missed for it.
        const { remindAt } = dueDates(life.state);
        if (remindAt) expect(remindAt.getTime()).toBeGreaterThan(at);
      }
    }),
    { numRuns: 25 },
  );
  expect(Math.min(given, third, snoozed, invited)).toBeGreaterThan(0);
});

test("« Me le rappeler » clicked on an old reminder does not call late what has since been answered", () => {
  const life = new Life("01", Date.parse("2026-03-02T09:00:00Z"), [groupeId("caf")]);
  const caf = actorFor(groupeId("caf"));
  expect(life.do({ kind: "system" }, { type: "remind", listed: new Map() }, Date.parse("2026-03-05T10:00:00Z"))).toHaveLength(1);
  life.do(caf, commandOf("answer", groupeId("caf"), new Date()), Date.parse("2026-03-05T11:00:00Z"));
  life.do(caf, { type: "snooze", until: new Date("2026-03-06T11:00:00Z") }, Date.parse("2026-03-05T12:00:00Z"));
  expect(remindersDue(life.state, new Date("2026-03-06T11:00:00Z"))).toEqual([]);
  expect(remindersDue(life.state, new Date("2026-03-20T12:00:00Z"))).toMatchObject([{ count: 1 }]);
});

describe("invitation to archive", () => {
  const process: AgentCommand = { type: "process", text: [] };

  test("a week after « traitée », then weekly, four times in all, in opening hours; never two within a week, whatever was missed", () => {
    const stops = fc.record({
      code: fc.constantFrom(...TERRITOIRES_TRIED),
      hour: fc.nat(24 * 365),
      down: fc.nat(24 * 40),
      from: fc.nat(24 * 30),
    });
    fc.assert(
      fc.property(stops, ({ code, hour, down, from }) => {
        const start = Date.UTC(2026, 0, 1) + hour * HOUR;
        const life = new Life(code, start, [groupeId("caf")]);
        life.do(actorFor(groupeId("caf")), process, start);
        const invitations: number[] = [];
        for (let h = 1; h < 24 * 90; h += 1) {
          const at = start + h * HOUR;
          const wanted = invitations.length < 4 && at >= firstOpening((invitations.at(-1) ?? start) + 7 * DAY, code);
          const stopped = h >= from && h < from + down;
          if (stopped || !isOpening(at, code)) continue;
          const [event] = life.do({ kind: "system" }, { type: "inviteToArchive" }, at);
          expect(event !== undefined).toBe(wanted);
          if (event) invitations.push(at);
        }
        expect(invitations).toHaveLength(4);
        expect(archiveInvitationAt(life.state)).toBeNull();
      }),
      { numRuns: 30 },
    );
  });

  test("starts anew when the demande is processed again, stops when it is not", () => {
    const life = new Life("01", Date.parse("2026-03-02T09:00:00Z"), [groupeId("caf")]);
    const caf = actorFor(groupeId("caf"));
    life.do(caf, process, Date.parse("2026-03-02T10:00:00Z"));
    expect(archiveInvitationAt(life.state)).toEqual(new Date("2026-03-09T10:00:00Z"));
    expect(life.do({ kind: "system" }, { type: "inviteToArchive" }, Date.parse("2026-03-09T10:00:00Z"))).toMatchObject([
      { count: 1 },
    ]);
    life.do(asAidant, { type: "write", text: richText("Non"), origin: ORIGIN }, Date.parse("2026-03-10T10:00:00Z"));
    expect(archiveInvitationAt(life.state)).toBeNull();
    life.do(caf, process, Date.parse("2026-03-11T10:00:00Z"));
    expect(archiveInvitationAt(life.state)).toEqual(new Date("2026-03-18T10:00:00Z"));
    life.do(asAidant, { type: "archive", usefulness: "non" }, Date.parse("2026-03-12T10:00:00Z"));
    expect(archiveInvitationAt(life.state)).toBeNull();
  });
});

test.each([
  ["2026-01-15T10:30:00.000Z", "2026-07-15T10:30:00.000Z"],
  // The last day of the month where there is no such day.
  ["2026-08-31T10:00:00.000Z", "2027-02-28T10:00:00.000Z"],
  ["2027-08-30T10:00:00.000Z", "2028-02-29T10:00:00.000Z"],
  ["2026-12-31T23:59:59.999Z", "2027-06-30T23:59:59.999Z"],
])("archived on %s, the personal data are wiped on %s", (archived, wiped) => {
  const life = new Life("01", Date.parse("2026-01-02T09:00:00Z"), [groupeId("caf")]);
  life.do(asAidant, { type: "archive", usefulness: "oui" }, Date.parse(archived));
  expect(wipeAt(life.state)).toEqual(new Date(wiped));
  expect(life.do({ kind: "system" }, { type: "wipe" }, Date.parse(wiped) - 1)).toEqual([]);
  expect(life.do({ kind: "system" }, { type: "wipe" }, Date.parse(wiped))).toMatchObject([{ type: "wiped" }]);
  expect(wipeAt(life.state)).toBeNull();
});
