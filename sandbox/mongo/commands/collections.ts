/** Collections, indexes and databases: made, listed and dropped. */
import { Binary } from "bson";
import { expressionContext } from "../aggregation.ts";
import { argument, commandSchema, parseArguments } from "../arguments.ts";
import {
  type CollectionInfo,
  describeIndex,
  type IndexInfo,
  type IndexRequest,
  keyPattern,
  namespaceOf,
  parseIndex,
} from "../catalog.ts";
import { equal } from "../compare.ts";
import { MongoFailure } from "../failure.ts";
import { parseFilter } from "../filter.ts";
import { matches } from "../matcher.ts";
import { ListBatches } from "../query.ts";
import { fillIndex } from "../records.ts";
import { type Doc, decode, encode, isDoc, isNumeric, toNumber, type Value } from "../values.ts";
import type { Answer } from "../wire.ts";
import { type CommandContext, collectionName, deadlineOf } from "./command.ts";
import { firstBatch } from "./find.ts";
import { ensureCollection } from "./write.ts";

const createSchema = commandSchema({
  create: argument.text,
  autoIndexId: argument.value.optional(),
  idIndex: argument.value.optional(),
});

export async function create(body: Doc, { service, db }: CommandContext): Promise<Answer> {
  const option = [
    "capped",
    "timeseries",
    "viewOn",
    "validator",
    "clusteredIndex",
    "changeStreamPreAndPostImages",
    "encryptedFields",
  ].find((name) => body[name] !== undefined && body[name] !== false);
  if (option !== undefined)
    throw new MongoFailure("NotImplemented", `the option ${option} of create is not served by this embedded server`);
  const given = parseArguments(createSchema, "create", body);
  const name = collectionName(db, given.create);
  await service.store.write(() => {
    // Without options no two collections differ: one that is there is the one asked for (MongoDB 7; an error before).
    if (service.store.collection(db, name) === undefined) service.store.createCollection(db, name);
  });
  return { ok: 1 };
}

const dropSchema = commandSchema({ drop: argument.text });

export async function drop(body: Doc, { service, db }: CommandContext): Promise<Answer> {
  const name = collectionName(db, parseArguments(dropSchema, "drop", body).drop);
  const dropped = await service.store.write(() => {
    const collection = service.store.collection(db, name);
    if (collection !== undefined) service.store.dropCollection(collection);
    return collection;
  });
  if (dropped === undefined) return { ok: 1 };
  service.cursors.killNamespace((namespace) => namespace === `${db}.${name}`);
  return { nIndexesWas: dropped.indexes.length, ns: namespaceOf(dropped), ok: 1 };
}

const dropDatabaseSchema = commandSchema({ dropDatabase: argument.value });

export async function dropDatabase(body: Doc, { service, db }: CommandContext): Promise<Answer> {
  parseArguments(dropDatabaseSchema, "dropDatabase", body);
  const dropped = await service.store.write(() => {
    const collections = service.store.collectionsOf(db);
    for (const collection of collections) service.store.dropCollection(collection);
    return collections.length;
  });
  service.cursors.killNamespace((namespace) => namespace.startsWith(`${db}.`));
  return dropped === 0 ? { ok: 1 } : { dropped: db, ok: 1 };
}

const listCollectionsSchema = commandSchema({
  listCollections: argument.value,
  filter: argument.doc.optional(),
  cursor: argument.doc.optional(),
  nameOnly: argument.flag.optional(),
  authorizedCollections: argument.flag.optional(),
});

export async function listCollections(body: Doc, { service, db }: CommandContext): Promise<Answer> {
  const given = parseArguments(listCollectionsSchema, "listCollections", body);
  const filter = parseFilter(given.filter ?? {});
  const context = expressionContext({}, service.now());
  const documents = service.store
    .collectionsOf(db)
    .map((collection) => encode(describeCollection(collection, given.nameOnly === true)))
    .filter((bytes) => matches(filter, decode(bytes), { evaluate: context.evaluate }));
  return firstBatch(
    service,
    `${db}.$cmd.listCollections`,
    new ListBatches(documents),
    sizeOf(given.cursor),
    false,
    deadlineOf(given.maxTimeMS),
  );
}

function sizeOf(cursor: Doc | undefined): number | undefined {
  return isNumeric(cursor?.batchSize) ? toNumber(cursor.batchSize) : undefined;
}

function describeCollection(collection: CollectionInfo, nameOnly: boolean): Record<string, unknown> {
  const name = { name: collection.name, type: "collection" };
  if (nameOnly) return name;
  const uuid = new Binary(Buffer.from(collection.uuid, "hex"), Binary.SUBTYPE_UUID);
  return { ...name, options: {}, info: { readOnly: false, uuid }, idIndex: { v: 2, key: { _id: 1 }, name: "_id_" } };
}

const listIndexesSchema = commandSchema({ listIndexes: argument.text, cursor: argument.doc.optional() });

export async function listIndexes(body: Doc, { service, db }: CommandContext): Promise<Answer> {
  const given = parseArguments(listIndexesSchema, "listIndexes", body);
  const name = collectionName(db, given.listIndexes);
  const collection = service.store.collection(db, name);
  if (collection === undefined) throw new MongoFailure("NamespaceNotFound", `ns does not exist: ${db}.${name}`);
  const documents = collection.indexes.map((index) => encode(describeIndex(index)));
  return firstBatch(
    service,
    `${db}.${name}`,
    new ListBatches(documents),
    sizeOf(given.cursor),
    false,
    deadlineOf(given.maxTimeMS),
  );
}

