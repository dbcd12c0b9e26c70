import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { BotError } from "../../../src/seam/errors.ts";
import { until } from "../../rig/until.ts";
import { createFolder, png, raw, toFormData } from "../playground.ts";
import { createAreaBook, silent, startAreas } from "./area-pages.ts";

const publicUrl = "https://draw.example";
const origin = { origin: publicUrl };

async function start(t: TestContext, options: Parameters<typeof startAreas>[2] = {}) {
  const picture = await png(7, 40, 30);
  const book = createAreaBook(picture, 40, 30);
  return { picture, book, ...(await startAreas(t, book, options)) };
}

async function form(text = "a red balloon"): Promise<FormData> {
  return toFormData({ text, mask: new File([await png(9, 40, 30)], "any name.png", { type: "image/png" }) });
}

async function messageOf(response: Response): Promise<string> {
  const { error } = (await response.json()) as { error: { message: string } };
  return error.message;
}

test("a page is looked at as often as one likes, and spent by sending", async (t) => {
  const { url, book, picture } = await start(t);
  const token = book.issue();
  for (const method of ["HEAD", "GET", "GET"]) {
    const page = await fetch(`${url}/area/${token}`, { method });
    assert.equal(page.status, 200);
    assert.equal(page.headers.get("content-type"), "text/html; charset=UTF-8");
    assert.equal(page.headers.get("cache-control"), "no-store");
    assert.equal(page.headers.get("referrer-policy"), "no-referrer");
    assert.equal(page.headers.get("x-robots-tag"), "noindex, nofollow");
    assert.equal(page.headers.get("x-frame-options"), "DENY");
  }
  assert.deepEqual([...new Set(book.calls)], ["check"], "a preview of the link fetches no picture");

  const shown = await fetch(`${url}/area/${token}/picture`);
  assert.equal(shown.status, 200);
  assert.equal(shown.headers.get("content-type"), "image/png");
  assert.equal(shown.headers.get("cache-control"), "no-store");
  assert.equal(shown.headers.get("x-content-type-options"), "nosniff");
  assert.match(shown.headers.get("content-security-policy") ?? "", /^sandbox; default-src 'none'/);
  assert.equal(decodeURIComponent(shown.headers.get("picture-alt") ?? ""), "Ein Fuchs – 狐");
  assert.deepEqual(Buffer.from(await shown.arrayBuffer()), picture);

  const sent = await fetch(`${url}/area/${token}`, {
    method: "POST",
    headers: origin,
    body: await form(" a red\r\nballoon "),
  });
  assert.equal(sent.status, 202);
  const [only] = book.sent;
  assert.equal(only?.token, token);
  assert.equal(only?.input.text, "a red\nballoon");
  assert.deepEqual(only?.input.options, {});
  const [mask, ...more] = only?.input.attachments ?? [];
  assert.deepEqual(more, []);
  const { read, ...claim } = mask ?? assert.fail("no mask");
  const bytes = await png(9, 40, 30);
  assert.deepEqual(claim, { name: "mask.png", mediaType: "image/png", size: bytes.length, role: "mask" });
  assert.deepEqual(Buffer.from(await read(AbortSignal.timeout(1000))), bytes);

  const again = await fetch(`${url}/area/${token}`, { method: "POST", headers: origin, body: await form() });
  assert.equal(again.status, 410);
  assert.match(await messageOf(again), /Press Edit area… again/);
  assert.equal(book.sent.length, 1);
});

test("what was painted is handed on as it is, and nothing of it stays behind here", async (t) => {
  const book = createAreaBook(await png(1, 40, 30), 40, 30);
  const dataDir = await createFolder(t);
  const { url } = await startAreas(t, book, { dataDir });
  const token = book.issue();
  const before = await readdir(dataDir, { recursive: true });
  const body = await form();
  const sent = await fetch(`${url}/area/${token}`, { method: "POST", headers: origin, body });
  assert.equal(sent.status, 202);
  assert.deepEqual(await readdir(dataDir, { recursive: true }), before);
});

