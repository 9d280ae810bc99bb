/**
 * The figures of a program that runs and is used, over HTTP: what the dashboard and the alert rules ask for is there, under these
 * names and these labels; nothing in a label grows with the number of demandes or people.
 */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { JOBS } from "../../jobs/scheduler.ts";
import { FAULT_CODES } from "../../src/watch/faults.ts";
import { send } from "../http/client.ts";
import { BotProcess } from "../support/bot.ts";
import { demandeOf, openDemande, threadOf, VALID } from "../support/demandes.ts";
import { type Outsider, startOutsider } from "../support/eavesdropper.ts";
import { type Exposition, parseExposition, sampleOf } from "../support/exposition.ts";
import { matrixPeople } from "../support/matrixPeople.ts";
import { parsePromql } from "../support/promql.ts";
import { sitesOf, untilQuiet } from "../support/quiet.ts";
import { slackPeople } from "../support/slackPeople.ts";
import { until } from "../support/until.ts";
import { openWorld, type World } from "../support/world.ts";

const SECRET = "un-secret-d-essai-de-plus-de-32-caracteres";
const ROOT = new URL("../../", import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, ROOT), "utf8");

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}
interface Panel {
  readonly title: string;
  readonly type: string;
  readonly targets?: readonly { readonly expr: string }[];
}

const OPERATIONS = text("docs/operations.md");
const RULES = (parse(text("docs/operations/alertes.yml")) as { groups: { rules: Rule[] }[] }).groups.flatMap(
  ({ rules }) => rules,
);
const DASHBOARD = JSON.parse(text("docs/operations/grafana/aplus-bot.json")) as { panels: Panel[] };
const PANELS = DASHBOARD.panels.filter(({ type }) => type !== "row");
const ASKED = [
  ...RULES.map(({ alert, expr }) => [alert, expr] as const),
  ...PANELS.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
];

let world: World;
let outsider: Outsider;
let bot: BotProcess;
let before: Exposition;
let figures: Exposition;

const read = async (): Promise<Exposition> => parseExposition(await (await fetch(`${bot.url}/metrics`)).text());

/** Taken, refused, badly filled in, sent twice, limited, badly signed: once of each. */
async function live(): Promise<void> {
  const [slack, matrix] = [slackPeople(world), matrixPeople(world)];
  await slack.begin("camille.exemple", "dm");
  expect((await slack.submit("camille.exemple", { ...VALID, dateDeNaissance: "31/02/1955" })).kind).toBe("faults");
  await slack.dismiss("camille.exemple");
  const ref = await openDemande(matrix, { groupes: ["caf-01", "prefecture-01"] }, { who: "andrea.essai" });
  world.slack.faults.add({ kind: "refuse", method: "chat.*", status: 429, retryAfter: 1, times: 1 });
  await untilQuiet(world.db, sitesOf(world));
  const caf = threadOf(await demandeOf(world.db, ref), "caf-01");
  world.slack.faults.add({ kind: "redeliver", times: 1 });
  await slack.click("alix.modele", caf, "prendre");
  await slack.say("alix.modele", caf, "Je regarde.");
  // An instructeur does not archive.
  await matrix.say("morgan.fictif", threadOf(await demandeOf(world.db, ref), "prefecture-01"), "!archiver");
  await send(bot.url, { path: "/api/demandes/d-1", method: "GET", secret: SECRET.toUpperCase() });
  await untilQuiet(world.db, sitesOf(world));
}

beforeAll(async () => {
  world = await openWorld({ matrix: "seed" });
  outsider = await startOutsider();
  bot = await BotProcess.start(world, "veille", {
    API_CLIENTS: `essai:${SECRET}`,
    WEBHOOKS: `essai:${SECRET}:${outsider.url}`,
    WEBHOOKS_PRIVATE: "true",
  });
  await live();
  await until("a job has run, the clocks are known", async () => {
    before = await read();
    const ran = sampleOf(before, "aplus_job_runs_total", { task: "delivery", result: "done" });
    return ran && sampleOf(before, "aplus_clock_offset_seconds", { reference: "base" }) !== null;
  });
  await live();
  await until("the figures of the database read anew", async () => {
    figures = await read();
    return sampleOf(figures, "aplus_demandes_open", { status: "en_cours" }) === 2;
  });
}, 180_000);

afterAll(async () => {
  await bot?.stop();
  outsider?.close();
  await world?.close();
});

/** What Prometheus adds to whatever it reads. */
const TARGET = ["job", "instance"];

/** The family of a series that an expression names: a histogram has three. */
function familyOf(metric: string): string | null {
  if (figures.families.has(metric)) return figures.families.get(metric) === "histogram" ? null : metric;
  const base = metric.replace(/_(bucket|sum|count)$/, "");
  return base !== metric && figures.families.get(base) === "histogram" ? base : null;
}

const labelsOf = (metric: string): Set<string> =>
  new Set([...TARGET, ...figures.series.flatMap(({ name, labels }) => (name === metric ? Object.keys(labels) : []))]);

test.each(ASKED)("« %s » asks for figures that are there", (_, expression) => {
  const { selectors, grouping } = parsePromql(expression);
  expect(selectors.length).toBeGreaterThan(0);
  for (const { metric, labels } of selectors) {
    expect({ metric, family: familyOf(metric) }).not.toMatchObject({ family: null });
    expect({ metric, unknown: labels.filter((label) => !labelsOf(metric).has(label)) }).toEqual({ metric, unknown: [] });
  }
  const known = new Set(selectors.flatMap(({ metric }) => [...labelsOf(metric)]));
  expect(grouping.filter((label) => !known.has(label))).toEqual([]);
});

