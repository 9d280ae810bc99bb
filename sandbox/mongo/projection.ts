/** Projections: which fields of the documents found are shown, and what is computed in their place. */
import { MongoFailure } from "./failure.ts";
import { type Filter, isOperators, parseFilter, truthy } from "./filter.ts";
import { type MatchContext, matches } from "./matcher.ts";
import { setAt, valueAt } from "./update-paths.ts";
import { type Doc, field, isDoc, isNumeric, setField, toNumber, type Value } from "./values.ts";

interface Tree {
  [name: string]: Tree | true;
}

type Special =
  | { readonly kind: "slice"; readonly parts: readonly string[]; readonly skip: number; readonly count: number }
  | { readonly kind: "elemMatch"; readonly parts: readonly string[]; readonly filter: Filter }
  | { readonly kind: "positional"; readonly parts: readonly string[] }
  | { readonly kind: "computed"; readonly parts: readonly string[]; readonly expression: Value };

export interface Projection {
  readonly mode: "all" | "include" | "exclude";
  readonly tree: Tree;
  readonly id: boolean;
  readonly special: readonly Special[];
}

interface Draft {
  include: string[][];
  exclude: string[][];
  special: Special[];
  id: boolean | undefined;
}

/**
 * @param flavour `find` knows `$slice`, `$elemMatch` and `$`; in an aggregation those names are expressions
 * @throws {MongoFailure} for a mixture of inclusion and exclusion, and for `$meta`
 */
export function parseProjection(source: Value, flavour: "find" | "aggregate"): Projection {
  const draft: Draft = { include: [], exclude: [], special: [], id: undefined };
  if (source !== undefined && source !== null) {
    if (!isDoc(source)) throw new MongoFailure("TypeMismatch", "Expected field projection to be of type object");
    read(source, [], draft, flavour);
  }
  const includes = draft.include.length > 0 || draft.special.some(({ kind }) => kind !== "slice");
  if (includes && draft.exclude.length > 0) throw mixture(draft);
  const mode = includes
    ? "include"
    : draft.exclude.length > 0
      ? "exclude"
      : draft.id === undefined
        ? "all"
        : draft.id
          ? draft.special.length > 0
            ? "all"
            : "include"
          : "exclude";
  const paths =
    mode === "include"
      ? [
          ...draft.include,
          ...draft.special.filter(({ kind }) => kind === "slice" || kind === "positional").map(({ parts }) => parts),
        ]
      : draft.exclude;
  const computedId = draft.special.some(({ kind, parts }) => kind === "computed" && parts.length === 1 && parts[0] === "_id");
  return { mode, tree: treeOf(paths), id: draft.id !== false && !computedId, special: draft.special };
}

function mixture({ include, exclude }: Draft): MongoFailure {
  const inside = exclude[0]?.join(".") ?? "";
  return include.length > 0
    ? new MongoFailure("Location31254", `Cannot do exclusion on field ${inside} in inclusion projection`)
    : new MongoFailure("Location31253", `Cannot do inclusion on field ${inside} in exclusion projection`);
}

function read(source: Doc, prefix: readonly string[], draft: Draft, flavour: "find" | "aggregate"): void {
  for (const name of Object.keys(source)) {
    const value = field(source, name);
    const parts = [...prefix, ...name.split(".")];
    if (parts.includes("")) throw new MongoFailure("Location40353", "FieldPath must not end with or contain an empty field.");
    if (flavour === "find" && parts.at(-1) === "$") draft.special.push({ kind: "positional", parts: parts.slice(0, -1) });
    else if (typeof value === "boolean" || isNumeric(value)) mark(parts, truthy(value), draft);
    else if (isDoc(value) && !isOperators(value) && Object.keys(value).length > 0) read(value, parts, draft, flavour);
    else draft.special.push(special(parts, value, flavour));
  }
}

function mark(parts: readonly string[], wanted: boolean, draft: Draft): void {
  if (parts.length === 1 && parts[0] === "_id") draft.id = wanted;
  else (wanted ? draft.include : draft.exclude).push([...parts]);
}

function special(parts: readonly string[], value: Value, flavour: "find" | "aggregate"): Special {
  const operator = isDoc(value) ? Object.keys(value)[0] : undefined;
  if (flavour === "find" && isDoc(value)) {
    const argument = operator === undefined ? undefined : value[operator];
    if (operator === "$meta") throw new MongoFailure("NotImplemented", "$meta is not served by this embedded server");
    if (operator === "$elemMatch") return elemMatch(parts, argument);
    if (operator === "$slice" && isSliceArgument(argument)) return slice(parts, argument);
  }
  return { kind: "computed", parts, expression: value };
}

function elemMatch(parts: readonly string[], argument: Value): Special {
  if (!isDoc(argument)) throw new MongoFailure("BadValue", "elemMatch: Invalid argument, object required");
  return { kind: "elemMatch", parts, filter: parseFilter({ array: { $elemMatch: argument } }) };
}

const isSliceArgument = (value: Value): boolean =>
  isNumeric(value) || (Array.isArray(value) && value.every((part) => isNumeric(part)));

