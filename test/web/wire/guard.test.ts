import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { createFolder, raw, startPlayground } from "../playground.ts";

const password = "a long password";

test("without a password, the playground answers to this machine's own names only", async (t) => {
  const { url } = await startPlayground(t);
  const { port } = new URL(url);
  for (const host of ["localhost", `localhost:${port}`, "127.0.0.1:9", "[::1]:8080", "LOCALHOST"]) {
    assert.equal((await raw(url, { headers: { host } })).status === 421, false, host);
  }
  for (const host of [
    "evil.example",
    `evil.example:${port}`,
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "10.0.0.1",
    "a@localhost",
  ]) {
    const { status, text } = await raw(url, { path: "/api/threads", headers: { host } });
    assert.ok(status === 421 || status === 400, `${host}: ${status}`);
    if (status === 421) assert.match(JSON.parse(text).error.message, /PLAYGROUND_PASSWORD/);
  }
});

test("requests that another site makes are refused", async (t) => {
  const { url } = await startPlayground(t);
  const { host } = new URL(url);
  const rows: [method: string, path: string, headers: Record<string, string>, allowed: boolean][] = [
    ["GET", "/api/threads", {}, true],
    ["GET", "/api/threads", { "sec-fetch-site": "same-origin" }, true],
    ["GET", "/api/threads", { "sec-fetch-site": "none" }, true],
    ["GET", "/api/threads", { "sec-fetch-site": "cross-site" }, false],
    ["GET", "/api/threads", { "sec-fetch-site": "same-site" }, false],
    ["GET", "/api/threads", { "sec-fetch-site": "nonsense" }, false],
    ["GET", "/api/threads", { origin: `http://${host}` }, true],
    ["GET", "/api/threads", { origin: "http://evil.example" }, false],
    ["HEAD", "/api/events", { "sec-fetch-site": "cross-site" }, false],
    ["GET", "/health", { "sec-fetch-site": "cross-site" }, true],
    ["GET", "/", { "sec-fetch-site": "cross-site" }, true],
    ["PATCH", "/api/threads/x", {}, true],
    ["PATCH", "/api/threads/x", { cookie: "a=b" }, false],
    ["PATCH", "/api/threads/x", { cookie: "a=b", origin: `http://${host}` }, true],
    ["PATCH", "/api/threads/x", { origin: "http://evil.example" }, false],
    ["PATCH", "/api/threads/x", { origin: "null" }, false],
    ["PATCH", "/api/threads/x", { origin: "nonsense" }, false],
    ["PATCH", "/api/threads/x", { origin: `http://${host}`, "sec-fetch-site": "cross-site" }, false],
    ["DELETE", "/api/threads/x", { "sec-fetch-site": "cross-site" }, false],
    ["POST", "/api/threads/x/prompts", { "sec-fetch-site": "same-site" }, false],
    ["POST", "/login", { "sec-fetch-site": "cross-site" }, false],
  ];
  for (const [method, path, headers, allowed] of rows) {
    const { status, text } = await raw(url, { method, path, headers });
    assert.equal(status !== 403, allowed, `${method} ${path} ${JSON.stringify(headers)}: ${status}`);
    if (!allowed && method !== "HEAD") assert.match(JSON.parse(text).error.message, /another site/);
  }
});

test("with a password, everything but the door is shut until it is said", async (t) => {
  const playground = await startPlayground(t, { password });
  const { get } = playground;
  assert.equal((await get("/health")).status, 200);
  assert.equal(
    (await raw(playground.url, { path: "/health", headers: { host: "art.example" } })).status,
    200,
  );
  const home = await get("/");
  assert.deepEqual([home.status, home.headers.get("location")], [303, "/login"]);
  for (const path of ["/api/about", "/api/events", "/api/threads", `/pictures/${"a".repeat(64)}.png`]) {
    const response = await get(path);
    assert.equal(response.status, 401, path);
    assert.deepEqual(await response.json(), { error: { message: "Sign in first." } });
  }
  assert.equal((await get("/page/main.ts")).status, 401);
  assert.equal((await get("/lib/lit-html/lit-html.js")).status, 401);
  assert.equal((await get("/page/../api/about")).status, 401);
  const door = await get("/login");
  assert.equal(door.status, 200);
  assert.match(await door.text(), /<form method="post" action="\/login">/);
  for (const [, href = ""] of (await (await get("/login")).text()).matchAll(/(?:href|src)="([^"]+)"/g)) {
    assert.equal((await get(href)).status, 200, href);
  }

  const login = (tried: string, headers: Record<string, string> = {}) =>
    get("/login", { method: "POST", body: new URLSearchParams({ password: tried }), headers });
  const wrong = await login("a wrong password");
  assert.equal(wrong.status, 401);
  assert.equal(wrong.headers.get("set-cookie"), null);
  assert.match(await wrong.text(), /That is not the password\./);
  const right = await login(password);
  assert.deepEqual([right.status, right.headers.get("location")], [303, "/"]);
  const [ticket = "", browser = ""] = right.headers.getSetCookie();
  assert.match(ticket, /^drawbridge=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/);
  assert.match(
    browser,
    /^drawbridge-browser=[\w-]{43}; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Strict$/,
  );

  const cookie = ticket.split(";")[0] ?? "";
  const about = await get("/api/about", { headers: { cookie } });
  assert.equal(about.status, 200);
  assert.equal(((await about.json()) as { signedIn: boolean }).signedIn, true);
  assert.equal((await get("/login", { headers: { cookie } })).status, 303);
  const key = (browser.split(";")[0] ?? "").split("=")[1];
  for (const forged of [
    `${cookie}a`,
    cookie.slice(0, -1),
    `drawbridge=${key}`,
    "drawbridge=",
    `a${cookie}`,
  ]) {
    assert.equal((await get("/api/about", { headers: { cookie: forged } })).status, 401, forged);
  }
  const out = await get("/logout", { method: "POST", headers: { cookie, origin: playground.url } });
  assert.deepEqual([out.status, out.headers.get("location")], [303, "/login"]);
  assert.ok(out.headers.getSetCookie().some((each) => /^drawbridge=; Max-Age=0/.test(each)));
});

