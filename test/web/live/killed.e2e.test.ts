import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { WireThread } from "../../../adapters/web/wire/messages.ts";
import { createFolder, startPlayground } from "../playground.ts";

/** Asks and answers without end, each picture another. */
const busy = `
  import sharp from "sharp";
  const { createWebAdapter } = await import(process.argv[1]);
  const { measure } = await import(process.argv[3]);
  const log = { child: () => log, debug() {}, info() {}, warn() {}, error() {} };
  const web = createWebAdapter({
    host: "127.0.0.1", port: 0, dataDir: process.argv[2], version: "1", painter: { name: "", standIn: true }, log,
  });
  let shade = Date.now();
  const draw = () => {
    shade++;
    const background = { r: shade & 255, g: (shade >> 8) & 255, b: (shade >> 16) & 255 };
    return sharp({ create: { width: 400, height: 400, channels: 3, background, noise: { type: "gaussian", mean: 128, sigma: 30 } } }).png().toBuffer();
  };
  const handle = async (turn, reply) => {
    const show = async (phase) => reply.show({ phase, text: "", notes: [], actions: [], images: [
      { name: "a.png", mediaType: "image/png", alt: "", bytes: await draw() },
    ] });
    const key = await show("working");
    await show("done");
    await web.reopen(key).show({ phase: "done", text: "", notes: [], actions: [], images: [] });
    await show("done");
  };
  await web.start({ handle, measure, note: async () => (work) => work() });
  const ask = async () => {
    for (;;) {
      const form = new FormData();
      form.set("text", "a fox");
      form.set("attachment", new File([await draw()], "a.png"));
      await fetch(web.url + "/api/threads/" + crypto.randomUUID() + "/prompts", { method: "POST", body: form });
      process.stdout.write(".");
    }
  };
  ask(); ask(); ask();
`;

test("however it is killed, no message names a picture that is not there", async (t) => {
  const dataDir = join(await createFolder(t), "data");
  const module = new URL("../../../adapters/web/index.ts", import.meta.url).href;
  const jobs = new URL("../../../src/pictures/jobs.ts", import.meta.url).href;
  for (let round = 1; round <= 3; round++) {
    const child = spawn(process.execPath, ["--input-type=module", "-e", busy, module, dataDir, jobs], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    for (let asked = 0; asked < 8 * round; ) asked += (await once(child.stdout, "data"))[0].length;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  const playground = await startPlayground(t, { dataDir });
  const named = new Set<string>();
  for (const { id } of await playground.json<WireThread[]>("/api/threads")) {
    for (const message of (await playground.thread(id)).messages) {
      for (const { src } of message.kind === "ask" ? message.pictures : message.view.images) {
        assert.equal((await playground.get(src)).status, 200);
        named.add(src.slice("/pictures/".length));
      }
    }
  }
  assert.ok(named.size > 10);
  assert.deepEqual(new Set(await readdir(join(dataDir, "pictures"))), named, "and nothing is left over");
});
