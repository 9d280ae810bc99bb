/** A backup taken while the bot goes on: what it holds fits together. */
import { backupOf, readBackup, restoreInto } from "../../models/backup.ts";
import { openStore, SEALER, store } from "./store.ts";

test("a demande opened while it is taken has its number to itself once it is restored, whether it is in the backup or not", async () => {
  const from = await openStore();
  const to = await openStore(SEALER);
  try {
    for (let n = 0; n < 3; n += 1) await store(from.db, `avant${n}`, { ref: await from.db.nextRef() });
    const chunks: Buffer[] = [];
    let opened = 0;
    for await (const chunk of backupOf(from.db.connection, new Date())) {
      chunks.push(chunk);
      // Between any two documents, somebody opens a demande.
      opened += 1;
      await store(from.db, `pendant${opened}`, { ref: await from.db.nextRef() });
    }
    const bytes = async function* () {
      yield* chunks;
    };
    const { documents } = await readBackup(bytes());
    expect(documents).toBeGreaterThanOrEqual(4);
    expect((await restoreInto(to.db.connection, bytes())).documents).toBe(documents);
    const refs = (await to.db.demandes.model.find({}, { ref: 1 }).lean<{ ref: number }[]>()).map(({ ref }) => ref);
    expect(refs.length).toBeGreaterThanOrEqual(3);
    expect(await to.db.nextRef()).toBeGreaterThan(Math.max(...refs));
  } finally {
    await from.close();
    await to.close();
  }
});
