/** What the image and its composition promise, read from their files; and the check of health that they name, run on a bot. */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { DockerfileParser, type Instruction } from "dockerfile-ast";
import { parse } from "yaml";
import { BotProcess } from "../support/bot.ts";
import { openWorld } from "../support/world.ts";

const ROOT = new URL("../../", import.meta.url);
const read = (name: string) => readFile(new URL(name, ROOT), "utf8");

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
}

const manifest = async () => JSON.parse(await read("package.json")) as Manifest;

/** The instructions of the last stage: what the image is. */
async function imageOf(): Promise<Instruction[]> {
  const all = DockerfileParser.parse(await read("Dockerfile")).getInstructions();
  return all.slice(all.findLastIndex((one) => one.getKeyword() === "FROM"));
}

const argumentsOf = (image: readonly Instruction[], keyword: string): string[] =>
  image.filter((one) => one.getKeyword() === keyword).map((one) => one.getArgumentsContent() ?? "");

const lastList = (text: string): string[] => JSON.parse(text.slice(text.indexOf("["))) as string[];

test("the image runs the program that was built, as a plain user, and holds neither sources nor compiler", async () => {
  const image = await imageOf();
  expect(argumentsOf(image, "USER")).toEqual(["node"]);
  const copied = argumentsOf(image, "COPY").map((copy) => copy.split(/\s+/)[0]);
  expect(copied).toEqual(["/app/package.json", "/app/node_modules", "/app/dist"]);
  expect(argumentsOf(image, "ADD")).toEqual([]);
  const [command = ""] = argumentsOf(image, "CMD");
  const [, main = ""] = lastList(command);
  expect((await read(main)).length).toBeGreaterThan(0);
  // An install script may download from elsewhere: none runs.
  for (const line of (await read("Dockerfile")).split("\n").filter((one) => /npm (ci|prune|install)/.test(one)))
    for (const part of line.split("&&").filter((one) => /npm (ci|prune|install)/.test(one)))
      expect(part).toContain("--ignore-scripts");
});

test("what runs there needs nothing that is for development only", async () => {
  const { dependencies } = await manifest();
  const files = (
    await Promise.all(
      ["src", "bots", "models", "jobs", "sandbox"].map(async (folder) => {
        const found = await readdir(new URL(`dist/${folder}/`, ROOT), { recursive: true });
        // The page is bundled when it is built: what it is made of is not read there.
        return found
          .filter((name) => name.endsWith(".js") && !name.startsWith("web/client/"))
          .map((name) => `dist/${folder}/${name}`);
      }),
    )
  ).flat();
  expect(files.length).toBeGreaterThan(100);
  const missing = new Set<string>();
  for (const file of files)
    for (const [, name = ""] of (await read(file)).matchAll(/^(?:import|export)\s[^;]*?from\s+"([^".][^"]*)";/gm)) {
      const of = name.startsWith("@") ? name.split("/").slice(0, 2).join("/") : (name.split("/")[0] ?? "");
      if (!name.startsWith("node:") && !(of in dependencies)) missing.add(`${file}: ${name}`);
    }
  expect([...missing]).toEqual([]);
});

test("composed, it may write nowhere but in memory, may do nothing more than a plain program, and waits for its database", async () => {
  const { services, volumes } = parse(await read("compose.yaml"));
  expect(services.bot).toMatchObject({
    read_only: true,
    tmpfs: ["/tmp"],
    cap_drop: ["ALL"],
    security_opt: ["no-new-privileges:true"],
    depends_on: { mongo: { condition: "service_healthy" } },
  });
  expect(services.mongo.healthcheck.test).toContain("mongosh");
  expect(services.mongo.volumes).toEqual(["mongo:/data/db"]);
  expect(volumes).toHaveProperty("mongo");
  const documented = await read(".env.example");
  for (const name of Object.keys(services.bot.environment)) expect(documented).toContain(name);
});

test("its check of health tells a bot that lives from one that does not", async () => {
  const [check = ""] = argumentsOf(await imageOf(), "HEALTHCHECK");
  const [program, ...args] = lastList(check);
  expect(program).toBe("node");
  const healthy = (port: string) =>
    promisify(execFile)(process.execPath, args, { env: { PORT: port }, cwd: fileURLToPath(ROOT) }).then(
      () => true,
      () => false,
    );
  const world = await openWorld();
  try {
    const bot = await BotProcess.start(world, "image");
    const { port } = new URL(bot.url);
    expect(await healthy(port)).toBe(true);
    await bot.kill();
    expect(await healthy(port)).toBe(false);
  } finally {
    await world.close();
  }
});
