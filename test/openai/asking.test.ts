import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { describe, test } from "node:test";
import { BotError } from "../../src/seam/errors.ts";
import { freePort } from "../rig/free-port.ts";
import { commission, createTools } from "./commission.ts";
import { type Asked, collect, events, json, kinds, never, request, serve, stream } from "./server.ts";

/** What OpenAI may have begun is not asked for a second time, and what it asks to wait for is waited for. */

const whole = events();
const [created = {}, sketch = {}] = whole;
const posts = (asked: readonly Asked[]) => asked.filter(({ method }) => method === "POST").length;
const error = (more: object) => ({ error: { message: "no", type: null, param: null, code: null, ...more } });
const failed = (more: object) => ({
  type: "response.failed",
  response: {
    id: "resp_1",
    status: "failed",
    output: [],
    error: { code: "server_error", message: "no", ...more },
  },
});

describe("an answer that was lost", () => {
  const losses: readonly [string, (response: ServerResponse) => void][] = [
    ["before it began", (response) => response.destroy()],
    ["at a gateway", (response) => json(response, 504, error({}))],
    ["to another that has not ended", (response) => json(response, 409, error({}))],
    ["before its first event", (response) => stream(response, [])],
    ["in its first event", (response) => stream(response, [], true)],
    [
      "in nonsense",
      (response) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        response.end("data: {{{\n\n");
      },
    ],
  ];
  for (const [what, answer] of losses) {
    test(`${what} is not asked for again, and the person is told`, async (t) => {
      const { painter, asked } = await serve(t, (_, response) => answer(response));
      await assert.rejects(collect(painter.paint(request, never)), {
        code: "unreachable",
        message: /answer got lost on its way.*Try again/,
      });
      assert.equal(asked.length, 1);
    });
  }
});

describe("a request that has set nothing going is made again", () => {
  test("as often as we mean to: the SDK's own retries are off", async (t) => {
    const { painter, asked } = await serve(t, (_, response) => {
      response.setHeader("x-should-retry", "true");
      json(response, 500, error({}));
    });
    await assert.rejects(collect(painter.paint(request, never)), { code: "unreachable" });
    assert.equal(asked.length, 4);
  });

  test("where no connection came about", async (t) => {
    const { painter, lines } = await serve(t, () => {}, {
      baseUrl: `http://127.0.0.1:${await freePort()}/v1`,
    });
    await assert.rejects(collect(painter.paint(request, never)), {
      code: "unreachable",
      message: /cannot be reached/,
    });
    assert.equal(lines.filter((line) => line.includes("paint.retry")).length, 3);
  });

  test("under a key: another one after an answer, the same one for the same wish of another process", async (t) => {
    const keys = async () => {
      const { painter, asked } = await serve(t, (_, response, nth) =>
        nth === 1 ? json(response, 503, error({})) : stream(response, whole),
      );
      await collect(painter.paint(request, never, undefined, "wish"));
      await collect(painter.paint(request, never));
      return asked.map(({ headers }) => headers["idempotency-key"]);
    };
    const [first, second] = [await keys(), await keys()];
    assert.equal(new Set(first).size, 3);
    assert.deepEqual(first.slice(0, 2), second.slice(0, 2));
    assert.notEqual(first[2], second[2], "a wish without a name is one of its own");
  });
});