function slice(parts: readonly string[], argument: Value): Special {
  const numbers = (Array.isArray(argument) ? argument : [argument]).map((part) => Math.trunc(toNumber(part as number)));
  if (numbers.length > 2 || numbers.length === 0) throw new MongoFailure("Location28667", "$slice takes one or two numbers");
  const [first = 0, second] = numbers;
  if (second === undefined) return { kind: "slice", parts, skip: Math.min(first, 0), count: Math.abs(first) };
  if (second <= 0) throw new MongoFailure("Location28724", "Third argument to $slice must be positive");
  return { kind: "slice", parts, skip: first, count: second };
}

function treeOf(paths: readonly (readonly string[])[]): Tree {
  const root: Tree = Object.create(null) as Tree;
  for (const parts of paths) {
    let node = root;
    for (const [i, name] of parts.entries()) {
      const present = node[name];
      if (i === parts.length - 1) {
        if (present !== undefined && present !== true) throw collision(parts);
        node[name] = true;
      } else if (present === true) {
        throw collision(parts);
      } else {
        node = node[name] = present ?? (Object.create(null) as Tree);
      }
    }
  }
  return root;
}

const collision = (parts: readonly string[]): MongoFailure =>
  new MongoFailure("Location31249", `Path collision at ${parts.join(".")}`);

/** Nothing to compute: fields are only kept or left out. */
export const isPlainProjection = ({ special: rest }: Projection): boolean => rest.length === 0;

/** The projection changes nothing: the stored bytes can be answered as they are. */
export const isIdentity = ({ mode, special: rest }: Projection): boolean => mode === "all" && rest.length === 0;

/** @param element the position that the projection `a.$` stands for */
export function applyProjection(projection: Projection, doc: Doc, element: number | undefined, context: MatchContext): Doc {
  const { mode, tree, id } = projection;
  const shown: Doc = {};
  for (const name of Object.keys(doc)) {
    const value = doc[name];
    const kept = name === "_id" && tree._id === undefined ? keepId(id, value) : keep(mode, tree[name], value);
    if (kept !== undefined) setField(shown, name, kept);
  }
  for (const one of projection.special) applySpecial(one, doc, shown, element, context);
  return shown;
}

const keepId = (wanted: boolean, value: Value): Value => (wanted ? value : undefined);

function keep(mode: Projection["mode"], node: Tree | true | undefined, value: Value): Value {
  if (mode === "all") return value;
  const inclusive = mode === "include";
  if (node === undefined) return inclusive ? undefined : value;
  if (node === true) return inclusive ? value : undefined;
  return within(inclusive, node, value);
}

/** Projections go into every element of an array. */
function within(inclusive: boolean, tree: Tree, value: Value): Value {
  if (Array.isArray(value)) return value.map((item) => within(inclusive, tree, item)).filter((item) => item !== undefined);
  if (!isDoc(value)) return inclusive ? undefined : value;
  const shown: Doc = {};
  for (const name of Object.keys(value)) {
    const kept = keep(inclusive ? "include" : "exclude", tree[name], value[name]);
    if (kept !== undefined) setField(shown, name, kept);
  }
  return shown;
}

function applySpecial(one: Special, doc: Doc, shown: Doc, element: number | undefined, context: MatchContext): void {
  switch (one.kind) {
    case "computed": {
      const value = context.evaluate(doc, one.expression);
      if (value !== undefined) setComputed(shown, doc, one.parts, value);
      return;
    }
    case "slice": {
      const array = valueAt(shown, one.parts);
      if (Array.isArray(array)) setAt(shown, one.parts, sliced(array, one.skip, one.count));
      return;
    }
    case "elemMatch": {
      const array = valueAt(doc, one.parts);
      if (!Array.isArray(array)) return;
      const match: MatchContext = { evaluate: context.evaluate };
      if (matches(one.filter, { array }, match) && match.element !== undefined) setAt(shown, one.parts, [array[match.element]]);
      return;
    }
    case "positional": {
      const array = valueAt(doc, one.parts);
      if (!Array.isArray(array)) return;
      if (element === undefined)
        throw new MongoFailure(
          "Location51246",
          "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array",
        );
      setAt(shown, one.parts, array.slice(element, element + 1));
    }
  }
}

/** Where the document has an array on the way, the value goes into each of its elements. */
function setComputed(shown: Doc, doc: Doc, parts: readonly string[], value: Value): void {
  const [name, ...rest] = parts as [string, ...string[]];
  if (rest.length === 0) {
    setField(shown, name, value);
    return;
  }
  const present = field(doc, name);
  const kept = field(shown, name);
  if (!Array.isArray(present)) {
    const holder = isDoc(kept) ? kept : {};
    setComputed(holder, isDoc(present) ? present : {}, rest, value);
    setField(shown, name, holder);
    return;
  }
  const docs = (Array.isArray(kept) ? kept : []).filter((item) => isDoc(item));
  const items = present.map((item) => {
    const holder = (isDoc(item) ? docs.shift() : undefined) ?? {};
    setComputed(holder, isDoc(item) ? item : {}, rest, value);
    return holder;
  });
  setField(shown, name, items);
}

function sliced(array: readonly Value[], skip: number, count: number): Value[] {
  const start = skip < 0 ? Math.max(0, array.length + skip) : skip;
  return array.slice(start, start + count);
}