const createIndexesSchema = commandSchema({
  createIndexes: argument.text,
  indexes: argument.docs,
  commitQuorum: argument.value.optional(),
  ignoreUnknownIndexOptions: argument.flag.optional(),
});

/** All the indexes of a command, or none: they are filled in the transaction that makes them known. */
export async function createIndexes(body: Doc, { service, db }: CommandContext): Promise<Answer> {
  const given = parseArguments(createIndexesSchema, "createIndexes", body);
  const name = collectionName(db, given.createIndexes);
  if (given.indexes.length === 0) throw new MongoFailure("BadValue", "Must specify at least one index to create");
  const requests = given.indexes.map(parseIndex);
  const context = expressionContext({}, service.now());
  const { store } = service;
  return store.write(() => {
    const created = store.collection(db, name) === undefined;
    const before = ensureCollection(store, db, name);
    const fresh = requests.filter((request) => !isPresent(before, request));
    for (const request of fresh) {
      const collection = ensureCollection(store, db, name);
      const empty: IndexInfo = { ...request, id: store.takeId(), arrays: new Set(), shortened: false };
      const filled = fillIndex(store, collection, empty, decode, context);
      store.saveCollection({ ...collection, indexes: [...collection.indexes, filled] });
    }
    const numIndexesAfter = before.indexes.length + fresh.length;
    const note = fresh.length === 0 ? { note: "all indexes already exist" } : {};
    return { numIndexesBefore: before.indexes.length, numIndexesAfter, createdCollectionAutomatically: created, ...note, ok: 1 };
  });
}

const patternText = (index: { readonly fields: IndexInfo["fields"] }): string =>
  JSON.stringify(Object.entries(keyPattern(index)));

/** @throws {MongoFailure} where an index of that name, or of that key, exists and differs */
function isPresent(collection: CollectionInfo, request: IndexRequest): boolean {
  if (patternText(request) === '[["_id",1]]') return true;
  const sameName = collection.indexes.find((index) => index.name === request.name);
  const twin = collection.indexes.find(
    (index) => patternText(index) === patternText(request) && equal(index.partial?.source, request.partial?.source),
  );
  if (sameName !== undefined && patternText(sameName) !== patternText(request)) {
    throw new MongoFailure(
      "IndexKeySpecsConflict",
      `An existing index has the same name as the requested index. Requested index: ${request.name}`,
    );
  }
  if (sameName !== undefined && !sameOptions(sameName, request)) {
    throw new MongoFailure(
      "IndexKeySpecsConflict",
      `An equivalent index already exists with the same name but different options. Requested index: ${request.name}`,
    );
  }
  if (sameName === undefined && twin !== undefined) {
    throw new MongoFailure("IndexOptionsConflict", `Index already exists with a different name: ${twin.name}`);
  }
  return sameName !== undefined;
}

const sameOptions = (left: IndexRequest, right: IndexRequest): boolean =>
  left.unique === right.unique &&
  left.sparse === right.sparse &&
  left.expireAfterSeconds === right.expireAfterSeconds &&
  equal(left.partial?.source, right.partial?.source);

const dropIndexesSchema = commandSchema({ dropIndexes: argument.text, index: argument.value });

export async function dropIndexes(body: Doc, { service, db }: CommandContext): Promise<Answer> {
  const given = parseArguments(dropIndexesSchema, "dropIndexes", body);
  const name = collectionName(db, given.dropIndexes);
  const { store } = service;
  return store.write(() => {
    const collection = store.collection(db, name);
    if (collection === undefined) throw new MongoFailure("NamespaceNotFound", `ns not found ${db}.${name}`);
    const doomed = indexesNamed(collection, given.index);
    for (const index of doomed) store.dropIndexContent(index);
    store.saveCollection({ ...collection, indexes: collection.indexes.filter((index) => !doomed.includes(index)) });
    return { nIndexesWas: collection.indexes.length, ok: 1 };
  });
}

function indexesNamed(collection: CollectionInfo, wanted: Value): IndexInfo[] {
  if (wanted === "*") return collection.indexes.filter((index) => index.name !== "_id_");
  return (Array.isArray(wanted) ? wanted : [wanted]).map((one) => {
    const found = collection.indexes.find((index) => (isDoc(one) ? patternText(index) === docText(one) : index.name === one));
    if (found === undefined)
      throw new MongoFailure("IndexNotFound", `index not found with name [${isDoc(one) ? JSON.stringify(one) : String(one)}]`);
    if (found.name === "_id_") throw new MongoFailure("InvalidOptions", "cannot drop _id index");
    return found;
  });
}

const docText = (pattern: Doc): string =>
  JSON.stringify(Object.entries(pattern).map(([path, value]) => [path, isNumeric(value) ? toNumber(value) : value]));

const listDatabasesSchema = commandSchema({
  listDatabases: argument.value,
  filter: argument.doc.optional(),
  nameOnly: argument.flag.optional(),
  authorizedDatabases: argument.flag.optional(),
});

export function listDatabases(body: Doc, { service }: CommandContext): Answer {
  const given = parseArguments(listDatabasesSchema, "listDatabases", body);
  const filter = parseFilter(given.filter ?? {});
  const context = expressionContext({}, service.now());
  const totalSize = service.store.size();
  const databases = service.store
    .databases()
    .map((name) => (given.nameOnly === true ? { name } : { name, sizeOnDisk: totalSize, empty: false }))
    .filter((entry) => matches(filter, entry, { evaluate: context.evaluate }));
  return given.nameOnly === true
    ? { databases, ok: 1 }
    : { databases, totalSize, totalSizeMb: Math.floor(totalSize / 2 ** 20), ok: 1 };
}