describe("a wait", () => {
  const short: readonly [string, (response: ServerResponse) => void, number][] = [
    ["in words", (response) => json(response, 429, error({ message: "Please try again in 20ms." })), 20],
    [
      "in a header",
      (response) => {
        response.setHeader("retry-after-ms", "7");
        json(response, 429, error({}));
      },
      7,
    ],
    [
      "in the middle of a stream",
      (response) =>
        stream(response, [
          created,
          failed({ code: "rate_limit_exceeded", message: "Please try again in 12ms." }),
        ]),
      12,
    ],
    [
      "of a server in trouble",
      (response) => {
        response.setHeader("retry-after-ms", "9");
        json(response, 503, error({}));
      },
      9,
    ],
  ];
  for (const [what, answer, ms] of short) {
    test(`that is short is waited for (${what})`, async (t) => {
      const { painter, asked, lines } = await serve(t, (_, response, nth) =>
        nth === 1 ? answer(response) : stream(response, whole),
      );
      assert.deepEqual(kinds(await collect(painter.paint(request, never))).slice(-2), ["picture", "final"]);
      assert.equal(posts(asked), 2);
      assert.ok(lines.some((line) => JSON.parse(line).waitMs === ms));
    });
  }

  test("that can be noticed is told of", async (t) => {
    const { painter } = await serve(t, (_, response) =>
      json(response, 429, error({ message: "Rate limit reached. Please try again in 51.84s." })),
    );
    const painting = painter.paint(request, never);
    assert.deepEqual((await painting.next()).value, { kind: "waiting", ms: 51_840 });
  });

  const later = new Date(Date.now() + 590_000).toUTCString();
  const long: readonly [string, (response: ServerResponse) => void, RegExp][] = [
    [
      "in words",
      (response) => json(response, 429, error({ message: "Please try again in 6m0s." })),
      /in 6 minutes/,
    ],
    [
      "of 61 s",
      (response) => {
        response.setHeader("retry-after", "61");
        json(response, 429, error({}));
      },
      /in 61 s/,
    ],
    [
      "until a date",
      (response) => {
        response.setHeader("retry-after", later);
        json(response, 429, error({}));
      },
      /in (?:9|10) minutes/,
    ],
    [
      "in the middle of a stream",
      (response) =>
        stream(response, [
          created,
          failed({ code: "rate_limit_exceeded", message: "Please try again in 3 hours." }),
        ]),
      /in 3 hours/,
    ],
  ];
  for (const [what, answer, message] of long) {
    test(`that is long is told, and not waited for (${what})`, async (t) => {
      const { painter, asked } = await serve(t, (_, response) => answer(response));
      await assert.rejects(collect(painter.paint(request, never)), { code: "busy", message });
      assert.equal(asked.length, 1);
    });
  }

  test("after which OpenAI is still full is not waited for for ever", async (t) => {
    const full = failed({ code: "rate_limit_exceeded", message: "Please try again in 1ms." });
    const { painter, asked } = await serve(t, (_, response) => stream(response, [created, full]));
    await assert.rejects(collect(painter.paint(request, never)), { code: "busy" });
    assert.equal(asked.length, 4);
  });

  test("that comes when something is drawn is told: it would be drawn again", async (t) => {
    const full = failed({ code: "rate_limit_exceeded", message: "Please try again in 1ms." });
    const { painter, asked } = await serve(t, (_, response) => stream(response, [created, sketch, full]));
    await assert.rejects(collect(painter.paint(request, never)), { code: "busy" });
    assert.equal(asked.length, 1);
  });
});

describe("no money is the admin's matter, and not asked about again", () => {
  const quota = "You exceeded your current quota, please check your plan and billing details.";
  const answers: readonly [string, (response: ServerResponse) => void][] = [
    ["by its code", (response) => json(response, 429, error({ code: "insufficient_quota" }))],
    ["by its type", (response) => json(response, 429, error({ type: "insufficient_quota" }))],
    ["by its words", (response) => json(response, 429, error({ message: quota }))],
    [
      "in a failed response",
      (response) => stream(response, [created, failed({ code: "insufficient_quota" })]),
    ],
    [
      "in an error event",
      (response) => stream(response, [created, { type: "error", ...error({ code: "insufficient_quota" }) }]),
    ],
  ];
  for (const [what, answer] of answers) {
    test(what, async (t) => {
      const { painter, asked } = await serve(t, (_, response) => {
        response.setHeader("retry-after", "1");
        answer(response);
      });
      await assert.rejects(collect(painter.paint(request, never)), {
        code: "quota",
        message: /Tell the admin/,
      });
      assert.equal(asked.length, 1);
    });
  }
});

