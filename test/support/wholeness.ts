/** Whether what is stored is whole: the events of each demande add up to all that stands beside them. */
import { isDeepStrictEqual } from "node:util";
import type { Database } from "../../models/database.ts";
import type { DemandeDocument } from "../../models/demande.ts";
import { derive, sujetPlace } from "../../models/derived.ts";
import { bytesOf } from "../../models/sealing.ts";
import { formatRef } from "../../src/domain/ids.ts";

/** Sealed anew at each change, or of the moment of the change: compared otherwise, or not at all. */
const OTHERWISE = new Set(["sujet", "refreshAt"]);

function faultsOf(db: Database, document: DemandeDocument): string[] {
  const { state, events } = db.demandes.read(document);
  const derived = Object.entries(derive(state, db.sealer, new Date(0))).filter(([field]) => !OTHERWISE.has(field));
  const stored = document as unknown as Record<string, unknown>;
  const wrong = derived.filter(([field, value]) => !isDeepStrictEqual(stored[field] ?? null, value ?? null));
  const sujet = document.sujet && db.sealer.open(bytesOf(document.sujet), sujetPlace(document._id));
  return [
    ...wrong.map(([field]) => `${field} is not what the events say`),
    ...(events.every(({ seq }, n) => seq === n + 1) ? [] : ["its events do not follow one another"]),
    ...(sujet === (state.wipedAt ? null : state.sujet) ? [] : ["sujet is not what the events say"]),
  ];
}

/** What is not whole in the database; none when every change in it is a whole act. */
export async function brokenDemandes(db: Database): Promise<string[]> {
  const documents = await db.demandes.model.find({}).sort({ ref: 1 }).lean<DemandeDocument[]>();
  return documents.flatMap((document) => {
    try {
      return faultsOf(db, document).map((fault) => `${formatRef(document.ref)}: ${fault}`);
    } catch (error) {
      return [`${formatRef(document.ref)} cannot be read: ${String(error)}`];
    }
  });
}
