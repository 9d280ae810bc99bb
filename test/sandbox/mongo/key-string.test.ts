/** The order of index keys is the order of values, whatever the values. */
import { Binary, BSONRegExp, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from "bson";
import fc from "fast-check";
import { compare } from "../../../sandbox/mongo/compare.ts";
import { encodeKey, KeyWriter } from "../../../sandbox/mongo/key-string.ts";
import type { Value } from "../../../sandbox/mongo/values.ts";

const number = fc.oneof(
  fc.integer().map((n) => new Int32(n)),
  fc.double().map((n) => new Double(n)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n) => Long.fromBigInt(n)),
  // Around 2^53 and 2^63, where longs and doubles part.
  fc
    .tuple(fc.constantFrom(2n ** 53n, -(2n ** 53n), 2n ** 62n), fc.bigInt({ min: -3n, max: 3n }))
    .map(([base, n]) => Long.fromBigInt(base + n)),
  fc
    .constantFrom(0, -0, 2 ** 53, 2 ** 53 + 2, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN)
    .map((n) => new Double(n)),
);
const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: fc.constantFrom("a", "\0", "\uffff", "é", "\u{10000}", "\u{e000}", "") }),
);
const scalar: fc.Arbitrary<Value> = fc.oneof(
  { weight: 4, arbitrary: number },
  { weight: 4, arbitrary: text },
  fc.constantFrom<Value>(null, true, false, new MinKey(), new MaxKey()),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ minLength: 12, maxLength: 12 }).map((bytes) => new ObjectId(bytes)),
  fc.tuple(fc.uint8Array({ maxLength: 4 }), fc.constantFrom(0, 5, 128)).map(([bytes, type]) => new Binary(bytes, type)),
  fc
    .tuple(
      text.map((t) => t.replaceAll("\0", "")),
      fc.constantFrom("", "i"),
    )
    .map(([source, flags]) => new BSONRegExp(source, flags)),
  fc.record({ t: fc.nat(), i: fc.nat() }).map((parts) => new Timestamp(parts)),
);
const { value } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b", "ab", "\0".repeat(0), "é"), tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

test("one value: bytes compare as values do, in both directions", () => {
  fc.assert(
    fc.property(value, value, (left, right) => {
      const order = Math.sign(compare(left, right));
      expect(Math.sign(Buffer.compare(encodeKey(left), encodeKey(right)))).toBe(order);
      expect(Math.sign(Buffer.compare(encodeKey(right, -1), encodeKey(left, -1)))).toBe(order);
    }),
    { numRuns: 3000 },
  );
});

test("a compound key: the first field that differs decides", () => {
  const direction = fc.constantFrom<1 | -1>(1, -1);
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value, direction), { minLength: 2, maxLength: 4 }), (fields) => {
      const [left, right] = [new KeyWriter(), new KeyWriter()];
      for (const [a, b, towards] of fields) {
        left.append(a, towards);
        right.append(b, towards);
      }
      const deciding = fields.map(([a, b, towards]) => Math.sign(compare(a, b)) * towards).find((order) => order !== 0) ?? 0;
      expect(Math.sign(Buffer.compare(left.finish(), right.finish()))).toBe(deciding);
    }),
    { numRuns: 2000 },
  );
});

test("no key is the beginning of another", () => {
  fc.assert(
    fc.property(value, value, (left, right) => {
      const [a, b] = [encodeKey(left), encodeKey(right)];
      if (!a.equals(b)) expect(b.subarray(0, a.length).equals(a)).toBe(false);
    }),
    { numRuns: 2000 },
  );
});
