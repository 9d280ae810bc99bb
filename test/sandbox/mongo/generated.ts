/** Generated documents, filters, sorts and updates, small enough to collide often. */
import fc from "fast-check";
import { Double, Int32, Long, ObjectId } from "./session.ts";

const ids = ["0123456789abcdef01234567", "fedcba9876543210fedcba98"].map((hex) => new ObjectId(hex));

export const leaf: fc.Arbitrary<unknown> = fc.oneof(
  fc.integer({ min: -3, max: 5 }).map((n) => new Int32(n)),
  fc.constantFrom(0.5, 1, 2, -1.5).map((n) => new Double(n)),
  fc.constantFrom(1, 3, 5_000_000_000).map((n) => Long.fromNumber(n)),
  fc.constantFrom("", "a", "b", "ab", "é"),
  fc.constant(null),
  fc.boolean(),
  fc.constantFrom(0, 1000, 86_400_000).map((time) => new Date(time)),
  fc.constantFrom(...ids),
);

export const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    { weight: 5, arbitrary: leaf },
    { weight: 2, arbitrary: fc.array(tie("value"), { maxLength: 3 }) },
    { weight: 2, arbitrary: fc.dictionary(fc.constantFrom("a", "b", "c"), tie("value"), { maxKeys: 3, noNullPrototype: true }) },
  ),
}));

export const doc = fc.dictionary(fc.constantFrom("a", "b", "c"), value, { maxKeys: 3, noNullPrototype: true });

/** Paths without positions (`a.0`): into arrays within arrays, neither DocumentDB nor the embedded server is all like MongoDB there. */
const path = fc.constantFrom("a", "b", "c", "a.b", "a.a", "b.c", "a.b.c");

const TYPES = ["int", "string", "array", "object", "null", "number", "date", "bool", "double", "long", "objectId"];

const { predicate } = fc.letrec<{ predicate: object }>((tie) => ({
  predicate: fc.oneof(
    { maxDepth: 2, depthSize: "small" },
    value.map((wanted) => ({ $eq: wanted })),
    fc.tuple(fc.constantFrom("$gt", "$gte", "$lt", "$lte"), leaf).map(([operator, bound]) => ({ [operator]: bound })),
    fc.tuple(leaf, leaf).map(([low, high]) => ({ $gte: low, $lt: high })),
    value.map((wanted) => ({ $ne: wanted })),
    fc.array(value, { maxLength: 3 }).map((list) => ({ $in: list })),
    fc.array(value, { maxLength: 3 }).map((list) => ({ $nin: list })),
    fc.boolean().map((wanted) => ({ $exists: wanted })),
    fc.constantFrom(...TYPES).map((type) => ({ $type: type })),
    fc.integer({ min: 0, max: 3 }).map((size) => ({ $size: size })),
    fc.constantFrom("^a", "b", "^$").map((source) => ({ $regex: source })),
    fc.array(leaf, { minLength: 1, maxLength: 2 }).map((list) => ({ $all: list })),
    fc.constantFrom([2, 0], [3, 1]).map((pair) => ({ $mod: pair })),
    tie("predicate").map((inner) => ({ $not: inner })),
    fc.tuple(fc.constantFrom("a", "b"), tie("predicate")).map(([name, inner]) => ({ $elemMatch: { [name]: inner } })),
    fc.tuple(leaf, leaf).map(([low, high]) => ({ $elemMatch: { $gt: low, $lte: high } })),
  ),
}));

export const { filter } = fc.letrec<{ filter: object }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 2 },
    { weight: 6, arbitrary: fc.tuple(path, predicate).map(([name, wanted]) => ({ [name]: wanted })) },
    { weight: 2, arbitrary: fc.tuple(path, value).map(([name, wanted]) => ({ [name]: wanted })) },
    { weight: 3, arbitrary: fc.tuple(path, predicate, path, predicate).map(([p, x, q, y]) => ({ [p]: x, [q]: y })) },
    fc
      .tuple(fc.constantFrom("$and", "$or", "$nor"), fc.array(tie("filter"), { minLength: 1, maxLength: 2 }))
      .map(([name, list]) => ({ [name]: list })),
  ),
}));

export const sort: fc.Arbitrary<[string, 1 | -1][]> = fc.uniqueArray(fc.tuple(path, fc.constantFrom<1 | -1>(1, -1)), {
  selector: ([name]) => name,
  minLength: 1,
  maxLength: 2,
});

export const index = fc
  .uniqueArray(fc.tuple(path, fc.constantFrom(1, -1)), { selector: ([name]) => name, minLength: 1, maxLength: 3 })
  .map((fields) => Object.fromEntries(fields));

const top = fc.constantFrom("a", "b", "c");
const some = fc.array(leaf, { minLength: 1, maxLength: 3 });

/** One operator each: the order in which two make new fields differs between MongoDB and what resembles it. */
export const update: fc.Arbitrary<object> = fc.oneof(
  fc.tuple(path, value).map(([name, to]) => ({ $set: { [name]: to } })),
  top.map((name) => ({ $unset: { [name]: 1 } })),
  fc.constantFrom(new Int32(1), new Double(0.5), Long.fromNumber(2)).map((by) => ({ $inc: { n: by } })),
  fc.constantFrom(new Int32(2), new Double(0.5)).map((by) => ({ $mul: { n: by } })),
  fc.tuple(fc.constantFrom("$min", "$max"), path, leaf).map(([operator, name, bound]) => ({ [operator]: { [name]: bound } })),
  fc.tuple(top, value).map(([name, item]) => ({ $push: { [name]: item } })),
  fc
    .tuple(top, some, fc.constantFrom(-2, 1, 3), fc.constantFrom(1, -1), fc.integer({ min: -2, max: 3 }))
    .map(([name, $each, $slice, $sort, $position]) => ({ $push: { [name]: { $each, $slice, $sort, $position } } })),
  fc.tuple(top, value).map(([name, item]) => ({ $addToSet: { [name]: item } })),
  fc.tuple(top, some).map(([name, $each]) => ({ $addToSet: { [name]: { $each } } })),
  fc.tuple(top, leaf).map(([name, item]) => ({ $pull: { [name]: item } })),
  fc
    .tuple(top, fc.constantFrom({ $gt: 1 }, { $in: ["a", null] }, { a: 1 }, { b: { $gte: 0 } }))
    .map(([name, wanted]) => ({ $pull: { [name]: wanted } })),
  fc.tuple(top, fc.constantFrom(1, -1)).map(([name, end]) => ({ $pop: { [name]: end } })),
  fc.constantFrom({ $rename: { a: "z" } }, { $rename: { b: "y" } }),
);

const order = sort.map((keys) => Object.fromEntries(keys));

/** With what DocumentDB does its own way: only where the server compared with is MongoDB. */
export const exactUpdate = fc.oneof(
  { weight: 4, arbitrary: update },
  fc
    .tuple(top, fc.array(value, { maxLength: 3 }), order)
    .map(([name, $each, $sort]) => ({ $push: { [name]: { $each, $sort } } })),
  fc.tuple(top, predicate).map(([name, wanted]) => ({ $pull: { [name]: wanted } })),
  fc.tuple(top, filter).map(([name, wanted]) => ({ $pull: { [name]: wanted } })),
);
