import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { describe, type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createDrawing } from "../../src/answer/drawing.ts";
import type { PaintEvent } from "../../src/openai/paint-events.ts";
import { createPainter } from "../../src/openai/painter.ts";
import { type RequestDefaults, toRequest } from "../../src/openai/request.ts";
import { createLog } from "../../src/seam/log.ts";
import { flat } from "../rig/pictures.ts";
import { limits } from "../rig/studio.ts";

/** What compatible servers do that OpenAI does not. */

const png = (await flat("#abc", 8, 8)).toString("base64");
const never = new AbortController().signal;
const defaults: RequestDefaults = {
  model: "some-model",
  imageModels: ["some-image-model"],
  background: true,
  store: true,
};
const request = toRequest(
  { text: "a fox", options: {}, imageModel: "some-image-model", inputs: [], mustDraw: false, safetyId: "x" },
  defaults,
);

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** A server of few lines, and a painter that asks it. */
async function serve(t: TestContext, answer: (asked: Asked, response: ServerResponse, nth: number) => void) {
  const asked: Asked[] = [];
  const server = createServer(async (incoming: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method = "", url: path = "" } = incoming;
    asked.push({ method, path, body: Buffer.concat(chunks).toString() });
    const same = asked.filter((other) => other.method === method && other.path === path);
    answer({ method, path, body: Buffer.concat(chunks).toString() }, response, same.length);
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
  const painter = createPainter({
    apiKey: "sk-test-0123456789",
    baseUrl: `http://127.0.0.1:${address.port}/v1`,
    standIn: false,
    log: createLog("debug", { write: (line) => void lines.push(line) }),
    idleMs: 300,
    backoffMs: 2,
  });
  return { painter, asked, lines };
}

async function collect(painted: AsyncGenerator<PaintEvent>): Promise<readonly PaintEvent[]> {
  const all: PaintEvent[] = [];
  for await (const one of painted) all.push(one);
  return all;
}

const kinds = (painted: readonly PaintEvent[]) => painted.map(({ kind }) => kind);

/** A whole stream with one picture, or the first part of it. */
function events(more: { numbered?: boolean; text?: string; picture?: boolean } = {}): object[] {
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

function stream(response: ServerResponse, list: readonly object[], cut = false): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of list) response.write(`data: ${JSON.stringify(event)}\n\n`);
  if (cut) setImmediate(() => response.destroy());
  else response.end();
}

function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function html(response: ServerResponse, status: number): void {
  const page = `<!DOCTYPE html><html><head><title>${status}</title></head><body>nginx</body></html>`;
  response.writeHead(status, { "content-type": "text/html" }).end(page);
}

describe("a server that answers", () => {
  test("a page of HTML is asked once, and the admin learns what is wrong", async (t) => {
    const { painter, asked } = await serve(t, (_, response) => html(response, 200));
    await assert.rejects(collect(painter.paint(request, never)), {
      code: "rejected",
      message: /OPENAI_BASE_URL names answered with text\/html and not with a stream/,
    });
    assert.equal(asked.length, 1);
  });

  test("404 with a page shows none of the page", async (t) => {
    const { painter, asked } = await serve(t, (_, response) => html(response, 404));
    await assert.rejects(collect(painter.paint(request, never)), (error) => {
      assert.ok(error instanceof Error);
      assert.match(error.message, /HTTP 404/);
      return !/nginx|</.test(error.message);
    });
    assert.equal(asked.length, 1);
  });

  test("502 with a page is tried again", async (t) => {
    const { painter, asked } = await serve(t, (_, response, nth) =>
      nth < 3 ? html(response, 502) : stream(response, events()),
    );
    assert.equal(kinds(await collect(painter.paint(request, never))).at(-1), "final");
    assert.equal(asked.length, 3);
  });

  test("with JSON instead of a stream is not asked, and paid, again", async (t) => {
    const { painter, asked } = await serve(t, (_, response) =>
      json(response, 200, { id: "resp_1", status: "completed", output: [] }),
    );
    await assert.rejects(collect(painter.paint(request, never)), {
      code: "rejected",
      message: /application\/json/,
    });
    assert.equal(asked.length, 1);
  });

  test("nothing at all is given up, and the person is told", async (t) => {
    const { painter, asked } = await serve(t, () => {});
    await assert.rejects(collect(painter.paint(request, never)), {
      code: "unreachable",
      message: /cannot be reached/,
    });
    assert.ok(asked.length <= 4);
  });

  test("nothing at all can be cancelled at once", async (t) => {
    const stop = new AbortController();
    const reason = new Error("cancelled");
    const { painter } = await serve(t, () => stop.abort(reason));
    await assert.rejects(collect(painter.paint(request, stop.signal)), reason);
  });

  test("with a stream that ends before it has begun is tried again", async (t) => {
    const { painter, asked } = await serve(t, (_, response, nth) =>
      stream(response, nth === 1 ? [] : events()),
    );
    assert.equal(kinds(await collect(painter.paint(request, never))).at(-1), "final");
    assert.equal(asked.length, 2);
  });
});

