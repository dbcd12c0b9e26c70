import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { drawAll } from "./drawn.ts";
import { now } from "./time.ts";
import type { ReplayWord } from "./words.ts";

/**
 * A process that stands in for OpenAI and draws nothing: every request gets the same events of real size, in chunks of
 * 16 KB. It tells its parent its port, and when what was asked and sent; which picture it is stands in the request.
 */

const chunkBytes = 16_384;

/** Ms between two sketches, and to the picture: the first argument. */
const paceMs = Number(process.argv[2] ?? 1700);

const { partials, final } = await drawAll();
const tell = (word: ReplayWord) => process.send?.(word);

const call = { id: "ig_1", type: "image_generation_call" };
const done = {
  ...{ ...call, status: "completed", size: "1024x1024", quality: "high", background: "opaque" },
  ...{ output_format: "png", action: "generate", revised_prompt: "A lighthouse at dusk" },
};
const usage = {
  usage: {
    input_tokens: 60,
    output_tokens: 40,
    total_tokens: 100,
    input_tokens_details: { cached_tokens: 0 },
  },
  tool_usage: {
    image_gen: {
      ...{ input_tokens: 60, output_tokens: 4160, total_tokens: 4220 },
      input_tokens_details: { image_tokens: 0, text_tokens: 60 },
    },
  },
};
const mark = "@";
const finished = final.bytes.toString("base64");
const sketches = partials.map((partial, index) =>
  toFrame(4 + index, {
    type: "response.image_generation_call.partial_image",
    ...{ item_id: call.id, output_index: 0, partial_image_index: index },
    partial_image_b64: partial.bytes.toString("base64"),
  }),
);
const item = toFrame(8, {
  type: "response.output_item.done",
  output_index: 0,
  item: { ...done, result: finished },
});
const [beforeId = "", afterId = ""] = toFrame(9, {
  type: "response.completed",
  response: { ...toResponse("completed"), output: [{ ...done, result: finished }], ...usage },
})
  .toString("latin1")
  .split(mark);
const lastFrame = Buffer.from(afterId, "latin1");

function toResponse(status: string) {
  return { id: mark, object: "response", created_at: 1, model: "gpt-6-luna", status, output: [] };
}

function toFrame(sequence: number, event: Readonly<Record<string, unknown>>): Buffer {
  const data = JSON.stringify({ ...event, sequence_number: sequence });
  return Buffer.from(`event: ${event.type}\ndata: ${data}\n\n`);
}

/** What comes before the first sketch. */
function beginning(id: string): Buffer {
  const frames = [
    { type: "response.created", response: toResponse("in_progress") },
    { type: "response.in_progress", response: toResponse("in_progress") },
    { type: "response.output_item.added", output_index: 0, item: { ...call, status: "in_progress" } },
    { type: "response.image_generation_call.generating", output_index: 0, item_id: call.id },
  ].map((event, sequence) => toFrame(sequence, event));
  return Buffer.from(Buffer.concat(frames).toString("latin1").replaceAll(mark, id), "latin1");
}

async function readAll(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("latin1")) text += chunk;
  return text;
}

async function send(response: ServerResponse, bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length && !response.destroyed; at += chunkBytes) {
    if (!response.write(bytes.subarray(at, at + chunkBytes))) {
      await new Promise<void>((resolve) => {
        const go = () => {
          response.off("drain", go).off("close", go);
          resolve();
        };
        response.on("drain", go).on("close", go);
      });
    }
  }
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const picture = Number(/lighthouse (\d+)/.exec(await readAll(request))?.[1]);
  const asked = now();
  tell({ kind: "asked", picture, at: asked });
  const id = `resp_${picture}`;
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  await send(response, beginning(id));
  for (const [event, frame] of sketches.entries()) {
    await sleep(Math.max(0, asked + paceMs * (event + 1) - now()));
    await send(response, frame);
    tell({ kind: "sent", picture, event, at: now() });
  }
  await sleep(Math.max(0, asked + paceMs * (sketches.length + 1) - now()));
  await send(response, item);
  tell({ kind: "sent", picture, event: "final", at: now() });
  await send(response, Buffer.from(beforeId + id, "latin1"));
  await send(response, lastFrame);
  response.end();
}

process.on("disconnect", () => process.exit());
const server = createServer((request, response) => void answer(request, response));
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (!address || typeof address === "string") throw new Error("there is no port");
  const shapes = {
    finalBytes: final.bytes.length,
    partials: partials.map(({ width, height }) => width / height),
    final: final.width / final.height,
  };
  tell({ kind: "ready", port: address.port, shapes });
});
