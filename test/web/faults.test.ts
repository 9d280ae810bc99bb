/** The faults of the page: the bot killed while people write, a platform that goes away; and the counters that tell of it. */
import type { Browser } from "playwright-core";
import { chromiumPath, openBrowser } from "../../tools/chromium.ts";
import { until } from "../support/until.ts";
import { NO_BROWSER, type Site, startSite, visit } from "./browser.ts";

const here = chromiumPath === undefined ? describe.skip : describe;
if (chromiumPath === undefined) process.stderr.write(`${NO_BROWSER}\n`);

interface Counters {
  readonly events: number;
  readonly due: number;
  readonly missing: number;
  readonly twice: number;
  readonly written: number;
  readonly kept: number;
}

here("the faults of the page", () => {
  let browser: Browser;
  let site: Site;

  beforeAll(async () => {
    [browser, site] = await Promise.all([openBrowser(), startSite()]);
  });

  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  const read = async <T>(path: string): Promise<T> => (await (await fetch(`${site.url}${path}`)).json()) as T;
  const counters = () => read<Counters>("/sandbox/counters");

  test("killed while an instructeur writes, the bot catches up: nothing lost, nothing twice", async () => {
    const { page, context, faults } = await visit(browser, site, { size: "desktop" });
    const before = await counters();
    expect(before).toMatchObject({ missing: 0, twice: 0 });
    const { pid } = await read<{ pid: number }>("/sandbox/bot");
    const slack = page.locator("#pane-slack");
    await slack.locator(".thread-button").last().click();
    const dialog = page.getByRole("dialog");
    const openFaults = () => page.getByRole("button", { name: "Pannes" }).click();

    await openFaults();
    await dialog.getByRole("button", { name: "Tuer le robot" }).click();
    await dialog.getByText(/^Tué/).waitFor();
    // The process is no more: a signal to it finds nobody.
    expect(() => process.kill(pid, 0)).toThrow();
    expect((await fetch(`${site.url}/sante`)).status).toBe(503);
    await page.keyboard.press("Escape");

    const field = slack.getByRole("textbox", { name: "Écrire dans le fil" });
    await field.fill("Écrit pendant que le robot était mort.");
    await field.press("Enter");
    await slack.locator(".thread-column").getByText("Écrit pendant que le robot était mort.").waitFor();
    await openFaults();
    await dialog.getByText(/1 message attend/).waitFor();

    await dialog.getByRole("button", { name: "Relancer le robot" }).click();
    await dialog.getByText(/Vivant.*2e vie/).waitFor();
    await dialog.getByText("Rien de perdu, rien en double.").waitFor();
    const after = await counters();
    expect(after).toMatchObject({ missing: 0, twice: 0, events: before.events + 1 });
    expect(after.kept).toBe(before.kept + 1);
    // It went to the other groupe's thread too.
    expect(after.due).toBe(before.due + 1);
    expect(faults).toEqual([]);
    await context.close();
  });

  test("a platform that refuses makes its messages wait, and lets them come once it no longer does", async () => {
    const { page, context } = await visit(browser, site, { size: "desktop" });
    await page.getByRole("button", { name: "Pannes" }).click();
    const choice = page.getByLabel("Panne de Slack");
    await choice.selectOption({ label: "Refuse ce que le robot poste" });
    await until("the fault is set", async () => (await read<{ faults: unknown[] }>("/sandbox/slack/faults")).faults.length === 1);
    const messages = await read<{ messages: { event_id: string }[] }>(
      `/sandbox/matrix/messages?channel=prefecture-ain&as=morgan.fictif`,
    );
    const thread = messages.messages.at(-1)?.event_id;
    const body = {
      as: "morgan.fictif",
      channel: "prefecture-ain",
      thread,
      text: "Écrit pendant la panne de Slack.",
      wait: "ack",
    };
    await fetch(`${site.url}/sandbox/matrix/message`, { method: "POST", body: JSON.stringify(body) });
    await until("a message waits", async () => (await counters()).missing === 1);
    await page.getByText(/message attend/).waitFor();
    await choice.selectOption({ label: "Aucune" });
    await page.getByText("Rien de perdu, rien en double.").waitFor({ timeout: 120_000 });
    expect(await counters()).toMatchObject({ missing: 0, twice: 0 });
    await context.close();
  });
});
