/**
 * What did not open here, its key not being there or its bytes damaged: not tried again for a while, and given back at once, since
 * another process may have the right key and must not wait.
 */
import { LRUCache } from "lru-cache";

const TRIED_AGAIN_MS = 10 * 60_000;
const MOST_KEPT = 50_000;

/** By id, of demandes or of notices; forgotten when the process ends, which may then be given its keys. */
export const unopened = <Id extends string>(): LRUCache<Id, true> => new LRUCache({ max: MOST_KEPT, ttl: TRIED_AGAIN_MS });
