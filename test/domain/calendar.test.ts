import dayjs from "dayjs";
import timezone from "dayjs/plugin/timezone.js";
import utc from "dayjs/plugin/utc.js";
import fc from "fast-check";
import { addWorkingHours, isWorkingDay, localDate, nextOpening, workingHoursBetween } from "../../src/domain/calendar.ts";
import { joursFeries } from "../../src/domain/holidays.ts";
import { TERRITOIRES, territoire } from "../../src/domain/territoires.ts";
import { midnightsOf } from "../../src/domain/zone.ts";

dayjs.extend(utc);
dayjs.extend(timezone);

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** One territoire of each zone and list of holidays. */
const PLACES = ["69", "67", "971", "972", "973", "974", "975", "976", "977", "978", "984", "986", "987", "988"];

/** An instant from local time in a territoire, by dayjs. */
const local = (text: string, code: string) => dayjs.tz(text, territoire(code).timeZone).toDate();
const inLocal = (date: Date, code: string) => dayjs(date).tz(territoire(code).timeZone).format("YYYY-MM-DD HH:mm:ss.SSS");

describe("isWorkingDay", () => {
  test.each([
    // An ordinary week.
    ["69", "2026-01-05 00:00", true],
    ["69", "2026-01-09 23:59:59", true],
    ["69", "2026-01-10 12:00", false],
    ["69", "2026-01-11 12:00", false],
    // Alsace-Moselle: vendredi saint and 26 December.
    ["57", "2026-04-03 12:00", false],
    ["67", "2026-04-03 12:00", false],
    ["68", "2025-12-26 12:00", false],
    ["54", "2026-04-03 12:00", true],
    ["69", "2025-12-26 12:00", true],
    // The abolition of slavery, each at its own date and no other.
    ["971", "2026-05-27 12:00", false],
    ["972", "2026-05-22 12:00", false],
    ["973", "2026-06-10 12:00", false],
    ["974", "2027-12-20 12:00", false],
    ["976", "2026-04-27 12:00", false],
    ["977", "2026-10-09 12:00", false],
    ["978", "2026-05-28 12:00", false],
    ["978", "2026-05-27 12:00", true],
    ["971", "2026-05-28 12:00", true],
    ["971", "2026-04-03 12:00", true],
    ["972", "2026-04-03 12:00", true],
    ["69", "2026-05-27 12:00", true],
    // The Pacific.
    ["986", "2026-04-28 12:00", false],
    ["986", "2026-07-29 12:00", false],
    ["987", "2026-03-05 12:00", false],
    ["987", "2026-04-03 12:00", false],
    ["987", "2026-11-20 12:00", false],
    ["987", "2024-11-20 12:00", true],
    ["987", "2023-06-29 12:00", false],
    ["987", "2026-06-29 12:00", true],
    ["988", "2026-09-24 12:00", false],
    // Saint-Pierre-et-Miquelon and the Terres australes: the national list.
    ["975", "2026-05-14 12:00", false],
    ["975", "2026-04-03 12:00", true],
    ["984", "2026-07-14 12:00", false],
  ])("%s on %s: %s", (code, at, expected) => expect(isWorkingDay(local(at, code), code)).toBe(expected));

  test("is asked of the day that it is there, and not in Paris or in UTC", () => {
    // Sunday 21:30 in Paris, Monday 0:30 at La Réunion.
    const evening = new Date("2026-01-11T20:30:00Z");
    expect(isWorkingDay(evening, "69")).toBe(false);
    expect(isWorkingDay(evening, "974")).toBe(true);
    expect(localDate(evening, "974")).toBe("2026-01-12");
    // Saturday 8:00 in Paris, still Friday at Papeete (UTC−10); Wallis has had its Saturday for hours.
    const morning = new Date("2026-01-10T07:00:00Z");
    expect([isWorkingDay(morning, "69"), isWorkingDay(morning, "987"), isWorkingDay(morning, "986")]).toEqual([
      false,
      true,
      false,
    ]);
    expect(localDate(morning, "987")).toBe("2026-01-09");
    // The new year comes to each in turn.
    const newYear = new Date("2025-12-31T23:30:00Z");
    expect(["69", "974", "971"].map((code) => localDate(newYear, code))).toEqual(["2026-01-01", "2026-01-01", "2025-12-31"]);
    expect(["69", "974", "971"].map((code) => isWorkingDay(newYear, code))).toEqual([false, false, true]);
  });
});

