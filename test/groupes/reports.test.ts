/**
 * `/groupe exporter` and `/groupe stats` on both platforms, over the wire: the file that is there, read by another library than the
 * one that wrote it; the figures against a recomputation from the events; kills, and rights that change meanwhile.
 */
import { parse } from "csv-parse/sync";
import type { LoadedDemande } from "../../models/demandes.ts";
import { workingHoursBetween } from "../../src/domain/calendar.ts";
import type { GroupeId } from "../../src/domain/ids.ts";
import { agentId } from "../../src/domain/ids.ts";
import { store } from "../models/store.ts";
import type { LocalBot } from "../support/bot.ts";
import { BotProcess, startBotHere } from "../support/bot.ts";
import { MatrixClient } from "../support/matrixClient.ts";
import {
  ALIX,
  archived,
  CAMILLE,
  MORGAN,
  matrixFiles,
  processed,
  slackFiles,
  slackMessages,
  storePast,
  taken,
  words,
} from "../support/reports.ts";
import { blockWords } from "../support/slackView.ts";
import { until } from "../support/until.ts";
import { openWorld, type World } from "../support/world.ts";

/** A Tuesday; no holiday for weeks. */
const BEGINS = new Date("2031-03-04T10:00:00+01:00");
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

let world: World;
let bot: LocalBot;
let past: LoadedDemande[];

beforeEach(async () => {
  world = await openWorld({ begins: BEGINS, matrix: "seed" });
  past = await storePast(world.db, [
    { at: new Date("2031-01-07T08:00:00Z"), groupes: ["caf-01"] },
    {
      at: new Date("2031-01-10T16:30:00Z"),
      groupes: ["caf-01", "prefecture-01"],
      next: [
        { by: ALIX, events: [words('=HYPERLINK("http://exemple.test")'), taken] },
        { by: ALIX, events: [words("entre nous", "instructeurs")] },
        { by: CAMILLE, events: [words("merci")] },
        { by: ALIX, events: [processed] },
        { by: CAMILLE, events: [archived] },
      ],
    },
    { at: new Date("2031-02-20T09:00:00Z"), groupes: ["prefecture-01"], next: [{ by: MORGAN, events: [taken] }] },
    // Before the usual period.
    { at: new Date("2030-11-30T22:30:00Z"), groupes: ["caf-01"] },
  ]);
  bot = await startBotHere(world);
});

afterEach(async () => {
  await bot.stop();
  await world.close();
});

const typed = (who: string, text: string, channel = "dm") =>
  world.slack.control.command({ as: world.account(who).user, channel, command: "/groupe", text });

const answer = (outcome: { ephemeral?: unknown }): string =>
  blockWords((outcome.ephemeral as { blocks: unknown }[] | undefined)?.at(-1)?.blocks);

