/** Light or dark, as the visitor chose or as their machine is: set before anything is drawn. No import: it is run first, alone. */

type Scheme = "system" | "light" | "dark";

const STORED = "aplus.scheme";
const dark = matchMedia("(prefers-color-scheme: dark)");

const isScheme = (value: string | null): value is Scheme => value === "system" || value === "light" || value === "dark";

export function chosenScheme(): Scheme {
  const stored = localStorage.getItem(STORED);
  return isScheme(stored) ? stored : "system";
}

function show(): void {
  const chosen = chosenScheme();
  const { dataset } = document.documentElement;
  dataset.frScheme = chosen;
  dataset.frTheme = chosen === "system" ? (dark.matches ? "dark" : "light") : chosen;
}

export function chooseScheme(value: string): void {
  if (!isScheme(value)) return;
  localStorage.setItem(STORED, value);
  show();
}

dark.addEventListener("change", show);
show();
