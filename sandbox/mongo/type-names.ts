import { MongoFailure } from "./failure.ts";
import { BsonType, isNumeric, toNumber, type Value } from "./values.ts";

const NUMBERS = [BsonType.double, BsonType.int, BsonType.long, BsonType.decimal];
const CODE_BY_NAME = new Map<string, number>(Object.entries(BsonType));
const NAME_BY_CODE = new Map<number, string>(Object.entries(BsonType).map(([name, code]) => [code, name]));

/**
 * The argument of `$type` as type numbers: a name, a number, or a list of them; `"number"` stands for all four.
 * @throws {MongoFailure} BadValue for a name or a number that is no type.
 */
export function typeCodes(value: Value): ReadonlySet<number> {
  const wanted = Array.isArray(value) ? value : [value];
  if (wanted.length === 0) throw new MongoFailure("FailedToParse", "$type must match at least one type");
  return new Set(wanted.flatMap(codesOf));
}

function codesOf(value: Value): readonly number[] {
  if (value === "number") return NUMBERS;
  if (typeof value === "string") {
    const code = CODE_BY_NAME.get(value);
    if (code === undefined) throw new MongoFailure("BadValue", `Unknown type name alias: ${value}`);
    return [code];
  }
  const code = isNumeric(value) ? toNumber(value) : Number.NaN;
  if (!NAME_BY_CODE.has(code)) throw new MongoFailure("BadValue", `Invalid numerical type code: ${String(value)}`);
  return [code];
}

/** MongoDB's name of a type number, for messages. */
export function typeName(code: number): string {
  return NAME_BY_CODE.get(code) ?? "unknown";
}
