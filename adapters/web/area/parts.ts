import { dirname, join } from "node:path/posix";
import type { Files } from "../wire/files.ts";

/**
 * The names of all that pages are made of: what they link to, and what their scripts import, one from the other.
 *
 * What is not among them stays behind the playground's guards.
 */
export async function listParts(page: Files, pages: readonly string[]): Promise<ReadonlySet<string>> {
  const parts = new Set<string>();
  const open = [...pages];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const text = (await page.read(name))?.body.toString() ?? "";
    for (const [, found = ""] of text.matchAll(name.endsWith(".html") ? linked : imported)) {
      const part = join(dirname(name), found); // pages lie at the top, so what they link to is found there too
      if (parts.has(part)) continue;
      parts.add(part);
      open.push(part);
    }
  }
  return parts;
}

const linked = /(?:href|src)="\.\.\/page\/([\w./-]+)"/g;
/** Types are gone by then, so what is imported for its types only is not named any more. */
const imported = /^(?:import|export|\}) ?[^"'\n]*"(\.\.?\/[\w./-]+)";/gm;
