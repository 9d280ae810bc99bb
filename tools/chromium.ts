/** Debian's Chromium, driven through playwright-core: for the tests of the page, and for pictures of it. */
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const PLACES = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser"];

/** Where the browser is; undefined where there is none. */
export const chromiumPath = PLACES.find((path): path is string => path !== undefined && existsSync(path));

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** @throws Error where there is no browser, with how to get one */
export async function openBrowser(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error("no Chromium: apt-get install chromium, or CHROMIUM=/path/to/it");
  return chromium.launch({ executablePath: chromiumPath, args: FLAGS });
}