test("what is forged, has run out or was used looks the same, and costs nothing", async (t) => {
  const { url, book } = await start(t);
  const [old, used] = [book.issue("old.signature"), book.issue("used.signature")];
  book.expire(old);
  await fetch(`${url}/area/${used}`, { method: "POST", headers: origin, body: await form() });
  book.calls.length = 0;
  const seen = new Set<string>();
  for (const token of [old, used, "forged.signature", "x", "a".repeat(5000), "%3Cscript%3E", "__proto__"]) {
    const [page, picture, post] = await Promise.all([
      fetch(`${url}/area/${token}`),
      fetch(`${url}/area/${token}/picture`),
      fetch(`${url}/area/${token}`, { method: "POST", headers: origin, body: await form() }),
    ]);
    assert.deepEqual([page.status, picture.status, post.status], [410, 410, 410], token.slice(0, 20));
    assert.equal(page.headers.get("content-type"), "text/html; charset=UTF-8");
    assert.equal(page.headers.get("cache-control"), "no-store");
    const html = await page.text();
    assert.match(
      html,
      /<p>This page has run out or was used already\. Press Edit area… again in the chat\.<\/p>/,
    );
    seen.add(html + (await picture.text()) + (await post.text()));
  }
  assert.equal(seen.size, 1);
  assert.deepEqual([...new Set(book.calls)], ["check"], "nothing was fetched, nothing read");
  for (const path of ["/area", "/area/", "/area/x/y", "/area/x/picture/y", "/area/..%2f..%2fpackage.json"]) {
    const { status } = await raw(url, { path });
    assert.ok(status === 404 || status === 410, `${path}: ${status}`);
  }
});

test("a form is refused before it arrives when its token is bad or it is too large", async (t) => {
  const { url, book } = await start(t);
  const good = book.issue();
  for (const [token, length, status] of [
    ["forged.x", 4_000_000, "410 Gone"],
    [good, 6_000_000, "413 Payload Too Large"],
  ] as const) {
    const socket = open(url, token, length);
    const [first] = await socket.take(1).toArray();
    assert.ok(String(first).startsWith(`HTTP/1.1 ${status}`), String(first).slice(0, 60));
    socket.destroy();
  }
  const endless = await raw(url, {
    method: "POST",
    path: `/area/${good}`,
    headers: {
      ...origin,
      "transfer-encoding": "chunked",
      "content-type": "multipart/form-data; boundary=x",
    },
    body: Buffer.alloc(6_000_000),
  });
  assert.ok(endless.status === 413 || endless.status === 400, String(endless.status));
  assert.deepEqual(book.sent, []);
});

/** A form that has been begun and does not go on. */
function open(url: string, token: string, length: number) {
  const { hostname, port, host } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on("error", () => {});
  socket.write(
    `POST /area/${token} HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${publicUrl}\r\n` +
      `Content-Type: multipart/form-data; boundary=x\r\nContent-Length: ${length}\r\n\r\n--x`,
  );
  return socket;
}

test("forms that do not go on leave no more than some waiting", async (t) => {
  const { url, book } = await start(t);
  const slow = Array.from({ length: 16 }, () => open(url, book.issue(), 1000));
  await until(() => book.calls.length === 16, "all of them");
  const token = book.issue();
  const send = async () =>
    fetch(`${url}/area/${token}`, { method: "POST", headers: origin, body: await form() });
  const refused = await send();
  assert.equal(refused.status, 503);
  assert.match(await messageOf(refused), /Try again in a moment/);
  assert.equal((await fetch(`${url}/area/${token}`)).status, 200, "pages still open");
  for (const socket of slow) socket.destroy();
  await until(async () => (await send()).status === 202, "room again");
  assert.equal(book.sent.length, 1);
});

test("a form that is broken is refused in words, and the page is not spent", async (t) => {
  const { url, book } = await start(t);
  const token = book.issue();
  const mask = new File([await png()], "mask.png", { type: "image/png" });
  const forms: Parameters<typeof toFormData>[0][] = [
    {},
    { text: "a" },
    { mask },
    { text: " \r\n ", mask },
    { text: "x".repeat(4001), mask },
    { text: ["a", "b"], mask },
    { text: mask, mask },
    { text: "a", mask: "words" },
    { text: "a", mask: new File([], "empty.png", { type: "image/png" }) },
    { text: "a", mask: [mask, mask] },
    { text: "a", mask: new File(["<svg/>"], "mask.png", { type: "image/png" }) },
    { text: "a", mask: new File([new Uint8Array(4 * 1024 * 1024 + 1)], "mask.png", { type: "image/png" }) },
  ];
  for (const [at, each] of forms.entries()) {
    const body = toFormData(each);
    const response = await fetch(`${url}/area/${token}`, { method: "POST", headers: origin, body });
    assert.equal(response.status, 400, `form ${at}`);
    assert.match(await messageOf(response), /^[A-Z].{15,120}\.$/, `form ${at}`);
  }
  for (const [type, body] of [
    ["application/json", "{}"],
    ["application/x-www-form-urlencoded", "text=a"],
    ["multipart/form-data", "--x"],
    ["multipart/form-data; boundary=x", "--x\r\nnonsense"],
  ] as const) {
    const headers = { ...origin, "content-type": type };
    const { status } = await raw(url, { method: "POST", path: `/area/${token}`, headers, body });
    assert.equal(status, 400, type);
  }
  assert.equal(book.sent.length, 0);
  const body = toFormData({ text: "x".repeat(4000), mask, options: '{"count":4}', attachment: mask });
  const fine = await fetch(`${url}/area/${token}`, { method: "POST", headers: origin, body });
  assert.equal(fine.status, 202);
  assert.deepEqual(book.sent[0]?.input.options, {}, "only words and a mask are taken");
  assert.equal(book.sent[0]?.input.attachments.length, 1);
});

