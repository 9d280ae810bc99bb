/** A backup taken while the bot goes on: what it holds fits together. */
import { backupOf, isEmpty, readBackup, restoreInto } from "../../models/backup.ts";
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

test("what is restored is derived anew, though the database was one where nothing was left to derive", async () => {
  const from = await openStore();
  const to = await openStore(SEALER);
  try {
    await store(from.db, "d1", { ref: await from.db.nextRef() });
    await from.db.derivation.run();
    await to.db.derivation.run();
    expect(await isEmpty(to.db.connection)).toBe(true);
    await restoreInto(to.db.connection, backupOf(from.db.connection, new Date()));
    expect(await to.db.derivation.run()).toEqual({ done: 1, unreadable: 0, complete: true });
  } finally {
    await from.close();
    await to.close();
  }
});
