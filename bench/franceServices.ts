/** The groupe of the aidants of a bench. */
import type { Database } from "../models/database.ts";
import { groupeId } from "../src/domain/ids.ts";

export const FRANCE_SERVICES = groupeId("france-services-banc");

export const saveFranceServices = (db: Database): Promise<void> =>
  db.groupes.save({
    id: FRANCE_SERVICES,
    name: "France Services",
    organisme: "FS",
    description: "",
    territoires: ["01"],
    franceServices: true,
    place: null,
  });
