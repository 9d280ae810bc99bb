/** Two whole processes that share installations: one installs a workspace and the other serves it; both know of its leaving. */
import { WORKSPACE } from "../../sandbox/seed/slack.ts";
import type { BotProcess } from "../support/bot.ts";
import { demandeOf, threadOf } from "../support/demandes.ts";
import { until } from "../support/until.ts";
import { OTHER, openStage, type Stage } from "./stage.ts";

let stage: Stage;
const bots = new Map<"un" | "deux", BotProcess>();

const lines = { un: [] as string[], deux: [] as string[] };
const start = async (name: "un" | "deux") => void bots.set(name, await stage.start(name, (line) => lines[name].push(line)));
const bot = (name: "un" | "deux"): BotProcess => {
  const found = bots.get(name);
  if (!found) throw new Error(`${name} was never started`);
  return found;
};
/** Nobody but the other one is there from then on. */
const stop = async (name: "un" | "deux") => expect(await bot(name).stop()).toBe(0);

const caf = async (ref: number) => threadOf(await demandeOf(stage.world.db, ref), "caf-01");

beforeAll(async () => {
  stage = await openStage();
  await start("un");
  await stage.install(bot("un"), WORKSPACE);
  await start("deux");
});

afterAll(async () => {
  await Promise.all([...bots.values()].map((one) => one.kill()));
  await stage?.close();
});

test("what one installs the other serves, without a restart, both ways", async () => {
  const { people } = stage;
  await stage.install(bot("un"), OTHER);
  await stop("un");
  // It has never been told: whoever writes there is what tells it.
  await until("the other to answer", async () => (await people.command("alix.modele", "aplus", "aide")).kind === "said");
  const ref = await stage.opened({ groupes: ["caf-01"], sujet: "Sujet-installé-par-l’autre" });
  await stage.quiet();
  expect(await caf(ref)).toMatchObject({ workspace: OTHER, broken: null });
  await people.click("alix.modele", await caf(ref), "prendre");
  await stage.quiet();
  expect((await demandeOf(stage.world.db, ref)).state.status).toBe("en_cours");
});

test("the leaving of a workspace is known to both, whichever was told", async () => {
  await start("un");
  await stage.world.slack.control.uninstall(OTHER);
  await until("the token forgotten", async () => !(await stage.installedTeams()).includes(OTHER));
  const ref = await stage.opened({ groupes: ["caf-01"], sujet: "Sujet-hors-d’atteinte" });
  await until("the thread out of reach", async () => (await caf(ref)).broken?.obstacle === "workspace");
  for (const name of ["un", "deux"] as const)
    await until(`${name} to be well, and to have forgotten`, async () => {
      const health = (await (await fetch(`${bot(name).url}/sante`)).json()) as { status: string };
      return health.status === "ok" && lines[name].some((line) => line.includes("not served any more") && line.includes(OTHER));
    });
  // Installed again by one, which dies at once: the other serves it under its new token, and what waited arrives.
  await stage.install(bot("un"), OTHER);
  await bot("un").kill();
  await until("what waited delivered", async () => {
    const { root, broken } = await caf(ref);
    return root !== null && broken === null;
  });
});
