/** A Matrix homeserver of the sandbox and a database, as an administrator who begins has them. */
import type { Database } from "../../models/database.ts";
import { openDatabase } from "../../models/database.ts";
import { type MatrixSandbox, startMatrixSandbox } from "../../sandbox/matrix/server.ts";
import { testDatabase } from "../support/mongo.ts";
import { KEYS } from "./command.ts";
import { sealer } from "./workspace.ts";

export const SERVER = "exemple.test";

export interface Homeserver {
  readonly matrix: MatrixSandbox;
  /** Ids by name; each room has its name as its address. */
  readonly rooms: Readonly<Record<string, string>>;
  readonly token: string;
  readonly db: Database;
  /** What makes the command use both. */
  readonly env: Readonly<Record<string, string>>;
  /** The database alone. */
  readonly envWithoutMatrix: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export async function startHomeserver(names: readonly string[]): Promise<Homeserver> {
  const matrix = await startMatrixSandbox({ rateLimits: false, serverName: SERVER });
  const { accessToken: token } = await matrix.control.createBot({ localpart: "aplus" });
  await matrix.control.createUser({ localpart: "alix.modele", displayName: "Alix Modèle" });
  const rooms: Record<string, string> = {};
  for (const name of names)
    rooms[name] = (await matrix.control.createRoom({ name, alias: name, members: ["alix.modele", "bot"] })).id;
  const mongo = await testDatabase();
  const db = await openDatabase(mongo.uri, sealer());
  const envWithoutMatrix = { ...KEYS, MONGODB_URI: mongo.uri };
  return {
    matrix,
    rooms,
    token,
    db,
    env: { ...envWithoutMatrix, MATRIX_HOMESERVER: matrix.url, MATRIX_ACCESS_TOKEN: token },
    envWithoutMatrix,
    async close() {
      await db.close();
      await mongo.close();
      await matrix.close();
    },
  };
}
