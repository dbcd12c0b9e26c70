import assert from "node:assert/strict";
import { glob, readFile } from "node:fs/promises";
import { test } from "node:test";
import { kept, toTable } from "../../src/privacy/kept.ts";

test("the table in the docs is what the list makes of it", async () => {
  const page = await readFile("docs/privacy.md", "utf8");
  assert.ok(page.includes(toTable()), "run npm run settings, and commit what it writes");
});

test("every table that the source keeps something in is in the list, once", async () => {
  const found = new Set<string>();
  for await (const path of glob("src/**/*.ts")) {
    if (/^src\/(?:standin|store\/backends)\//.test(path)) continue;
    const source = await readFile(path, "utf8");
    for (const [, name = ""] of source.matchAll(/\.table\(\s*[`"]([\w:-]+)/g)) found.add(name);
    for (const [, name = ""] of source.matchAll(/(?:\btable: |const table = )"([\w:-]+)"/g)) found.add(name);
    for (const [, name = ""] of source.matchAll(/createPictureStore\(store, "([\w-]+)"/g)) found.add(name);
  }
  // Each adapter has a table of its own, by its name.
  if (found.delete("adapter:")) for (const name of ["discord", "slack", "web"]) found.add(`adapter:${name}`);
  // What several processes have in common is the playground's alone.
  if (found.delete("shared:")) found.add("shared:web");
  const listed = Object.values(kept).flatMap(({ tables }): readonly string[] => tables);
  assert.deepEqual([...listed].sort(), [...found].sort());
});
