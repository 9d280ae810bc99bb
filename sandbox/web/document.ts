/** The HTML document of the page: everything in it is from this very server. */

export interface PageDocument {
  readonly html: string;
  /** The text of its only inline script, for its digest. */
  readonly importMap: string;
}

/** @param names the page's files, by their paths */
export function documentOf(version: string, names: readonly string[]): PageDocument {
  const at = (name: string): string => `/page/${version}/${name}`;
  const importMap = JSON.stringify({
    imports: {
      preact: at("vendor/preact.mjs"),
      "preact/hooks": at("vendor/hooks.mjs"),
      "preact/jsx-runtime": at("vendor/jsx-runtime.mjs"),
    },
  });
  // All at once, and not as each module is found to need the next.
  const modules = names.filter((name) => /\.m?js$/.test(name)).map((name) => `<link rel="modulepreload" href="${at(name)}">`);
  const html = `<!doctype html>
<html lang="fr" data-fr-scheme="system">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>aplus-bot, bac à sable</title>
<meta name="description" content="Essayer aplus-bot : les demandes d’Administration+ dans Slack et Matrix, sur cette machine.">
<link rel="icon" href="${at("icon.svg")}" type="image/svg+xml">
<link rel="stylesheet" href="${at("page.css")}">
<link rel="preload" href="${at("fonts/Marianne-Regular.woff2")}" as="font" type="font/woff2" crossorigin>
<script type="importmap">${importMap}</script>
<script src="${at("scheme.js")}" type="module"></script>
${modules.join("\n")}
<script src="${at("main.js")}" type="module"></script>
</head>
<body>
<nav class="fr-skiplinks" aria-label="Accès rapide">
<ul class="fr-skiplinks__list">
<li><a class="fr-link" href="#panes">Aller aux conversations</a></li>
<li><a class="fr-link" href="#tour">Aller à la visite guidée</a></li>
<li><a class="fr-link" href="#clock">Aller à l’horloge</a></li>
</ul>
</nav>
<div id="app"><noscript>Cette page a besoin de JavaScript ; l’API de docs/sandbox.md s’en passe.</noscript></div>
</body>
</html>
`;
  return { html, importMap };
}
