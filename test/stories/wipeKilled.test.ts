/**
 * The program killed with SIGKILL while it wipes: before and after its writes, its removals and its posts. It goes on where it was:
 * nothing is left, nothing is removed or told twice.
 *
 * KILLS=40 kills as many times on each platform; SEED=… plays the same choices again.
 */
import { BotProcess, startBotHere } from "../support/bot.ts";
import { CANARY, canariesIn } from "../support/canaries.ts";
import { demandeOf, openDemande, threadOf } from "../support/demandes.ts";
import { series, watchInstants } from "../support/instants.ts";
import { matrixPeople } from "../support/matrixPeople.ts";
import type { PlatformUnderTest } from "../support/platformUnderTest.ts";
import { sitesOf, untilQuiet } from "../support/quiet.ts";
import { slackPeople } from "../support/slackPeople.ts";
import { until } from "../support/until.ts";
import { openWorld, type World } from "../support/world.ts";

const KILLS = Number(process.env.KILLS ?? 4);
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const PER_KILL_MS = 20_000;
const DAY_MS = 86_400_000;
/** The program has the machine's clock: it is in the past that people lived. */
const LIVED_DAYS_AGO = 200;
/** An instant is among so many of those to come. */
const WITHIN = 5;
const DEMANDES = 2;
/** What the wipe itself writes, removes and posts; the program’s other calls say nothing of it. */
const OF_THE_WIPE =
  /update demandes|showings|register|delete |chat\.|conversations\.replies|files\.|views\.|redact|relations|send/;

type Event = Readonly<Record<string, unknown>>;

async function lived(world: World, people: PlatformUnderTest): Promise<number[]> {
  const bot = await startBotHere(world);
  const refs: number[] = [];
  const quiet = () => untilQuiet(world.db, sitesOf(world));
  for (let n = 0; n < DEMANDES; n += 1) {
    const ref = await openDemande(people, {
      sujet: `${CANARY}sujet`,
      nomDeFamille: `${CANARY}nom`,
      description: `${CANARY}description`,
    });
    await quiet();
    const thread = async (name: "aidant" | "caf-01") => threadOf(await demandeOf(world.db, ref), name);
    await people.say("camille.exemple", await thread("aidant"), `${CANARY}aidant`, [
      { name: `${CANARY}fichier.pdf`, mimetype: "application/pdf", bytes: Buffer.from("%PDF") },
    ]);
    await people.click("alix.modele", await thread("caf-01"), "voir");
    await people.dismiss("alix.modele");
    await people.click("alix.modele", await thread("caf-01"), "repondre");
    await people.submit("alix.modele", { texte: `${CANARY}reponse` });
    await quiet();
    await people.click("camille.exemple", await thread("aidant"), "archiver");
    await people.submit("camille.exemple", { utile: "oui" });
    await quiet();
    refs.push(ref);
  }
  await bot.stop();
  return refs;
}

async function events(people: PlatformUnderTest): Promise<Event[]> {
  const all: Event[] = [];
  for (const place of await people.view.places()) all.push(...(JSON.parse(await people.view.stored(place)).flat(3) as Event[]));
  return all.filter((event) => typeof event === "object" && event !== null);
}

test.each([
  ["Slack", {}],
  ["Matrix", { matrix: "everybody" }],
] as const)(
  `%s: killed ${KILLS} times while it wipes`,
  async (on, where) => {
    const world = await openWorld({ ...where, begins: new Date(Date.now() - LIVED_DAYS_AGO * DAY_MS) });
    const people = on === "Slack" ? slackPeople(world) : matrixPeople(world);
    const own = (event: Event) => event.bot_id !== undefined || (world.matrix !== null && event.sender === world.matrix.bot.user);
    const botsOwn = async () => canariesIn(JSON.stringify((await events(people)).filter(own)));
    const random = series(SEED);
    const killedAt: string[] = [];
    let bot: BotProcess | null = null;
    try {
      const refs = await lived(world, people);
      expect((await botsOwn()).length).toBeGreaterThan(0);
      const wiped = () => world.db.demandes.model.countDocuments({ erasure: { $ne: null } });
      const unfinished = () => world.db.demandes.model.countDocuments({ erasure: "en_cours" });
      // Slack dates its messages by the world's clock, and the program looks for its own from the machine's on.
      await world.clock.set(new Date());
      // The sweep is daily, and the bot in which people lived has run it: the next day has come.
      const nextDay = () =>
        world.db.connection.db
          ?.collection("jobs")
          .updateOne({ name: "wipe" }, { $set: { nextRunAt: new Date(), lockedAt: null } });
      let left = Number.POSITIVE_INFINITY;
      let begun = false;
      const end = watchInstants(world, async (label, phase) => {
        if (!bot?.running || killedAt.length >= KILLS || !OF_THE_WIPE.test(label)) return undefined;
        begun ||= (await wiped()) > 0;
        // Each kind of instant once: most are much rarer than others.
        if (!begun || killedAt.includes(`${phase} ${label}`)) return undefined;
        left -= 1;
        if (left > 0) return undefined;
        killedAt.push(`${phase} ${label}`);
        await bot.kill();
        return phase === "before" ? "lost" : undefined;
      });
      while (killedAt.length < KILLS) {
        left = 1 + Math.floor(random() * WITHIN);
        await nextDay();
        bot = BotProcess.spawn(world, "tuable");
        const one = bot;
        const done = async () => (await wiped()) === DEMANDES && (await unfinished()) === 0;
        await until("killed, or all is done", async () => !one.running || (await done()));
        if (one.running) break;
      }
      end();
      await nextDay();
      if (!bot?.running) bot = await BotProcess.start(world, "tuable");
      await until("all erased", async () => (await wiped()) === DEMANDES && (await unfinished()) === 0, 60_000);
      await untilQuiet(world.db, sitesOf(world));
      await bot.stop();
      process.stderr.write(`killed ${killedAt.join(", ")}\n`);
      expect(killedAt.length).toBeGreaterThan(1);

      expect(await botsOwn()).toEqual([]);
      for (const ref of refs) {
        const demande = await demandeOf(world.db, ref);
        expect(demande.state).toMatchObject({ sujet: "", usager: null, usefulness: "oui" });
        expect(await world.db.showings.model.countDocuments({ keys: `demande/${demande.id}` })).toBe(0);
      }
      const acts = (await world.db.register.since(new Date(0), 50)).map(({ act, ref }) => `${act} ${ref}`);
      expect(acts.toSorted()).toEqual(refs.flatMap((ref) => [`consultation ${ref}`, `purge ${ref}`]).toSorted());
      const all = await events(people);
      const redacted = all.filter(own).flatMap(({ type, redacts }) => (type === "m.room.redaction" ? [redacts] : []));
      expect(redacted.length).toBe(new Set(redacted).size);
      const told = all.filter((event) => own(event) && JSON.stringify(event).includes("Il reste dans ce fil"));
      // A thread may be read more than once; each message counts once.
      const threads = [...new Map(told.map(({ ts, thread_ts: thread }) => [ts, thread])).values()];
      expect(threads.length).toBe(new Set(threads).size);
    } catch (error) {
      process.stderr.write(`SEED=${SEED} killed ${killedAt.join(", ")}\n${bot?.log()}\n`);
      throw error;
    } finally {
      if (bot?.running) await bot.kill();
      await world.close();
    }
  },
  60_000 + PER_KILL_MS * KILLS,
);
