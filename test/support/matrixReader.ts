/** Which of several bots reads Matrix, as the lease in the database says. */
import type { World } from "./world.ts";

/** The name of the one that reads at this moment; null when none does. */
export async function readerOf<Name extends string>({ db, matrix }: World, names: readonly Name[]): Promise<Name | null> {
  if (matrix === null) throw new Error("nobody is on Matrix in this world");
  const account = await db.connection.collection("matrixAccounts").findOne({ _id: matrix.bot.user as never });
  const lease: { owner: string; until: Date } | null = account?.lease ?? null;
  if (lease === null || lease.until <= new Date()) return null;
  return names.find((name) => lease.owner.startsWith(`${name}/`)) ?? null;
}
