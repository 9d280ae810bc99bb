/** SVG to PNG, in the fonts that come with the bot: those of the machine it runs on would change the picture, or lack. */
import { createRequire } from "node:module";

const { resolve } = createRequire(import.meta.url);

const FONTS = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"];

/** Loaded when first asked for: a bot that draws nothing does without it. Drawn beside the main thread. */
export async function pngOf(svg: string): Promise<Buffer> {
  const { renderAsync } = await import("@resvg/resvg-js");
  const fontFiles = FONTS.map((name) => resolve(`dejavu-fonts-ttf/ttf/${name}`));
  const image = await renderAsync(svg, { font: { fontFiles, loadSystemFonts: false, defaultFontFamily: "DejaVu Sans" } });
  return image.asPng();
}
