import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { describe, test } from "node:test";
import type { PaintEvent } from "../../src/openai/painted.ts";
import {
  type Asked,
  collect,
  events,
  html,
  json,
  kinds,
  never,
  png,
  request,
  serve,
  stream,
} from "./server.ts";

/** A response of which the id is known is drawn once, whatever becomes of its stream. */

const { background: _, ...foreground } = request;
const whole = events();
const [created = {}, sketch = {}, done = {}, completed = {}] = whole;
const item = { id: "ig_1", type: "image_generation_call", status: "completed", result: png };
const words = { type: "message", content: [{ type: "output_text", text: "It is a fox." }] };
const usage = {
  usage: { input_tokens: 10, output_tokens: 3, total_tokens: 13 },
  tool_usage: { image_gen: { input_tokens: 30, output_tokens: 272, total_tokens: 302 } },
};
const finished = { id: "resp_1", object: "response", status: "completed", output: [item], ...usage };

const paths = (asked: readonly Asked[]) => asked.map(({ method, path }) => `${method} ${path.slice(3)}`);
const pictures = (painted: readonly PaintEvent[]) => painted.filter(({ kind }) => kind === "picture").length;
const tooOld = (response: ServerResponse) =>
  json(response, 400, {
    error: { message: "This response can no longer be streamed because it is more than 5 minutes old" },
  });

function open(response: ServerResponse, list: readonly object[]): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of list) response.write(`data: ${JSON.stringify(event)}\n\n`);
}

describe("a stream is taken up after the event that came last", () => {
  const breaks: readonly [string, (response: ServerResponse) => void][] = [
    ["it falls silent", (response) => open(response, [created, sketch])],
    ["it ends without its last event", (response) => stream(response, [created, sketch])],
    ["the connection is cut", (response) => stream(response, [created, sketch], true)],
    [
      "an event is no JSON",
      (response) => {
        open(response, [created, sketch]);
        response.end('data: {"type": "resp\n\n');
      },
    ],
    [
      "an error comes in place of an event",
      (response) => {
        open(response, [created, sketch]);
        response.end('event: error\ndata: {"type":"error","code":"server_error","message":"Sorry."}\n\n');
      },
    ],
    [
      "its last event tells of no response",
      (response) => stream(response, [created, sketch, { type: "response.completed" }]),
    ],
  ];
  for (const [what, answer] of breaks) {
    test(`when ${what}`, async (t) => {
      const { painter, asked } = await serve(
        t,
        ({ method }, response) =>
          method === "POST" ? answer(response) : stream(response, [done, completed]),
        { idleMs: 1000 },
      );
      const painted = await collect(painter.paint(request, never));
      assert.deepEqual(kinds(painted), ["started", "partial", "picture", "final"]);
      assert.deepEqual(paths(asked), [
        "POST /responses",
        "GET /responses/resp_1?stream=true&starting_after=1",
      ]);
    });
  }

  test("and what is sent again of it is not shown again", async (t) => {
    const told = events({ text: "Hi." });
    const { painter } = await serve(t, ({ method }, response) =>
      stream(response, method === "POST" ? told.slice(0, 3) : told),
    );
    const painted = await collect(painter.paint(request, never));
    assert.deepEqual(kinds(painted), ["started", "text", "text", "text", "partial", "picture", "final"]);
  });

  test("but not while comments keep the connection alive", async (t) => {
    const { painter, asked } = await serve(
      t,
      (_, response) => {
        open(response, [created]);
        let left = 6;
        const timer = setInterval(() => {
          left -= 1;
          if (left > 0) return response.write(": keep-alive\n\n");
          clearInterval(timer);
          for (const event of [sketch, done, completed]) response.write(`data: ${JSON.stringify(event)}\n\n`);
          return response.end();
        }, 250);
      },
      { idleMs: 1000 },
    );
    assert.deepEqual(kinds(await collect(painter.paint(request, never))).at(-1), "final");
    assert.equal(asked.length, 1);
  });

  test("and given up when nothing but comments comes", async (t) => {
    const { painter, asked } = await serve(
      t,
      (_, response) => {
        open(response, [created]);
        const timer = setInterval(() => response.write(": keep-alive\n\n"), 20);
        response.on("close", () => clearInterval(timer));
      },
      { stuckMs: 200 },
    );
    await assert.rejects(collect(painter.paint(request, never)), {
      code: "stopped",
      message: /got no further/,
    });
    assert.equal(asked.filter(({ method }) => method === "POST").length, 1);
  });
});

