import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { runPen } from "../../../src/pictures/formats/pen.ts";
import { createFolder } from "../../rig/process.ts";

const of = { args: [], ms: 20_000, mostBytes: 1000 };

test("who cancels waits neither for what is decoded nor for what is before theirs", async (t) => {
  const pen = join(await createFolder(t), "slow.mjs");
  await writeFile(pen, "setInterval(() => {}, 1000);");
  const [first, second] = [new AbortController(), new AbortController()];
  const running = runPen(pen, new Uint8Array(), { ...of, signal: first.signal });
  const waiting = runPen(pen, new Uint8Array(), { ...of, signal: second.signal });
  second.abort(new Error("cancelled"));
  await assert.rejects(waiting, /cancelled/);
  first.abort(new Error("cancelled, too"));
  await assert.rejects(running, /cancelled, too/);
});

test("a program gets the bytes, and nothing that is ours", async (t) => {
  const pen = join(await createFolder(t), "echo.mjs");
  await writeFile(
    pen,
    `const all = []; for await (const part of process.stdin) all.push(part);
     process.stdout.write(JSON.stringify([Buffer.concat(all).toString(), process.argv[2], Object.keys(process.env)]));`,
  );
  const said = await runPen(pen, Buffer.from("a fox"), { ...of, args: [7] });
  const [heard, arg, env] = JSON.parse(said.toString());
  assert.deepEqual([heard, arg], ["a fox", "7"]);
  // Node itself hands the folder for coverage on to every process.
  assert.deepEqual(
    env.filter((name: string) => name !== "NODE_V8_COVERAGE"),
    [],
  );
});
