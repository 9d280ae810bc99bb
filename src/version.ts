/** Which aplus-bot this is. */
import { existsSync, readFileSync } from "node:fs";

/** Beside the sources, or above the folder of what was built of them. */
const PLACES = ["../package.json", "../../package.json"];

function read(): string {
  for (const place of PLACES) {
    const url = new URL(place, import.meta.url);
    if (!existsSync(url)) continue;
    const found: unknown = JSON.parse(readFileSync(url, "utf8"));
    if (typeof found === "object" && found !== null && "version" in found && typeof found.version === "string")
      return found.version;
  }
  return "inconnue";
}

export const VERSION = read();