test("the page is served with its types taken out, under a policy that names its import map", async (t) => {
  const pageDir = await createFolder(t);
  const map = '{"imports":{"lit-html":"/lib/lit-html/lit-html.js"}}';
  await writeFile(join(pageDir, "index.html"), `<script type="importmap">${map}</script>`);
  await writeFile(
    join(pageDir, "main.ts"),
    'import { a } from "./a.ts";\nexport const b: number = a as number;\n',
  );
  await mkdir(join(pageDir, "look"));
  await writeFile(join(pageDir, "look/base.css"), "a { color: red }");
  await writeFile(join(pageDir, "tsconfig.json"), "{}");
  await writeFile(join(pageDir, ".env"), "SECRET=1");
  const { get, url, post } = await startPlayground(t, { pageDir });

  const home = await get("/");
  assert.equal(home.status, 200);
  assert.equal(home.headers.get("cache-control"), "no-cache");
  const hash = createHash("sha256").update(map).digest("base64");
  const policy = `default-src 'none'; script-src 'self' 'sha256-${hash}'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;
  for (const response of [
    home,
    await get("/api/about"),
    await get("/nowhere"),
    await post("/api/threads/x/prompts"),
  ]) {
    assert.equal(response.headers.get("content-security-policy"), policy);
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.equal(response.headers.get("referrer-policy"), "same-origin");
    assert.equal(response.headers.get("cross-origin-opener-policy"), "same-origin");
    assert.equal(response.headers.get("cross-origin-resource-policy"), "same-origin");
    assert.match(response.headers.get("permissions-policy") ?? "", /camera=\(\)/);
  }

  const script = await get("/page/main.ts");
  assert.equal(script.headers.get("content-type"), "text/javascript; charset=utf-8");
  assert.match(await script.text(), /^import \{ a \} from "\.\/a\.ts";\nexport const b {9}= a {10};/);
  const headers = { "if-none-match": script.headers.get("etag") ?? "" };
  assert.equal((await get("/page/main.ts", { headers })).status, 304);
  await writeFile(join(pageDir, "main.ts"), "export const changed = 1;\n");
  assert.match(await (await get("/page/main.ts", { headers })).text(), /changed/);
  assert.equal((await get("/page/look/base.css")).headers.get("content-type"), "text/css; charset=utf-8");

  const library = await get("/lib/lit-html/directives/repeat.js");
  assert.equal(library.status, 200);
  assert.equal(library.headers.get("content-type"), "text/javascript; charset=utf-8");
  assert.match(await (await get("/lib/lit-html/lit-html.js")).text(), /Google/);

  const root = (await readFile(new URL("../../../package.json", import.meta.url), "utf8")).slice(0, 20);
  for (const path of [
    "/page/tsconfig.json",
    "/page/.env",
    "/page/",
    "/page/..%2findex.ts",
    "/page/%2e%2e/index.ts",
    "/page/%2e%2e%2findex.ts",
    "/page/..%5cindex.ts",
    "/page/look",
    "/page/look/%2e%2e/%2e%2e/index.ts",
    "/page/look/..%2f..%2findex.ts",
    "/page/....//index.ts",
    "/page/main.ts%00.css",
    "/page//etc/passwd",
    "/lib/lit-html/package.json",
    "/lib/lit-html/../../package.json",
    "/lib/lit-html/..%2f..%2fhono%2fdist%2findex.js",
    "/lib/lit-html/node/lit-html.js",
    "/lib/hono/dist/index.js",
    "/pictures/..%2fplayground.db",
    "/pictures/../playground.db",
    "/pictures/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "/pictures/__proto__",
    `/pictures/${"a".repeat(64)}.png`,
    `/pictures/${"a".repeat(64)}.html`,
    "/src/main.ts",
    "/adapters/web/wire/messages.ts",
    "/package.json",
  ]) {
    const { status, text } = await raw(url, { path });
    assert.ok(status === 404 || status === 400, `${path}: ${status}`);
    assert.ok(!text.includes(root));
  }
});

test("the real page is two files and what comes before them, under the policy", async (t) => {
  const { get } = await startPlayground(t);
  const home = await get("/");
  const addresses = [...(await home.text()).matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, at = ""]) => at);
  assert.deepEqual(addresses, [
    "/page/look/theme-first.ts",
    "/page/look/icon.svg",
    "/page/main.bundle.css",
    "/page/main.bundle.js",
  ]);
  for (const path of addresses) assert.equal((await get(path)).status, 200, path);
});
