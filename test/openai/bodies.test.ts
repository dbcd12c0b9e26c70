import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { describe, type TestContext, test } from "node:test";
import { collect, events, json, kinds, never, request, serve, stream } from "./server.ts";

const most = 100_000;
const piece = 10_000;

/** Writes the same piece again and again until the reader has gone; how many bytes that took. */
async function flood(response: ServerResponse, text: string): Promise<number> {
  let sent = 0;
  const gone = once(response, "close");
  while (!response.destroyed) {
    sent += text.length;
    if (!response.write(text)) await Promise.race([once(response, "drain"), gone]);
  }
  return sent;
}

/** A server that sends something endless in answer to POST or GET. */
async function flooded(
  t: TestContext,
  by: "POST" | "GET",
  status: number,
  type: string,
  text: string,
  before = "",
) {
  const sent = Promise.withResolvers<number>();
  const served = await serve(
    t,
    ({ method }, response) => {
      if (method !== by) {
        const refusal = { error: { message: "This response can no longer be streamed." } };
        if (method === "POST") stream(response, events().slice(0, 1));
        else json(response, 400, refusal);
        return;
      }
      response.writeHead(status, { "content-type": type });
      response.write(before);
      sent.resolve(flood(response, text));
    },
    { eventBytes: most },
  );
  return { ...served, sent: sent.promise };
}

describe("a body without an end is broken off:", () => {
  const endless: readonly [string, string, string][] = [
    ["one line", "a".repeat(piece), "data: "],
    ["one event of short lines", "data: a\n".repeat(piece / 8), ""],
    ["one event of lines that look like the end of one", "x\n".repeat(piece / 2), ""],
    ["comments that never end an event", ": still here\n".repeat(piece / 13), ""],
    ["one line after events that have come", "a".repeat(piece), ": hello\n\ndata: "],
  ];
  for (const [what, text, before] of endless) {
    test(`${what} in a stream`, async (t) => {
      const { painter, asked, sent } = await flooded(t, "POST", 200, "text/event-stream", text, before);
      await assert.rejects(collect(painter.paint(request, never)), {
        code: "rejected",
        message: /more than 100000 bytes in one piece/,
      });
      // What lies in the sockets between the two of us is a few megabytes at most.
      assert.ok((await sent) < most + 16_000_000);
      assert.equal(asked.length, 1, "and not asked for again");
    });
  }

  test("the JSON of a response that is polled", async (t) => {
    const { painter, asked, sent } = await flooded(
      t,
      "GET",
      200,
      "application/json",
      "a".repeat(piece),
      '{"id":"',
    );
    const { background: _, ...foreground } = request;
    await assert.rejects(collect(painter.paint(foreground, never)), {
      code: "rejected",
      message: /more than 100000 bytes/,
    });
    assert.ok((await sent) < most + 16_000_000);
    assert.deepEqual(
      asked.map(({ method }) => method),
      ["POST", "GET"],
    );
  });

  test("the words of an error", async (t) => {
    const { painter, sent } = await flooded(t, "POST", 400, "application/json", "a".repeat(piece));
    await assert.rejects(collect(painter.paint(request, never)), { code: "rejected" });
    assert.ok((await sent) < most + 16_000_000);
  });
});

describe("a stream that is longer than one event may be", () => {
  const whole = events({ text: "word ".repeat(20) });
  for (const [name, ending] of [
    ["LF", "\n"],
    ["CRLF", "\r\n"],
  ] as const) {
    for (const size of [1, 7, 65_536]) {
      test(`comes through, with ${name} and in pieces of ${size}`, async (t) => {
        const blank = `${ending}${ending}`;
        const frames = whole.map((event) => `: still here${blank}data: ${JSON.stringify(event)}${blank}`);
        const body = Buffer.from(frames.join(""));
        const { painter } = await serve(
          t,
          (_, response) => {
            response.writeHead(200, { "content-type": "text/event-stream" });
            for (let at = 0; at < body.length; at += size) response.write(body.subarray(at, at + size));
            response.end();
          },
          { eventBytes: 2000 },
        );
        assert.ok(body.length > 2000);
        const painted = await collect(painter.paint(request, never));
        assert.equal(painted.filter(({ kind }) => kind === "text").length, 100);
        assert.deepEqual(kinds(painted).slice(-2), ["picture", "final"]);
      });
    }
  }

  test("comes through event by event, whatever it is called", async (t) => {
    const { painter } = await serve(t, (_, response) => {
      response.writeHead(200, { "content-type": "text/plain" });
      for (const event of events()) response.write(`data: ${JSON.stringify(event)}\n\n`);
    });
    assert.equal(kinds(await collect(painter.paint(request, never))).at(-1), "final");
  });

  test("whose last event lacks its empty line comes through", async (t) => {
    const { painter } = await serve(t, (_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(
        events()
          .map((event) => `data: ${JSON.stringify(event)}`)
          .join("\n\n"),
      );
    });
    assert.equal(kinds(await collect(painter.paint(request, never))).at(-1), "final");
  });
});
