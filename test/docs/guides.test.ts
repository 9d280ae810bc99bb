/** The guides name only what is there: commands and their words, buttons' words, pictures and other pages. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ACTION_IDS, actionOf, COMMANDS } from "../../src/actions.ts";
import { GROUPE_COMMANDS } from "../../src/groupes/commands/registry.ts";

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), "../../docs/guides");
const pages = readdirSync(FOLDER).filter((name) => name.endsWith(".md"));
const textOf = (page: string): string => readFileSync(join(FOLDER, page), "utf8");

/** The words that a command may begin with, as its own usage names them. */
const wordsOf = (command: string): readonly string[] => {
  if (command === "groupe") return [...GROUPE_COMMANDS.map(({ name }) => name), "aide"];
  const usage: string = COMMANDS.find((known) => known.command === command)?.usage ?? "";
  return usage
    .replace(/[[\]…]/g, " ")
    .split(/[\s|]+/)
    .filter(Boolean);
};

test("there is a page for each role", () => {
  expect(pages.sort()).toEqual(["README.md", "aidant.md", "instructeur.md", "responsable.md", "tous.md"]);
});

describe.each(pages)("%s", (page) => {
  const text = textOf(page);
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

  test("names only labels that exist, where it gives the word of a button", () => {
    for (const [, label = "", word = ""] of text.replace(/\s+/g, " ").matchAll(/« ([^«»]+) »\**\s\(`!([a-z]+)`\)/g)) {
      const action = ACTION_IDS.map(actionOf).find((one) => one.word === word);
      expect(label.replaceAll("*", "")).toBe(action?.label);
    }
  });

  test("its pictures and links are there, each picture told in words and small enough for a phone", () => {
    for (const [, alt = "", target = ""] of text.matchAll(/!?\[([^\]]*)\]\(([^)#]+)\)/g)) {
      expect(alt).not.toBe("");
      expect(existsSync(join(FOLDER, target))).toBe(true);
      if (target.endsWith(".png")) expect(statSync(join(FOLDER, target)).size).toBeLessThan(150_000);
    }
  });
});

test("no picture is left that no page shows", () => {
  const all = pages.map(textOf).join("\n");
  const unused = readdirSync(join(FOLDER, "images")).filter((name) => !all.includes(`images/${name}`));
  expect(unused).toEqual([]);
});
