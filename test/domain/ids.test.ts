import fc from "fast-check";
import { commandId, commandOf, eventIdOf, formatRef, parseRef } from "../../src/domain/ids.ts";

test("the number of a demande reads back from what is shown, and as people shorten it", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 999_999_999 }), (ref) => {
      expect(parseRef(formatRef(ref))).toBe(ref);
      expect(parseRef(` d-${ref} `)).toBe(ref);
      expect(parseRef(String(ref))).toBe(ref);
    }),
  );
  expect(formatRef(123)).toBe("D-000123");
  expect(formatRef(1_234_567)).toBe("D-1234567");
});

test.each(["", "D-", "D-12x", "12 34", "D-1234567890", "-12", "1.5", "{$gt:0}", "D‑000123"])("« %s » is no number", (text) => {
  expect(parseRef(text)).toBeUndefined();
});

test("an event tells the command that gave it", () => {
  fc.assert(
    fc.property(fc.base64String(), fc.nat(50), (text, n) => {
      expect(commandOf(eventIdOf(commandId(text), n))).toBe(text);
    }),
  );
});
