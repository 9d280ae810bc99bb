/** `npm run pictures`: every picture of the guides, taken anew from the running sandbox. Those that nobody takes any more go. */
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { openBrowser } from "../chromium.ts";
import { Camera } from "./camera.ts";
import { Places } from "./places.ts";
import { scenes } from "./scenes/all.ts";
import { openStage } from "./stage.ts";

const FOLDER = "docs/guides/images";

/** With few colours, as the page has: a third of the weight. */
const developed = (png: Buffer): Promise<Buffer> =>
  sharp(png).png({ palette: true, colours: 64, effort: 10, compressionLevel: 9 }).toBuffer();

async function main(): Promise<void> {
  const [stage, browser] = await Promise.all([openStage(), openBrowser()]);
  try {
    const places = new Places(stage.control);
    const camera = new Camera(browser, stage.url, places);
    for (const scene of scenes) {
      await stage.nextMoment();
      await scene({ control: stage.control, places, camera });
    }
    await mkdir(FOLDER, { recursive: true });
    for (const old of await readdir(FOLDER)) await rm(join(FOLDER, old));
    for (const { name, png } of camera.shots) {
      const picture = await developed(png);
      await writeFile(join(FOLDER, `${name}.png`), picture);
      console.log(`${name}.png  ${Math.ceil(picture.length / 1000)} ko`);
    }
  } finally {
    await browser.close();
    await stage.close();
  }
}

await main();