describe("a server without background mode", () => {
  const refusals: readonly [string, object][] = [
    [
      "names the field",
      { message: "Unsupported parameter: 'background'.", param: "background", code: "unsupported_parameter" },
    ],
    [
      "names it in words alone",
      { message: "background mode is not supported by this server", type: "BadRequestError" },
    ],
    [
      "is strict about what it knows",
      {
        message: "1 validation error: body.background Extra inputs are not permitted",
        param: null,
        code: 400,
      },
    ],
  ];
  for (const [what, error] of refusals) {
    test(`and ${what} is asked without, from then on`, async (t) => {
      const { painter, asked } = await serve(t, ({ body }, response) =>
        "background" in JSON.parse(body) ? json(response, 400, { error }) : stream(response, events()),
      );
      assert.equal(kinds(await collect(painter.paint(request, never))).at(-1), "final");
      assert.equal(asked.length, 2);
      await collect(painter.paint(request, never));
      assert.equal(asked.length, 3, "it is not asked again what it has refused");
    });
  }

  test("is not taken for one when it refuses a transparent background", async (t) => {
    const clear = toRequest(
      {
        text: "a fox",
        options: { background: "transparent" },
        imageModel: "some-image-model",
        inputs: [],
        mustDraw: false,
        safetyId: "x",
      },
      defaults,
    );
    const error = {
      message: "Transparent background is not supported by this model.",
      param: "tools[0].background",
    };
    const { painter, asked } = await serve(t, (_, response) => json(response, 400, { error }));
    for (let time = 1; time <= 2; time += 1) {
      await assert.rejects(collect(painter.paint(clear, never)), {
        code: "rejected",
        message: /Transparent/,
      });
      assert.equal(asked.length, time);
    }
    assert.ok(asked.every(({ body }) => JSON.parse(body).background === true));
  });
});

describe("a stream that breaks", () => {
  test("without numbers is read again from its start, and nothing is said or shown twice", async (t) => {
    const whole = events({ numbered: false, text: "Here it is." });
    const { painter, asked } = await serve(t, ({ method }, response, nth) =>
      method === "POST" && nth === 1 ? stream(response, whole.slice(0, 7), true) : stream(response, whole),
    );
    const drawing = createDrawing({ prompt: "a fox", index: 0, limits, log: createLog("silent") });
    for await (const painted of painter.paint(request, never)) await drawing.take(painted);
    assert.equal(drawing.text, "Here it is.");
    assert.equal(drawing.pictures.length, 1);
    assert.deepEqual(
      asked.map(({ method, path }) => `${method} ${path}`),
      ["POST /v1/responses", "GET /v1/responses/resp_1?stream=true"],
    );
  });

  test("in the foreground, in the middle of words, is asked anew, and the words begin anew", async (t) => {
    const whole = events({ text: "Here it is.", picture: false });
    const { painter, asked } = await serve(t, (_, response, nth) =>
      nth === 1 ? stream(response, whole.slice(0, 6), true) : stream(response, whole),
    );
    const { background: _, ...foreground } = request;
    const drawing = createDrawing({ prompt: "a fox", index: 0, limits, log: createLog("silent") });
    for await (const painted of painter.paint(foreground, never)) await drawing.take(painted);
    assert.equal(drawing.text, "Here it is.");
    assert.equal(asked.length, 2);
  });

  test("in the foreground, after a sketch, is not asked, and paid, again", async (t) => {
    const { painter, asked } = await serve(t, (_, response) => stream(response, events().slice(0, 2), true));
    const { background: _, ...foreground } = request;
    await assert.rejects(collect(painter.paint(foreground, never)), { code: "unreachable" });
    assert.equal(asked.length, 1);
  });

  test("on a server that keeps no responses says that the connection broke, not that it knows no response", async (t) => {
    const { painter, asked } = await serve(t, ({ method }, response) =>
      method === "POST"
        ? stream(response, events().slice(0, 2), true)
        : json(response, 404, { error: { message: "Not Found" } }),
    );
    await assert.rejects(collect(painter.paint(request, never)), { code: "unreachable" });
    assert.equal(asked.filter(({ method }) => method === "POST").length, 1);
  });

  test("with a picture but no name for the response keeps the picture", async (t) => {
    const { painter } = await serve(t, (_, response) => stream(response, events().slice(1, 3), true));
    const { background: _, ...foreground } = request;
    const painted = await collect(painter.paint(foreground, never)).catch((error: unknown) => error);
    assert.ok(Array.isArray(painted), `${painted}`);
    assert.deepEqual(kinds(painted), ["partial", "picture"]);
  });
});

