/** The page in a real browser: Debian's Chromium, driven through playwright-core; and the program that serves it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContext, Page } from "playwright-core";

const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), "../../dist/src/main.js");

export const NO_BROWSER = "SKIPPED: the page in a real browser (no Chromium: apt-get install chromium, or CHROMIUM=/path/to/it)";

/** Only bounds a hang: the machine may be busy. */
const LONGEST_WAIT_MS = 90_000;

/** As people hold them. */
export const SIZES = {
  desktop: { width: 1280, height: 800 },
  phone: { width: 390, height: 844 },
} as const;
export type Size = keyof typeof SIZES;

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** The program as `npm start` runs it, on a first day of its own. */
export async function startSite(): Promise<Site> {
  const folder = await mkdtemp(join(tmpdir(), "aplus-page-"));
  const child: ChildProcess = spawn(process.execPath, [PROGRAM], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
    env: { PATH: process.env.PATH, PORT: "0", DATA_DIR: folder, LOG_LEVEL: "error" },
  });
  const exited = once(child, "exit");
  if (!child.stdout) throw new Error("the program has no output");
  const lines = createInterface({ input: child.stdout });
  const found = new Promise<string>((resolve) => {
    lines.on("line", (line) => {
      const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? [];
      if (url !== undefined) resolve(url);
    });
  });
  const url = await Promise.race([found, exited.then(() => null)]);
  if (url === null) throw new Error("the program did not start");
  return {
    url,
    async close() {
      child.kill("SIGTERM");
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export interface Visit {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Everything that went wrong in the browser so far, and every request that left this machine. */
  readonly faults: readonly string[];
}

export interface VisitOptions {
  readonly size: Size;
  readonly scheme?: "light" | "dark";
  /** A script to have in the page; the page's own policy stays what it is. */
  readonly axe?: string;
}

/** A visitor who opens the page for the first time. */
export async function visit(browser: Browser, site: Site, { size, scheme = "light", axe }: VisitOptions): Promise<Visit> {
  const context = await browser.newContext({
    viewport: SIZES[size],
    colorScheme: scheme,
    locale: "fr-FR",
    hasTouch: size === "phone",
    reducedMotion: "reduce",
  });
  context.setDefaultTimeout(LONGEST_WAIT_MS);
  if (axe !== undefined) await context.addInitScript({ path: axe });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(site.url) && !/^(data|blob):/.test(url)) faults.push(`elsewhere: ${url}`);
  });
  await page.goto(site.url);
  await page.locator(".message").first().waitFor();
  return { page, context, faults };
}