describe("workingHoursBetween", () => {
  test.each([
    ["within a day", "69", "2026-01-05 10:00", "2026-01-05 16:30", 6.5],
    ["over a night", "69", "2026-01-05 10:00", "2026-01-06 09:00", 23],
    ["over a week-end", "69", "2026-01-09 18:00", "2026-01-12 09:00", 15],
    ["a whole week", "69", "2026-01-05 00:00", "2026-01-12 00:00", 120],
    ["within a week-end", "69", "2026-01-10 03:00", "2026-01-11 22:00", 0],
    ["over 1 and 8 May, Ascension and Whit Monday", "69", "2026-05-01 00:00", "2026-06-01 00:00", 17 * 24],
    ["over Easter, in Lyon", "69", "2026-04-02 12:00", "2026-04-07 12:00", 48],
    ["over Easter, in Strasbourg", "67", "2026-04-02 12:00", "2026-04-07 12:00", 24],
    ["over Christmas, in Lyon", "69", "2025-12-24 12:00", "2025-12-29 12:00", 48],
    ["over Christmas, in Metz", "57", "2025-12-24 12:00", "2025-12-29 12:00", 24],
    ["over the turn of a year", "69", "2025-12-31 12:00", "2026-01-02 12:00", 24],
    ["over the change to summer time", "69", "2026-03-27 12:00", "2026-03-30 12:00", 24],
    ["over the change to winter time", "69", "2026-10-23 12:00", "2026-10-26 12:00", 24],
    ["over the American change, at Miquelon", "975", "2026-03-06 12:00", "2026-03-09 12:00", 24],
    ["over the American change back, at Miquelon", "975", "2026-10-30 12:00", "2026-11-02 12:00", 24],
    ["over 10 June, in Guyane", "973", "2026-06-09 12:00", "2026-06-11 12:00", 24],
  ])("%s", (_, code, start, end, hours) => {
    expect(workingHoursBetween(local(start, code), local(end, code), code)).toBe(hours);
    expect(workingHoursBetween(local(end, code), local(start, code), code)).toBe(hours);
  });

  test("counts the last second before, and the first after, the midnights of a week-end of a change of hour", () => {
    // Paris: Friday 27 March ends at 23:00 UTC, Monday 30 March begins at 22:00 UTC on Sunday.
    expect(workingHoursBetween(new Date("2026-03-27T22:59:59Z"), new Date("2026-03-29T22:00:01Z"), "69")).toBe(2 / 3600);
    expect(workingHoursBetween(new Date("2026-03-27T23:00:00Z"), new Date("2026-03-29T22:00:00Z"), "69")).toBe(0);
    // October: Friday ends at 22:00 UTC, Monday begins at 23:00 UTC.
    expect(workingHoursBetween(new Date("2026-10-23T22:00:00Z"), new Date("2026-10-25T23:00:00Z"), "69")).toBe(0);
    expect(workingHoursBetween(new Date("2026-10-23T21:59:59Z"), new Date("2026-10-25T23:00:01Z"), "69")).toBe(2 / 3600);
    // Miquelon: UTC−3, then UTC−2 from 8 March 2026, three weeks before Paris.
    expect(workingHoursBetween(new Date("2026-03-07T03:00:00Z"), new Date("2026-03-09T02:00:00Z"), "975")).toBe(0);
    expect(workingHoursBetween(new Date("2026-03-07T02:59:59Z"), new Date("2026-03-09T02:00:01Z"), "975")).toBe(2 / 3600);
  });
});

