import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Desktop, startDesktop } from "./command.ts";

const MATRIX = { MATRIX_HOMESERVER: "http://127.0.0.1:9", MATRIX_ACCESS_TOKEN: "jeton" };
const KEYS = ["bot-sdk.json", "matrix-sdk-crypto.sqlite3", "matrix-sdk-crypto.sqlite3-wal"];

describe("aplus matrix-cles", () => {
  let desktop: Desktop;
  let folder: string;
  beforeEach(async () => {
    desktop = await startDesktop();
    folder = join(desktop.folder, "cles");
  });
  afterEach(() => desktop.close());

  const run = (args: string[] = [], env: Record<string, string> = { ...MATRIX, MATRIX_CRYPTO_DIR: folder }) =>
    desktop.run(["matrix-cles", ...args], env);
  const fill = async (names: readonly string[]) => {
    await mkdir(folder, { recursive: true });
    for (const name of names) await writeFile(join(folder, name), name);
  };

  test("explains and changes nothing; erases when told to; has nothing to erase then", async () => {
    await fill(KEYS);
    const told = await run();
    expect(told).toMatchObject({ status: 0, err: "", out: expect.stringContaining("--effacer") });
    expect(told.out).toContain(folder);
    expect(told.out).toContain("Rien n’a été changé");
    expect((await readdir(folder)).sort()).toEqual(KEYS);
    expect(await run(["--effacer"])).toMatchObject({ status: 0, err: "", out: expect.stringContaining("sont effacées") });
    expect(await readdir(folder)).toEqual([]);
    for (const args of [[], ["--effacer"]])
      expect(await run(args)).toMatchObject({ status: 0, out: expect.stringContaining("Il n’y a pas de clés") });
  });

  test("leaves, and names, whatever else is in the folder: a data folder given by mistake loses nothing", async () => {
    await fill([...KEYS, "keys.json"]);
    await mkdir(join(folder, "mongo"));
    const { status, out } = await run(["--effacer"]);
    expect({ status, left: (await readdir(folder)).sort() }).toEqual({ status: 0, left: ["keys.json", "mongo"] });
    expect(out).toContain("keys.json, mongo");
  });

  test("a folder that is not there has no keys; a file in its place is told", async () => {
    expect(await run(["--effacer"])).toMatchObject({ status: 0, out: expect.stringContaining("Il n’y a pas de clés") });
    await writeFile(folder, "");
    const { status, err } = await run(["--effacer"]);
    expect({ status, err }).toEqual({ status: 1, err: expect.stringContaining("ne peut pas être lu") });
    expect(err).not.toMatch(/\n\s+at /);
  });

  test("without MATRIX_CRYPTO_DIR it says so", async () => {
    for (const env of [{}, MATRIX])
      for (const args of [[], ["--effacer"]])
        expect(await run(args, env)).toMatchObject({ status: 1, out: "", err: expect.stringContaining("MATRIX_CRYPTO_DIR") });
  });
});
