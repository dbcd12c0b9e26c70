import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { postParts } from "../../../../adapters/slack/wire/send/parts.ts";

/** A guard of what an upload costs: work beside work, and no time is looked at. */

const never = new AbortController().signal;

/** In a thread of its own, so that its work is not counted: takes what comes, and says so. */
const server = `
  const { parentPort } = require("node:worker_threads");
  const server = require("node:http").createServer((request, response) => {
    request.resume().on("end", () => response.end());
  });
  server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

/** Ms of the processor that this thread takes, whatever the machine does beside it. */
async function costOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

test("an upload takes less of the processor than the form that fetch makes of the same bytes", async (t) => {
  const worker = new Worker(server, { eval: true });
  t.after(() => worker.terminate());
  const [port] = await once(worker, "message");
  const url = `http://127.0.0.1:${port}/`;
  const picture = Buffer.alloc(3_000_000, 7);
  const [head, end] = [Buffer.from("--x\r\n\r\n"), Buffer.from("\r\n--x--\r\n")];
  const headers = { "content-type": "multipart/form-data; boundary=x" };
  const byParts = () => postParts(url, headers, [head, picture, end], never);
  const byForm = async () => {
    const form = new FormData();
    form.append("file", new Blob([picture]), "picture.png");
    await (await fetch(url, { method: "POST", body: form })).text();
  };
  let [ours, theirs] = [0, 0];
  for (let round = 0; round < 8; round += 1) {
    const [form, parts] = [await costOf(byForm), await costOf(byParts)];
    if (round < 2) continue; // they are compiled on the way
    theirs += form;
    ours += parts;
  }
  // It is a fifth of it, on a busy machine, too.
  assert.ok(ours < 0.5 * theirs, `${ours.toFixed(1)} ms, and the form ${theirs.toFixed(1)} ms`);
});