describe("addWorkingHours", () => {
  test.each([
    ["on a Monday", "69", "2026-01-05 10:00", 72, "2026-01-08 10:00"],
    ["over a week-end", "69", "2026-01-07 10:00", 72, "2026-01-12 10:00"],
    ["at night", "69", "2026-01-05 03:15:30.250", 72, "2026-01-08 03:15:30.250"],
    ["on a Saturday, as if on Monday at midnight", "69", "2026-01-10 15:00", 72, "2026-01-15 00:00"],
    ["on a holiday", "69", "2026-05-14 11:00", 72, "2026-05-20 00:00"],
    ["before the holidays of May", "69", "2026-05-06 10:00", 72, "2026-05-12 10:00"],
    ["on 31 December", "69", "2025-12-31 10:00", 72, "2026-01-06 10:00"],
    ["before Easter, in Lyon", "69", "2026-04-01 10:00", 72, "2026-04-07 10:00"],
    ["before Easter, in Colmar", "68", "2026-04-01 10:00", 72, "2026-04-08 10:00"],
    ["before 20 December, at La Réunion", "974", "2027-12-17 10:00", 24, "2027-12-21 10:00"],
    ["over a change of hour", "69", "2026-03-26 10:00", 72, "2026-03-31 10:00"],
    ["at Papeete, before Matari’i", "987", "2026-11-18 10:00", 48, "2026-11-23 10:00"],
    ["to the midnight that closes a Friday, and not to Monday", "69", "2026-01-07 00:00", 72, "2026-01-10 00:00"],
    ["to the midnight that closes a year", "69", "2026-12-29 00:00", 72, "2027-01-01 00:00"],
    ["of none, on a Sunday", "69", "2026-01-11 10:00", 0, "2026-01-11 10:00"],
    ["of a fraction", "69", "2026-01-09 23:30", 0.75, "2026-01-12 00:15"],
  ])("%s", (_, code, start, hours, end) =>
    expect(inLocal(addWorkingHours(local(start, code), hours, code), code)).toBe(inLocal(local(end, code), code)),
  );

  test("gives each territoire its own due date for one and the same instant", () => {
    // Friday 22:30 in Paris: Saturday at La Réunion, Friday morning at Papeete.
    const opened = new Date("2026-01-09T21:30:00Z");
    expect(addWorkingHours(opened, 72, "69").toISOString()).toBe("2026-01-14T21:30:00.000Z");
    expect(addWorkingHours(opened, 72, "974").toISOString()).toBe("2026-01-14T20:00:00.000Z");
    expect(addWorkingHours(opened, 72, "987").toISOString()).toBe("2026-01-14T21:30:00.000Z");
  });
});

describe("nextOpening", () => {
  test.each([
    ["within the hours", "69", "2026-01-05 14:20:03.007", "2026-01-05 14:20:03.007"],
    ["at 9:00 sharp", "69", "2026-01-05 09:00", "2026-01-05 09:00"],
    ["a millisecond before 9:00", "69", "2026-01-05 08:59:59.999", "2026-01-05 09:00"],
    ["a millisecond before 18:00", "69", "2026-01-05 17:59:59.999", "2026-01-05 17:59:59.999"],
    ["at 18:00 sharp: closed", "69", "2026-01-05 18:00", "2026-01-06 09:00"],
    ["on a Friday evening", "69", "2026-01-09 18:00", "2026-01-12 09:00"],
    ["on a Saturday", "69", "2026-01-10 10:00", "2026-01-12 09:00"],
    ["on a holiday", "69", "2026-05-14 10:00", "2026-05-15 09:00"],
    ["on Maundy Thursday evening, in Mulhouse", "68", "2026-04-02 19:00", "2026-04-07 09:00"],
    ["over the new year", "69", "2026-12-31 18:00", "2027-01-04 09:00"],
    ["over a change to summer time", "69", "2026-03-28 10:00", "2026-03-30 09:00"],
    ["over a change to winter time", "69", "2026-10-24 10:00", "2026-10-26 09:00"],
    ["at Saint-Denis", "974", "2026-01-06 02:00", "2026-01-06 09:00"],
    ["at Papeete", "987", "2026-03-04 20:00", "2026-03-06 09:00"],
  ])("%s", (_, code, at, expected) =>
    expect(inLocal(nextOpening(local(at, code), code), code)).toBe(inLocal(local(expected, code), code)),
  );

  test("is yesterday's evening in Paris when La Réunion opens", () =>
    expect(nextOpening(new Date("2026-01-11T23:00:00Z"), "974").toISOString()).toBe("2026-01-12T05:00:00.000Z"));
});