test("a form is taken from the page itself only, by whatever name it is asked for", async (t) => {
  const { url, book } = await start(t);
  const own = new URL(url).host;
  const rows: [headers: Record<string, string>, taken: boolean][] = [
    [{ origin: publicUrl }, true],
    [{ origin: publicUrl, host: "draw.example" }, true],
    [{ origin: publicUrl, host: "drawbridge:8080" }, true],
    [{ origin: "http://drawbridge.lan", host: "drawbridge.lan" }, true],
    [{ origin: `http://${own}` }, true],
    [{ origin: publicUrl, "sec-fetch-site": "same-origin" }, true],
    [{ "sec-fetch-site": "same-origin" }, true],
    [{}, false],
    [{ origin: "null" }, false],
    [{ origin: "nonsense" }, false],
    [{ origin: "https://evil.example" }, false],
    [{ origin: "https://draw.example.evil.example" }, false],
    [{ origin: "http://draw.example" }, false],
    [{ origin: "https://evil.example", host: "draw.example" }, false],
    [{ origin: publicUrl, "sec-fetch-site": "cross-site" }, false],
    [{ origin: publicUrl, "sec-fetch-site": "same-site" }, false],
    [{ origin: publicUrl, "sec-fetch-site": "none" }, false],
  ];
  for (const [headers, taken] of rows) {
    const request = new Request(url, { method: "POST", body: await form() });
    const type = request.headers.get("content-type") ?? "";
    const { status, text } = await raw(url, {
      method: "POST",
      path: `/area/${book.issue()}`,
      headers: { ...headers, "content-type": type },
      body: Buffer.from(await request.arrayBuffer()),
    });
    assert.equal(status, taken ? 202 : 403, JSON.stringify(headers));
    if (!taken) assert.match(JSON.parse(text).error.message, /another site/);
  }
});

const playgrounds = [
  "/",
  "/api/about",
  "/api/threads",
  "/api/events",
  "/page/main.ts",
  "/page/composer/composer.ts",
];

test("without a playground there is nothing of it", async (t) => {
  const dataDir = join(await createFolder(t), "data");
  const { url, adapter, book } = await start(t, { dataDir });
  for (const host of ["draw.example", "localhost", "10.0.0.1"]) {
    for (const path of [...playgrounds, "/page/index.html", "/login", `/pictures/${"a".repeat(64)}.png`]) {
      assert.equal((await raw(url, { path, headers: { host } })).status, 404, `${host} ${path}`);
    }
    assert.equal((await raw(url, { path: "/health", headers: { host } })).status, 200);
    assert.equal((await raw(url, { path: `/area/${book.issue()}`, headers: { host } })).status, 200);
  }
  assert.equal(existsSync(dataDir), false);
  assert.deepEqual(await adapter.recall("web:x"), []);
  await assert.rejects(adapter.below("web:x", { id: "u", name: "Ada" }), { code: "unknown_message" });
  assert.equal(
    await adapter.reopen("web:x").show({ phase: "done", text: "", notes: [], images: [], actions: [] }),
    "web:x",
  );
});

test("beside a playground, the pages are open and the playground stays shut", async (t) => {
  const { url, book } = await start(t, { playground: true, password: "a long password" });
  const headers = { host: "draw.example" };
  for (const path of playgrounds.slice(1)) {
    assert.equal((await raw(url, { path, headers })).status, 401, path);
  }
  assert.equal((await raw(url, { path: `/area/${book.issue()}`, headers })).status, 200);
  for (const path of ["/page/area.ts", "/page/mask/easel.ts", "/lib/lit-html/lit-html.js"]) {
    assert.equal((await raw(url, { path, headers })).status, 200, path);
  }
});

test("a playground for this machine only serves the pages by any name, and itself by its own", async (t) => {
  const { url, book } = await start(t, { playground: true, publicUrl: "http://localhost:8080" });
  const headers = { host: "draw.example" };
  for (const path of playgrounds) assert.equal((await raw(url, { path, headers })).status, 421, path);
  assert.equal((await raw(url, { path: `/area/${book.issue()}`, headers })).status, 200);
  assert.equal((await fetch(`${url}/`)).status, 200);
});

