/** Hostile content in every place that people write in, on both platforms, as the page shows it: text, and nothing else. */
import type { Browser, Page } from "playwright-core";
import { chromiumPath, openBrowser } from "../../tools/chromium.ts";
import { NO_BROWSER, SIZES, type Site, startSite, visit } from "./browser.ts";

const here = chromiumPath === undefined ? describe.skip : describe;
if (chromiumPath === undefined) process.stderr.write(`${NO_BROWSER}\n`);

const SCRIPT = "<img src=x onerror=\"document.title='volé'\"><script>document.title='volé'</script>";
const LONG = "Anticonstitutionnellement".repeat(60);
const BIDI = "\u202egnirts desrever\u2066 مرحبا بالعالم \u202etxt.exe";
/** As another client would send it: the page's own parser must let none of it through. */
const HTML = [
  "<script>document.title='volé'</script>",
  '<img src="http://127.0.0.1:9/espion.png" onerror="document.title=\'volé\'" alt="image cachée">',
  "<a href=\"javascript:document.title='volé'\">cliquez</a>",
  "<svg onload=\"document.title='volé'\"><style>body{display:none}</style></svg>",
  '<iframe src="http://127.0.0.1:9/"></iframe><form action="http://127.0.0.1:9/"><input name="mdp"></form>',
  '<p style="position:fixed;inset:0" class="window" id="app" onclick="document.title=\'volé\'">par-dessus</p>',
  "<b><i>visible</i></b>",
].join("");

interface Posted {
  readonly ts?: string;
  readonly event_id?: string;
}

here("hostile content", () => {
  let browser: Browser;
  let site: Site;

  beforeAll(async () => {
    [browser, site] = await Promise.all([openBrowser(), startSite()]);
  });

  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  async function post(path: string, body: object): Promise<Posted> {
    const response = await fetch(`${site.url}${path}`, { method: "POST", body: JSON.stringify(body) });
    expect(response.status).toBe(200);
    return (await response.json()) as Posted;
  }

  const wider = (page: Page) =>
    page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") as Promise<number>;

  test("is shown as text on both platforms, breaks no layout and asks nothing elsewhere", async () => {
    const slack = { as: "alix.modele", channel: "caf-ain", wait: "ack" };
    const matrix = { as: "andrea.essai", channel: "dm", wait: "ack" };
    for (const text of [SCRIPT, LONG, BIDI]) {
      await post("/sandbox/slack/message", { ...slack, text });
      await post("/sandbox/matrix/message", { ...matrix, text });
    }
    await post("/sandbox/matrix/message", { ...matrix, text: "sans mise en forme", html: HTML });
    const files = [{ name: `${BIDI}<b>.html`, mimetype: "text/html", contentBase64: Buffer.from(SCRIPT).toString("base64") }];
    await post("/sandbox/slack/message", { ...slack, text: "", files });
    await post("/sandbox/matrix/message", { ...matrix, text: "", files });

    for (const size of ["desktop", "phone"] as const) {
      const { page, context, faults } = await visit(browser, site, { size });
      for (const platform of ["slack", "matrix"] as const) {
        if (size === "phone")
          await page
            .locator(".switch")
            .getByRole("button", { name: platform === "slack" ? "Slack" : "Matrix" })
            .click();
        const pane = page.locator(`#pane-${platform}`);
        await pane.getByText(SCRIPT).waitFor();
        await pane.getByText(LONG).waitFor();
        await pane.getByText("gnirts desrever").first().waitFor();
        expect(
          await pane.locator(".message :is(script, img, iframe, svg, style, form, input, [onerror], [onclick], [style])").count(),
        ).toBe(0);
        expect(await pane.locator(".message a[href^=javascript]").count()).toBe(0);
        // A name that turns around keeps to its own place.
        expect(await pane.locator(".file bdi").count()).toBe(1);
        const [box] = await Promise.all([pane.boundingBox()]);
        expect(box?.width).toBeLessThanOrEqual(SIZES[size].width);
        expect(await wider(page)).toBe(0);
      }
      const matrixPane = page.locator("#pane-matrix");
      await matrixPane.locator(".message b i", { hasText: "visible" }).waitFor();
      expect(await matrixPane.getByText("par-dessus").getAttribute("class")).toBe(null);
      expect(await page.title()).not.toContain("volé");
      // The inert document in which the HTML is read inherits the page's policy, and tells what it would refuse.
      expect(faults.filter((fault) => !/Content Security Policy.*has been blocked/.test(fault))).toEqual([]);
      await context.close();
    }
  });

  test("a file is only ever saved, and the page answers to this machine alone", async () => {
    const { messages } = (await (await fetch(`${site.url}/sandbox/slack/messages?channel=caf-ain`)).json()) as {
      messages: { files?: { id: string }[] }[];
    };
    const [file] = messages.flatMap(({ files = [] }) => files);
    const response = await fetch(`${site.url}/sandbox/file?platform=slack&file=${file?.id}`);
    expect(await response.text()).toBe(SCRIPT);
    expect(response.headers.get("content-disposition")).toMatch(/^attachment/);
    expect(response.headers.get("content-type")).toBe("application/octet-stream");
    for (const path of ["/", "/sandbox/events", "/sandbox/file?platform=slack&file=x", "/sandbox/world"]) {
      const foreign = await fetch(`${site.url}${path}`, { headers: { origin: "http://ailleurs.exemple" } });
      expect([path, foreign.ok]).toEqual([path, false]);
    }
    expect((await fetch(site.url)).headers.get("content-security-policy")).toMatch(
      /^default-src 'self'; script-src 'self' 'sha256-/,
    );
  });
});
