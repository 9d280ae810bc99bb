/** The page as an automatic accessibility check sees it (axe-core, the rules of WCAG A and AA), in each of its states. */
import { createRequire } from "node:module";
import type { AxeResults } from "axe-core";
import type { Browser, Page } from "playwright-core";
import { chromiumPath, openBrowser } from "../../tools/chromium.ts";
import { NO_BROWSER, type Site, type Size, startSite, visit } from "./browser.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

const here = chromiumPath === undefined ? describe.skip : describe;
if (chromiumPath === undefined) process.stderr.write(`${NO_BROWSER}\n`);

async function faultsOf(page: Page): Promise<string[]> {
  const results = (await page.evaluate(`axe.run(document, { runOnly: ${JSON.stringify(RULES)} })`)) as AxeResults;
  return results.violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`));
}

here("accessibility", () => {
  let browser: Browser;
  let site: Site;

  beforeAll(async () => {
    [browser, site] = await Promise.all([openBrowser(), startSite()]);
  });

  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  const CASES: [Size, "light" | "dark"][] = [
    ["desktop", "light"],
    ["desktop", "dark"],
    ["phone", "light"],
    ["phone", "dark"],
  ];

  test.each(CASES)("no fault on a %s in %s colours, in any state", async (size, scheme) => {
    const { page, context, faults } = await visit(browser, site, { size, scheme, axe: AXE });
    const found: Record<string, string[]> = {};
    const look = async (state: string) => {
      found[state] = await faultsOf(page);
    };
    const slack = page.locator("#pane-slack");
    await look("first view");
    await page.getByRole("button", { name: "Commencer la visite" }).click();
    await look("tour");
    await page.getByRole("button", { name: "Quitter la visite" }).click();
    await page.locator("#clock").getByRole("button", { name: "+ 1 heure" }).click();
    await page.locator(".clock-outcome strong").waitFor();
    await look("clock moved");
    await slack.locator(".thread-button").last().click();
    await slack.locator(".thread-column .message").first().waitFor();
    await look("thread");
    await slack
      .locator(".thread-column")
      .getByRole("button", { name: /^Actions/ })
      .first()
      .click();
    await look("actions");
    await page.keyboard.press("Escape");
    await slack.locator(".thread-column").getByRole("button", { name: "Voir l’événement" }).first().click();
    await page.getByRole("dialog").waitFor();
    await look("raw event");
    await page.keyboard.press("Escape");
    await slack.locator(".thread-head button").click();
    const text = slack.getByRole("textbox", { name: /^Écrire dans/ });
    await text.fill("/dem");
    await page.getByRole("listbox").waitFor();
    await look("completion");
    await text.fill("");
    await slack.getByRole("button", { name: "Répondre à l’aidant" }).last().click();
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    await look("form");
    await dialog.locator("button[type=submit]").click();
    await dialog.locator(".fr-error-text").first().waitFor();
    await look("form with faults");
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await slack.getByRole("button", { name: "Accueil" }).click();
    await slack.locator(".home, .empty").first().waitFor();
    await look("home");
    if (size === "phone") await page.locator(".switch").getByRole("button", { name: "Matrix" }).click();
    await page.locator("#pane-matrix .message").first().waitFor();
    await look("Matrix");
    await page.getByRole("button", { name: "Pannes" }).click();
    await page.locator(".counters").waitFor();
    await look("faults");
    expect(Object.fromEntries(Object.entries(found).filter(([, some]) => some.length > 0))).toEqual({});
    expect(faults).toEqual([]);
    await context.close();
  });
});
