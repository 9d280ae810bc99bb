/**
 * What everybody is shown that names no demande: boards, searches, home, the other commands, the form of a new demande, and what
 * other systems ask over HTTP. On a board stands what one opened or was asked; a number that one may not know is found by nobody.
 */
import { randomUUID } from "node:crypto";
import { COMMANDS, SHORTCUTS } from "../../src/actions.ts";
import { formatRef } from "../../src/domain/ids.ts";
import { richText } from "../../src/domain/richtext.ts";
import { createApi } from "../../src/http/api/api.ts";
import { openApiDocument } from "../../src/http/api/openapi.ts";
import type { BoardId } from "../../src/presentation/board.ts";
import type { FormValues } from "../../src/presentation/form.ts";
import { boardTexts } from "../../src/texts/boards.ts";
import { personOf, placeOf, VALID } from "../demandes/world.ts";
import { ASKED, headersOf, SECRET } from "../http/client.ts";
import type { Given } from "./entries.ts";
import { answerOf } from "./entries.ts";
import { Stage } from "./stage.ts";
import type { Person, State } from "./table.ts";
import { closedAccount, findsByNumber, PERSONS, ROLES, reads, STATES } from "./table.ts";

/** « Seuls les aidants ouvrent des demandes, au nom de leur groupe. » */
const AIDANTS: ReadonlySet<Person> = new Set(["auteur", "collegue", "ailleurs", "double", "guichet"]);
/** « /groupe demandes, for responsables »: numbers, dates and states. */
const RUN: ReadonlySet<Person> = new Set(["respfs", "respcaf", "respcpam", "resp67", "admin"]);
const BOARDS = Object.keys(boardTexts) as BoardId[];
const GROUPES = ["fs", "caf", "cpam", "caf67"];
/** Of a wiped demande nothing is left to be looked for. */
const FOUND_BY_WORDS = STATES.filter((state) => state !== "effacée");

const WORDS = /Sujetdecanari|Motsdecanari|Nomusager|Prénomusager|Blocage/;
const ANYTHING = new RegExp(`${WORDS.source}|D-0000`);

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.open();
});
afterAll(() => stage?.close());

const command = (who: Person, name: string, text: string): Promise<Given> =>
  stage.world.desk.command({
    id: randomUUID(),
    person: personOf(who),
    command: name,
    text,
    place: placeOf("D-direct"),
    direct: true,
  });

const turn = (who: Person, value: string): Promise<Given> =>
  stage.world.desk.click({
    id: randomUUID(),
    person: personOf(who),
    action: "lister",
    value,
    place: placeOf("D-direct"),
    root: null,
  });

const home = (who: Person, view: string | null, search: string | null = null) =>
  stage.world.desk.home({ id: randomUUID(), person: personOf(who), view, search });

const refsIn = (given: Given): string[] => (given.kind === "list" ? given.list.lines.map(({ ref }) => ref) : []);
const refOf = (state: State): string => formatRef(stage.target(state).ref);
const expectedRefs = (who: Person, states: readonly State[]): string[] => (reads(who) ? states.map(refOf).toSorted() : []);

/** Nothing changes by looking. */
async function unchanged(look: () => Promise<void>): Promise<void> {
  const before = await stage.snapshot();
  await look();
  expect(await stage.snapshot()).toBe(before);
}

