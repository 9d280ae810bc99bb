/** What each update operator makes of the value at its path. */
import { Double, Int32, Long, Timestamp } from "bson";
import { addToSet, pop, pull, pullAll, push } from "./array-updates.ts";
import { compare } from "./compare.ts";
import { MongoFailure } from "./failure.ts";
import type { MatchContext } from "./matcher.ts";
import { typeName } from "./type-names.ts";
import { BsonType, clone, field, isDoc, isNumeric, toNumber, typeOf, type Value } from "./values.ts";

/** `keep` leaves the field as it is (or missing), `remove` takes it away, `set` puts the value there. */
export type Outcome = { readonly kind: "keep" } | { readonly kind: "remove" } | { readonly kind: "set"; readonly value: Value };

export interface OperatorInput {
  readonly path: string;
  readonly present: Value;
  readonly argument: Value;
  readonly match: MatchContext;
  readonly now: Date;
}

const KEEP: Outcome = { kind: "keep" };
const set = (value: Value): Outcome => ({ kind: "set", value });

export const OPERATORS: ReadonlyMap<string, (input: OperatorInput) => Outcome> = new Map([
  ["$set", ({ argument }) => set(clone(argument))],
  ["$setOnInsert", ({ argument }) => set(clone(argument))],
  ["$unset", () => ({ kind: "remove" })],
  ["$inc", (input) => set(arithmetic(input, "$inc"))],
  ["$mul", (input) => set(arithmetic(input, "$mul"))],
  ["$min", (input) => extreme(input, -1)],
  ["$max", (input) => extreme(input, 1)],
  ["$currentDate", currentDate],
  ["$bit", (input) => set(bitwise(input))],
  ["$push", (input) => set(push(input))],
  ["$pushAll", ({ path }) => unknown(`$pushAll (${path})`)],
  ["$addToSet", (input) => set(addToSet(input))],
  ["$pop", (input) => optional(pop(input))],
  ["$pull", (input) => optional(pull(input))],
  ["$pullAll", (input) => optional(pullAll(input))],
]);

const optional = (value: Value[] | undefined): Outcome => (value === undefined ? KEEP : set(value));

function unknown(name: string): never {
  throw new MongoFailure("FailedToParse", `Unknown modifier: ${name}`);
}

function arithmetic({ path, present, argument }: OperatorInput, name: "$inc" | "$mul"): Value {
  const verb = name === "$inc" ? "increment" : "multiply";
  if (!isNumeric(argument)) {
    throw new MongoFailure("TypeMismatch", `Cannot ${verb} with non-numeric argument: {${path}: ${JSON.stringify(argument)}}`);
  }
  if (present === undefined) return name === "$inc" ? argument : times(argument, new Int32(0));
  if (!isNumeric(present)) {
    throw new MongoFailure(
      "TypeMismatch",
      `Cannot apply ${name} to a value of non-numeric type. {path '${path}'} has the field '${path.split(".").at(-1)}' of non-numeric type ${typeName(typeOf(present))}`,
    );
  }
  return name === "$inc" ? plus(present, argument) : times(present, argument);
}

type Numeric = Exclude<Extract<Value, number | object>, Date> & Value;

/** An int stays an int unless it overflows into a long; a double makes the result a double. */
function combine(
  left: Value,
  right: Value,
  ints: (a: bigint, b: bigint) => bigint,
  doubles: (a: number, b: number) => number,
): Value {
  const types = [typeOf(left), typeOf(right)];
  if (types.includes(BsonType.decimal))
    throw new MongoFailure("NotImplemented", "arithmetic on decimals is not served by this embedded server");
  if (types.includes(BsonType.double)) return new Double(doubles(toNumber(left as number), toNumber(right as number)));
  const result = ints(toBigInt(left), toBigInt(right));
  if (!types.includes(BsonType.long) && BigInt.asIntN(32, result) === result) return new Int32(Number(result));
  if (BigInt.asIntN(64, result) !== result) {
    throw new MongoFailure(
      "BadValue",
      "Failed to apply $inc or $mul operations to current value: the result overflows a 64-bit integer",
    );
  }
  return Long.fromBigInt(result);
}

const toBigInt = (value: Value): bigint => (value instanceof Long ? value.toBigInt() : BigInt(toNumber(value as number)));
const plus = (left: Value, right: Value): Value =>
  combine(
    left,
    right,
    (a, b) => a + b,
    (a, b) => a + b,
  );
const times = (left: Value, right: Value): Value =>
  combine(
    left,
    right,
    (a, b) => a * b,
    (a, b) => a * b,
  );

function extreme({ present, argument }: OperatorInput, direction: 1 | -1): Outcome {
  return present === undefined || compare(argument, present) * direction > 0 ? set(clone(argument)) : KEEP;
}

function currentDate({ argument, now }: OperatorInput): Outcome {
  if (argument === true || argument === false) return set(now);
  const type = isDoc(argument) ? field(argument, "$type") : undefined;
  if (type === "date") return set(now);
  if (type === "timestamp") return set(new Timestamp({ t: Math.floor(now.getTime() / 1000), i: 1 }));
  throw new MongoFailure(
    "BadValue",
    "The '$type' string field is required to be 'date' or 'timestamp': {$currentDate: {field : {$type: 'date'}}}",
  );
}

function bitwise({ path, present, argument }: OperatorInput): Value {
  if (!isDoc(argument) || Object.keys(argument).length === 0) {
    throw new MongoFailure("BadValue", "The $bit modifier is not compatible with this argument: it takes {and|or|xor: integer}");
  }
  let value: Value = present ?? new Int32(0);
  if (!isInteger(value)) throw new MongoFailure("BadValue", `Cannot apply $bit to a value of non-integral type: ${path}`);
  for (const name of Object.keys(argument)) {
    const operand = field(argument, name);
    if (!isInteger(operand)) throw new MongoFailure("BadValue", "The $bit modifier field must be an Integer(32/64 bit)");
    const a: bigint = toBigInt(value);
    const b: bigint = toBigInt(operand);
    const result: bigint | undefined = name === "and" ? a & b : name === "or" ? a | b : name === "xor" ? a ^ b : undefined;
    if (result === undefined)
      throw new MongoFailure("BadValue", `The $bit modifier only supports 'and', 'or', and 'xor', not '${name}'`);
    const wide: boolean = typeOf(value) === BsonType.long || typeOf(operand) === BsonType.long;
    value = wide ? Long.fromBigInt(result) : new Int32(Number(result));
  }
  return value;
}

function isInteger(value: Value): value is Numeric {
  const type = typeOf(value);
  return type === BsonType.int || type === BsonType.long;
}
