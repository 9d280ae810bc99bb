/** The embedded database as other accounts of the machine find it: a socket that only its owner may open. */
import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mongoose from "mongoose";
import { startMongoServer } from "../../sandbox/mongo/server.ts";
import { startTexts } from "../../src/texts.ts";
import { BotProcess, type Settings } from "../support/bot.ts";
import { openWorld, type World } from "../support/world.ts";

/** An account that owns nothing here. */
const NOBODY = 65_534;
let base: string;
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "aplus-socket-"));
  // Others may come this far.
  await chmod(base, 0o755);
});
afterEach(() => rm(base, { recursive: true, force: true }));

const othersOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o077;

/** What a program gets that connects there. @param uid of the account that runs it; this one's by default */
const connecting = (path: string, uid?: number): string =>
  spawnSync(
    process.execPath,
    [
      "-e",
      `require("net").connect(${JSON.stringify(path)}).on("connect", () => { console.log("in"); process.exit(); }).on("error", (e) => console.log(e.code))`,
    ],
    { ...(uid !== undefined && { uid, gid: uid }), cwd: "/", env: {}, timeout: 30_000 },
  )
    .stdout.toString()
    .trim();

async function answers(uri: string): Promise<boolean> {
  const client = await new mongoose.mongo.MongoClient(uri, { serverSelectionTimeoutMS: 15_000 }).connect();
  try {
    await client.db("aplus").collection("kept").insertOne({ a: 1 });
    return (await client.db("aplus").collection("kept").countDocuments()) > 0;
  } finally {
    await client.close();
  }
}

test("T-58 the socket, and its folder, are for the account that runs the bot; one left by a killed process is taken over", async () => {
  const folder = join(base, "mongo");
  await mkdir(folder, { mode: 0o777 });
  await chmod(folder, 0o777);
  const path = join(folder, "mongo.sock");
  spawnSync(process.execPath, [
    "-e",
    `require("net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`,
  ]);
  expect((await stat(path)).isSocket()).toBe(true);
  const server = await startMongoServer({ folder, socket: true });
  try {
    expect([server.uri.includes(encodeURIComponent(path)), server.exposed]).toEqual([true, null]);
    expect([await othersOf(folder), await othersOf(path)]).toEqual([0, 0]);
    expect(await answers(server.uri)).toBe(true);
    expect(connecting(path)).toBe("in");
    // Only root may run a program as somebody else.
    if (process.getuid?.() === 0) expect(connecting(path, NOBODY)).toBe("EACCES");
  } finally {
    await server.close();
  }
  await expect(stat(path)).rejects.toMatchObject({ code: "ENOENT" });
});

describe("the program", () => {
  let world: World;
  beforeAll(async () => {
    world = await openWorld();
  });
  afterAll(() => world.close());

  async function told(settings: Settings, running: () => Promise<void>): Promise<string> {
    const lines: string[] = [];
    const bot = await BotProcess.start(world, "embarquee", { MONGODB_URI: undefined, ...settings }, (line) => lines.push(line));
    try {
      await running();
    } finally {
      await bot.stop();
    }
    return lines.join("\n");
  }

  test("T-58 listens so; under a path that is too long for one, on a port, and says so", async () => {
    const { pathTooLong } = startTexts.databaseExposed;
    const short = await told({ DATA_DIR: base }, async () =>
      expect((await stat(join(base, "mongo/mongo.sock"))).isSocket()).toBe(true),
    );
    expect(short).not.toContain(pathTooLong);
    expect(await told({ DATA_DIR: join(base, "x".repeat(100)) }, async () => undefined)).toContain(pathTooLong);
  });
});
