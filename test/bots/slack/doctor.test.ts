import { checkSlack, type DoctorConfig } from "../../../bots/slack/doctor.ts";
import { SLACK_SCOPE_NAMES } from "../../../bots/slack/manifest.ts";
import { type Bench, startBench } from "./harness.ts";

describe("aplus doctor, for Slack", () => {
  let bench: Bench;
  let outside: string;
  beforeAll(async () => {
    bench = await startBench({ start: false, botScopes: SLACK_SCOPE_NAMES.filter((scope) => scope !== "files:write") });
    const { control, workspace, camille } = bench;
    outside = (await control.createChannel({ workspace: workspace.teamId, name: "ailleurs", members: [camille.id] })).id;
  });
  afterAll(() => bench.close());

  const check = (changes: Partial<Extract<DoctorConfig, { readonly botToken: string }>> = {}) =>
    checkSlack({ ...bench.config, ...changes });
  const bad = (findings: Awaited<ReturnType<typeof check>>) => findings.filter(({ ok }) => !ok).map(({ check: what }) => what);

  test("what works is said to work, what lacks is named with its remedy", async () => {
    const findings = await check({ channels: [bench.channel.id, outside, "C000"] });
    expect(bad(findings)).toEqual(["Droit files:write", `Canal ${outside}`, "Canal C000"]);
    for (const { ok, remedy } of findings) expect(remedy === null).toBe(ok);
    expect(JSON.stringify(findings)).not.toContain(bench.config.botToken);
  });

  test("refused tokens and a Slack out of reach are told apart", async () => {
    expect(bad(await check({ botToken: "xoxb-faux" }))).toEqual(["Jeton du robot"]);
    expect(bad(await check({ appToken: "xapp-faux" }))).toContain("Jeton d’application (Socket Mode)");
    expect(bad(await check({ appToken: undefined }))).toContain("Jeton d’application (Socket Mode)");
    expect(bad(await check({ mode: "http", signingSecret: undefined }))).toContain("Secret de signature (HTTP)");
    const [away] = await check({ apiUrl: "http://127.0.0.1:9/" });
    expect(away).toMatchObject({ ok: false, detail: expect.stringContaining("ne répond pas") });
  });
});
