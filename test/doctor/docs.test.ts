import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";

test("the docs name every finding there is, and no other", () => {
  const sources = globSync(["src/**/doctor/*.ts", "adapters/*/doctor/*.ts"]).map((path) =>
    readFileSync(path, "utf8"),
  );
  const ids = /"((?:settings|openai|discord|slack|store|clock|address)\.[a-z][a-z-]*|fonts)"/g;
  const found = new Set(sources.flatMap((source) => [...source.matchAll(ids)].map(([, id]) => id)));
  found.delete("discord.js"); // a library
  found.add("openai.model").add("openai.image-model"); // put together where they are said
  const rows = readFileSync("docs/doctor.md", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| "));
  const told = new Set(
    rows.flatMap((row) => [...(row.split("|")[2] ?? "").matchAll(/`([a-z][a-z.-]+)`/g)].map(([, id]) => id)),
  );
  told.delete("id");
  assert.deepEqual([...told].sort(), [...found].sort());
});
