import assert from "node:assert/strict";
import { once } from "node:events";
import { Readable } from "node:stream";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";
import OpenAI from "openai";
import { readEvents } from "../../src/openai/stream/read-events.ts";
import { createLog } from "../../src/seam/log.ts";
import { mostInTurn } from "../../src/seam/share.ts";
import { giveBack } from "../../src/seam/spare.ts";
import { createDice } from "../rig/dice.ts";
import { createResponsesOn } from "../rig/responses.ts";
import { never, request } from "./server.ts";

/** Guards of what reading a picture costs. Ratios of work, side by side: no time is looked at. */

/** Ms of the processor that this thread takes, whatever the machine does beside it. */
async function costOf(work: () => Promise<unknown>): Promise<number> {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

test("the painter takes less of the processor for a stream than the SDK's iterator alone", async (t) => {
  const worker = new Worker(new URL("../bench/stream-server.ts", import.meta.url));
  t.after(() => worker.terminate());
  const [port] = await once(worker, "message");
  const baseURL = `http://127.0.0.1:${port}/v1`;
  const client = new OpenAI({ apiKey: "x", baseURL, maxRetries: 0 });
  const log = createLog("silent");
  const painter = createResponsesOn({ apiKey: "x", baseUrl: baseURL, standIn: true, log });
  const bySdk = async () => {
    for await (const event of await client.responses.create(request)) {
      if (event.type === "response.image_generation_call.partial_image")
        Buffer.from(event.partial_image_b64, "base64");
    }
  };
  const byPainter = async () => {
    for await (const painted of painter.paint(request, never)) void painted;
  };
  let [ours, theirs] = [0, 0];
  for (let round = 0; round < 4; round += 1) {
    const [sdk, own] = [await costOf(bySdk), await costOf(byPainter)];
    if (round === 0) continue; // the first is compiled on the way
    theirs += sdk;
    ours += own;
  }
  // It is less than half of it on a quiet machine, and on a busy one.
  assert.ok(ours < 0.9 * theirs, `${ours.toFixed(0)} ms, and the SDK ${theirs.toFixed(0)} ms`);
});

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes outside the heap when all that nobody holds is collected. */
function held(): number {
  collect();
  collect();
  return process.memoryUsage().arrayBuffers;
}

test("of a picture on its way no more is held than one and a half times its bytes, and nothing of its copy", async () => {
  const { roll } = createDice(5);
  const bytes = Buffer.from(Array.from({ length: 3_000_000 }, () => roll(256)));
  const item = `{"id":"ig_1","type":"image_generation_call","result":"${bytes.toString("base64")}"}`;
  const first = `data: {"type":"response.output_item.done","item":${item}}\n\n`;
  const second = `data: {"type":"response.completed","response":{"output":[${item}]}}\n\n`;
  const limits = { bytes: 10_000_000, idleMs: 60_000 };

  /** How much more is held when all of a text but its end has been read. `isKnown`: the picture has come before. */
  async function heldOf(text: string, isKnown: boolean): Promise<number> {
    const hold = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    async function* pieces() {
      for (let at = 0; at < text.length - 100; at += 16_384) yield Buffer.from(text.slice(at, at + 16_384));
      reached.resolve();
      await hold.promise;
    }
    const before = held();
    const stream = Readable.from(pieces(), { objectMode: false });
    const events = readEvents(stream, new Headers(), limits, () => isKnown);
    const next = events.next();
    await reached.promise;
    const more = held() - before;
    hold.resolve();
    await next;
    await events.return(undefined);
    return more;
  }

  await heldOf(first, false); // how large they are is known from the first
  const [picture, copy] = [await heldOf(first, false), await heldOf(second, true)];
  assert.ok(picture < 1.5 * bytes.length, `${picture} bytes of ${bytes.length}`);
  assert.ok(copy < 0.1 * bytes.length, `${copy} bytes of ${bytes.length}`);
});

test("all streams together hold up the loop for a share of it, and then others have their turn", async () => {
  const chunk = Buffer.from(`: ${"-".repeat(16_380)}\n\n`);
  const limits = { bytes: 10_000_000, idleMs: 60_000 };
  let [read, inTurn, most, isOver] = [0, 0, 0, false];
  const count = () => {
    most = Math.max(most, inTurn);
    inTurn = 0;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  // All of it is there at once, as of many pictures that end together.
  async function* pieces() {
    for (let at = 0; at < 200; at += 1) {
      read += chunk.length;
      inTurn += chunk.length;
      yield chunk;
    }
  }
  const readAll = async () => {
    const stream = Readable.from(pieces(), { objectMode: false });
    for await (const event of readEvents(stream, new Headers(), limits, () => false)) assert.fail(`${event}`);
  };
  await Promise.all([readAll(), readAll(), readAll()]);
  isOver = true;
  count();
  assert.equal(read, 600 * chunk.length);
  // What each stream has at hand may be read before it is gone over.
  assert.ok(most < 2 * mostInTurn, `${most} bytes of ${read} in one turn`);
});

test("pictures that begin together take their memory one after the other", async () => {
  const limits = { bytes: 10_000_000, idleMs: 60_000 };
  const letters = Buffer.alloc(1_500_000, 1).toString("base64");
  const head = 'data: {"type":"response.output_item.done","item":{"type":"image_generation_call","result":"';
  const eventsOf = (...pieces: readonly string[]) =>
    readEvents(
      Readable.from(
        pieces.map((piece) => Buffer.from(piece)),
        { objectMode: false },
      ),
      new Headers(),
      limits,
      () => false,
    );
  for await (const event of eventsOf(`${head}${letters}"}}\n\n`)) assert.ok(event); // how large one is, is known then
  let [most, before, isOver] = [0, process.memoryUsage().arrayBuffers, false];
  const look = () => {
    const { arrayBuffers } = process.memoryUsage();
    most = Math.max(most, arrayBuffers - before);
    before = arrayBuffers;
    if (!isOver) setImmediate(look);
  };
  const streams = Array.from({ length: 20 }, () => eventsOf(`${head}${letters.slice(0, 8192)}`, '"}}\n\n'));
  setImmediate(look);
  await Promise.all(streams.map((one) => one.next()));
  isOver = true;
  look();
  assert.ok(most < 4 * letters.length, `${most} bytes in one turn, and a picture has ${letters.length}`);
});

test("a picture takes the memory of a sketch that nobody looks at any more", async () => {
  const limits = { bytes: 10_000_000, idleMs: 60_000 };
  const toEvent = (type: string, more: object) =>
    Buffer.from(`data: ${JSON.stringify({ type, ...more })}\n\n`);
  const sketch = Buffer.alloc(2_600_000, 1).toString("base64");
  const result = Buffer.alloc(2_500_000, 2).toString("base64");
  const partial = toEvent("response.image_generation_call.partial_image", { partial_image_b64: sketch });
  const done = toEvent("response.output_item.done", { item: { type: "image_generation_call", result } });
  const readOne = async (event: Buffer) => {
    const pieces = Array.from({ length: Math.ceil(event.length / 16_384) }, (_, at) =>
      event.subarray(at * 16_384, (at + 1) * 16_384),
    );
    const events = readEvents(
      Readable.from(pieces, { objectMode: false }),
      new Headers(),
      limits,
      () => false,
    );
    const { value } = await events.next();
    for await (const other of events) assert.fail(`${other}`);
    return value;
  };
  for (const event of [partial, done]) await readOne(event); // how large they are is known from the first
  const { partial_image_b64: seen } = (await readOne(partial)) as { partial_image_b64: Uint8Array };
  giveBack(seen);
  const before = held();
  const { item } = (await readOne(done)) as { item: { result: Uint8Array } };
  const more = held() - before;
  assert.deepEqual([item.result.length, item.result[0]], [2_500_000, 2]);
  assert.ok(more < 0.1 * item.result.length, `${more} bytes more of ${item.result.length}`);
});
