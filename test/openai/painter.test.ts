import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createDrawing } from "../../src/answer/drawing.ts";
import { toRequest } from "../../src/openai/responses/request.ts";
import { createLog } from "../../src/seam/log.ts";
import { limits } from "../rig/studio.ts";
import {
  collect,
  defaults,
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

/** What compatible servers do that OpenAI does not. */

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

  test("nothing at all may have begun to draw, so it is asked once, and the person is told", async (t) => {
    const { painter, asked } = await serve(t, () => {}, { idleMs: 1000 });
    await assert.rejects(collect(painter.paint(request, never)), {
      code: "unreachable",
      message: /answer got lost on its way/,
    });
    assert.equal(asked.length, 1);
  });

  test("nothing at all can be cancelled at once", async (t) => {
    const stop = new AbortController();
    const reason = new Error("cancelled");
    const { painter } = await serve(t, () => stop.abort(reason));
    await assert.rejects(collect(painter.paint(request, stop.signal)), reason);
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
        message: /it cannot have that background\. Choose another/,
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
    const { painter, asked } = await serve(t, ({ method }, response, nth) => {
      if (method === "GET") json(response, 404, { error: { message: "Not found" } });
      else stream(response, nth === 1 ? whole.slice(0, 6) : whole, nth === 1);
    });
    const { background: _, ...foreground } = request;
    const drawing = createDrawing({ prompt: "a fox", index: 0, limits, log: createLog("silent") });
    for await (const painted of painter.paint(foreground, never)) await drawing.take(painted);
    assert.equal(drawing.text, "Here it is.");
    assert.deepEqual(
      asked.map(({ method }) => method),
      ["POST", "GET", "POST"],
    );
  });

  test("in the foreground, after a sketch, is not asked, and paid, again", async (t) => {
    const { painter, asked } = await serve(t, ({ method }, response) =>
      method === "POST" ? stream(response, events().slice(0, 2), true) : html(response, 200),
    );
    const { background: _, ...foreground } = request;
    await assert.rejects(collect(painter.paint(foreground, never)), { code: "unreachable" });
    assert.deepEqual(
      asked.map(({ method }) => method),
      ["POST", "GET"],
    );
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
    ["answers 501", (response: ServerResponse) => json(response, 501, { error: { message: "Not done" } })],
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

  test("is tried again as long as OpenAI asks for, which is a minute at most", async (t) => {
    const busy = (response: ServerResponse, after: string) => {
      response.setHeader("retry-after", after);
      json(response, 429, { error: { message: "slow down" } });
    };
    const { painter, asked } = await serve(t, (_, response, nth) =>
      nth === 1
        ? busy(response, "0")
        : nth === 2
          ? json(response, 500, {})
          : nth === 3
            ? json(response, 200, { id: "file_1" })
            : busy(response, "61"),
    );
    assert.equal(await painter.upload(picture, never), "file_1");
    await assert.rejects(painter.upload(picture, never), { code: "busy", message: /in 61 s/ });
    assert.equal(asked.length, 4);
  });

  test("for which there is no money is tried once", async (t) => {
    const { painter, asked } = await serve(t, (_, response) =>
      json(response, 429, { error: { message: "no", code: "insufficient_quota" } }),
    );
    await assert.rejects(painter.upload(picture, never), { code: "quota" });
    assert.equal(asked.length, 1);
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
