/** Accounts that end, come back and arrive, told by the sandbox's Slack to an unmodified Bolt; and a signature asked in a thread. */
import { demandeOf, openDemande, threadOf } from "../../support/demandes.ts";
import { type Here, openHere } from "../../support/hereOn.ts";
import { until } from "../../support/until.ts";

describe("accounts on Slack", () => {
  let here: Here;
  beforeAll(async () => {
    here = await openHere("slack");
  });
  afterAll(() => here?.close());

  const linked = () => here.world.db.agents.byIdentity(here.world.account("alix.modele"));

  test("a deactivated account is nobody's; activated again, it is recognised by its address; told twice, nothing more happens", async () => {
    const { people, world, quiet } = here;
    const { control } = world.slack;
    const { user } = world.account("alix.modele");
    const again = people.tellTwice();
    await control.updateUser(user, { deleted: true });
    await until("the account to be nobody's", async () => (await linked()) === null);
    again();
    await control.updateUser(user, { deleted: false });
    await quiet();
    expect((await people.command("alix.modele", "moi")).kind).toBe("said");
    expect((await linked())?.id).toBe("alix.modele");
    // An old event that says otherwise is not believed: Slack is asked.
    await control.updateUser(user, { displayName: "Alix M." });
    await quiet();
    expect(await linked()).not.toBeNull();
  });

  test("somebody expected who arrives is welcomed, once", async () => {
    const { world, quiet } = here;
    const alix = await world.db.agents.byEmail("alix.modele@exemple.test");
    if (!alix) throw new Error("the seed has changed");
    const { identities: _, ...rest } = alix;
    await world.db.agents.save({ ...rest, id: "nouvel" as typeof alix.id, email: "nouvel@exemple.test", name: "Nouvel Agent" });
    const { teamId } = world.slack.control.installation(world.account("alix.modele").workspace);
    const person = { workspace: teamId, name: "nouvel", realName: "Nouvel Agent", email: "nouvel@exemple.test", announced: true };
    await world.slack.control.createUser(person);
    await until(
      "the welcome",
      async () => (await world.db.notices.model.findById("welcome.nouvel").lean())?.state === "done",
      20_000,
    );
    await quiet();
    expect(await world.db.notices.model.countDocuments({ "to.agentId": "nouvel" })).toBe(1);
  });

  test("a shared account signs in the thread", async () => {
    const { people, world, quiet } = here;
    const ref = await openDemande(people);
    await quiet();
    const alix = await linked();
    if (!alix) throw new Error("not linked");
    const { identities: _, ...rest } = alix;
    await world.db.agents.save({ ...rest, shared: true });
    const thread = threadOf(await demandeOf(world.db, ref), "caf-01");
    const { id, told } = await people.say("alix.modele", thread, "Je regarde.");
    expect(told.kind === "said" ? told.words : "").toContain("Ce compte est partagé");
    await people.edit("alix.modele", thread, id, "Je regarde.\n— Lou, accueil");
    const { events } = await demandeOf(world.db, ref);
    expect(events.filter(({ type }) => type === "message").map(({ by }) => by.name)).toEqual([
      "Lou, accueil (compte partagé Alix Modèle)",
    ]);
    await world.db.agents.save({ ...rest, shared: false });
  });
});