test("a playground that a public address leads to needs a password", async (t) => {
  await assert.rejects(start(t, { playground: true }), {
    code: "forbidden",
    message: /^draw\.example .*PLAYGROUND_PASSWORD/,
  });
});

test("without the core's pages there are none", async (t) => {
  const { url } = await startAreas(t, undefined);
  assert.equal((await fetch(`${url}/area/token`)).status, 404);
  assert.equal((await fetch(`${url}/page/area.ts`)).status, 404);
  assert.equal((await fetch(`${url}/health`)).status, 200);
});

for (const [where, mounted] of [
  ["at the top", ""],
  ["below a path that the proxy takes off", ""],
  ["below a path that the proxy leaves on", "/draw"],
] as const) {
  test(`all that the pages are made of is served ${where}`, async (t) => {
    const path = where === "at the top" ? "" : "/draw";
    const { url, book } = await start(t, { publicUrl: publicUrl + path });
    const page = `https://draw.example${path}/area/${book.issue()}`;
    const gone = `https://draw.example${path}/area/forged`;
    const seen = new Set<string>();
    /** As a browser asks: `address` is what it sees; the proxy asks us. */
    const follow = async (address: string): Promise<void> => {
      if (seen.has(address)) return;
      seen.add(address);
      const inside = new URL(address).pathname.slice(path.length - mounted.length);
      const response = await fetch(url + inside);
      assert.equal(response.status, address === gone ? 410 : 200, inside);
      const type = response.headers.get("content-type") ?? "";
      if (!/html|javascript/.test(type)) return;
      const text = await response.text();
      const found = /html/.test(type)
        ? [...text.matchAll(/(?:href|src)="([^"]+)"/g)]
        : [...text.matchAll(/(?:from|import)\s*"([^"]+)"/g)];
      for (const [, name = ""] of found) {
        const bare = name.startsWith("lit-html");
        const next = bare
          ? new URL(`../lib/lit-html/${name.slice("lit-html/".length) || "lit-html.js"}`, page)
          : new URL(name, address);
        await follow(next.href);
      }
    };
    await follow(page);
    await follow(gone);
    assert.ok(seen.size > 18, `${seen.size}`);
    for (const part of [
      "area.ts",
      "area/area.css",
      "mask/easel.ts",
      "viewer/gestures.ts",
      "look/theme-first.ts",
      "look/icon.svg",
    ]) {
      assert.ok(seen.has(`https://draw.example${path}/page/${part}`), part);
    }
    const html = await (await fetch(`${url}${mounted}/area/${book.issue()}`)).text();
    const map = /<script type="importmap">(.*?)<\/script>/s.exec(html)?.[1] ?? "";
    const hash = createHash("sha256").update(map).digest("base64");
    const policy = (await fetch(`${url}${mounted}/area/x`)).headers.get("content-security-policy");
    assert.ok(policy?.includes(`script-src 'self' 'sha256-${hash}';`), policy ?? "none");
    const sent = await fetch(`${url}${mounted}/area/${book.issue()}`, {
      method: "POST",
      headers: origin,
      body: await form(),
    });
    assert.equal(sent.status, 202);
  });
}

test("what fails is said, and the log does not tell the address of a page", async (t) => {
  const lines: string[] = [];
  const log: typeof silent = {
    ...silent,
    child: () => log,
    error: (fields: object, event: string) => lines.push(JSON.stringify([event, fields])),
  };
  const { url, book } = await start(t, { log });
  const token = book.issue("secret-body.secret-signature");
  const look = () => fetch(`${url}/area/${token}/picture`);
  const send = async () =>
    fetch(`${url}/area/${token}`, { method: "POST", headers: origin, body: await form() });
  const rows: [failure: Error, status: number, message: RegExp][] = [
    [
      new BotError("unreachable", "Discord does not answer. Try again in a moment."),
      503,
      /^Discord does not/,
    ],
    [new BotError("unknown_message", "That picture is no longer there."), 404, /^That picture is no longer/],
    [new TypeError("x is not a function"), 500, /^Something went wrong on my side/],
  ];
  for (const [failure, status, message] of rows) {
    for (const ask of [look, send]) {
      book.failWith(failure);
      const response = await ask();
      assert.equal(response.status, status);
      assert.match(await messageOf(response), message);
    }
  }
  assert.equal(lines.length, 2);
  assert.match(lines[0] ?? "", /request\.failed.*\/area\/…\/picture/);
  assert.doesNotMatch(lines.join(), /secret/);
  assert.equal((await send()).status, 202, "and it can be tried again");
});