describe("what is refused", () => {
  const good = new Date("2026-01-05T10:00:00Z");
  const bad = new Date(Number.NaN);
  test("invalid dates", () => {
    for (const call of [
      () => isWorkingDay(bad, "01"),
      () => workingHoursBetween(bad, good, "01"),
      () => workingHoursBetween(good, bad, "01"),
      () => addWorkingHours(bad, 1, "01"),
      () => nextOpening(bad, "01"),
      () => localDate(bad, "01"),
    ])
      expect(call).toThrow(/invalid date/);
  });
  test("unknown territoires", () => {
    for (const code of ["", "00", "20", "99", "Ain", "__proto__"]) {
      expect(() => isWorkingDay(good, code)).toThrow(RangeError);
      expect(() => workingHoursBetween(good, good, code)).toThrow(/unknown territoire/);
      expect(() => addWorkingHours(good, 1, code)).toThrow(RangeError);
      expect(() => nextOpening(good, code)).toThrow(RangeError);
    }
  });
  test("hours that are no number of hours", () => {
    for (const hours of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, -0.001])
      expect(() => addWorkingHours(good, hours, "01")).toThrow(RangeError);
  });
  test("years out of the calendar, and sums that end there", () => {
    expect(() => isWorkingDay(new Date("1900-01-01"), "01")).toThrow(RangeError);
    expect(() => isWorkingDay(new Date("2300-01-01"), "01")).toThrow(/1960 to 2199/);
    expect(() => addWorkingHours(good, 1e9, "01")).toThrow(RangeError);
    expect(() => addWorkingHours(good, Number.MAX_VALUE, "01")).toThrow(RangeError);
  });
  test("codes as people write them are understood", () => expect(isWorkingDay(good, "1")).toBe(true));
});

describe("properties", () => {
  const place = fc.constantFrom(...PLACES);
  const instant = fc.date({ min: new Date("2015-01-01"), max: new Date("2045-01-01"), noInvalidDate: true });
  /** Whole milliseconds, as hours. */
  const hours = fc.integer({ min: 0, max: 3000 * HOUR }).map((ms) => ms / HOUR);
  const ms = (value: number) => Math.round(value * HOUR);

  test("symmetric, zero on itself, never more than the time that passes", () =>
    fc.assert(
      fc.property(place, instant, instant, (code, a, b) => {
        const between = workingHoursBetween(a, b, code);
        expect(between).toBe(workingHoursBetween(b, a, code));
        expect(between).toBeGreaterThanOrEqual(0);
        expect(ms(between)).toBeLessThanOrEqual(Math.abs(a.getTime() - b.getTime()));
        expect(workingHoursBetween(a, a, code)).toBe(0);
      }),
    ));

  test("additive", () =>
    fc.assert(
      fc.property(place, fc.array(instant, { minLength: 3, maxLength: 3 }), (code, dates) => {
        const [a, b, c] = dates
          .map(Number)
          .sort((x, y) => x - y)
          .map((x) => new Date(x)) as [Date, Date, Date];
        const whole = ms(workingHoursBetween(a, c, code));
        expect(ms(workingHoursBetween(a, b, code)) + ms(workingHoursBetween(b, c, code))).toBe(whole);
      }),
    ));

  test("adding is the inverse of counting, to the millisecond, and gives the earliest such instant", () =>
    fc.assert(
      fc.property(place, instant, hours, (code, start, count) => {
        const end = addWorkingHours(start, count, code);
        expect(ms(workingHoursBetween(start, end, code))).toBe(ms(count));
        if (ms(count) === 0) return expect(end).toEqual(start);
        const justBefore = new Date(end.getTime() - 1);
        expect(ms(workingHoursBetween(start, justBefore, code))).toBe(ms(count) - 1);
        expect(isWorkingDay(justBefore, code)).toBe(true);
      }),
    ));

  test("monotonic in the start and in the hours, and adding in two steps is adding at once", () =>
    fc.assert(
      fc.property(place, instant, fc.nat(40 * DAY), hours, hours, (code, start, later, x, y) => {
        const at = (from: Date, count: number) => addWorkingHours(from, count, code).getTime();
        expect(at(new Date(start.getTime() + later), x)).toBeGreaterThanOrEqual(at(start, x));
        expect(at(start, x + y)).toBeGreaterThanOrEqual(at(start, x));
        if (ms(y) > 0) expect(at(addWorkingHours(start, x, code), y)).toBe(at(start, (ms(x) + ms(y)) / HOUR));
      }),
    ));

  test("an opening is never earlier, is its own opening, and falls within the hours", () =>
    fc.assert(
      fc.property(place, instant, (code, at) => {
        const opening = nextOpening(at, code);
        expect(opening.getTime()).toBeGreaterThanOrEqual(at.getTime());
        expect(nextOpening(opening, code)).toEqual(opening);
        expect(isWorkingDay(opening, code)).toBe(true);
        const time = inLocal(opening, code).slice(11);
        expect(time >= "09:00:00.000" && time < "18:00:00.000").toBe(true);
        if (opening > at) expect(time).toBe("09:00:00.000");
      }),
    ));
});

