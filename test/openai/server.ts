import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { TestContext } from "node:test";
import type { PainterOptions } from "../../src/openai/client.ts";
import type { RequestDefaults } from "../../src/openai/engine.ts";
import type { PaintEvent } from "../../src/openai/painted.ts";
import { createPainter } from "../../src/openai/painter.ts";
import { toRequest } from "../../src/openai/responses/request.ts";
import { createLog } from "../../src/seam/log.ts";
import { flat } from "../rig/pictures.ts";
import { createResponsesOn } from "../rig/responses.ts";

/** A small picture in base64. */
export const png = (await flat("#abc", 8, 8)).toString("base64");
export const never = new AbortController().signal;
export const defaults: RequestDefaults = {
  model: "some-model",
  imageModels: ["some-image-model"],
  background: true,
  store: true,
};
export const request = toRequest(
  { text: "a fox", options: {}, imageModel: "some-image-model", inputs: [], mustDraw: false, safetyId: "x" },
  defaults,
);

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly headers: IncomingMessage["headers"];
}

/** A server of few lines, and a painter that asks it; `nth`: of the requests with this method and path, from 1. */
export async function serve(
  t: TestContext,
  answer: (asked: Asked, response: ServerResponse, nth: number) => void,
  more: Partial<PainterOptions> = {},
) {
  const asked: Asked[] = [];
  const server = createServer(async (incoming: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method = "", url: path = "" } = incoming;
    const one = { method, path, body: Buffer.concat(chunks).toString(), headers: incoming.headers };
    asked.push(one);
    const same = asked.filter((other) => other.method === method && other.path === path);
    answer(one, response, same.length);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  assert.ok(address && typeof address === "object");
  const lines: string[] = [];
  const options: PainterOptions = {
    apiKey: "sk-test-0123456789",
    baseUrl: `http://127.0.0.1:${address.port}/v1`,
    standIn: false,
    log: createLog("debug", { write: (line) => void lines.push(line) }),
    idleMs: 10_000,
    backoffMs: 2,
    pollMs: 2,
    ...more,
  };
  const responses = createResponsesOn(options);
  const own = createPainter(options);
  return { painter: { ...own, ...responses }, own, asked, lines };
}

export async function collect(painted: AsyncGenerator<PaintEvent>): Promise<readonly PaintEvent[]> {
  const all: PaintEvent[] = [];
  for await (const one of painted) all.push(one);
  return all;
}

export const kinds = (painted: readonly PaintEvent[]) => painted.map(({ kind }) => kind);

/** A whole stream with one picture, or the first part of it. */
export function events(more: { numbered?: boolean; text?: string; picture?: boolean } = {}): object[] {
  const { numbered = true, text, picture = true } = more;
  const item = { id: "ig_1", type: "image_generation_call", status: "completed", result: png };
  const output = picture ? [item] : [];
  const list = [
    { type: "response.created", response: { id: "resp_1", status: "in_progress", output: [] } },
    ...(text ? [...text].map((delta) => ({ type: "response.output_text.delta", delta })) : []),
    ...(picture
      ? [
          {
            type: "response.image_generation_call.partial_image",
            partial_image_index: 0,
            partial_image_b64: png,
          },
          { type: "response.output_item.done", item },
        ]
      : []),
    { type: "response.completed", response: { id: "resp_1", status: "completed", output } },
  ];
  return list.map((event, index) => (numbered ? { ...event, sequence_number: index } : event));
}

/** Sends events, and ends or cuts the connection after them. */
export function stream(response: ServerResponse, list: readonly object[], cut = false): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of list) response.write(`data: ${JSON.stringify(event)}\n\n`);
  if (cut) setImmediate(() => response.destroy());
  else response.end();
}

export function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

export function html(response: ServerResponse, status: number): void {
  const page = `<!DOCTYPE html><html><head><title>${status}</title></head><body>nginx</body></html>`;
  response.writeHead(status, { "content-type": "text/html" }).end(page);
}
