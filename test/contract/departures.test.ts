/** Leaving the channel of a groupe takes away at once what the groupe gave, and coming back gives it again: on every platform alike. */
import { randomUUID } from "node:crypto";
import type { PlatformName } from "../../src/domain/demande.ts";
import { groupeId } from "../../src/domain/ids.ts";
import { plainText } from "../../src/domain/richtext.ts";
import { readmit } from "../../src/groupes/presence.ts";
import { encodeTarget } from "../../src/presentation/buttons.ts";
import { demandeOf, openDemande } from "../support/demandes.ts";
import { type Here, openHere } from "../support/hereOn.ts";
import type { Told } from "../support/platformUnderTest.ts";

const words = (told: Told): string => (told.kind === "said" || told.kind === "form" ? told.words : JSON.stringify(told));
const SUSPENDED = "vos droits y sont suspendus";

describe.each<PlatformName>(["slack", "matrix"])("who leaves the channel of their groupe, on %s", (platform) => {
  let here: Here;
  beforeAll(async () => {
    here = await openHere(platform);
  });
  afterAll(() => here?.close());

  const leave = async (who: string, channel: string): Promise<void> => {
    await here.people.leave(who, channel);
    await here.quiet();
  };
  const comeBack = async (who: string, channel: string): Promise<void> => {
    await here.people.comeBack(who, channel);
    await here.quiet();
  };

  /** As a button that they still have somewhere: a list shown before, a message in person. */
  const take = async (who: string, ref: number): Promise<string> => {
    const demande = await demandeOf(here.world.db, ref);
    const person = here.world.account(who);
    const reaction = await here.bot().runtime.desk.click({
      id: randomUUID(),
      person,
      action: "prendre",
      value: encodeTarget({ demande: demande.id, groupe: groupeId("caf-01"), more: null }),
      place: { ...person, channel: "ailleurs" },
      root: null,
    });
    return reaction.kind === "tell" ? plainText(reaction.message.body) : reaction.kind;
  };
  const noticesTo = async (who: string): Promise<string[]> => {
    const found = await here.world.db.notices.model.find({ "to.agentId": who }, { _id: 1 }).lean<{ _id: string }[]>();
    return found.map(({ _id }) => _id).filter((id) => id.startsWith("left."));
  };

  test("an instructeur does nothing more until they come back; the responsable is told once", async () => {
    const { people, quiet } = here;
    const ref = await openDemande(people);
    await quiet();
    await leave("alix.modele", "caf-ain");
    expect(await take("alix.modele", ref)).toContain(SUSPENDED);
    expect(words(await people.command("alix.modele", "demandes", "nouvelles"))).not.toContain("Droits suspendus");
    await quiet();
    expect(await noticesTo("charlie.modele")).toHaveLength(1);
    await comeBack("alix.modele", "caf-ain");
    expect(await take("alix.modele", ref)).toBe("nothing");
    expect((await demandeOf(here.world.db, ref)).state.status).toBe("en_cours");
  });

  test("an aidant cannot open, and is told how to come back", async () => {
    const { people } = here;
    await leave("camille.exemple", "france-services-exemple");
    expect(words(await people.begin("camille.exemple", "dm"))).toContain("revenez dans ce canal");
    await comeBack("camille.exemple", "france-services-exemple");
    expect((await people.begin("camille.exemple", "dm")).kind).toBe("form");
    await people.dismiss("camille.exemple");
  });

  test("who leaves while nobody listens has left; who comes back meanwhile is back", async () => {
    const { people } = here;
    const ref = await openDemande(people);
    await here.quiet();
    await here.away(() => people.leave("alix.modele", "caf-ain"));
    expect(await take("alix.modele", ref)).toContain(SUSPENDED);
    await here.away(() => people.comeBack("alix.modele", "caf-ain"));
    expect(await take("alix.modele", ref)).toBe("nothing");
  });

  test("an event told again, or too late, changes nothing and tells nobody again", async () => {
    const { people, world, quiet } = here;
    const again = people.tellTwice();
    await leave("alix.modele", "caf-ain");
    await comeBack("alix.modele", "caf-ain");
    await leave("alix.modele", "caf-ain");
    again();
    await quiet();
    const ref = await openDemande(people);
    expect(await take("alix.modele", ref)).toContain(SUSPENDED);
    const told = await noticesTo("charlie.modele");
    expect(new Set(told).size).toBe(told.length);
    await comeBack("alix.modele", "caf-ain");
    const groupe = await world.db.groupes.byId(groupeId("caf-01"));
    if (platform === "slack" && groupe?.place)
      await world.db.presences.record(groupe.id, groupe.place, {
        user: world.account("alix.modele").user,
        present: false,
        at: 1,
        event: "vieux",
      });
    expect(await take("alix.modele", ref)).toBe("nothing");
  });

  test("a groupe bound elsewhere, or a responsable who adds them again, ends the suspension; a room never seen counts for nothing", async () => {
    const { people, world } = here;
    const ref = await openDemande(people);
    await here.quiet();
    const groupe = await world.db.groupes.byId(groupeId("caf-01"));
    const agent = await world.db.agents.byIdentity(world.account("alix.modele"));
    if (!groupe?.place || !agent) throw new Error("the seed has changed");
    await leave("alix.modele", "caf-ain");
    expect(await take("alix.modele", ref)).toContain(SUSPENDED);
    await world.db.groupes.save({ ...groupe, place: { ...groupe.place, channel: "C0AILLEURS" } });
    expect(await take("alix.modele", ref)).toBe("nothing");
    await world.db.groupes.save(groupe);
    const other = await openDemande(people);
    expect(await take("alix.modele", other)).toContain(SUSPENDED);
    await readmit(world.db, agent, groupe.id);
    expect(await take("alix.modele", other)).toBe("nothing");
    await comeBack("alix.modele", "caf-ain");
  });

  test("the bot taken out of the channel sees nobody leave", async () => {
    const { people, world } = here;
    const place = (await world.db.groupes.byId(groupeId("caf-01")))?.place;
    const ref = await openDemande(people);
    await here.quiet();
    await here.away(async () => {
      if (platform === "slack") await world.slack.control.leave("caf-ain", "bot");
      else await world.matrix?.bot.call("POST", `rooms/${encodeURIComponent(place?.channel ?? "")}/leave`, {});
    });
    expect(await take("alix.modele", ref)).toBe("nothing");
  });
});
