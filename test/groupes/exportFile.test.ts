/** The file of an export is closed once, whatever became of those who read it. */
import { closeSync, existsSync, fstatSync, openSync } from "node:fs";
import { readdir, readlink } from "node:fs/promises";
import { devNull } from "node:os";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { exportFile } from "../../src/groupes/reports/exportFile.ts";
import { openStore, type Store, store } from "../models/store.ts";

let s: Store;
beforeAll(async () => {
  s = await openStore();
  for (let n = 1; n <= 50; n += 1) await store(s.db, `d${n}`, { ref: n });
});
afterAll(() => s.close());

const scope = { groupe: null, from: new Date(0), before: new Date("2100-01-01") } as const;

test("it is read from its first byte on, as often as one likes, and by who gives up too", async () => {
  const file = await exportFile(s.db, scope);
  try {
    expect(file.count).toBe(50);
    const whole = await buffer(await file.open());
    expect(whole).toHaveLength(file.size);
    expect(whole.toString()).toContain("D-000050");
    const given = await file.open();
    await new Promise((resolve) => given.once("readable", resolve));
    given.destroy();
    expect(await buffer(await file.open())).toEqual(whole);
  } finally {
    await file.dispose();
  }
});

/** Where the kernel tells what a process has open. */
const OPEN_FILES = "/proc/self/fd";
const onLinux = existsSync(OPEN_FILES) ? test : test.skip;

onLinux("while it is written and read it has no name, and its bytes go with it", async () => {
  const file = await exportFile(s.db, scope);
  const links = await Promise.all((await readdir(OPEN_FILES)).map((fd) => readlink(join(OPEN_FILES, fd)).catch(() => "")));
  const exports = links.filter((link) => link.includes("aplus-export-"));
  expect(exports.length).toBeGreaterThan(0);
  for (const link of exports) {
    expect(link).toMatch(/ \(deleted\)$/);
    expect(existsSync(dirname(link))).toBe(false);
  }
  await file.dispose();
});

test("what is opened after a reader was destroyed is not closed with the file", async () => {
  const file = await exportFile(s.db, scope);
  const given = await file.open();
  await buffer(given);
  given.destroy();
  await new Promise((resolve) => setImmediate(resolve));
  // The lowest free number: that of the file, were it free already.
  const others = Array.from({ length: 5 }, () => openSync(devNull, "r"));
  await file.dispose();
  for (const other of others) expect(() => fstatSync(other)).not.toThrow();
  for (const other of others) closeSync(other);
});
