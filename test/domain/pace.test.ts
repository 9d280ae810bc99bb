import fc from "fast-check";
import { PAUSE_MS, type Spent, step } from "../../src/domain/pace.ts";

const pace = { perMinute: 60, atOnce: 180 };

/** How many of the acts at these moments (ms) are taken. */
function taken(moments: readonly number[], of = pace): number {
  let spent: Spent | null = null;
  let count = 0;
  for (const now of moments) {
    const next = step(of, spent, now);
    spent = next.spent;
    if (next.waitMs === 0) count += 1;
  }
  return count;
}

test("acts at once are taken up to the store; one more begins a pause, of which the person is told once", () => {
  let spent: Spent | null = null;
  const steps = Array.from({ length: 200 }, () => {
    const next = step(pace, spent, 0);
    spent = next.spent;
    return next;
  });
  expect(steps.filter(({ waitMs }) => waitMs === 0)).toHaveLength(180);
  expect(steps.filter(({ begins }) => begins)).toHaveLength(1);
  expect(steps[199]?.waitMs).toBe(PAUSE_MS);
  expect(step(pace, spent, PAUSE_MS - 1).waitMs).toBe(1);
  expect(step(pace, spent, PAUSE_MS).waitMs).toBe(0);
});

test("whoever keeps the pace is never made to wait, for however long", () => {
  expect(taken(Array.from({ length: 100_000 }, (_, n) => n * 1_000))).toBe(100_000);
});

test("however acts fall, no more are taken than the store and what filled it; a clock set back gives none", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -5_000, max: 20_000 }), { maxLength: 400 }),
      fc.record({ perMinute: fc.integer({ min: 1, max: 120 }), atOnce: fc.integer({ min: 1, max: 50 }) }),
      (gaps, of) => {
        let now = 0;
        let passed = 0;
        const moments = gaps.map((gap) => {
          now += gap;
          passed += Math.max(0, gap);
          return now;
        });
        expect(taken(moments, of)).toBeLessThanOrEqual(of.atOnce + (passed * of.perMinute) / 60_000 + 1e-6);
      },
    ),
  );
});

test("whoever rested long enough is as somebody who has done nothing yet", () => {
  const { spent } = step(pace, null, 0);
  expect(step(pace, spent, 0)).not.toEqual(step(pace, null, 0));
  expect(step(pace, spent, 1_000)).toEqual(step(pace, null, 1_000));
  expect(step(pace, { left: 180, at: 0, pausedUntil: 5_000 }, 4_000).waitMs).toBeGreaterThan(0);
});