describe.each(PERSONS)("%s", (who) => {
  const account = closedAccount(who);
  /** « canal quitté » closes what the groupe gave, and the person may still look at what is left to them: nothing. */
  const closed = account !== null && account !== "canal quitté";

  test("the boards, of each groupe or of all, hold what they opened or were asked, and nothing else", async () => {
    await unchanged(async () => {
      const seen = new Set<string>();
      for (const [n, board] of BOARDS.entries())
        for (const groupe of ["", GROUPES[(n + PERSONS.indexOf(who)) % GROUPES.length]]) {
          const given = await turn(who, `liste|${board}|${groupe}`);
          if (closed) expect(answerOf(given)).toBe(account);
          else expect(given.kind).toBe("list");
          for (const ref of refsIn(given)) seen.add(ref);
          if (!reads(who)) expect(JSON.stringify(given)).not.toMatch(ANYTHING);
        }
      expect([...seen].toSorted()).toEqual(expectedRefs(who, STATES));
    });
  });

  test("the home, whatever it is asked to show", async () => {
    await unchanged(async () => {
      const views = [
        null,
        ...BOARDS.map((board) => `liste|${board}|`),
        ...STATES.map((s) => `liste|numero|${stage.target(s).ref}`),
      ];
      for (const view of views) {
        const shown = await home(who, view);
        if (closed) expect(shown.kind).toBe("closed");
        if (!reads(who) && !STATES.some((state) => findsByNumber(who, state))) {
          // Its own address, by which the page is asked for again, bears the number that was typed.
          const { view: _, ...read } = { view: null, ...shown };
          expect(JSON.stringify(read).replaceAll(view ?? " ", "")).not.toMatch(ANYTHING);
        }
      }
    });
  });

  test("what is looked for by its words is found by who has it on a board", async () => {
    await unchanged(async () => {
      for (const words of ["Nomusager", "Sujetdecanari", "Prénomusager Nomusager"]) {
        const given = await command(who, "demandes", `chercher ${words}`);
        expect(refsIn(given).toSorted()).toEqual(expectedRefs(who, FOUND_BY_WORDS));
        const shown = await home(who, null, words);
        const refs = shown.kind === "board" ? shown.list.lines.map(({ ref }) => ref) : [];
        expect(refs.toSorted()).toEqual(expectedRefs(who, FOUND_BY_WORDS));
      }
    });
  });

  test.each(STATES)("the number of one %s is found by who reads it; by others as if there were none", async (state) => {
    const given = await command(who, "demandes", `chercher ${refOf(state)}`);
    expect(refsIn(given)).toEqual(findsByNumber(who, state) ? [refOf(state)] : []);
    if (findsByNumber(who, state)) return;
    const absent = await command(who, "demandes", "chercher D-999999");
    expect(given).toEqual(absent);
    expect(await turn(who, `liste|numero|${stage.target(state).ref}`)).toEqual(await turn(who, "liste|numero|999999"));
  });

  test("a new demande: its form by each way in, shown and sent, is for aidants", async () => {
    const base = { id: randomUUID(), person: personOf(who), place: placeOf("C-fs"), root: null };
    const { desk } = stage.world;
    const values: FormValues = { ...VALID, signature: "Prénom Essai, accueil" };
    const form = { ...base, form: "ouvrir", context: {}, values } as const;
    const shown: Given[] = [
      await command(who, "demande", "Sujet"),
      await desk.click({ ...base, action: "ouvrir", value: "ouvrir" }),
      await desk.shortcut({ ...base, shortcut: "transformer", message: "m", text: richText("Bonjour") }),
    ];
    for (const given of shown) expect([given.kind, answerOf(given)]).toEqual(openingOf(who));
    expect((await desk.refreshForm(form)) !== null).toBe(AIDANTS.has(who));
    if (AIDANTS.has(who)) expect((await desk.submitForm(form)).kind).toBe("tell");
    else await unchanged(async () => expect(answerOf(await desk.submitForm(form))).toBe(account ?? "interdit"));
    // What was opened is not of the table.
    await stage.world.db.demandes.model.deleteOne({ openerId: who, _id: { $nin: STATES.map((s) => stage.target(s).id) } });
  });

  test("the other commands show nothing of a demande but its numbers and dates, to who runs the groupe", async () => {
    await unchanged(async () => {
      for (const [name, text] of [
        ["moi", ""],
        ["moi", "groupe"],
        ["moi", "modifier"],
        ["aplus", "aide"],
        ["groupe", ""],
        ["groupe", "demandes dans CAF de l’Ain"],
        ["groupe", "demandes dans CPAM de l’Ain"],
        ["groupe", "demandes dans France Services Exemple"],
        ["inconnue", ""],
      ] as const) {
        const given = await command(who, name, text);
        if (closed) expect(answerOf(given)).toBe(account);
        // Who reads a demande in the channel of their groupe may read its subject in the list as well.
        const own = findsByNumber(who, "partagée") ? `Sujetdecanari ${STATES.indexOf("partagée")}` : "rien";
        const read = JSON.stringify(given).replaceAll(own, "");
        expect(read).not.toMatch(RUN.has(who) && text.startsWith("demandes") ? WORDS : ANYTHING);
      }
    });
  });
});

