/**
 * Puts beside the compiled client of the sandbox's page what it needs of others: the design system's styles, as far as they are used,
 * its fonts, and preact. So the running program needs none of these packages.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const OUT = join(ROOT, "dist/sandbox/web/client");
const require = createRequire(import.meta.url);
const DSFR = join(dirname(require.resolve("@gouvfr/dsfr/package.json")), "dist");
const PREACT = dirname(require.resolve("preact/package.json"));

/** The rest of the system is not used here, and would triple the first view. */
const COMPONENTS = ["button", "form", "input", "select", "checkbox", "radio", "link", "skiplink"];
/** Our own sheets, in the order in which they count. */
const SHEETS = ["head", "guide", "panes", "messages", "composer", "windows", "narrow"];
const FONTS = ["Marianne-Regular", "Marianne-Bold"];
const MODULES = {
  "preact.mjs": "dist/preact.mjs",
  "hooks.mjs": "hooks/dist/hooks.mjs",
  "jsx-runtime.mjs": "jsx-runtime/dist/jsxRuntime.mjs",
};

/** Some parts have a sheet without what old browsers need. */
const sheet = (path) => [`${path}.main.min.css`, `${path}.min.css`].map((name) => join(DSFR, name)).find(existsSync);
const read = (path) => readFileSync(path, "utf8");

const icons = new Set();

/** Without its fonts, ours being named apart, and with its icons beside the style sheet. */
function ownFaces(css) {
  return css
    .replace(/url\((["']?)(?:\.\.\/)+(icons\/[^"')]+\.svg)\1\)/g, (_, __, icon) => {
      icons.add(icon);
      return `url(${icon})`;
    })
    .replace(/@font-face\s*\{[^}]*\}/g, "")
    .replace(/\/\*# sourceMappingURL=.*?\*\//g, "")
    .replace(/@charset "utf-8";/gi, "");
}

const faces = FONTS.map((name) => {
  const weight = name.endsWith("Bold") ? 700 : 400;
  return `@font-face{font-family:Marianne;src:url(fonts/${name}.woff2)format("woff2");font-weight:${weight};font-style:normal;font-display:swap}`;
});
const styles = ["core/core", "scheme/scheme", ...COMPONENTS.map((name) => `component/${name}/${name}`)].map((path) =>
  ownFaces(read(sheet(path))),
);

mkdirSync(join(OUT, "fonts"), { recursive: true });
mkdirSync(join(OUT, "vendor"), { recursive: true });
copyFileSync(join(ROOT, "sandbox/web/client/icon.svg"), join(OUT, "icon.svg"));
writeFileSync(
  join(OUT, "page.css"),
  [...faces, ...styles, ...SHEETS.map((name) => read(join(ROOT, `sandbox/web/client/styles/${name}.css`)))].join("\n"),
);
for (const name of FONTS) copyFileSync(join(DSFR, "fonts", `${name}.woff2`), join(OUT, "fonts", `${name}.woff2`));
for (const icon of icons) {
  mkdirSync(dirname(join(OUT, icon)), { recursive: true });
  copyFileSync(join(DSFR, icon), join(OUT, icon));
}
for (const [name, path] of Object.entries(MODULES))
  writeFileSync(join(OUT, "vendor", name), read(join(PREACT, path)).replace(/\/\/# sourceMappingURL=.*$/m, ""));
