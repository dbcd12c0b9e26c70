import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { createServer as createRawServer, type Server, type Socket } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { gzipSync } from "node:zlib";
import { createDownload, type DownloadOptions, isPublic } from "../../src/pictures/download.ts";
import { BotError } from "../../src/seam/errors.ts";
import { until } from "../rig/until.ts";

const name = "“pictures.test/cat.png”";
const never = new AbortController().signal;
const notPublic = `${name} does not lead to a public address. Check how it is written, or attach the picture itself.`;

async function portOf(t: TestContext, server: Server, host = "127.0.0.1"): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  server.listen(0, host);
  await once(server, "listening");
  const address = server.address();
  assert.ok(address && typeof address === "object");
  return address.port;
}

/** A site at `pictures.test`, which no name server knows, on the one loopback address that counts as public. */
async function site(t: TestContext, listener: RequestListener, options: DownloadOptions = {}) {
  const asked: string[] = [];
  const port = await portOf(
    t,
    createServer((request, response) => {
      asked.push(request.url ?? "");
      listener(request, response);
    }),
  );
  return { asked, port, fetch: fetcher(port, options) };
}

function fetcher(port: number, options: DownloadOptions = {}, scheme = "http") {
  const download = createDownload({
    allow: (address) => address === "127.0.0.1",
    ports: [port],
    resolve: async () => ["127.0.0.1"],
    ...options,
  });
  return (path = "/cat.png", signal = never) =>
    download(new URL(path, `${scheme}://pictures.test:${port}`), name, signal);
}

/** A site that says exactly these bytes, whatever it is asked. */
async function rawSite(t: TestContext, answer: string, options: DownloadOptions = {}) {
  const server = createRawServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(answer.replaceAll("\n", "\r\n"), "latin1"));
  });
  return fetcher(await portOf(t, server), options);
}

const refused = (message: string) => ({ name: "BotError", code: "bad_attachment", message });

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

