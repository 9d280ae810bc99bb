/** A time without weekly digests, so that the first day begins with the demandes and nothing else. */
import type { Database } from "../../models/database.ts";
import { weekOf } from "../../src/domain/digest.ts";

const DAY = 86_400_000;

/** The digests of the weeks from one moment to the other are taken as given, for every groupe that is there. */
export async function withoutDigests(db: Database, from: Date, to: Date): Promise<void> {
  const territoires = new Set((await db.groupes.all()).flatMap((groupe) => groupe.territoires));
  for (const territoire of territoires) {
    const weeks = new Set([weekOf(to, territoire)]);
    for (let at = from.getTime(); at < to.getTime(); at += DAY) weeks.add(weekOf(new Date(at), territoire));
    for (const week of weeks) await db.digests.setPlanned(week, territoire, new Date());
  }
}
