/**
 * Fails when an import breaks the one-way rule of the layout, or when a file has grown past 400 lines.
 *
 *   main → bots, jobs, http, cli → demandes, groupes, delivery → presentation, models → domain
 *
 * A file may import its own layer and the layers below it. Run by `npm run check`; needs nothing but Node.js.
 */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..");
const MOST_LINES = 400;

/** The layers, the highest first: [name, the paths that are in it]. The longest path that fits a file decides. */
const LAYERS = [
  ["tests", ["test/", "bench/", "tools/"]],
  ["sandbox", ["sandbox/"]],
  // What puts the bot together: alone in knowing everything, the sandbox included.
  ["main", ["src/main.ts", "src/runtime.ts"]],
  ["edges", ["bots/", "jobs/", "src/http/", "src/cli/", "src/watch/", "src/keyring.ts"]],
  ["use cases", ["src/demandes/", "src/groupes/", "src/usagers/", "src/delivery/"]],
  // What people see, and what is stored. The registry of actions and the sentences are what people see.
  ["presentation, models", ["src/presentation/", "src/actions.ts", "src/texts.ts", "src/texts/", "models/"]],
  ["domain", ["src/domain/"]],
  // Shared ground, known to all and knowing nobody.
  [
    "ground",
    ["src/clock.ts", "src/errors.ts", "src/log.ts", "src/metrics.ts", "src/version.ts", "src/config.ts", "src/signature.ts"],
  ],
];

/** Imports that go up all the same: [from, to]. */
const ALLOWED = [
  // It starts the demonstration where no platform is configured, and the embedded database where there is no other.
  ["src/main.ts", "sandbox/"],
  ["src/cli/", "sandbox/"],
];

/** Who may use what from outside: [pattern of the package, the only places that may]. */
const PACKAGES = [
  [/^@slack\//, ["bots/slack/", "bench/", "test/"]],
  [/^matrix-bot-sdk$/, ["bots/matrix/", "bench/", "test/"]],
  [/^mongoose$/, ["models/", "bench/", "test/"]],
  [/^(mongodb|bson|lmdb|mingo)(\/|$)/, ["sandbox/", "bench/", "test/"]],
  [/^(agenda|@agendajs\/.*)$/, ["jobs/", "bench/", "test/"]],
  [/^preact(\/|$)/, ["sandbox/web/client/"]],
  [/^(playwright-core|axe-core)$/, ["test/", "tools/"]],
];
/** Runs in a browser: itself, the plain data that it shares with its server, and this library. */
const CLIENT = "sandbox/web/client/";
const CLIENT_SHARES = new Set(["sandbox/web/protocol.ts"]);
const CLIENT_PACKAGES = /^preact(\/|$)/;
/** The domain is pure: no I/O, no system clock, itself and these libraries and no other. */
const DOMAIN = "src/domain/";
const DOMAIN_PACKAGES = /^(dayjs|date-holidays)(\/|$)/;

const IMPORT =
  /^\s*(?:import|export)\b[^"'`;]*?\bfrom\s*["']([^"']+)["']|^\s*import\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/gm;
const SKIPPED = new Set(["node_modules", "dist", "data", "coverage"]);

function* sources(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!entry.name.startsWith(".") && !SKIPPED.has(entry.name)) yield* sources(path);
    } else if (/\.(tsx?|mjs)$/.test(entry.name)) yield relative(ROOT, path).split(sep).join("/");
  }
}

/** The rank of a file's layer, the ground being the highest; null for a file of no layer (a configuration at the top). */
function rankOf(file) {
  let best = { rank: null, length: 0 };
  for (const [rank, [, paths]] of LAYERS.entries())
    for (const path of paths) if (file.startsWith(path) && path.length > best.length) best = { rank, length: path.length };
  return best.rank;
}

const within = (file, places) => places.some((place) => file.startsWith(place));

function localFault(file, target) {
  if (file.startsWith(DOMAIN)) return target.startsWith(DOMAIN) ? null : `is pure and imports ${target}`;
  if (file.startsWith(CLIENT) && !target.startsWith(CLIENT) && !CLIENT_SHARES.has(target))
    return `runs in a browser and imports ${target}`;
  const [from, to] = [rankOf(file), rankOf(target)];
  if (to === null) return `imports ${target}, which is in no layer`;
  if (to >= from || ALLOWED.some(([a, b]) => file.startsWith(a) && target.startsWith(b))) return null;
  return `is in « ${LAYERS[from][0]} » and imports ${target}, which is above it, in « ${LAYERS[to][0]} »`;
}

function packageFault(file, name) {
  if (file.startsWith(DOMAIN) && !DOMAIN_PACKAGES.test(name)) return `is pure and imports ${name}`;
  if (file.startsWith(CLIENT) && !CLIENT_PACKAGES.test(name)) return `runs in a browser and imports ${name}`;
  const rule = PACKAGES.find(([pattern]) => pattern.test(name));
  return rule && !within(file, rule[1]) ? `imports ${name}, which only ${rule[1][0]} knows` : null;
}

function* faultsOf(file) {
  const text = readFileSync(join(ROOT, file), "utf8");
  const lines = text.split("\n").length - 1;
  if (lines > MOST_LINES) yield `has ${lines} lines, more than ${MOST_LINES}`;
  if (rankOf(file) === null) return;
  for (const match of text.matchAll(IMPORT)) {
    const name = match[1] ?? match[2] ?? match[3];
    const fault = name.startsWith(".")
      ? localFault(file, posix.normalize(posix.join(posix.dirname(file), name)))
      : packageFault(file, name);
    if (fault) yield fault;
  }
}

const faults = [...sources(ROOT)].flatMap((file) => [...faultsOf(file)].map((fault) => `${file} ${fault}`));
if (faults.length > 0) {
  console.error(faults.join("\n"));
  process.exit(1);
}
