import fc from "fast-check";
import { type Door, Doors } from "../../src/delivery/doors.ts";
import { type DemandeId, demandeId } from "../../src/domain/ids.ts";

const door = (place: string, host = "slack/T1", atOnce = 64): Door => ({ place, host, atOnce });
const id = (n: number): DemandeId => demandeId(`d-${n}`);

test("two are inside a place, the others are called in their order as these leave", () => {
  const called: DemandeId[] = [];
  const doors = new Doors<DemandeId>((one) => called.push(one));
  const caf = door("caf");
  expect([1, 2, 3, 4].map((n) => doors.enter(caf, id(n), false))).toEqual([true, true, false, false]);
  doors.leave(caf.place, id(1));
  expect(called).toEqual([id(3)]);
  // Called, it is inside until it leaves.
  expect(doors.enter(caf, id(3), false)).toBe(true);
  expect(doors.enter(caf, id(5), false)).toBe(false);
  doors.leaveAll(id(3));
  doors.leaveAll(id(2));
  expect(called).toEqual([id(3), id(4), id(5)]);
});

test("a full place keeps nobody out of another", () => {
  const doors = new Doors<DemandeId>(() => undefined);
  for (let n = 0; n < 200; n += 1) doors.enter(door("caf"), id(n), false);
  expect(doors.enter(door("cpam"), id(200), false)).toBe(true);
  // The same demande has something to show in both.
  expect(doors.enter(door("cpam"), id(150), false)).toBe(true);
});

test("the places of a host that is full are served in turn, whoever has the longest line", () => {
  const called: DemandeId[] = [];
  const doors = new Doors<DemandeId>((one) => called.push(one));
  const [caf, cpam, msa] = ["caf", "cpam", "msa"].map((place) => door(place, "matrix/exemple.test", 1)) as [Door, Door, Door];
  for (let n = 1; n <= 100; n += 1) doors.enter(caf, id(n), false);
  doors.enter(cpam, id(201), false);
  doors.enter(cpam, id(202), false);
  doors.enter(msa, id(301), false);
  for (let n = 0; n < 6; n += 1) doors.leaveAll(called.at(-1) ?? id(1));
  expect(called).toEqual([2, 201, 301, 3, 202, 4].map(id));
});

test("what somebody just did takes turns with what waits since before, and does not wait behind all of it", () => {
  const called: string[] = [];
  const doors = new Doors<DemandeId>((one, isAsked) => called.push(`${one} ${isAsked ? "asked" : "older"}`));
  const caf = door("caf");
  for (let n = 1; n <= 9; n += 1) doors.enter(caf, id(n), false);
  for (const n of [101, 102, 7]) doors.enter(caf, id(n), true);
  // Already asked for, it is not put back by a sweep.
  doors.enter(caf, id(102), false);
  for (let n = 0; n < 7; n += 1) doors.leaveAll(id(n < 2 ? n + 1 : Number(called[n - 2]?.match(/\d+/)?.[0])));
  expect(called).toEqual(["d-101 asked", "d-3 older", "d-102 asked", "d-4 older", "d-7 asked", "d-5 older", "d-6 older"]);
});

test("a line takes so many and no more, and says so", () => {
  const doors = new Doors<DemandeId>(() => undefined);
  const caf = door("caf");
  let n = 0;
  for (; !doors.isCrowded(caf.place); n += 1) doors.enter(caf, id(n), false);
  expect(n).toBeGreaterThan(64);
  expect(n).toBeLessThan(1000);
  expect([doors.stands("caf", id(n - 1)), doors.stands("caf", id(n)), doors.stands("caf", id(0))]).toEqual([true, false, false]);
  expect(doors.isCrowded("cpam")).toBe(false);
});

test("whatever comes and goes, no place and no host is over its bound, and nobody is left in line before a place with room", () => {
  const step = fc.record({ comes: fc.boolean(), n: fc.nat({ max: 15 }) });
  const placeOf = (n: number) => `place ${n % 4}`;
  fc.assert(
    fc.property(fc.array(step, { maxLength: 150 }), fc.integer({ min: 1, max: 5 }), (steps, atOnce) => {
      const inside = new Set<number>();
      const line: number[] = [];
      const doors = new Doors<DemandeId>((called) => {
        const n = Number(called.slice(2));
        // The first of its place, and no other.
        expect(line.find((each) => placeOf(each) === placeOf(n))).toBe(n);
        line.splice(line.indexOf(n), 1);
        inside.add(n);
      });
      for (const { comes, n } of steps) {
        if (!comes) {
          if (inside.delete(n)) doors.leaveAll(id(n));
        } else if (doors.enter(door(placeOf(n), "hôte", atOnce), id(n), false)) inside.add(n);
        else if (!line.includes(n)) line.push(n);
        expect(inside.size).toBeLessThanOrEqual(atOnce);
        for (const place of [0, 1, 2, 3].map(placeOf)) {
          const here = [...inside].filter((one) => placeOf(one) === place).length;
          expect(here).toBeLessThanOrEqual(2);
          if (line.some((one) => placeOf(one) === place)) expect(here === 2 || inside.size === atOnce).toBe(true);
        }
      }
    }),
  );
});
