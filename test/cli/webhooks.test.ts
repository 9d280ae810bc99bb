/** `aplus webhooks rejouer` and what `aplus doctor` says of webhooks, on a database with dead letters. */

import { demandeId } from "../../src/domain/ids.ts";
import type { Desktop } from "./command.ts";
import { startDesktop } from "./command.ts";
import type { Workspace } from "./workspace.ts";
import { startWorkspace } from "./workspace.ts";

const SECRET = "un-secret-d-essai-de-plus-de-32-caracteres";
let workspace: Workspace;
let desktop: Desktop;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  [workspace, desktop] = await Promise.all([startWorkspace(["caf"]), startDesktop()]);
  env = { ...workspace.env, WEBHOOKS: `aplus:${SECRET}:https://aplus.exemple.fr/,autre:${SECRET}:https://autre.exemple.fr/` };
});
afterAll(async () => {
  await desktop.close();
  await workspace.close();
});

const lineOf = (out: string, start: string) => out.split("\n").find((line) => line.includes(start));

test("dead letters are told with what to do, put back in the queue, and told no more", async () => {
  const { webhooks } = workspace.db;
  const id = demandeId("d1");
  await webhooks.note("aplus", id, 0, 3, new Date());
  const cursor = await webhooks.claim("aplus", "test/1", new Date(), new Date(Date.now() + 60_000));
  for (const seq of [2, 3])
    await webhooks.bury(cursor?.id ?? "", "test/1", { seq, at: new Date(), reason: "http_500" }, new Date());
  await webhooks.rest(cursor?.id ?? "", "test/1", 3);

  const { out, status } = await desktop.run(["doctor"], env);
  expect(status).toBe(1);
  expect(lineOf(out, "Webhook aplus")).toBe("✗ Webhook aplus : événements abandonnés : http_500 (2)");
  expect(out).toContain("`aplus webhooks rejouer aplus`");
  expect(lineOf(out, "Webhook autre")).toBe("✓ Webhook autre : aucun retard, aucun événement abandonné");
  expect(out).not.toContain(SECRET);

  const replayed = await desktop.run(["webhooks", "rejouer"], env);
  expect(replayed).toMatchObject({ status: 0, err: "" });
  expect(replayed.out).toContain("aplus : 2 événements abandonnés sont remis en file.");
  expect(replayed.out).toContain("autre : aucun événement abandonné.");
  expect(await webhooks.model.findOne({ _id: "aplus/d1" }).lean()).toMatchObject({ sent: 1, dead: [], deadAt: null });
  expect(lineOf((await desktop.run(["doctor"], env)).out, "Webhook aplus")).toMatch(/^✓/);
});

test("a name that is not configured is refused with those that are", async () => {
  const { status, err } = await desktop.run(["webhooks", "rejouer", "inconnu"], env);
  expect({ status, err: err.trim() }).toEqual({ status: 1, err: "Ce nom n’est pas dans WEBHOOKS, qui a : aplus, autre." });
});

test.each([
  ["API_CLIENTS", "aplus:court"],
  ["API_CLIENTS", "aplus:"],
  ["API_CLIENTS", `a b:${SECRET}`],
  ["API_CLIENTS", ""],
  ["WEBHOOKS", `aplus:${SECRET}:http://aplus.exemple.fr/`],
  ["WEBHOOKS", `aplus:${SECRET}:https://moi:passe@aplus.exemple.fr/`],
  ["WEBHOOKS", `aplus:${SECRET}:ftp://aplus.exemple.fr/`],
  ["WEBHOOKS", `aplus:${SECRET}:https://un.exemple.fr/,aplus:${SECRET}:https://deux.exemple.fr/`],
  ["WEBHOOKS", `aplus:court:https://aplus.exemple.fr/`],
])("%s=%s is refused at once, and its value is not repeated", async (name, value) => {
  const { status, err } = await desktop.run(["webhooks", "rejouer"], { ...workspace.env, [name]: value });
  expect(status).toBe(1);
  expect(err).toContain(name);
  expect(err).not.toContain(SECRET);
});
