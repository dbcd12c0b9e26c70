import assert from "node:assert/strict";
import { createServer as createRawServer } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { DownloadOptions } from "../../src/pictures/download.ts";
import { BotError } from "../../src/seam/errors.ts";
import { portOf } from "../rig/port-of.ts";
import { until } from "../rig/until.ts";
import { fetcher, name, refused, site } from "./download-site.ts";

/** A site that says exactly these bytes, whatever it is asked. */
async function rawSite(t: TestContext, answer: string, options: DownloadOptions = {}) {
  const server = createRawServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(answer.replaceAll("\n", "\r\n"), "latin1"));
  });
  return fetcher(await portOf(t, server), options);
}

test("a picture comes byte for byte, asked for without a word about us", async (t) => {
  const bytes = Buffer.from([0x89, 0x50, 0, 255, 10, 13]);
  let headers: unknown;
  const { fetch, asked, port } = await site(t, (request, response) => {
    headers = request.headers;
    response.setHeader("set-cookie", "a=b").end(bytes);
  });
  assert.deepEqual(Buffer.from(await fetch("/cat.png?size=1&x=%20y#top")), bytes);
  assert.deepEqual(asked, ["/cat.png?size=1&x=%20y"]);
  assert.deepEqual(headers, {
    host: `pictures.test:${port}`,
    "user-agent": "Drawbridge",
    accept: "image/*",
    "accept-encoding": "identity",
    connection: "close",
  });
});

test("a large picture comes whole, in however many pieces", async (t) => {
  const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, index) => index % 251));
  const pieces = [...bytes.subarray(0, 70_000)].map((byte) => Buffer.from([byte]));
  const { fetch } = await site(t, (_, response) => {
    for (const piece of pieces) response.write(piece);
    response.end(bytes.subarray(70_000));
  });
  assert.deepEqual(Buffer.from(await fetch()), bytes);
});

describe("an answer that is no picture", () => {
  const broken = `${name} cannot be fetched: the connection failed. Try again later, or attach the picture itself.`;
  const page = `${name} is a page, not a picture. Open it, and copy the picture's own address, or attach the picture itself.`;
  const packed = `${name} comes packed in a way that I do not open. Attach the picture itself.`;
  const cases: readonly [what: string, answer: string, sentence: string][] = [
    ["a page", "HTTP/1.1 200 OK\ncontent-type: text/html; charset=utf-8\n\n<html>", page],
    ["a page in capitals", "HTTP/1.1 200 OK\nContent-Type: Text/HTML\n\n<html>", page],
    ["a page as XML", "HTTP/1.1 200 OK\ncontent-type: application/xhtml+xml\n\n<html/>", page],
    ["nothing", "HTTP/1.1 200 OK\n\n", `${name} is empty. Attach the picture itself.`],
    [
      "404",
      "HTTP/1.1 404 Not Found\n\n",
      `${name} is not there. Check its address, or attach the picture itself.`,
    ],
    [
      "410",
      "HTTP/1.1 410 Gone\n\n",
      `${name} is not there. Check its address, or attach the picture itself.`,
    ],
    ["401", "HTTP/1.1 401 No\n\n", `The site of ${name} does not give it to me. Attach the picture itself.`],
    [
      "403",
      "HTTP/1.1 403 No\n\nno",
      `The site of ${name} does not give it to me. Attach the picture itself.`,
    ],
    [
      "429",
      "HTTP/1.1 429 Slow\n\n",
      `The site of ${name} wants to be asked less often. Try again later, or attach the picture itself.`,
    ],
    [
      "503",
      "HTTP/1.1 503 Down\n\n",
      `The site of ${name} does not work just now. Try again later, or attach the picture itself.`,
    ],
    [
      "206",
      "HTTP/1.1 206 Part\n\npart",
      `The site of ${name} answered with 206, not with a picture. Attach the picture itself.`,
    ],
    ["gzip", "HTTP/1.1 200 OK\ncontent-encoding: gzip\n\nx", packed],
    ["brotli", "HTTP/1.1 200 OK\ncontent-encoding: br\n\nx", packed],
    ["two packings", "HTTP/1.1 200 OK\ncontent-encoding: identity, gzip\n\nx", packed],
    ["less than it claimed", "HTTP/1.1 200 OK\ncontent-length: 9\n\nx", broken],
    ["chunks without an end", "HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n1\nx\n", broken],
    ["two lengths", "HTTP/1.1 200 OK\ncontent-length: 1\ncontent-length: 2\n\nxy", broken],
    ["headers beyond all bounds", `HTTP/1.1 200 OK\nx: ${"x".repeat(100_000)}\n\nx`, broken],
    ["another protocol", "HTTP/1.1 101 Switching\nconnection: upgrade\nupgrade: x\n\n", broken],
    ["something else", "SSH-2.0-OpenSSH_9.9\n", broken],
    ["a closed door", "", broken],
  ];
  for (const [what, answer, sentence] of cases) {
    test(what, async (t) => {
      const fetch = await rawSite(t, answer, { timeoutMs: 5000 });
      await assert.rejects(fetch(), refused(sentence));
    });
  }

  test("identity is no packing", async (t) => {
    const fetch = await rawSite(t, "HTTP/1.1 200 OK\ncontent-encoding: identity\n\nx");
    assert.equal(Buffer.from(await fetch()).toString(), "x");
  });

  test("more than it claimed is not read", async (t) => {
    const fetch = await rawSite(t, "HTTP/1.1 200 OK\ncontent-length: 1\n\nxy");
    assert.equal(Buffer.from(await fetch()).toString(), "x");
  });

  test("a port where nobody answers", async (t) => {
    const server = createRawServer();
    const port = await portOf(t, server);
    server.close();
    await assert.rejects(fetcher(port)(), refused(broken));
  });
});