describe("a turn that is left", () => {
  const reason = new Error("left");

  test("in mid-stream closes its connection", async (t) => {
    const stop = new AbortController();
    const closed = Promise.withResolvers<void>();
    const { painter } = await serve(t, (_, response) => {
      response.on("close", closed.resolve);
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(`data: ${JSON.stringify(created)}\n\n`);
    });
    const painting = painter.paint(request, stop.signal);
    assert.equal((await painting.next()).value?.kind, "started");
    const rest = assert.rejects(painting.next(), reason);
    stop.abort(reason);
    await rest;
    await closed.promise;
  });

  test("before the name of its response is known stops that response", async (t) => {
    const stop = new AbortController();
    const cancelled = Promise.withResolvers<string>();
    const { painter } = await serve(t, ({ path }, response) => {
      if (path.endsWith("/cancel")) {
        cancelled.resolve(path);
        return json(response, 200, { id: "resp_1", status: "cancelled", output: [] });
      }
      stop.abort(reason);
      return setImmediate(() => stream(response, [created]));
    });
    await assert.rejects(collect(painter.paint(request, stop.signal)), reason);
    assert.equal(await cancelled.promise, "/v1/responses/resp_1/cancel");
  });

  test("in the foreground closes its connection at once, which stops the response", async (t) => {
    const stop = new AbortController();
    const closed = Promise.withResolvers<void>();
    const { painter } = await serve(t, (_, response) => {
      response.on("close", closed.resolve);
      stop.abort(reason);
    });
    const { background: _, ...foreground } = request;
    await assert.rejects(collect(painter.paint(foreground, stop.signal)), reason);
    await closed.promise;
  });

  test("while it waits for another try ends the wait", async (t) => {
    const stop = new AbortController();
    const { painter, asked } = await serve(t, (_, response) => {
      response.setHeader("retry-after", "30");
      json(response, 429, error({}));
    });
    const painting = painter.paint(request, stop.signal);
    assert.deepEqual((await painting.next()).value, { kind: "waiting", ms: 30_000 });
    const rest = assert.rejects(painting.next(), reason);
    stop.abort(reason);
    await rest;
    assert.equal(asked.length, 1);
  });

  test("while its response is asked how it stands asks no more", async (t) => {
    const stop = new AbortController();
    const { painter, asked } = await serve(
      t,
      ({ path }, response) => {
        if (path.includes("stream")) return json(response, 400, error({}));
        stop.abort(reason);
        return json(response, 200, { id: "resp_1", status: "in_progress", output: [] });
      },
      { pollMs: 60_000 },
    );
    await assert.rejects(collect(painter.paint(request, stop.signal, "resp_1")), reason);
    assert.equal(asked.length, 2);
  });
});

describe("to stop a response", () => {
  test("is said again until OpenAI has heard it", async (t) => {
    const { painter, asked } = await serve(t, (_, response, nth) =>
      nth === 1 ? response.destroy() : nth === 2 ? json(response, 500, error({})) : json(response, 200, {}),
    );
    await painter.cancel("resp_1");
    assert.deepEqual(
      asked.map(({ path }) => path),
      Array.from({ length: 3 }, () => "/v1/responses/resp_1/cancel"),
    );
  });

  test("that is over, or unknown, is said once", async (t) => {
    const { painter, asked } = await serve(t, (_, response) => json(response, 400, error({})));
    await painter.cancel("resp_1");
    assert.equal(asked.length, 1);
  });

  test("is given up when nobody answers", async (t) => {
    const { painter, asked } = await serve(t, () => {}, { idleMs: 300 });
    await painter.cancel("resp_1");
    assert.ok(asked.length > 0 && asked.length <= 4, `${asked.length} times`);
  });
});

test("an error whose words do not end does not hold up the next try", async (t) => {
  const { painter } = await serve(
    t,
    (_, response, nth) => {
      response.writeHead(nth === 1 ? 500 : 200, {
        "content-type": nth === 1 ? "application/json" : "text/event-stream",
      });
      if (nth === 1) return response.write('{"error":');
      for (const event of whole) response.write(`data: ${JSON.stringify(event)}\n\n`);
      return once(response, "close");
    },
    { idleMs: 1000 },
  );
  assert.equal(kinds(await collect(painter.paint(request, never))).at(-1), "final");
});

describe("a turn that another process takes over", () => {
  for (const engine of ["responses", "images"] as const) {
    test(`while its request is made up (${engine}) is not asked for here`, async (t) => {
      const { own, asked } = await serve(t, (_, response) => stream(response, whole));
      const { tools } = await createTools(engine);
      const lost = new AbortController();
      let looks = 0;
      const mayAsk = async () => {
        looks += 1;
        if (looks === 1) return;
        lost.abort(new BotError("stopped", "Another process goes on with this."));
        lost.signal.throwIfAborted();
      };
      const paint = own.begin(commission(), { ...tools, mayAsk }, lost.signal);
      await assert.rejects(collect(paint(0, undefined)), { code: "stopped" });
      assert.deepEqual([posts(asked), looks], [0, 2]);
    });
  }
});