test("what is asked for that is not there would be seen", () => {
  expect(parsePromql('sum by (a) (rate(b{c=~"d"}[5m])) / e').selectors).toEqual([
    { metric: "b", labels: ["c"] },
    { metric: "e", labels: [] },
  ]);
  expect(parsePromql('sum by (a) (rate(b{c=~"d"}[5m]))').grouping).toEqual(["a"]);
  expect(() => parsePromql("sum by (a")).toThrow("no PromQL");
  expect([familyOf("aplus_nothing"), familyOf("aplus_job_seconds"), familyOf("aplus_job_seconds_bucket")]).toEqual([
    null,
    null,
    "aplus_job_seconds",
  ]);
});

test("each alert has a severity, a French summary and a runbook that is there", () => {
  const anchors = new Set(
    [...OPERATIONS.matchAll(/^#+ (.+)$/gm)].map(([, title = ""]) => title.toLowerCase().replaceAll(" ", "-")),
  );
  expect(new Set(RULES.map(({ alert }) => alert)).size).toBe(RULES.length);
  for (const { alert, labels, annotations } of RULES) {
    expect(["critical", "warning"]).toContain(labels.severity);
    expect(annotations.summary).toMatch(/^(["« ]|\p{Lu}|aplus-bot|\{\{).*\.$/u);
    const [file, anchor = ""] = annotations.runbook.split("#");
    expect({ alert, file, found: anchors.has(anchor) }).toEqual({ alert, file: "docs/operations.md", found: true });
  }
});

test("every figure of ours is explained, and drawn", () => {
  const ours = [...figures.families.keys()].filter((name) => name.startsWith("aplus_"));
  expect(ours.length).toBeGreaterThan(25);
  const drawn = new Set(ASKED.flatMap(([, expr]) => parsePromql(expr).selectors.map(({ metric }) => familyOf(metric))));
  expect(ours.filter((name) => !OPERATIONS.includes(`\`${name}\``))).toEqual([]);
  expect(ours.filter((name) => !drawn.has(name))).toEqual([]);
  // Nothing is explained that is not there.
  const explained = [...OPERATIONS.matchAll(/`(aplus_\w+)`/g)].map(([, name = ""]) => name);
  expect(explained.filter((name) => !figures.families.has(name))).toEqual([]);
  expect(FAULT_CODES.filter((code) => !OPERATIONS.includes(`\`${code}\``))).toEqual([]);
});

test("what was done is counted", () => {
  const inbound = (labels: Record<string, string>) => sampleOf(figures, "aplus_inbound_total", labels) ?? 0;
  expect(inbound({ platform: "slack", kind: "form", result: "faults" })).toBeGreaterThanOrEqual(2);
  expect(inbound({ platform: "slack", kind: "click", result: "done" })).toBeGreaterThanOrEqual(2);
  expect(figures.series.some(({ name, labels }) => name === "aplus_inbound_total" && labels.result === "refused")).toBe(true);
  expect(sampleOf(figures, "aplus_inbound_duplicates_total")).toBeGreaterThan(0);
  expect(sampleOf(figures, "aplus_signatures_refused_total", { from: "api" })).toBe(2);
  const waits = figures.series.filter(({ name }) => name === "aplus_rate_limit_waits_total");
  expect(waits.map(({ labels }) => labels)).toContainEqual({ platform: "slack", method: expect.stringMatching(/^chat\./) });
  for (const platform of ["slack", "matrix"]) {
    expect(sampleOf(figures, "aplus_delivery_lag_seconds_count", { platform })).toBeGreaterThan(0);
    expect(sampleOf(figures, "aplus_platform_up", { platform })).toBe(1);
  }
  expect(sampleOf(figures, "aplus_delivery_oldest_seconds")).toBeLessThan(60);
  expect([sampleOf(figures, "aplus_matrix_sync_reads"), sampleOf(figures, "aplus_matrix_sync_held")]).toEqual([1, 1]);
  expect(figures.series.filter(({ name, value }) => name === "aplus_health_fault" && value !== 0)).toEqual([]);
});

test("no series is added by one more demande, and no label could be anybody's or a demande's", () => {
  const ours = ({ series }: Exposition) => series.filter(({ name }) => name.startsWith("aplus_"));
  const tasks = new Set(ours(figures).flatMap(({ labels: { task } }) => task ?? []));
  expect([...tasks].filter((task) => !JOBS.some(({ name }) => name === task))).toEqual([]);
  // A job may have had its first run meanwhile.
  const others = ours(figures).filter(({ labels }) => labels.task === undefined);
  const key = ({ name, labels }: Exposition["series"][number]) => `${name}${JSON.stringify(labels)}`;
  const known = new Set(ours(before).map(key));
  expect(others.map(key).filter((one) => !known.has(one))).toEqual([]);
  expect(known.size).toBeLessThan(600);
  const values = new Set(
    ours(figures).flatMap(({ labels }) => Object.entries(labels).flatMap(([label, value]) => (label === "le" ? [] : [value]))),
  );
  const people = [world.account("andrea.essai").user, world.account("alix.modele").user];
  for (const value of values) {
    expect(value).toMatch(/^[a-zA-Z][\w./-]{0,39}$|^\d+\.\d+\.\d+$|^\d{3}$/);
    expect(value).not.toMatch(/\d{4,}|^[DUTC][A-Z0-9]{6,}$/);
    expect(people).not.toContain(value);
  }
});
