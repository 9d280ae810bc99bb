import fc from "fast-check";
import {
  cut,
  escapeText,
  fallbackText,
  identifier,
  LIMITS,
  label,
  pieces,
  sendable,
  unescapeText,
} from "../../../bots/slack/limits.ts";
import { anyText } from "./anyText.ts";

const isWellFormed = (text: string) => !/\p{Cs}/u.test(text);

describe("what is shown", () => {
  test("is cut within its limit, well formed, never inside a visible character", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 200 }), (text, max) => {
        const shown = cut(text, max);
        expect(shown.length).toBeLessThanOrEqual(max);
        expect(isWellFormed(shown)).toBe(true);
        if (sendable(text).length <= max) expect(shown).toBe(sendable(text));
      }),
    );
    expect(cut("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 13)).toBe("👩‍👩‍👧‍👦…");
    expect(cut("👩‍👩‍👧‍👦", 8)).toBe("…");
    expect(cut(`x${"\u0301".repeat(5000)}`, 100).length).toBeLessThanOrEqual(100);
  });

  test("as a label, is one line that is never empty and turns no reading direction", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = label(text, LIMITS.buttonLabel);
        expect(shown.length).toBeGreaterThan(0);
        expect(shown).not.toMatch(/[\n\r\t\u202a-\u202e\u2066-\u2069]/);
      }),
    );
    expect(label(" \n ", 10)).toBe("…");
  });

  test("in pieces, is the same text", () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 2, max: 50 }), (text, max) => {
        const clean = sendable(text);
        const parts = pieces(clean, max);
        expect(parts.join("")).toBe(clean);
        for (const part of parts) {
          expect(part.length).toBeGreaterThan(0);
          expect(part.length).toBeLessThanOrEqual(max);
        }
      }),
    );
  });

  test("as a notification, holds no markup and reads back as it was", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(fallbackText(text)).not.toMatch(/[<>]|&(?!(?:amp|lt|gt);)/);
        expect(unescapeText(escapeText(text))).toBe(text);
      }),
    );
  });
});

test("what identifies something is never cut", () => {
  expect(identifier("x".repeat(10), 10, "an id")).toHaveLength(10);
  expect(() => identifier("x".repeat(11), 10, "an id")).toThrow(RangeError);
  expect(() => identifier("", 10, "an id")).toThrow(RangeError);
});
