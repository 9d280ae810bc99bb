/** `fill.js URI DEMANDES`: fills the database of one size beforehand, which for a million of them takes an hour. */
import { scaleOf } from "./population.ts";
import { scaleDatabase } from "./seed.ts";

const [uri, demandes] = process.argv.slice(2);
if (!uri || !Number(demandes)) throw new Error("fill.js URI DEMANDES");
const db = await scaleDatabase(uri, scaleOf(Number(demandes)));
await db.close();