describe("a response whose stream is not to be had", () => {
  for (const [what, known] of [
    ["any more", undefined],
    ["after a restart", "resp_1"],
  ] as const) {
    test(`${what} is asked how it stands until it is over`, async (t) => {
      const { painter, asked } = await serve(t, ({ method, path }, response, nth) => {
        if (method === "POST") stream(response, [created]);
        else if (path.includes("stream")) tooOld(response);
        else json(response, 200, nth < 3 ? { ...finished, status: "in_progress", output: [] } : finished);
      });
      const painted = await collect(painter.paint(request, never, known));
      assert.deepEqual(kinds(painted).slice(-3), ["started", "picture", "final"]);
      const last = painted.at(-1);
      assert.ok(last?.kind === "final" && last.usage?.image?.output === 272);
      assert.equal(paths(asked).filter((path) => path === "GET /responses/resp_1").length, 3);
      assert.equal(paths(asked).filter((path) => path === "POST /responses").length, known ? 0 : 1);
    });
  }

  test("gives its words, too, and each of them once", async (t) => {
    const { painter } = await serve(t, ({ method, path }, response) => {
      if (method === "POST")
        stream(response, [created, { type: "response.output_text.delta", delta: "It is" }]);
      else if (path.includes("stream")) tooOld(response);
      else json(response, 200, { ...finished, output: [words] });
    });
    let said = "";
    for await (const painted of painter.paint(request, never)) {
      if (painted.kind === "started") said = "";
      if (painted.kind === "text") said += painted.delta;
    }
    assert.equal(said, "It is a fox.");
  });

  test("because it brings nothing is asked how it stands", async (t) => {
    const { painter, asked } = await serve(t, ({ method, path }, response) => {
      if (method === "POST") stream(response, [created]);
      else if (path.includes("stream")) stream(response, []);
      else json(response, 200, finished);
    });
    assert.equal(pictures(await collect(painter.paint(request, never))), 1);
    assert.equal(asked.length, 3);
  });

  for (const [what, answer] of [
    [
      "fails",
      { ...finished, status: "failed", output: [], error: { code: "invalid_prompt", message: "Odd." } },
    ],
    ["is stopped", { ...finished, status: "cancelled", output: [] }],
    [
      "is cut short",
      { ...finished, status: "incomplete", output: [], incomplete_details: { reason: "content_filter" } },
    ],
  ] as const) {
    test(`and ${what} is no success`, async (t) => {
      const { painter, asked } = await serve(t, ({ method, path }, response) => {
        if (method === "POST") stream(response, [created]);
        else if (path.includes("stream")) tooOld(response);
        else json(response, 200, answer);
      });
      await assert.rejects(collect(painter.paint(request, never)), { name: "BotError" });
      assert.equal(asked.filter(({ method }) => method === "POST").length, 1);
    });
  }

  test("nor how it stands is not drawn again", async (t) => {
    const { painter, asked } = await serve(t, ({ method }, response) =>
      method === "POST" ? stream(response, [created]) : tooOld(response),
    );
    await assert.rejects(collect(painter.paint(request, never)), { code: "unreachable" });
    assert.equal(asked.filter(({ method }) => method === "POST").length, 1);
  });

  test("since the server is down is not drawn again", async (t) => {
    const { painter, asked } = await serve(t, ({ method }, response) =>
      method === "POST" ? stream(response, [created]) : html(response, 502),
    );
    await assert.rejects(collect(painter.paint(request, never)), { code: "unreachable" });
    assert.deepEqual(
      [
        asked.filter(({ method }) => method === "POST").length,
        asked.filter(({ method }) => method === "GET").length,
      ],
      [1, 6],
    );
  });
});

describe("in the foreground a response that was cut off", () => {
  test("and is finished all the same is shown, and not drawn again", async (t) => {
    const { painter, asked } = await serve(t, ({ method }, response) =>
      method === "POST" ? stream(response, [created], true) : json(response, 200, finished),
    );
    assert.equal(pictures(await collect(painter.paint(foreground, never))), 1);
    assert.deepEqual(paths(asked), ["POST /responses", "GET /responses/resp_1"]);
  });

  test("and ended with its connection is asked for again", async (t) => {
    const { painter, asked } = await serve(t, ({ method }, response, nth) => {
      if (method === "GET") json(response, 200, { ...finished, status: "cancelled", output: [] });
      else stream(response, nth === 1 ? [created] : whole, nth === 1);
    });
    assert.equal(pictures(await collect(painter.paint(foreground, never))), 1);
    assert.deepEqual(paths(asked), ["POST /responses", "GET /responses/resp_1", "POST /responses"]);
  });

  test("while it was drawn, and is not kept, is not drawn again", async (t) => {
    const generating = { type: "response.image_generation_call.generating", item_id: "ig_1" };
    const { painter, asked } = await serve(t, (_, response) => stream(response, [created, generating], true));
    await assert.rejects(collect(painter.paint({ ...foreground, store: false }, never)), {
      code: "unreachable",
    });
    assert.equal(asked.length, 1);
  });
});

describe("a finished picture is shown though the rest is lost", () => {
  for (const [what, answer] of [
    ["for good", (response: ServerResponse) => json(response, 404, { error: { message: "Not found" } })],
    ["in trouble", (response: ServerResponse) => html(response, 500)],
    ["in silence", () => {}],
    ["in nonsense", (response: ServerResponse) => json(response, 200, { object: "response" })],
  ] as const) {
    test(what, async (t) => {
      const { painter, asked } = await serve(
        t,
        ({ method }, response) =>
          method === "POST" ? stream(response, [created, sketch, done]) : answer(response),
        { idleMs: 700 },
      );
      const painted = await collect(painter.paint(request, never));
      assert.equal(pictures(painted), 1);
      assert.deepEqual(painted.at(-1), { kind: "final", responseId: "resp_1" }, "what it cost is not known");
      assert.equal(asked.filter(({ method }) => method === "POST").length, 1);
    });
  }
});

test("what is broken in a stream is passed over, and half a picture is none", async (t) => {
  const half = png.slice(0, png.length / 2);
  const partial = { type: "response.image_generation_call.partial_image", partial_image_index: 0 };
  const { painter } = await serve(t, (_, response) =>
    stream(response, [
      created,
      partial,
      { ...partial, partial_image_b64: 7 },
      { ...partial, partial_image_b64: half },
      { ...partial, partial_image_b64: "not base64!" },
      { type: "response.output_text.delta", delta: null },
      { type: "response.output_item.done" },
      { type: "response.output_item.done", item: { ...item, result: half } },
      { type: "response.unheard.of", item: [] },
      ...[null, 5, "text", [], {}].map((event) => event as object),
      completed,
    ]),
  );
  const painted = await collect(painter.paint(request, never));
  assert.deepEqual(kinds(painted), ["started", "picture", "final"]);
});