describe("too much, or too slowly", () => {
  const tooLarge = `${name} has more than 50 MB. Save it smaller, and attach it.`;

  test("a length beyond 50 MB is refused before a byte of it comes", async (t) => {
    const { fetch } = await site(t, (_, response) => {
      response.writeHead(200, { "content-length": 50 * 1024 * 1024 + 1 }).flushHeaders();
    });
    await assert.rejects(fetch(), refused(tooLarge));
  });

  test("a body without an end is read no further than 50 MB", async (t) => {
    let sent = 0;
    let closed = false;
    const { fetch } = await site(t, (_, response) => {
      const block = Buffer.alloc(1024 * 1024);
      const pour = () => {
        while (!response.destroyed && sent < 500 * block.length) {
          sent += block.length;
          if (!response.write(block)) return void response.once("drain", pour);
        }
      };
      response.on("close", () => {
        closed = true;
      });
      pour();
    });
    await assert.rejects(fetch(), refused(tooLarge));
    await until(() => closed, "the connection to be cut");
    assert.ok(sent < 100 * 1024 * 1024, `${sent} bytes were sent`);
  });

  for (const [what, status, headers] of [
    ["a page", 200, { "content-type": "text/html" }],
    ["a redirect", 302, { location: "file:///" }],
  ] as const) {
    test(`what comes with ${what} is not waited for`, async (t) => {
      let closed = false;
      const { fetch } = await site(t, (_, response) => {
        response.writeHead(status, headers).write("x");
        response.on("close", () => {
          closed = true;
        });
      });
      await assert.rejects(fetch(), BotError);
      await until(() => closed, "the connection to be cut");
    });
  }

  test("a bomb is not unpacked", async (t) => {
    const bomb = gzipSync(Buffer.alloc(60 * 1024 * 1024));
    const { fetch } = await site(t, (_, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(bomb),
    );
    await assert.rejects(
      fetch(),
      refused(`${name} comes packed in a way that I do not open. Attach the picture itself.`),
    );
  });

  const late = `${name} did not come in time. Attach the picture itself.`;

  test("a body that drips ends with the time for all of it", async (t) => {
    const { fetch } = await site(
      t,
      (_, response) => {
        const drip = setInterval(() => response.write("x"), 5);
        response.on("close", () => clearInterval(drip));
      },
      { timeoutMs: 100 },
    );
    await assert.rejects(fetch(), refused(late));
  });

  test("redirects do not begin the time anew", async (t) => {
    const { fetch } = await site(
      t,
      (_, response) => {
        setTimeout(() => response.writeHead(302, { location: "/" }).end(), 60);
      },
      { timeoutMs: 100 },
    );
    await assert.rejects(fetch(), refused(late));
  });

  test("a site that never answers", async (t) => {
    const { fetch } = await site(t, () => {}, { timeoutMs: 50 });
    await assert.rejects(fetch(), refused(late));
  });

  test("a name server that never answers", async (t) => {
    const { fetch } = await site(t, () => {}, { resolve: () => new Promise(() => {}), timeoutMs: 50 });
    await assert.rejects(fetch(), refused(late));
  });

  test("a cancel ends it at once, and the connection with it", async (t) => {
    let closed = false;
    const { asked, fetch } = await site(t, (_, response) => {
      response.write("x");
      response.on("close", () => {
        closed = true;
      });
    });
    const cancel = new AbortController();
    const reading = fetch("/cat.png", cancel.signal);
    await until(() => asked.length > 0, "the site to be asked");
    const reason = new BotError("stopped", "Cancelled.");
    cancel.abort(reason);
    await assert.rejects(reading, reason);
    await until(() => closed, "the connection to be cut");
    await assert.rejects(fetch("/cat.png", cancel.signal), reason);
    assert.equal(asked.length, 1, "after a cancel nothing is asked");
  });
});
