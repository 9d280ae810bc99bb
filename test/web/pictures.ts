/** `npm run pictures`: the pictures of the README, taken anew on a first day of their own. */
import { join } from "node:path";
import { chromiumPath, openBrowser } from "../../tools/chromium.ts";
import { NO_BROWSER, startSite } from "./browser.ts";
import { type Picture, takePicture } from "./picture.ts";

const FOLDER = join(import.meta.dirname, "../../docs/images");

const PICTURES: Readonly<Record<string, Picture>> = {
  page: { platform: "slack", as: "alix.modele", channel: "caf-ain", thread: "Naturalisation", whole: true },
  telephone: { platform: "matrix", as: "andrea.essai", channel: "dm", whole: true, size: "phone" },
  formulaire: {
    platform: "slack",
    as: "alix.modele",
    channel: "caf-ain",
    thread: "Naturalisation",
    press: "Répondre à l’aidant",
  },
};

if (chromiumPath === undefined) process.stderr.write(`${NO_BROWSER}\n`);
else {
  const [browser, site] = await Promise.all([openBrowser(), startSite()]);
  try {
    for (const [name, picture] of Object.entries(PICTURES))
      await takePicture(browser, site, join(FOLDER, `${name}.png`), picture);
  } finally {
    await browser.close();
    await site.close();
  }
}
