import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

test("what the Dockerfile makes runs by its user on a read-only root, is healthy, and ends well as process 1", (t) => {
  const args = ["--disable-warning=ExperimentalWarning", "scripts/rehearse-image.ts", "--offline"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status === 77) return t.skip(`this machine cannot rehearse it: ${stdout}${stderr}`);
  assert.equal(status, 0, `${stdout}${stderr}`);
  assert.match(stdout, /^rehearsal: its health check is content$/m);
  assert.match(stdout, /^ {2}✔ \/data can be written to$/m, "the doctor, in it");
  assert.match(stdout, /^ {2}✔ The bot listens at port \d+ of 0\.0\.0\.0$/m);
  assert.match(stdout, /^rehearsal: told to stop it ended with 0$/m);
});