describe("an upload", () => {
  const picture = { bytes: Buffer.from(png, "base64"), mediaType: "image/png" };

  for (const [what, answer] of [
    ["answers 404", (response: ServerResponse) => json(response, 404, { detail: "Not Found" })],
    ["answers 405", (response: ServerResponse) => json(response, 405, {})],
    ["answers with its front page", (response: ServerResponse) => html(response, 200)],
  ] as const) {
    test(`to a server without files that ${what} leaves the picture to go along with the words`, async (t) => {
      const { painter, asked } = await serve(t, (_, response) => answer(response));
      assert.equal(await painter.upload(picture, never), undefined);
      assert.equal(asked.length, 1);
    });
  }

  test("names the type and the life of the file", async (t) => {
    const { painter, asked } = await serve(t, (_, response) => json(response, 200, { id: "file_1" }));
    assert.equal(await painter.upload(picture, never), "file_1");
    const [{ path, body } = { path: "", body: "" }] = asked;
    assert.equal(path, "/v1/files");
    assert.match(body, /name="purpose"\r\n\r\nvision/);
    assert.match(body, /filename="picture\.png"/);
    assert.match(body, /2592000/);
  });

  test("that is turned away says so, and is cancelled at once", async (t) => {
    const { painter } = await serve(t, (_, response) => json(response, 401, { error: { message: "no" } }));
    await assert.rejects(painter.upload(picture, never), { code: "auth" });
    const stop = new AbortController();
    const reason = new Error("cancelled");
    const silent = await serve(t, () => stop.abort(reason));
    await assert.rejects(silent.painter.upload(picture, stop.signal), reason);
  });
});

describe("to cancel", () => {
  test("never rejects, whatever the server says", async (t) => {
    const { painter } = await serve(t, (_, response) => html(response, 500));
    await painter.cancel("resp_1");
  });

  test("while waiting for another try ends the wait", async (t) => {
    const stop = new AbortController();
    const { painter } = await serve(t, (_, response) => {
      response.setHeader("retry-after", "30");
      json(response, 429, { error: { message: "slow down" } });
    });
    const painting = painter.paint(request, stop.signal);
    assert.deepEqual((await painting.next()).value, { kind: "waiting", ms: 30_000 });
    const rest = assert.rejects(painting.next(), { name: "AbortError" });
    await sleep(0);
    stop.abort();
    await rest;
  });
});

test("the log holds no key and no prompt, at any level", async (t) => {
  const { painter, lines } = await serve(t, (_, response) =>
    json(response, 400, { error: { message: "Incorrect API key provided: sk-test-0123456789" } }),
  );
  await collect(painter.paint(request, never)).catch(() => {});
  await painter.cancel("resp_1");
  assert.doesNotMatch(lines.join(""), /sk-test-0123456789|a fox/);
});
