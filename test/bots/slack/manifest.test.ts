import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { SLACK_EVENTS, SLACK_SCOPE_NAMES, slackManifest } from "../../../bots/slack/manifest.ts";
import { COMMANDS, SHORTCUTS } from "../../../src/actions.ts";
import { type Bench, startBench } from "./harness.ts";

const manifest = parse(readFileSync(new URL("../../../manifest.yml", import.meta.url), "utf8"));

describe("manifest.yml", () => {
  test("is what the code declares", () => {
    expect(manifest).toEqual(slackManifest());
  });

  test("has every command and shortcut of the registry, the scopes and the events of the code, each once", () => {
    expect(manifest.features.slash_commands.map(({ command }: { command: string }) => command)).toEqual(
      COMMANDS.map(({ command }) => `/${command}`),
    );
    expect(manifest.features.shortcuts.map(({ callback_id: id }: { callback_id: string }) => id)).toEqual(
      SHORTCUTS.map(({ callback }) => callback),
    );
    expect(manifest.oauth_config.scopes.bot).toEqual([...new Set(SLACK_SCOPE_NAMES)]);
    expect(manifest.settings.event_subscriptions.bot_events).toEqual([...new Set(SLACK_EVENTS)]);
  });

  test("keeps to Slack's limits", () => {
    const { display_information: info, features } = manifest;
    expect(info.name.length).toBeLessThanOrEqual(35);
    expect(info.description.length).toBeLessThanOrEqual(140);
    expect(info.long_description.length).toBeGreaterThanOrEqual(174);
    expect(info.long_description.length).toBeLessThanOrEqual(4000);
    expect(features.bot_user.display_name).toMatch(/^[a-z0-9._-]{1,80}$/);
    for (const { name, description } of features.shortcuts) {
      expect(name.length).toBeLessThanOrEqual(24);
      expect(description.length).toBeLessThanOrEqual(150);
    }
    for (const { command } of features.slash_commands) expect(command).toMatch(/^\/[a-z0-9_-]{1,31}$/);
  });
});

describe("the scopes of the manifest", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench({ botScopes: SLACK_SCOPE_NAMES });
  });
  afterAll(() => bench.close());

  test("are enough to connect, find people, open a conversation and read a channel", async () => {
    const { platform, camille, place } = bench;
    const direct = await platform.port.openDirect({ ...place, user: camille.id });
    expect(direct.channel).toMatch(/^D/);
    expect(await platform.people.byEmail("camille@exemple.fr")).toHaveLength(1);
    expect(await platform.port.find(place, null, "x", new Date())).toBeNull();
  });
});
