import { SlackPeople } from "../../../bots/slack/people.ts";
import { singleWorkspace, type Workspaces } from "../../../bots/slack/workspaces.ts";
import { recordingLog, until } from "../desk.ts";
import { type Bench, startBench } from "./harness.ts";

describe("who people are", () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await startBench();
  });
  afterAll(() => bench.close());

  const identity = (user: string) => ({ platform: "slack" as const, workspace: bench.workspace.teamId, user });
  const asked = () => bench.called.filter(({ method }) => method === "users.info").length;

  test("by profile, remembered until Slack says that it changed", async () => {
    const { platform, control, camille } = bench;
    const before = asked();
    const profile = { email: "camille@exemple.fr", name: "Camille Exemple", bot: false };
    expect(await platform.people.profile(identity(camille.id))).toEqual(profile);
    expect(await platform.people.profile(identity(camille.id))).toEqual(profile);
    expect(asked()).toBe(before + 1);
    await control.updateUser(camille.id, { realName: "Camille Nouvelle" });
    await until(async () => (await platform.people.profile(identity(camille.id)))?.name === "Camille Nouvelle", "the new name");
  });

  test("by e-mail address, whatever its case", async () => {
    const { platform, dominique } = bench;
    expect(await platform.people.byEmail("Dominique@Exemple.fr")).toEqual([identity(dominique.id)]);
    expect(await platform.people.byEmail("personne@exemple.fr")).toEqual([]);
  });

  test("nobody known, a deactivated account, and the bot itself", async () => {
    const { platform, control, workspace } = bench;
    expect(await platform.people.profile(identity("U000"))).toBeNull();
    const left = await control.createUser({
      workspace: workspace.teamId,
      name: "parti",
      realName: "Sacha Parti",
      email: "sacha@exemple.fr",
    });
    await control.updateUser(left.id, { deleted: true });
    expect(await platform.people.profile(identity(left.id))).toBeNull();
    expect(await platform.people.byEmail("sacha@exemple.fr")).toEqual([]);
    expect(await platform.people.profile(identity(workspace.botUserId))).toMatchObject({ bot: true });
  });

  test("a Slack that does not answer is a fault to retry, and is not remembered", async () => {
    const { platform, slack, control, workspace } = bench;
    const somebody = await control.createUser({
      workspace: workspace.teamId,
      name: "alex",
      realName: "Alex Exemple",
      email: "alex@exemple.fr",
    });
    slack.faults.add({ kind: "refuse", method: "users.info", status: 500, times: 1 });
    await expect(platform.people.profile(identity(somebody.id))).rejects.toMatchObject({ kind: "retry" });
    expect(await platform.people.profile(identity(somebody.id))).toMatchObject({ name: "Alex Exemple" });
  });

  test("a workspace that is away keeps nobody of another from being found by e-mail address", async () => {
    const { slack, workspace, dominique } = bench;
    const other = await startBench({ start: false });
    const options = (apiUrl: string) => ({ apiUrl, log: recordingLog() });
    const both = [
      singleWorkspace(other.workspace.botToken, options(other.slack.apiUrl)),
      singleWorkspace(workspace.botToken, options(slack.apiUrl)),
    ];
    for (const one of both) await one.load();
    const workspaces: Pick<Workspaces, "all"> = { all: () => both.flatMap((one) => one.all()) };
    const people = new SlackPeople(workspaces as Workspaces);
    expect(await people.byEmail("dominique@exemple.fr")).toHaveLength(2);
    expect(await people.byEmail("personne@exemple.fr")).toEqual([]);
    await other.close();
    expect(await people.byEmail("dominique@exemple.fr")).toEqual([identity(dominique.id)]);
    // Somebody of the one that is away: nobody is said not to be there.
    await expect(people.byEmail("personne@exemple.fr")).rejects.toMatchObject({ kind: "retry", code: "network" });
  });
});
