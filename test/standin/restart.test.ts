import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import OpenAI, { toFile } from "openai";
import { createStandin } from "../../src/standin/index.ts";
import { ask, collect, createClient, dataUrl, photo, pictureOf } from "./client.ts";

async function folder(t: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "standin-"));
  t.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

test("responses, files and their pictures outlive the process", async (t) => {
  const dir = await folder(t);
  const first = await createStandin({ dir, paceMs: 20, leastPixels: 256 * 256 });
  const before = createClient(first);
  const bytes = await photo();
  const file = await before.files.create({
    file: await toFile(bytes, "a.png"),
    purpose: "vision",
    expires_after: { anchor: "created_at", seconds: 3600 },
  });
  const content = [
    { type: "input_image" as const, detail: "auto" as const, image_url: dataUrl(bytes) },
    { type: "input_text" as const, text: "add a cat" },
  ];
  const drawn = await before.responses.create(ask([{ role: "user", content }]));
  await first.close();

  const second = await createStandin({ dir, paceMs: 20, leastPixels: 256 * 256 });
  t.after(() => second.close());
  const after = createClient(second);
  assert.deepEqual(await after.files.retrieve(file.id), file);
  const again = await after.responses.retrieve(drawn.id);
  assert.deepEqual(again.output, drawn.output);
  const child = await after.responses.create({ ...ask("make it night"), previous_response_id: drawn.id });
  assert.ok(pictureOf(child));
});

test("what ran in the background goes on after a restart; what was streamed does not", async (t) => {
  const dir = await folder(t);
  const first = await createStandin({ dir, paceMs: 400, leastPixels: 256 * 256 });
  const before = createClient(first);
  const stream = await before.responses.create({
    ...ask("a cat", { partial_images: 2 }),
    background: true,
    stream: true,
  });
  const seen = [];
  for await (const event of stream) {
    seen.push(event);
    if (event.type === "response.output_item.added") break;
  }
  const id = seen[0]?.type === "response.created" ? seen[0].response.id : "";
  const plain = await before.responses.create({ ...ask("a dog"), stream: true });
  let lost = "";
  for await (const event of plain) {
    if (event.type === "response.created") lost = event.response.id;
    if (event.type === "response.in_progress") break;
  }
  await first.close();

  const second = await createStandin({ dir, paceMs: 400, leastPixels: 256 * 256 });
  t.after(() => second.close());
  const after = createClient(second);
  const rest = await collect(
    await after.responses.retrieve(id, { stream: true, starting_after: seen.length - 1 }),
  );
  assert.deepEqual(
    rest.map((event) => ("sequence_number" in event ? event.sequence_number : -1)),
    rest.map((_, index) => seen.length + index),
  );
  const last = rest.at(-1);
  assert.ok(last?.type === "response.completed");
  assert.ok(pictureOf(last.response));
  assert.equal((await after.responses.retrieve(lost)).status, "cancelled");
});

test("nothing is torn by kill -9", async (t) => {
  const dir = await folder(t);
  const program = `
    import { createStandin } from ${JSON.stringify(new URL("../../src/standin/index.ts", import.meta.url).href)};
    const { url } = await createStandin({ dir: ${JSON.stringify(dir)}, paceMs: 300, leastPixels: 256 * 256 });
    console.log(url);
  `;
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", program],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  t.after(() => child.kill("SIGKILL"));
  const [line] = await once(child.stdout, "data");
  const before = new OpenAI({
    baseURL: String(line).trim(),
    apiKey: "sk-test",
    maxRetries: 0,
    logLevel: "off",
  });
  const begun = await before.responses.create({ ...ask("a castle"), background: true, stream: true });
  let id = "";
  for await (const event of begun) {
    if (event.type === "response.created") id = event.response.id;
    if (event.type === "response.in_progress") break;
  }
  child.kill("SIGKILL");
  await once(child, "exit");

  const standin = await createStandin({ dir, paceMs: 300, leastPixels: 256 * 256 });
  t.after(() => standin.close());
  const events = await collect(await createClient(standin).responses.retrieve(id, { stream: true }));
  assert.equal(events[0]?.type, "response.created");
  assert.equal(events.at(-1)?.type, "response.completed");
});
