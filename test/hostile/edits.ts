/** Changes to a payload that somebody else's program, or an enemy, could make: fields gone, doubled, of another type, far too long. */
import fc from "fast-check";

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const nested = (depth: number): Json => JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`) as Json;

/** In place of a value. */
const VALUES: readonly Json[] = [
  null,
  true,
  0,
  -1,
  1e308,
  2 ** 53,
  "",
  " ",
  "\0",
  '\r\n{"level":60}',
  "\ud800",
  "__proto__",
  "constructor",
  "D-000001",
  "<!channel> <@U0> <https://exemple.test|cliquez>",
  "\u202e\u2066gnirts\u200b",
  "é".repeat(40_000),
  "x".repeat(300_000),
  [],
  {},
  [null],
  { $gt: "" },
  { $where: "while(true){}" },
  { length: 1e9 },
  { toString: "x", valueOf: 1 },
  JSON.parse('{"__proto__": {"admin": true}, "constructor": {"prototype": {"admin": true}}}') as Json,
  nested(2_000),
];

export interface Edit {
  /** Which of the payload's places, of all that it has. */
  readonly at: number;
  readonly how: "remove" | "replace" | "add" | "repeat";
  readonly value: number;
}

export const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.record({
    at: fc.nat(10_000),
    how: fc.constantFrom("remove", "replace", "replace", "replace", "add", "repeat"),
    value: fc.nat(VALUES.length - 1),
  }),
  { minLength: 1, maxLength: 3 },
);

interface Place {
  readonly holder: Json[] | { [name: string]: Json };
  readonly name: string;
}

/** Every place of a payload where a value stands; what is deep has been put there by an edit. */
function* placesIn(value: Json, depth = 0): Generator<Place> {
  if (typeof value !== "object" || value === null || depth > 12) return;
  for (const name of Object.keys(value)) {
    yield { holder: value, name };
    yield* placesIn((value as { [name: string]: Json })[name] ?? null, depth + 1);
  }
}

function put(holder: Place["holder"], name: string, value: Json): void {
  // As JSON.parse does: `__proto__` is a field like any other.
  Object.defineProperty(holder, name, { value, enumerable: true, configurable: true, writable: true });
}

/** A copy of the payload with the edits made. */
export function edited<T>(payload: T, changes: readonly Edit[]): T {
  const copy = structuredClone(payload) as Json;
  for (const { at, how, value } of changes) {
    const places = [...placesIn(copy)];
    const place = places[at % Math.max(places.length, 1)];
    if (!place) break;
    const { holder, name } = place;
    const given = structuredClone(VALUES[value] ?? null);
    if (how === "remove") Array.isArray(holder) ? holder.splice(Number(name), 1) : delete holder[name];
    else if (how === "replace") put(holder, name, given);
    else if (Array.isArray(holder)) holder.push(how === "add" ? given : (holder[Number(name)] ?? null));
    else put(holder, how === "add" ? "__proto__" : `${name}2`, given);
  }
  return copy as T;
}