describe("against a model that walks the quarters of an hour", () => {
  const QUARTER = HOUR / 4;
  const formats = new Map<string, Intl.DateTimeFormat>();
  /** Whether an instant is working time, straight from Intl and the list of holidays. */
  function works(at: number, code: string): boolean {
    const { timeZone, feries } = territoire(code);
    const format = formats.get(timeZone) ?? new Intl.DateTimeFormat("sv-SE", { timeZone, dateStyle: "short" });
    formats.set(timeZone, format);
    const date = format.format(at);
    const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
    return weekday > 0 && weekday < 6 && !joursFeries(feries, Number(date.slice(0, 4))).some((day) => day.date === date);
  }

  test("random spans, in every territoire", () => {
    const quarter = fc.integer({ min: Date.UTC(2018) / QUARTER, max: Date.UTC(2036) / QUARTER });
    fc.assert(
      fc.property(fc.constantFrom(...PLACES), quarter, fc.nat(21 * 96), (code, from, count) => {
        let worked = 0;
        for (let q = from; q < from + count; q++) if (works(q * QUARTER, code)) worked += 0.25;
        const [start, end] = [new Date(from * QUARTER), new Date((from + count) * QUARTER)];
        expect(workingHoursBetween(start, end, code)).toBe(worked);
        expect(isWorkingDay(start, code)).toBe(works(from * QUARTER, code));
      }),
      { numRuns: 150 },
    );
  });

  test("the weeks around every change of hour of Paris and of Miquelon, 2020 to 2035", () => {
    for (const code of ["69", "975"]) {
      const { timeZone } = territoire(code);
      for (let day = Date.UTC(2020, 0, 2); day < Date.UTC(2036); day += DAY) {
        const change =
          dayjs(day).tz(timeZone).utcOffset() !==
          dayjs(day + DAY)
            .tz(timeZone)
            .utcOffset();
        if (!change) continue;
        const [from, to] = [day - 3 * DAY, day + 4 * DAY];
        let worked = 0;
        for (let at = from; at < to; at += QUARTER) if (works(at, code)) worked += 0.25;
        expect(workingHoursBetween(new Date(from), new Date(to), code)).toBe(worked);
        day += 100 * DAY;
      }
    }
  });
});

describe("the tables of midnights", () => {
  test("are those of dayjs, day by day, in every zone", () => {
    for (const timeZone of new Set(TERRITOIRES.map((each) => each.timeZone)))
      for (const year of [2024, 2026]) {
        const midnights = midnightsOf(timeZone, year);
        expect(midnights).toHaveLength(year === 2024 ? 367 : 366);
        const expected = Array.from(midnights, (_, day) => dayjs.tz(iso(Date.UTC(year, 0, 1 + day)), timeZone).valueOf());
        expect([timeZone, Array.from(midnights)]).toEqual([timeZone, expected]);
      }
  });

  test("make every working day of 24 hours, so that 9:00 is nine hours after midnight", () => {
    for (const timeZone of new Set(TERRITOIRES.map((each) => each.timeZone)))
      for (let year = 1980; year <= 2199; year++) {
        const midnights = midnightsOf(timeZone, year);
        const firstWeekday = new Date(Date.UTC(year, 0, 1)).getUTCDay();
        for (let day = 0; day + 1 < midnights.length; day++) {
          const length = Number(midnights[day + 1]) - Number(midnights[day]);
          // Miquelon changed zones on 1 May 1980, a holiday.
          const may1 = iso(Date.UTC(year, 0, 1 + day)) === "1980-05-01";
          if (length !== DAY && !may1) expect([timeZone, year, day, (firstWeekday + day) % 7]).toEqual([timeZone, year, day, 0]);
        }
      }
  });

  const iso = (at: number) => new Date(at).toISOString().slice(0, 10);
});

describe("speed, by far", () => {
  const elapsed = (run: () => void) => {
    const before = performance.now();
    run();
    return performance.now() - before;
  };

  test("a span of 20 years, once its years are known", () => {
    const [start, end] = [new Date("2010-01-05T10:00:00Z"), new Date("2030-05-05T10:00:00Z")];
    workingHoursBetween(start, end, "01");
    const hundred = elapsed(() => {
      for (let n = 0; n < 100; n++) workingHoursBetween(start, end, "01");
    });
    expect(hundred / 100).toBeLessThan(5);
  });

  test("100 000 due dates", () => {
    const start = Date.UTC(2024);
    const all = elapsed(() => {
      for (let n = 0; n < 100_000; n++) addWorkingHours(new Date(start + n * 600_000), 72, "01");
    });
    expect(all).toBeLessThan(10_000);
  });
});