describe("an IP address is public or not", () => {
  const cases: Readonly<Record<"public" | "closed", readonly string[]>> = {
    public: ["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"],
    closed: [
      ...["0.0.0.0", "0.1.2.3", "127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "172.31.255.255"],
      ...["192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "192.0.0.192", "192.0.2.1"],
      ...["192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255"],
      ...["240.0.0.1", "255.255.255.255", "168.63.129.16"],
      ...["::", "::1", "::127.0.0.1", "::808:808", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:a9fe:a9fe"],
      ...["::ffff:0:127.0.0.1", "::ffff:168.63.129.16", "64:ff9b::7f00:1", "64:ff9b:1::a00:1"],
      ...["2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1", "3fff::1", "100::1", "5f00::1"],
      ...["fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "4000::1", "e000::1"],
      ...["", "localhost", "pictures.test", "127.0.0.1.", "8.8.8.8/32"],
    ],
  };
  for (const [kind, addresses] of Object.entries(cases)) {
    for (const address of addresses) {
      test(`${address || "nothing"}: ${kind}`, () => assert.equal(isPublic(address), kind === "public"));
    }
  }
});

/** Hosts that mean this machine or its network, however they are written. */
const closedHosts = [
  ...["127.0.0.1", "127.0.0.1.", "127.1", "0x7f.1", "0177.0.0.1", "2130706433", "0", "１２７.0.0.1", "[::1]"],
  ...["[::ffff:127.0.0.1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "169.254.169.254"],
  ...["localhost", "localhost.", "LOCALHOST"],
];

describe("nothing is asked of a host that is not public", () => {
  for (const host of closedHosts) {
    test(host, async (t) => {
      const { asked, port } = await site(t, (_, response) => response.end("secret"));
      const download = createDownload({ ports: [port], timeoutMs: 5000 });
      const url = new URL(`http://${host}:${port}/cat.png`);
      await assert.rejects(download(url, name, never), refused(notPublic));
      assert.deepEqual(asked, []);
    });
  }

  const answers: readonly [what: string, answer: readonly string[] | Error][] = [
    ["a private address", ["10.0.0.7"]],
    ["a public address and a private one", ["8.8.8.8", "10.0.0.7"]],
    ["the address of a metadata server, wrapped", ["::ffff:169.254.169.254"]],
    ["no address", []],
    ["that there is no such host", Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" })],
  ];
  for (const [what, answer] of answers) {
    test(`a name server that answers ${what}`, async (t) => {
      const resolve = async () => {
        if (answer instanceof Error) throw answer;
        return answer;
      };
      const { fetch } = await site(t, (_, response) => response.end("secret"), { resolve, timeoutMs: 5000 });
      await assert.rejects(fetch(), refused(notPublic));
    });
  }
});

describe("a redirect is checked as the first address is", () => {
  for (const host of [...closedHosts, "internal.test"]) {
    test(`to ${host}`, async (t) => {
      let passed = 0;
      const inHeader = host.replace(/[^ -~]/g, encodeURIComponent);
      const { asked, port, fetch } = await site(
        t,
        (request, response) => {
          if (request.url !== "/cat.png") return response.end("secret");
          return response.writeHead(302, { location: `http://${inHeader}:${port}/secret` }).end();
        },
        {
          allow: () => passed++ === 0, // the first host only
          resolve: async (asked) => [asked === "internal.test" ? "10.0.0.7" : "127.0.0.1"],
          timeoutMs: 5000,
        },
      );
      await assert.rejects(fetch(), refused(notPublic));
      assert.deepEqual(asked, ["/cat.png"]);
    });
  }

  const elsewhere: readonly [location: string, sentence: string][] = [
    ["file:///etc/passwd", `${name} leads away from the web. Attach the picture itself.`],
    ["data:image/png;base64,AAAA", `${name} leads away from the web. Attach the picture itself.`],
    ["gopher://pictures.test/", `${name} leads away from the web. Attach the picture itself.`],
    ["http://", `${name} leads away from the web. Attach the picture itself.`],
    ["http://pictures.test:22/", `${name} asks for a port that I do not use. Attach the picture itself.`],
    [
      "//me:secret@pictures.test/",
      `The address of ${name} holds a name or password, which I do not use. Attach the picture itself.`,
    ],
  ];
  for (const [location, sentence] of elsewhere) {
    test(`to ${location}`, async (t) => {
      const { asked, fetch } = await site(t, (_, response) => response.writeHead(301, { location }).end());
      await assert.rejects(fetch(), refused(sentence));
      assert.deepEqual(asked, ["/cat.png"]);
    });
  }

  test("three are followed, with the address taken from the one before", async (t) => {
    const steps = ["/cat.png", "/a/1", "/a/2", "/3"];
    const { asked, fetch } = await site(t, (request, response) => {
      const next = { "/cat.png": "/a/1", "/a/1": "2", "/a/2": "../3" }[request.url ?? ""];
      if (next) response.writeHead(307, { location: next }).end();
      else response.end("picture");
    });
    assert.equal(Buffer.from(await fetch()).toString(), "picture");
    assert.deepEqual(asked, steps);
  });

  test("a circle ends", async (t) => {
    const { asked, fetch } = await site(t, (_, response) =>
      response.writeHead(302, { location: "/cat.png" }).end(),
    );
    await assert.rejects(
      fetch(),
      refused(`${name} leads on and on to other addresses. Attach the picture itself.`),
    );
    assert.equal(asked.length, 4);
  });

  test("one that leads nowhere is no picture", async (t) => {
    const { fetch } = await site(t, (_, response) => response.writeHead(302).end());
    await assert.rejects(
      fetch(),
      refused(`The site of ${name} answered with 302, not with a picture. Attach the picture itself.`),
    );
  });
});

describe("a name server that changes its answer", () => {
  test("is asked once: the address that was checked is the one that is fetched from", async (t) => {
    const answers = ["127.0.0.1", "10.0.0.7"];
    const { fetch } = await site(t, (_, response) => response.end("picture"), {
      resolve: async () => answers.splice(0, 1),
    });
    assert.equal(Buffer.from(await fetch()).toString(), "picture");
    assert.deepEqual(answers, ["10.0.0.7"]);
  });

  test("is believed no more on the next redirect than on the first", async (t) => {
    const answers = ["127.0.0.1", "10.0.0.7"];
    const { asked, fetch } = await site(
      t,
      (_, response) => response.writeHead(302, { location: "/again" }).end(),
      { resolve: async () => answers.splice(0, 1) },
    );
    await assert.rejects(fetch(), refused(notPublic));
    assert.deepEqual(asked, ["/cat.png"]);
  });
});

describe("an address with more than a host in it", () => {
  const password = `The address of ${name} holds a name or password, which I do not use. Attach the picture itself.`;
  const port = `${name} asks for a port that I do not use. Attach the picture itself.`;
  const cases: readonly [address: string, sentence: string][] = [
    ["http://me:secret@pictures.test/cat.png", password],
    ["http://me@pictures.test/cat.png", password],
    ["http://:secret@pictures.test/cat.png", password],
    ["http://pictures.test:22/cat.png", port],
    ["https://pictures.test:6379/cat.png", port],
    ["http://pictures.test:0/cat.png", port],
  ];
  for (const [address, sentence] of cases) {
    test(address, async () => {
      const resolve = () => assert.fail("nobody is asked where it is");
      await assert.rejects(createDownload({ resolve })(new URL(address), name, never), refused(sentence));
    });
  }
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

describe("over TLS", () => {
  async function secureSite(t: TestContext, listener: RequestListener) {
    return portOf(t, createSecureServer({ key, cert: certificate }, listener));
  }
  function trust(t: TestContext) {
    const before = getCACertificates("default");
    setDefaultCACertificates([...before, certificate]);
    t.after(() => setDefaultCACertificates(before));
  }
  const untrusted = `The site of ${name} cannot be trusted: its certificate is not in order. Attach the picture itself.`;

  test("a picture comes when the certificate fits the name, not the IP address", async (t) => {
    trust(t);
    const port = await secureSite(t, (_, response) => response.end("picture"));
    assert.equal(Buffer.from(await fetcher(port, {}, "https")()).toString(), "picture");
  });

  test("a certificate that nobody vouches for", async (t) => {
    const port = await secureSite(t, (_, response) => response.end("picture"));
    await assert.rejects(fetcher(port, {}, "https")(), refused(untrusted));
  });

  test("a certificate for another name", async (t) => {
    trust(t);
    const port = await secureSite(t, (_, response) => response.end("picture"));
    await assert.rejects(fetcher(port, {}, "https")(`//other.test:${port}`), refused(untrusted));
  });

  test("a server that does not speak it", async (t) => {
    const { port } = await site(t, (_, response) => response.end("picture"));
    await assert.rejects(fetcher(port, {}, "https")(), refused(untrusted));
  });

  test("a redirect to an address without it", async (t) => {
    trust(t);
    const open = await site(t, (_, response) => response.end("picture"));
    const port = await secureSite(t, (_, response) =>
      response.writeHead(302, { location: `http://pictures.test:${open.port}/` }).end(),
    );
    await assert.rejects(
      fetcher(port, { ports: [port, open.port] }, "https")(),
      refused(`${name} leads from a secure address to one that is not. Attach the picture itself.`),
    );
    assert.deepEqual(open.asked, []);
  });
});

/** Of nobody, for the name pictures.test, until 2126. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjZe9h6URZHairmK2
FW0EJgxJslOfF6KGFe4mbF6FCxChRANCAATNFQ/OK29g0iwkPOI/1V9rfz9Dt7Tl
vnJ7n5s41Cgumz16wUB3zU2EMYW8DNlXv7f88umy1anTrZ0VBh3YJYJG
-----END PRIVATE KEY-----`;
const certificate = `-----BEGIN CERTIFICATE-----
MIIBoDCCAUegAwIBAgIUfJKNVauWMa0/cZL0umZFswVPtDYwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNcGljdHVyZXMudGVzdDAgFw0yNjExMjExMzIxNTRaGA8yMTI2
MTAyODEzMjE1NFowGDEWMBQGA1UEAwwNcGljdHVyZXMudGVzdDBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABM0VD84rb2DSLCQ84j/VX2t/P0O3tOW+cnufmzjUKC6b
PXrBQHfNTYQxhbwM2Ve/t/zy6bLVqdOtnRUGHdglgkajbTBrMB0GA1UdDgQWBBSq
buMy4M1+WhkCj8IyT5eryz3k7jAfBgNVHSMEGDAWgBSqbuMy4M1+WhkCj8IyT5er
yz3k7jAPBgNVHRMBAf8EBTADAQH/MBgGA1UdEQQRMA+CDXBpY3R1cmVzLnRlc3Qw
CgYIKoZIzj0EAwIDRwAwRAIgc8UnOLRs7qBF3KC0LVeQBuuKRnqdK6zufHrDBBII
EkICIF4eWk04GjaYUHjHDBLMJig0IkM17moFQU92hfJ4m1Lv
-----END CERTIFICATE-----`;
