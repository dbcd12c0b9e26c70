import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";

test("what no program opens is deleted, and folders that held nothing else", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "drawbridge-slim-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const kept = [
    "a/package.json",
    "a/index.js",
    "a/LICENSE.md",
    "a/NOTICE",
    "@b/c/lib/x.mjs",
    "@b/c/lib/x.wasm",
  ];
  const gone = [
    "a/index.js.map",
    "a/index.d.ts",
    "a/README.md",
    "@b/c/src/x.mts",
    "@b/c/src/y.ts",
    "@b/c/lib/x.d.mts",
  ];
  for (const path of [...kept, ...gone]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), "x");
  }
  execFileSync(process.execPath, ["scripts/slim.js", folder]);
  const all = readdirSync(folder, { recursive: true, withFileTypes: true });
  const left = all.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
  assert.deepEqual(left.sort(), kept.map((path) => join(folder, path)).sort());
  assert.ok(!all.some(({ name }) => name === "src"));
});
