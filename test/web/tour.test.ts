/** The guided tour from end to end in a real browser, with the keyboard alone, at both sizes. */
import type { Browser } from "playwright-core";
import { chromiumPath, openBrowser } from "../../tools/chromium.ts";
import { NO_BROWSER, type Site, type Size, startSite, visit } from "./browser.ts";
import { keyboard, SUJET, Walk } from "./walk.ts";

/** Only bounds a hang: the machine may be busy. */
const LONGEST_WALK_MS = 900_000;

const here = chromiumPath === undefined ? describe.skip : describe;
if (chromiumPath === undefined) process.stderr.write(`${NO_BROWSER}\n`);

here("the guided tour", () => {
  let browser: Browser;
  let site: Site;

  beforeAll(async () => {
    [browser, site] = await Promise.all([openBrowser(), startSite()]);
  });

  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  test.each<Size>(["desktop", "phone"])(
    "is walked to its end with the keyboard alone, on a %s",
    async (size) => {
      // A world of its own, whatever became of the one before.
      expect((await fetch(`${site.url}/sandbox/restart`, { method: "POST" })).status).toBe(200);
      const { page, context, faults } = await visit(browser, site, { size });
      const walk = new Walk(page, keyboard(page));
      await walk.begin();
      await walk.open();
      await walk.rest();
      expect(await page.locator("#tour").getByText("La visite est finie").count()).toBe(1);
      expect(faults).toEqual([]);
      // Left and taken up again: where it stands is read from the demande.
      await page.reload();
      await page.locator("#tour .done").waitFor();
      expect(await page.locator("#tour progress").getAttribute("value")).toBe("10");
      // The first day again: nothing of it is left.
      await page.getByRole("button", { name: "Recommencer" }).click();
      await page.getByRole("dialog").getByRole("button", { name: "Recommencer" }).click();
      await page.locator("#tour").getByText("Étape 1 sur 10").first().waitFor();
      // The tour is told at once, what the platforms show a moment later.
      await page.getByText(SUJET).first().waitFor({ state: "detached" });
      await page.locator(".message").first().waitFor();
      expect(await page.getByText(SUJET).count()).toBe(0);
      await context.close();
    },
    LONGEST_WALK_MS,
  );
});
