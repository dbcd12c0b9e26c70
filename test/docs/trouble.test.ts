import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";

const page = readFileSync("docs/trouble.md", "utf8");
const sources = globSync(["src/**/*.ts", "adapters/**/*.ts"])
  .filter((path) => !path.startsWith("src/standin/") && !/^adapters\/web\/page\//.test(path))
  .map((path) => readFileSync(path, "utf8"));

/** Names that stand in the first cell of a table's row. */
const told = new Set(
  page
    .split("\n")
    .flatMap((line) => [...(line.split("|")[1] ?? "").matchAll(/`([\w.]+)`/g)])
    .map(([, name]) => name),
);

test("every code of an error that can be thrown is told of", () => {
  const codes = new Set(
    sources.flatMap((source) => [...source.matchAll(/new BotError\(\s*"(\w+)"/g)].map(([, code]) => code)),
  );
  assert.ok(codes.size > 15, "the source was looked through");
  assert.deepEqual(
    [...codes].filter((code) => !told.has(code)),
    [],
  );
  const known = readFileSync("src/seam/errors.ts", "utf8").match(/(?<=^ {2}\| ")\w+(?=")/gm) ?? [];
  assert.deepEqual(
    known.filter((code) => !told.has(code)),
    [],
  );
});

/** The name is the last of a call's arguments; what stands behind a colon is for whoever reads the line alone. */
const logged =
  /\b(?:\w*[lL]og)(?:\.(?:info|warn|error)|\[[^\]]+\])\((?:[^;"]|"(?!\s*,?\s*\))[^"]*")*?"([a-z]\w*(?:\.\w+)*)(?::[^"]*)?",?\s*\)/g;

test("every line of the log that an admin sees is told of, and no other", () => {
  const events = new Set(
    sources.flatMap((source) => [...source.matchAll(logged)].map(([, name = ""]) => name)),
  );
  events.delete("playground.db"); // a file's name, which is the last of another call's arguments
  assert.ok(events.size > 100, `${events.size} were found`);
  assert.deepEqual([...events].filter((name) => !told.has(name)).sort(), [], "docs/trouble.md lacks these");
  const source = sources.join("\n");
  const gone = [...told].filter((name) => name?.includes(".") && !source.includes(`"${name}`));
  assert.deepEqual(gone, [], "nothing says this any more");
});
