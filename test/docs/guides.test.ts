/** The guides tell every task, and name only what is there: commands, buttons and fields by their own words, pictures, headings. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { SEED_GROUPES } from "../../sandbox/seed/world.ts";
import { ACTION_IDS, actionOf, COMMANDS, SHORTCUTS } from "../../src/actions.ts";
import { demandeId, groupeId } from "../../src/domain/ids.ts";
import { GROUPE_COMMANDS } from "../../src/groupes/commands/registry.ts";
import { reminderButtons } from "../../src/presentation/buttons.ts";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");
const FOLDER = join(ROOT, "docs/guides");
const MOST_BYTES = 100_000;

const pages = readdirSync(FOLDER).filter((name) => name.endsWith(".md"));
const textOf = (path: string): string => readFileSync(path, "utf8");
const lineOf = (text: string): string => text.replace(/\s+/g, " ");

/** What A+'s own help tells how to do, and where it is told here. */
const TASKS: Readonly<Record<string, readonly string[]>> = {
  "aidant.md": ["Créer une demande", "Comprendre les états d’une demande"],
  "instructeur.md": ["Consulter les demandes reçues", "Répondre à une demande", "Inviter un autre organisme"],
  "responsable.md": [
    "Voir les utilisateurs du groupe",
    "Voir les demandes du groupe",
    "Ajouter quelqu’un, créer un compte",
    "Exporter les demandes",
  ],
  "tous.md": [
    "Modifier vos informations",
    "Voir et gérer votre groupe",
    "Je n’arrive pas à me connecter",
    "Mon adresse e-mail n’est pas reconnue",
    "Comment modifier les informations, le rôle ou l’adresse d’un utilisateur ?",
    "Comment ajouter un collègue à mon groupe, ou créer un compte ?",
    "Peut-on partager un compte ?",
    "Je m’absente",
    "Puis-je être instructeur dans plusieurs départements, ou aidant dans plusieurs structures ?",
    "Puis-je déposer une demande dans un autre département ?",
    "Le mandat est-il obligatoire ?",
  ],
};

/** The words that a command may begin with, as its own usage names them. */
const wordsOf = (command: string): readonly string[] => {
  if (command === "groupe") return [...GROUPE_COMMANDS.map(({ name }) => name), "aide"];
  const usage: string = COMMANDS.find((known) => known.command === command)?.usage ?? "";
  return usage
    .replace(/[[\]…]/g, " ")
    .split(/[\s|]+/)
    .filter(Boolean);
};

/** Slack's own names of its places. */
const OF_SLACK = ["Accueil"];

/** All that people read or type, as the code has it. */
const SAID = lineOf(
  [
    ...["src/texts.ts", ...readdirSync(join(ROOT, "src/texts")).map((name) => `src/texts/${name}`)].map((path) =>
      textOf(join(ROOT, path)),
    ),
    ...ACTION_IDS.map((id) => actionOf(id).label),
    ...SHORTCUTS.map(({ label }) => label),
    ...reminderButtons(demandeId("d"), groupeId("g"), false).map(({ label }) => label),
    ...SEED_GROUPES.map(({ name }) => name),
    ...OF_SLACK,
  ].join("\n"),
);

/** A name that is part of another word is not that name. */
const isSaid = (words: string): boolean =>
  new RegExp(`(?<![\\p{L}\\d])${words.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")}(?![\\p{L}\\d])`, "u").test(SAID);

const headingsOf = (text: string): string[] => [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);

/** As GitHub makes them. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, "")
    .replace(/\s/g, "-");

test("there is a page for each role, which tells each task", () => {
  expect(pages.sort()).toEqual(["README.md", ...Object.keys(TASKS)].sort());
  for (const [page, tasks] of Object.entries(TASKS))
    expect(headingsOf(textOf(join(FOLDER, page)))).toEqual(expect.arrayContaining([...tasks]));
});

describe.each(pages)("%s", (page) => {
  const text = textOf(join(FOLDER, page));
  const quoted = [...text.matchAll(/`([/!])([a-z]+)([^`]*)`/g)].map(([, sign, name = "", rest = ""]) => ({ sign, name, rest }));

  test("names only commands and words that exist", () => {
    const words = new Set(ACTION_IDS.map((id) => actionOf(id).word));
    for (const { sign, name, rest } of quoted) {
      const known = COMMANDS.some(({ command }) => command === name);
      if (sign === "!" && !known) expect([...words]).toContain(name);
      else expect(COMMANDS.map(({ command }) => command)).toContain(name);
      const [word] = rest.trim().split(/\s+/);
      if (known && word) expect(wordsOf(name)).toContain(word);
    }
  });

  test("quotes only what the bot says, and what is said to it", () => {
    const outside = lineOf(text).replace(/`[^`]*`/g, "");
    const labels = [...outside.matchAll(/« ([^«»]+) »/g)].map(([, label = ""]) => label);
    expect(labels.filter((label) => !isSaid(label))).toEqual([]);
  });

  test("gives each button its own word", () => {
    for (const [, label = "", word = ""] of lineOf(text).matchAll(/« ([^«»]+) »\**\s\((?:sur Matrix )?`!([a-z]+)`/g)) {
      const action = ACTION_IDS.map(actionOf).find((one) => one.word === word);
      expect(label).toBe(action?.label);
    }
  });

  test("its links and their headings are there", () => {
    for (const [, path = "", anchor = ""] of text.matchAll(/(?<!!)\[[^\]]*\]\(([^)#\s]*)(?:#([^)]+))?\)/g)) {
      const target = path === "" ? join(FOLDER, page) : join(FOLDER, path);
      expect([target, existsSync(target)]).toEqual([target, true]);
      if (anchor !== "") expect(headingsOf(textOf(target)).map(anchorOf)).toContain(anchor);
    }
  });

  test("its pictures are there, told in words, and small enough for a phone", () => {
    for (const [, alt = "", target = ""] of text.matchAll(/!\[([^\]]*)\]\(([^)]+)\)/g)) {
      expect([target, alt.length > 20]).toEqual([target, true]);
      expect([target, statSync(join(FOLDER, target)).size <= MOST_BYTES]).toEqual([target, true]);
    }
  });
});

test("no picture is left that no page shows", () => {
  const all = pages.map((page) => textOf(join(FOLDER, page))).join("\n");
  const unused = readdirSync(join(FOLDER, "images")).filter((name) => !all.includes(`images/${name}`));
  expect(unused).toEqual([]);
});
