/** The command and a database of its own, as an administrator who answers for a service has them. */
import type { Database } from "../../models/database.ts";
import { openDatabase } from "../../models/database.ts";
import { groupeId } from "../../src/domain/ids.ts";
import { testDatabase } from "../support/mongo.ts";
import { type Desktop, KEYS, startDesktop } from "./command.ts";
import { sealer } from "./workspace.ts";

export interface Office {
  readonly desktop: Desktop;
  readonly db: Database;
  /** What makes the command use this database. */
  readonly env: Readonly<Record<string, string>>;
  /** A groupe of the Ain, with nothing but a name. */
  groupe(id: string, name: string, organisme: string): Promise<void>;
  close(): Promise<void>;
}

export async function openOffice(): Promise<Office> {
  const desktop = await startDesktop();
  const mongo = await testDatabase();
  const db = await openDatabase(mongo.uri, sealer());
  return {
    desktop,
    db,
    env: { ...KEYS, MONGODB_URI: mongo.uri },
    groupe: (id, name, organisme) => {
      const plain = { description: "", territoires: ["01"], franceServices: false, place: null };
      return db.groupes.save({ ...plain, id: groupeId(id), name, organisme });
    },
    async close() {
      await db.close();
      await mongo.close();
      await desktop.close();
    },
  };
}
