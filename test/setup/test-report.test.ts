import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { createFolder } from "../rig/process.ts";

test("every failure is told again after the last file: the end of a long log says what is wrong", async (t) => {
  const folder = await createFolder(t);
  await mkdir(join(folder, "test"));
  await writeFile(
    join(folder, "test/one.test.ts"),
    `import { test } from "node:test";
     test("first", () => { throw new Error("the reason") });
     test("second", () => {});`,
  );
  await writeFile(
    join(folder, "test/two.test.ts"),
    `import { test } from "node:test";
     test("third", () => {});`,
  );

  // A run within a run is refused, and what this one counts is not that one's.
  const { NODE_TEST_CONTEXT: _, CI: __, ...env } = process.env;
  const ran = spawnSync(process.execPath, [resolve("scripts/test.ts")], {
    cwd: folder,
    env,
    encoding: "utf8",
  });

  assert.equal(ran.status, 1);
  const [during = "", after = ""] = ran.stdout.split("[2/2]");
  const failure = /✖ one\.test\.ts › first\nError: the reason/g;
  assert.equal(ran.stdout.match(failure)?.length, 2, "as it happens, and at the end");
  assert.ok(during.includes("[1/2]"));
  assert.match(after, failure);
  assert.match(after, /2 passed, 1 failed, 0 skipped\n$/);
});
