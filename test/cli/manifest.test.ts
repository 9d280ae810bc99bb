import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { type Desktop, startDesktop } from "./command.ts";

describe("aplus manifest", () => {
  let desktop: Desktop;
  beforeAll(async () => {
    desktop = await startDesktop();
  });
  afterAll(() => desktop.close());

  test("prints what manifest.yml says", async () => {
    const { status, out } = await desktop.run(["manifest"]);
    expect(status).toBe(0);
    expect(parse(out)).toEqual(parse(await readFile(new URL("../../manifest.yml", import.meta.url), "utf8")));
  });

  test("over HTTP, gives the bot's address wherever Slack asks for one", async () => {
    const { out } = await desktop.run(["manifest", "--http", "https://aplus.exemple.fr"]);
    const url = "https://aplus.exemple.fr/slack/events";
    const { features, settings } = parse(out);
    expect(settings).toMatchObject({
      socket_mode_enabled: false,
      event_subscriptions: { request_url: url },
      interactivity: { request_url: url },
    });
    for (const command of features.slash_commands) expect(command).toMatchObject({ url });
  });

  test("refuses an address that Slack could not use", async () => {
    for (const address of ["http://aplus.exemple.fr", "aplus", "https://aplus.exemple.fr/chemin", "https://a:b@aplus.exemple.fr"])
      expect(await desktop.run(["manifest", "--http", address])).toMatchObject({
        status: 1,
        out: "",
        err: expect.stringContaining("https://"),
      });
  });
});

describe("aplus", () => {
  test("refuses what it does not know in French, with status 1", async () => {
    const desktop = await startDesktop();
    const [unknown, lacking, option, bare] = await Promise.all(
      [["inconnue"], ["importer"], ["doctor", "--vite"], []].map((args) => desktop.run(args)),
    );
    await desktop.close();
    expect(unknown).toMatchObject({ status: 1, err: expect.stringContaining("n’existe pas") });
    expect(lacking).toMatchObject({ status: 1, err: expect.stringContaining("Il manque un argument") });
    expect(option).toMatchObject({ status: 1, err: expect.stringContaining("Cette option n’existe pas") });
    expect(bare).toMatchObject({ status: 1, err: expect.stringContaining("Commandes :") });
  });
});