const rowsOf = (bytes: Buffer): Record<string, string>[] => {
  expect(bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
  return parse(bytes, { bom: true, delimiter: ";", columns: true }) as Record<string, string>[];
};

const exported = (who: string) =>
  until("the export", async () => {
    const files = await slackFiles(world, await slackMessages(world, who));
    return files.length > 0 ? files : null;
  });

const COLUMNS = [
  "Id",
  "Numéro",
  "Date de création",
  "Territoire",
  "Avancement",
  "Créateur",
  "Structure mandatée",
  "Réseau",
  "Invités",
  "Messages",
  "Réponses",
  "Utile",
  "Pertinente",
  "Date de clôture",
  "Groupes du demandeur",
  "Groupes sollicités",
  "Groupes invités",
  "Délais de première réponse (Jours)",
  "Délais de clôture (Jours)",
  "Délais de première réponse (heures)",
  "Délais de clôture (heures)",
];

describe("exporter", () => {
  test("on Slack, a file in person with one line for each demande of the period, and nothing of the usager", async () => {
    const outcome = await typed("charlie.modele", "exporter", "caf-ain");
    expect(answer(outcome)).toContain("du 1er décembre 2030 au 4 mars 2031");
    const [file, ...others] = await exported("charlie.modele");
    expect(others).toEqual([]);
    expect(file?.name).toBe("Demandes Administration+ - CAF de l’Ain - 2030-12-01 - 2031-03-04.csv");
    expect(file?.caption).toContain("2 demandes");
    const text = file?.bytes.toString("utf8") ?? "";
    for (const secret of ["Droits suspendus", "Blocage", "Nomusager", "HYPERLINK", "entre nous", "merci"])
      expect(text).not.toContain(secret);
    const rows = rowsOf(file?.bytes ?? Buffer.alloc(0));
    expect(Object.keys(rows[0] ?? {})).toEqual(COLUMNS);
    expect(rows.map((row) => row.Numéro)).toEqual(["D-001000", "D-001001"]);
    const [openedAt, archivedAt] = [past[1]?.state.openedAt, past[1]?.state.archivedAt];
    if (!openedAt || !archivedAt) throw new Error("not archived");
    expect(rows[1]).toMatchObject({
      "Date de création": "2031-01-10 17:30",
      Territoire: "Ain (01)",
      Avancement: "Archivée",
      Créateur: "Camille Exemple",
      Invités: "Alix Modèle",
      // The demande, two of Alix and one of Camille.
      Messages: "4",
      // A word and « je m’en occupe » at once, then « traitée ».
      Réponses: "2",
      Utile: "Oui",
      Pertinente: "Oui",
      "Date de clôture": "2031-01-10 22:30",
      "Groupes du demandeur": "France Services d’Exemple-sur-Ain",
      "Groupes sollicités": "CAF de l’Ain, Préfecture de l’Ain",
      "Groupes invités": "",
      "Délais de première réponse (heures)": "1",
      "Délais de première réponse (Jours)": "0,04",
      "Délais de clôture (heures)": String(workingHoursBetween(openedAt, archivedAt, "01")).replace(".", ","),
    });
    expect(rows[0]).toMatchObject({ Avancement: "Nouvelle", "Date de clôture": "", "Délais de clôture (Jours)": "" });
  });

  test("on Matrix, in the direct room; the aidants’ groupe has those that it opened", async () => {
    const { matrix } = world;
    if (!matrix) throw new Error("no Matrix");
    const maxime = new MatrixClient(matrix.person("maxime.fictif"), matrix);
    const room = await maxime.direct();
    await maxime.write(room, null, "!groupe exporter 01/2031");
    const [file] = await until("the export", async () => {
      const files = await matrixFiles(maxime.person, await maxime.person.messages(room));
      return files.length > 0 ? files : null;
    });
    expect(rowsOf(file?.bytes ?? Buffer.alloc(0)).map((row) => row.Numéro)).toEqual(["D-001001"]);

    await typed("dominique.exemple", "exporter depuis 01/11/2030");
    const [own] = await exported("dominique.exemple");
    expect(rowsOf(own?.bytes ?? Buffer.alloc(0)).map((row) => row.Numéro)).toEqual([
      "D-001003",
      "D-001000",
      "D-001001",
      "D-001002",
    ]);
  });

  test("a bad date gets a sentence, a period without demandes too, and who runs nothing is refused", async () => {
    expect(answer(await typed("charlie.modele", "exporter 31/02/2031"))).toContain("Le « 31/02/2031 » n’existe pas");
    expect(answer(await typed("alix.modele", "exporter"))).toContain("Seule une personne responsable");
    expect(await world.db.notices.waitingCount()).toBe(0);
    await typed("charlie.modele", "exporter 01/01/2030 31/01/2030");
    await until("the sentence", async () => {
      const texts = (await slackMessages(world, "charlie.modele")).map((message) => String(message.text));
      return texts.some((text) => text.includes("aucune demande du 1er janvier 2030 au 31 janvier 2030"));
    });
  });

  test("who is responsable no more when it is made is told so, and given nothing", async () => {
    await bot.stop();
    const charlie = await world.db.agents.byId(agentId("charlie.modele"));
    if (!charlie) throw new Error("no Charlie");
    const period = { first: "2031-01-01", last: "2031-03-04" };
    const report = { type: "export", groupe: ALIX.groupeId, period, askedBy: charlie.id } as never;
    await world.db.notices.add(
      { id: "export.essai", to: { kind: "agent", agentId: charlie.id }, content: { kind: "report", report } },
      new Date(),
    );
    await world.db.agents.save({ ...charlie, memberships: charlie.memberships.map((m) => ({ ...m, responsable: false })) });
    bot = await startBotHere(world);
    await until("the refusal", async () => {
      const texts = (await slackMessages(world, "charlie.modele")).map((message) => String(message.text));
      return texts.some((text) => text.includes("vous n’êtes plus responsable"));
    });
    expect(await slackFiles(world, await slackMessages(world, "charlie.modele"))).toEqual([]);
  });

  test.each(["files.getUploadURLExternal", "files.completeUploadExternal"])(
    "the answer of %s lost, the file comes once",
    async (method) => {
      world.slack.faults.add({ kind: "loseAnswer", method, times: 1 });
      await typed("charlie.modele", "exporter");
      await exported("charlie.modele");
      await until("the end of it", async () => (await world.db.notices.waitingCount()) === 0);
      expect(await slackFiles(world, await slackMessages(world, "charlie.modele"))).toHaveLength(1);
    },
  );
});

describe("killed", () => {
  test.each([
    ["exporter", "files.getUploadURLExternal"],
    ["exporter", "files.completeUploadExternal"],
    ["stats", "chat.postMessage"],
    ["stats", "files.completeUploadExternal"],
  ])("« %s », the program being killed once Slack has done %s, is given once", async (command, method) => {
    await bot.stop();
    // The program has the machine's clock, not the world's: what it tells of is of these weeks.
    const lately = new Date(Date.now() - 10 * 86_400_000);
    await store(world.db, "ces-jours-ci", { at: lately, by: CAMILLE, ref: 2000, groupes: [ALIX.groupeId as GroupeId] });
    await world.db.demandes.model.updateMany({}, { $set: { deliverAt: null, threads: [] } });
    let program = await BotProcess.start(world, "tuable");
    try {
      const died = new Promise<void>((resolve) => {
        const stop = world.slack.onCall(async (phase, called) => {
          if (phase !== "after" || called !== method) return;
          stop();
          await program.kill();
          resolve();
        });
      });
      // The sandbox answers once all that follows is delivered: not while the program is dead.
      const answered = typed("charlie.modele", command).catch(() => undefined);
      await died;
      program = await BotProcess.start(world, "tuable");
      await until("the end of it", async () => (await world.db.notices.waitingCount()) === 0);
      await answered;
      const here = await slackMessages(world, "charlie.modele");
      const heads = here.filter((message) => String(message.text).includes("Statistiques : CAF"));
      const threads = await Promise.all(heads.map((head) => slackMessages(world, "charlie.modele", "dm", String(head.ts))));
      expect(heads).toHaveLength(command === "stats" ? 1 : 0);
      expect(await slackFiles(world, command === "stats" ? threads.flat() : here)).toHaveLength(1);
    } finally {
      await program.stop();
      bot = await startBotHere(world);
    }
  });
});

describe("stats", () => {
  /** From the events alone, by other means than the code. */
  function firstAnswers(): number[] {
    return past.slice(0, 2).flatMap(({ events, state }) => {
      const first = events.find(
        ({ by, audience, type }) => by.role === "instructeur" && audience === "tous" && type !== "viewed",
      );
      return first ? [workingHoursBetween(state.openedAt, first.at, "01")] : [];
    });
  }

  test("in the groupe’s channel: figures, and in their thread a picture with the same in words", async () => {
    await typed("charlie.modele", "stats", "caf-ain");
    const root = await until("the figures", async () =>
      (await slackMessages(world, "charlie.modele", "caf-ain")).find((m) =>
        String(m.text).includes("Statistiques : CAF de l’Ain"),
      ),
    );
    const text = blockWords(root.blocks);
    expect(text).toContain("2 demandes reçues");
    expect(text).toContain("🆕 1 nouvelle, 🗄️ 1 archivée");
    expect(text).toContain("En souffrance en ce moment : 1 sur 1 demande ouverte (100 %)");
    const [hours = Number.NaN] = firstAnswers();
    const spoken = `${(hours / 24).toLocaleString("fr-FR", { maximumFractionDigits: 1 })} j`;
    expect(text).toContain(`Première réponse (1 demande) : médiane ${spoken}`);
    expect(text).toContain("Première réponse dans les 3 jours ouvrés : 1 sur 2 (50 %)");
    expect(text).toContain("Réponse utile : 1 oui, 0 non, 0 « je ne sais pas », 1 sans avis");
    expect(text).toContain("janvier 2031 : 2 demandes, dont 1 traitée ou archivée");
    const [picture] = await until("the picture", async () => {
      const files = await slackFiles(world, await slackMessages(world, "charlie.modele", "caf-ain", String(root.ts)));
      return files.length > 0 ? files : null;
    });
    expect(picture?.bytes.subarray(0, 8)).toEqual(PNG);
  });

  test("in person on Matrix, in the conversation; the picture says in words what it shows", async () => {
    const { matrix } = world;
    if (!matrix) throw new Error("no Matrix");
    const maxime = new MatrixClient(matrix.person("maxime.fictif"), matrix);
    const room = await maxime.direct();
    await maxime.write(room, null, "!groupe stats");
    const picture = await until("the picture", async () =>
      (await maxime.person.timeline(room)).find(({ content }) => content.msgtype === "m.image"),
    );
    const [{ bytes } = { bytes: Buffer.alloc(0) }] = await matrixFiles(maxime.person, [picture]);
    expect(bytes.subarray(0, 8)).toEqual(PNG);
    const root = await maxime.person.event(room, picture.content["m.relates_to"].event_id);
    expect(root.content.body).toContain("Statistiques : Préfecture de l’Ain");
    expect(root.content.body).toContain("2 demandes reçues");
    expect(picture.content.body).toContain("Les mêmes chiffres en image : Préfecture de l’Ain");
  });

  test("a groupe without demandes has a sentence and no picture", async () => {
    await typed("eden.invente", "stats");
    const told = await until("the sentence", async () =>
      (await slackMessages(world, "eden.invente")).find((m) => String(m.text).includes("Statistiques : MSA de l’Ain")),
    );
    expect(String(told.text)).toContain("Aucune demande");
    expect(await slackFiles(world, await slackMessages(world, "eden.invente", "dm", String(told.ts)))).toEqual([]);
  });
});
