import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { lockFile } from "../../../src/store/lock/file.ts";
import type { Takeover } from "../../../src/store/lock/lock.ts";
import { createFolder } from "../../rig/process.ts";

const about = { name: "./data", setting: "DATA_DIR to another folder" };

function takeover(more: Partial<Takeover> = {}) {
  const said: string[] = [];
  return { said, waitMs: 20_000, onWait: (words: string) => said.push(words), onLost: () => {}, ...more };
}

describe("what one process has to itself", () => {
  test("goes to the next that waits once it is let go of, and that one says so once", async (t) => {
    const path = join(await createFolder(t), "new", "lock");
    const first = await lockFile(path, about, takeover());
    assert.equal(first.isHeld(), true);
    const waiting = takeover();
    const { promise, resolve } = Promise.withResolvers<void>();
    const next = lockFile(path, about, {
      ...waiting,
      onWait(words) {
        waiting.onWait(words);
        resolve();
      },
    });
    await promise;
    await assert.rejects(lockFile(path, about, takeover({ waitMs: 0 })), { code: "storage" });
    await first.release();
    assert.equal(first.isHeld(), false);
    const second = await next;
    assert.equal(second.isHeld(), true);
    assert.deepEqual(waiting.said, [
      "Another Drawbridge is at work on ./data. I wait for it to end, 20 s at most.",
    ]);
    await second.release();
    await second.release();
  });

  test("is refused when the other does not end, with what to do", async (t) => {
    const path = join(await createFolder(t), "lock");
    const first = await lockFile(path, about, takeover());
    const atOnce = takeover({ waitMs: 0 });
    await assert.rejects(lockFile(path, about, atOnce), {
      code: "storage",
      message: "Another Drawbridge is at work on ./data. Stop it, or set DATA_DIR to another folder.",
    });
    assert.deepEqual(atOnce.said, [], "nothing is waited for");
    await assert.rejects(lockFile(path, about, takeover({ waitMs: 60 })), {
      message: /at work on \.\/data\. It has not ended within 0 s\. Stop it/,
    });
    await first.release();
  });

  test("is no longer waited for once that is told", async (t) => {
    const path = join(await createFolder(t), "lock");
    const first = await lockFile(path, about, takeover());
    const stop = new AbortController();
    const waiting = lockFile(path, about, takeover({ signal: stop.signal, onWait: () => stop.abort() }));
    await assert.rejects(waiting, { name: "AbortError" });
    await first.release();
    await (await lockFile(path, about, takeover({ waitMs: 0 }))).release();
  });

  test("says which process has it, and is free the moment that is killed", async (t) => {
    const path = join(await createFolder(t), "lock");
    const child = holdInChild(t, path);
    await once(child.stdout, "data");
    const waiting = takeover({ onWait: (words) => waiting.said.push(words) && child.kill("SIGKILL") });
    const lock = await lockFile(path, about, waiting);
    assert.deepEqual(waiting.said, [
      `Another Drawbridge is at work on ./data (process ${child.pid}). I wait for it to end, 20 s at most.`,
    ]);
    await lock.release();
  });

  test("cannot be had where nothing can be written, or something else lies there", async (t) => {
    const folder = await createFolder(t);
    await writeFile(join(folder, "letter"), "this is no lock, it is a letter to a friend".repeat(100));
    await mkdir(join(folder, "folder"));
    await assert.rejects(lockFile(join(folder, "letter"), about, takeover()), {
      code: "storage",
      message: /letter is damaged\. Delete it, if no other Drawbridge/,
    });
    await assert.rejects(lockFile(join(folder, "folder"), about, takeover()), {
      message: /folder cannot be written to/,
    });
    await assert.rejects(lockFile(join(folder, "letter", "lock"), about, takeover()), { code: "storage" });
    assert.ok((await stat(join(folder, "letter"))).size > 1000, "it is left as it is");
  });
});

/** Another process that has it until it is killed. It says so on standard output. */
function holdInChild(t: TestContext, path: string) {
  const module = new URL("../../../src/store/lock/file.ts", import.meta.url).href;
  const script = `
    const { lockFile } = await import(${JSON.stringify(module)});
    await lockFile(${JSON.stringify(path)}, { name: "", setting: "" }, { waitMs: 0, onWait() {}, onLost() {} });
    console.log("held");
    setInterval(() => {}, 1000);`;
  const args = ["--disable-warning=ExperimentalWarning", "--input-type=module", "--eval", script];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  return child;
}
