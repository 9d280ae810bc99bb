/** TTL indexes: documents are deleted once the date in the indexed field is old enough. */
import { Int32 } from "bson";
import { expressionContext } from "./aggregation.ts";
import type { CollectionInfo, IndexInfo } from "./catalog.ts";
import { parseFilter } from "./filter.ts";
import { matches } from "./matcher.ts";
import { plan } from "./planner.ts";
import { QueryRun } from "./query-run.ts";
import { removeRecord } from "./records.ts";
import type { Store } from "./store.ts";
import { decode } from "./values.ts";

const CHUNK = 200;

/** Deletes what has expired by `now` in every collection, and says how many documents that were. */
export async function deleteExpired(store: Store, now: Date): Promise<number> {
  let deleted = 0;
  for (const db of store.databases()) {
    for (const collection of store.collectionsOf(db)) {
      for (const index of collection.indexes) {
        if (index.expireAfterSeconds !== undefined)
          deleted += await sweep(store, collection, index, index.expireAfterSeconds, now);
      }
    }
  }
  return deleted;
}

async function sweep(store: Store, { db, name }: CollectionInfo, index: IndexInfo, seconds: number, now: Date): Promise<number> {
  const path = index.fields[0]?.path ?? "";
  const filter = parseFilter({ [path]: { $lt: new Date(now.getTime() - seconds * 1000) } });
  const context = expressionContext({}, now);
  let deleted = 0;
  for (let more = true; more; ) {
    const round = await store.write(() => {
      const collection = store.collection(db, name);
      if (collection === undefined || !collection.indexes.some((one) => one.id === index.id)) return 0;
      const access = plan(store, collection, { filter, sort: [], hint: hintOf(index) });
      const run = new QueryRun(store, { collection, access, filter, sort: [], skip: 0, limit: CHUNK, context });
      const expired = [...run.now()];
      run.suspend();
      for (const { recordId, bytes } of expired) {
        const doc = decode(bytes);
        if (matches(filter, doc, { evaluate: context.evaluate })) removeRecord(store, collection, recordId, doc, context);
      }
      return expired.length;
    });
    deleted += round;
    more = round === CHUNK;
  }
  return deleted;
}

const hintOf = (index: IndexInfo): Record<string, Int32> =>
  Object.fromEntries(index.fields.map(({ path, direction }) => [path, new Int32(direction)]));
