/** The log of a bot that runs and of a channel that refuses it: one JSON object a line, with what a search of logs needs, and ids. */
import { z } from "zod";
import { BotProcess } from "../support/bot.ts";
import { demandeOf, openDemande, threadOf } from "../support/demandes.ts";
import { sitesOf, untilQuiet } from "../support/quiet.ts";
import { slackPeople } from "../support/slackPeople.ts";
import { until } from "../support/until.ts";
import { openWorld } from "../support/world.ts";

const entry = z.looseObject({ level: z.int().min(10).max(60), time: z.number(), msg: z.string().min(1) });

test("each line is one object with its level, its time and its words; a delivery put off names the demande and the platform's word", async () => {
  const world = await openWorld();
  try {
    const lines: string[] = [];
    const people = slackPeople(world);
    const bot = await BotProcess.start(world, "journaux", { LOG_LEVEL: "debug" }, (line) => lines.push(line));
    const ref = await openDemande(people);
    await untilQuiet(world.db, sitesOf(world));
    const { channel } = threadOf(await demandeOf(world.db, ref), "caf-01");
    await world.slack.control.archive(channel ?? "");
    await people.say("camille.exemple", threadOf(await demandeOf(world.db, ref), "aidant"), "Où en est-on ?");
    const { id } = await demandeOf(world.db, ref);
    await until("the log telling of the channel", () => lines.some((line) => line.includes(id) && line.includes("is_archived")));
    expect(await bot.stop()).toBe(0);
    const entries = lines.filter((line) => !line.startsWith("aplus-bot ")).map((line) => entry.parse(JSON.parse(line)));
    expect(entries.length).toBeGreaterThan(0);
    const told = entries.find((one) => one.demande === id && JSON.stringify(one).includes("is_archived"));
    expect(told?.level).toBeGreaterThanOrEqual(30);
    expect(lines.join("\n")).not.toContain("Où en est-on");
  } finally {
    await world.close();
  }
});
