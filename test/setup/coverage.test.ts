import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

test("what a test starts, and may kill, does not count what it runs: half of that would fail the run", () => {
  const found = spawnSync(process.execPath, ["--print", "process.env.NODE_V8_COVERAGE"], {
    encoding: "utf8",
  });
  assert.equal(found.stdout.trim(), "undefined");
});