const openingOf = (who: Person): [Given["kind"], string] =>
  AIDANTS.has(who) ? ["form", "admis"] : ["tell", closedAccount(who) ?? "interdit"];

describe("another system, over HTTP", () => {
  const ask = (method: string, path: string, body: unknown = "", client = "essai", secret = SECRET) => {
    const sent = { method, path, body: body === "" ? "" : JSON.stringify(body), key: method === "POST" ? randomUUID() : "" };
    const headers = headersOf({ ...sent, client, secret });
    const api = createApi(stage.world.context, [{ id: "essai", secrets: [SECRET] }]);
    return api.answer({ method, path, headers, body: Buffer.from(sent.body) });
  };

  test("a demande that it did not ask for is not there, in any state, for anybody", async () => {
    await unchanged(async () => {
      const absent = await ask("GET", "/api/demandes/aucune-demande");
      expect(absent.status).toBe(404);
      for (const state of STATES) expect(await ask("GET", `/api/demandes/${stage.target(state).id}`)).toEqual(absent);
      const forged = await ask("GET", `/api/demandes/${stage.target("nouvelle").id}`, "", "essai", "faux".repeat(10));
      expect(forged).toEqual(await ask("GET", "/api/demandes/aucune-demande", "", "inconnu", "faux".repeat(10)));
      expect(forged.status).toBe(401);
    });
  });

  test("it opens in the name of aidants; of anybody else, whoever they are and whether they are, it is told the same", async () => {
    const told = new Set<string>();
    for (const who of PERSONS) {
      const body = { ...ASKED, aidant: { email: `${who}@exemple.test` }, signature: "Prénom Essai, accueil" };
      const before = await stage.snapshot();
      const answer = await ask("POST", "/api/demandes", body);
      expect([who, answer.status]).toEqual([who, AIDANTS.has(who) ? 201 : 422]);
      if (AIDANTS.has(who)) continue;
      told.add(JSON.stringify(answer));
      expect(await stage.snapshot()).toBe(before);
    }
    expect(told.size).toBe(1);
  });

  test("its calls are those of the description", () => {
    expect(Object.keys(openApiDocument().paths ?? {}).toSorted()).toEqual([
      "/api/demandes",
      "/api/demandes/{id}",
      "/api/openapi.json",
    ]);
  });
});

test("every command and shortcut of the registry is tried", () => {
  const tried = {
    demande: "a new demande",
    demandes: "the boards",
    groupe: "test/groupes/rights",
    moi: "the other commands",
    aplus: "the other commands",
  } as const satisfies Record<(typeof COMMANDS)[number]["command"], string>;
  expect(COMMANDS.map(({ command: name }) => name).toSorted()).toEqual(Object.keys(tried).toSorted());
  const shortcuts = { transformer: "a new demande", publier: "everyRight" } as const satisfies Record<
    (typeof SHORTCUTS)[number]["callback"],
    string
  >;
  expect(Object.keys(shortcuts)).toEqual(SHORTCUTS.map(({ callback }) => callback));
  expect([...AIDANTS].every((who) => Object.values<string>(ROLES[who] ?? {}).some((roles) => roles.includes("a")))).toBe(true);
});
