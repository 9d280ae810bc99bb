/** The arguments of commands, checked by zod: an unknown one is refused by name, as MongoDB does. */
import { z } from "zod";
import { MongoFailure } from "./failure.ts";
import { type Doc, isDoc, isNumeric, toNumber, type Value } from "./values.ts";

const value = z.custom<Value>(() => true);
const doc = z.custom<Doc>((given) => isDoc(given as Value), "expected type object");
const docs = z.array(doc);
const text = z.string();
const numeric = z.custom<Parameters<typeof toNumber>[0]>(
  (given) => given !== undefined && isNumeric(given as Value),
  "expected a number",
);
const integer = numeric.transform((given) => Math.trunc(toNumber(given)));
const flag = z.union([z.boolean(), numeric.transform((given) => toNumber(given) !== 0)]);

/** The kinds of arguments; each command's schema is made of them. */
export const argument = { value, doc, docs, text, integer, flag, numeric };

/** What any command may carry, and what does not change its result here. */
const COMMON = {
  $db: text.optional(),
  lsid: doc.optional(),
  $clusterTime: value.optional(),
  $readPreference: value.optional(),
  apiVersion: value.optional(),
  apiStrict: value.optional(),
  apiDeprecationErrors: value.optional(),
  comment: value.optional(),
  maxTimeMS: integer.optional(),
  readConcern: value.optional(),
  writeConcern: value.optional(),
  collation: doc.optional(),
  allowDiskUse: value.optional(),
  serializationContext: value.optional(),
};

/** A schema of a command: its own arguments and those of any command. */
export function commandSchema<Shape extends z.core.$ZodShape>(shape: Shape): z.ZodObject<typeof COMMON & Shape, z.core.$strict> {
  return z.strictObject({ ...COMMON, ...shape }) as unknown as z.ZodObject<typeof COMMON & Shape, z.core.$strict>;
}

/** @throws {MongoFailure} IDLUnknownField, TypeMismatch or IDLFailedToParse; NotImplemented for a collation other than the simple one */
export function parseArguments<Schema extends z.ZodType>(schema: Schema, command: string, body: Doc): z.output<Schema> {
  if (isDoc(body.collation) && body.collation.locale !== "simple") {
    throw new MongoFailure("NotImplemented", "collations are not served by this embedded server");
  }
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const path = [command, ...(issue?.path ?? [])].join(".");
  if (issue?.code === "unrecognized_keys") {
    throw new MongoFailure("IDLUnknownField", `BSON field '${path}.${issue.keys[0]}' is an unknown field.`);
  }
  const given = issue?.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], body);
  if (given === undefined) throw new MongoFailure("IDLFailedToParse", `BSON field '${path}' is missing but a required field`);
  throw new MongoFailure("TypeMismatch", `BSON field '${path}' is the wrong type: ${issue?.message ?? ""}`);
}
