/** `findAndModify`: one document found, changed or removed, and shown, in one step. */
import { argument, commandSchema, parseArguments } from "../arguments.ts";
import { valueAnswer } from "../batch.ts";
import { MongoFailure } from "../failure.ts";
import { applyProjection, isIdentity, parseProjection } from "../projection.ts";
import { parseQuery } from "../query.ts";
import { parseUpdate } from "../update.ts";
import { type Doc, encode } from "../values.ts";
import type { Answer } from "../wire.ts";
import { type CommandContext, collectionName } from "./command.ts";
import { removeFirst, type Shown, updateFirst } from "./write.ts";

export const findAndModifySchema = commandSchema({
  findAndModify: argument.text.optional(),
  findandmodify: argument.text.optional(),
  query: argument.doc.optional(),
  sort: argument.value.optional(),
  remove: argument.flag.optional(),
  update: argument.value.optional(),
  new: argument.flag.optional(),
  fields: argument.doc.optional(),
  upsert: argument.flag.optional(),
  arrayFilters: argument.value.optional(),
  hint: argument.value.optional(),
  let: argument.doc.optional(),
  bypassDocumentValidation: argument.flag.optional(),
});

export async function findAndModify(body: Doc, { service, db }: CommandContext): Promise<Answer> {
  const given = parseArguments(findAndModifySchema, "findAndModify", body);
  const name = collectionName(db, given.findAndModify ?? given.findandmodify);
  const now = service.now();
  const query = parseQuery({ filter: given.query, sort: given.sort, hint: given.hint, let: given.let }, now);
  const projection = parseProjection(given.fields, "find");
  const show = (shown: Shown | undefined): Uint8Array | undefined => {
    if (shown === undefined || isIdentity(projection)) return shown?.bytes;
    return encode(applyProjection(projection, shown.doc, shown.element, query.context));
  };
  if (given.remove === true) {
    if (given.update !== undefined) throw new MongoFailure("FailedToParse", "Cannot specify both an update and remove=true");
    if (given.upsert === true) throw new MongoFailure("FailedToParse", "Cannot specify both upsert=true and remove=true");
    if (given.new === true)
      throw new MongoFailure(
        "FailedToParse",
        "Cannot specify both new=true and remove=true; 'remove' always returns the deleted document",
      );
    const removed = await service.store.write(() => removeFirst(service.store, { db, name, query }));
    return valueAnswer({ n: removed === undefined ? 0 : 1 }, show(removed));
  }
  if (given.update === undefined) throw new MongoFailure("FailedToParse", "Either an update or remove=true must be specified");
  const update = parseUpdate(given.update, given.arrayFilters, given.let ?? {});
  const request = { db, name, query, update, upsert: given.upsert === true, now };
  const { result, before, after } = await service.store.write(() => updateFirst(service.store, request));
  const lastErrorObject = {
    n: result.matched + (result.upserted === undefined ? 0 : 1),
    updatedExisting: result.matched > 0,
    ...(result.upserted === undefined ? {} : { upserted: result.upserted.id }),
  };
  return valueAnswer(lastErrorObject, show(given.new === true ? after : before));
}
