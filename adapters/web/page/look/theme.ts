import "./theme-first.ts"; // has run by then; named here so that the two are read together

const key = "drawbridge.theme"; // theme-first.ts reads it too

/** Dark or light, as it is now. */
export function theme(): "dark" | "light" {
  const chosen = document.documentElement.dataset.theme;
  if (chosen === "dark" || chosen === "light") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** Turns to the other one, and remembers it; back at the system's own, it follows the system again. */
export function toggleTheme(): void {
  const next = theme() === "dark" ? "light" : "dark";
  const system = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  if (next === system) localStorage.removeItem(key);
  else localStorage.setItem(key, next);
  applyTheme();
}

function applyTheme(): void {
  const kept = localStorage.getItem(key);
  if (kept === "dark" || kept === "light") document.documentElement.dataset.theme = kept;
  else delete document.documentElement.dataset.theme;
}
