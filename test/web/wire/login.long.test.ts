import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { WebOptions } from "../../../adapters/web/index.ts";
import { createOpenAnswers } from "../../../adapters/web/wire/door/open-answers.ts";
import { createLog } from "../../../src/seam/log.ts";
import { createFolder, type Playground, raw, startPlayground } from "../playground.ts";

const password = "a long password";
const day = 24 * 60 * 60_000;
const form = { "content-type": "application/x-www-form-urlencoded" };

/** A playground with a password, a clock of its own, and its log. */
async function start(t: TestContext, options: Partial<WebOptions> = {}) {
  const clock = { now: Date.now() };
  const lines: string[] = [];
  const log = createLog("info", { write: (line) => void lines.push(line) });
  const playground = await startPlayground(t, { password, now: () => clock.now, log, ...options });
  return { ...playground, clock, said: (event: string) => toLines(lines, event), lines };
}

function toLines(lines: readonly string[], event: string): Record<string, unknown>[] {
  return lines.map((line) => JSON.parse(line)).filter(({ msg }) => String(msg).split(":")[0] === event);
}

/** What one browser does: it keeps its cookies, and throws away what is taken from it. */
function createBrowser({ url }: Pick<Playground, "url">, headers: Record<string, string> = {}) {
  const jar = new Map<string, string>();
  async function ask(method: string, path: string, body?: string) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await raw(url, {
      ...{ method, path },
      ...(body !== undefined && { body }),
      headers: { ...(body !== undefined && form), ...(cookie && { cookie, origin: url }), ...headers },
    });
    for (const set of answer.headers["set-cookie"] ?? []) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (/Max-Age=0/.test(set)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }
  return {
    jar,
    ask,
    say: (tried: string) => ask("POST", "/login", String(new URLSearchParams({ password: tried }))),
    leave: () => ask("POST", "/logout"),
    isIn: async () => (await ask("GET", "/api/about")).status === 200,
  };
}

test("a cookie is good for nothing once its owner has signed out", async (t) => {
  const playground = await start(t);
  const browser = createBrowser(playground);
  await browser.say(password);
  const stolen = createBrowser(playground);
  for (const [name, value] of browser.jar) stolen.jar.set(name, value);
  assert.ok(await stolen.isIn());
  const cookie = [...browser.jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const stream = await fetch(`${playground.url}/api/events`, { headers: { cookie } });
  const reader = stream.body?.getReader();
  await reader?.read();

  const left = await browser.leave();
  assert.equal(left.headers["clear-site-data"], '"cache", "storage"');
  assert.equal(await stolen.isIn(), false);
  // Also what it listens to ends.
  await assert.rejects(async () => {
    while (!(await reader?.read())?.done);
  });
  assert.equal((await stolen.ask("GET", "/login")).status, 200, "the page to sign in");
});

test("sessions end by idling, with their time, and with the password; streams keep none going", async (t) => {
  const dataDir = join(await createFolder(t), "data");
  const playground = await start(t, { dataDir, idleMs: 3 * day });
  const { clock } = playground;
  const busy = createBrowser(playground);
  const idle = createBrowser(playground);
  for (const one of [busy, idle]) await one.say(password);
  for (let days = 0; days < 28; days += 2) {
    clock.now += 2 * day;
    assert.ok(await busy.isIn(), `after ${days + 2} days`);
    const listening = await idle.ask("HEAD", "/api/events");
    assert.equal(listening.status === 200, days === 0);
  }
  assert.equal(await idle.isIn(), false);
  clock.now += 2 * day;
  assert.equal(await busy.isIn(), false, "thirty days are over");

  await busy.say(password);
  assert.ok(await busy.isIn());
  await playground.adapter.stop();
  const now = () => clock.now;
  const again = await startPlayground(t, { dataDir, password, now });
  const returned = createBrowser(again);
  for (const [name, value] of busy.jar) returned.jar.set(name, value);
  assert.ok(await returned.isIn(), "a restart ends none");
  await again.adapter.stop();
  const changed = await start(t, { dataDir, password: "another password" });
  const late = createBrowser(changed);
  for (const [name, value] of returned.jar) late.jar.set(name, value);
  assert.equal(await late.isIn(), false);
  assert.equal(changed.said("login.password.changed").length, 1);
  assert.equal((await late.say(password)).status, 401);
  assert.equal((await late.say("another password")).status, 303);
});

test("who signs in gets another id, and the one before is over", async (t) => {
  const playground = await start(t);
  const browser = createBrowser(playground);
  await browser.say(password);
  const before = new Map(browser.jar);
  await browser.say(password);
  assert.ok(await browser.isIn());
  for (const [name, value] of before) assert.notEqual(browser.jar.get(name), value, name);
  const old = createBrowser(playground);
  for (const [name, value] of before) old.jar.set(name, value);
  assert.equal(await old.isIn(), false);
  // An id that somebody else chose is taken from nobody.
  const fixed = createBrowser(playground);
  fixed.jar.set("drawbridge", "an-id-of-somebody-else");
  await fixed.say(password);
  assert.notEqual(fixed.jar.get("drawbridge"), "an-id-of-somebody-else");
});

test("neither ids nor the password are on disk or in the log", async (t) => {
  const playground = await start(t);
  const browser = createBrowser(playground);
  await browser.say("a wrong password, said by mistake");
  await browser.say(password);
  const secrets = [password, "said by mistake", ...browser.jar.values()];
  assert.equal(secrets.length, 4);
  for (const id of browser.jar.values()) assert.ok(Buffer.from(id, "base64url").length >= 32);
  const files = await readdir(playground.dataDir);
  const kept = await Promise.all(
    files
      .filter((name) => /^playground\.db/.test(name))
      .map((name) => readFile(join(playground.dataDir, name))),
  );
  assert.ok(kept.length > 0);
  for (const secret of secrets) {
    assert.ok(!kept.some((bytes) => bytes.includes(secret)));
    assert.ok(!playground.lines.some((line) => line.includes(secret)));
  }
});

test("wrong tries make the next ones wait, and the page says how long; nobody is shut out", async (t) => {
  const playground = await start(t);
  const { clock, said } = playground;
  const stranger = createBrowser(playground);
  const waits: (string | undefined)[] = [];
  for (let tries = 0; tries < 5; tries += 1) {
    const wrong = await stranger.say(`guess ${tries}`);
    assert.equal(wrong.status, 401);
    const wait = wrong.headers["retry-after"];
    waits.push(wait?.toString());
    if (tries < 4) clock.now += Number(wait ?? 0) * 1000;
    else assert.match(wrong.text, /That is not the password\. Wait 4\sseconds before the next try\./);
  }
  assert.deepEqual(waits, [undefined, undefined, "1", "2", "4"]);
  for (const tried of ["too soon", password]) {
    const early = await stranger.say(tried);
    assert.deepEqual([early.status, early.headers["retry-after"]], [429, "4"]);
    assert.match(early.text, /Too many tries\. Wait 4\sseconds, then try again\./);
    assert.match(early.text, /<form method="post" action="\/login">/);
  }
  clock.now += 4000;
  assert.equal((await stranger.say(password)).status, 303, "the right one is taken in the end");
  assert.ok(await stranger.isIn());

  const { address, knownBrowser, tries, waitSeconds } = said("login.failed")[4] ?? {};
  const fields = { address, knownBrowser, tries, waitSeconds };
  assert.deepEqual(fields, { address: "127.0.0.1", knownBrowser: false, tries: 5, waitSeconds: 4 });
  assert.equal(said("login.failed").length, 5);
  assert.equal(said("login.waiting").length, 1, "once for each wait, however often it was tried");
  assert.equal(said("login.done").length, 1);
});

test("somebody else's wrong tries keep out nobody who signed in with their browser before", async (t) => {
  const playground = await start(t);
  const owner = createBrowser(playground);
  await owner.say(password);
  await owner.leave();
  assert.equal(await owner.isIn(), false);
  const stranger = createBrowser(playground);
  for (let tries = 0; tries < 5; tries += 1) await stranger.say(`guess ${tries}`);
  assert.equal((await stranger.say(password)).status, 429);
  assert.equal(
    (await createBrowser(playground).say(password)).status,
    429,
    "whoever is not known waits, too",
  );
  assert.equal((await owner.say(password)).status, 303);

  // A lane of its own is no free pass.
  await owner.leave();
  for (let tries = 0; tries < 5; tries += 1) assert.equal((await owner.say(`guess ${tries}`)).status, 401);
  assert.equal((await owner.say(password)).status, 429);
  const forged = createBrowser(playground);
  forged.jar.set("drawbridge-browser", "a".repeat(43));
  assert.equal((await forged.say(password)).status, 429);
});

test("behind a proxy that is trusted, each client has tries of their own", async (t) => {
  const playground = await start(t, { trustedProxies: ["127.0.0.0/8", "10.0.0.1"] });
  const from = (chain: string) => createBrowser(playground, { "x-forwarded-for": chain });
  for (let tries = 0; tries < 6; tries += 1) await from("203.0.113.7").say(`guess ${tries}`);
  assert.equal((await from("203.0.113.7").say(password)).status, 429);
  assert.equal((await from("198.51.100.1").say(password)).status, 303);
  // What a client itself put in front counts for nothing, nor does a trusted proxy on the way.
  for (const chain of [
    "198.51.100.9, 203.0.113.7",
    "8.8.8.8,203.0.113.7 , 10.0.0.1",
    "nonsense, 203.0.113.7:4711",
  ]) {
    assert.equal((await from(chain).say(password)).status, 429, chain);
  }
  assert.equal(playground.said("login.failed")[0]?.address, "203.0.113.7");
  assert.deepEqual(playground.said("login.proxy"), []);
});

test("without such a setting nobody is believed, and the log says what to set", async (t) => {
  const playground = await start(t);
  const from = (address: string) => {
    const said = { "x-forwarded-for": address, "x-real-ip": address, forwarded: `for=${address}` };
    return createBrowser(playground, said);
  };
  const answers = [];
  for (let tries = 0; tries < 5; tries += 1)
    answers.push((await from(`203.0.113.${tries}`).say("a guess")).status);
  assert.deepEqual(answers, [401, 401, 401, 429, 429]);
  const [line, ...more] = playground.said("login.proxy");
  assert.deepEqual(more, []);
  assert.match(JSON.stringify(line), /127\.0\.0\.1.*TRUSTED_PROXIES/);
  assert.doesNotMatch(playground.lines.join(), /203\.0\.113/);
});

test("over https the cookies say so, however the proxy is set up", async (t) => {
  const strict =
    /^__Host-drawbridge(-browser)?=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Strict$/;
  const plain = /^drawbridge(-browser)?=[\w-]{43}; Max-Age=\d+; Path=\/; HttpOnly; SameSite=Strict$/;
  const body = String(new URLSearchParams({ password }));
  const trusting = await start(t, { trustedProxies: ["127.0.0.1"], publicUrl: "https://draw.example" });
  const other = await start(t, { publicUrl: "https://draw.example:8443" });
  const own = { "sec-fetch-site": "same-origin" };
  const rows: readonly [Playground, Record<string, string>, RegExp][] = [
    [trusting, { host: "draw.example", "x-forwarded-proto": "https" }, strict],
    [trusting, { host: "localhost", "x-forwarded-proto": "https" }, strict],
    [trusting, { host: "draw.example", "x-forwarded-proto": "http" }, plain],
    [trusting, { host: "draw.example" }, strict],
    [trusting, { host: "localhost" }, plain],
    // Nobody is trusted here, but the browser itself says what page it is on.
    [other, { host: "127.0.0.1:8080", origin: "https://draw.example:8443", ...own }, strict],
    [other, { host: "draw.example:8443" }, strict],
    [other, { host: "draw.example:8443", origin: "http://draw.example:8443" }, plain],
    [other, { host: "localhost", "x-forwarded-proto": "https" }, plain],
    [other, { host: "192.168.1.5:8080", origin: "http://192.168.1.5:8080" }, plain],
  ];
  for (const [{ url }, headers, kind] of rows) {
    const answer = await raw(url, { method: "POST", path: "/login", body, headers: { ...form, ...headers } });
    const cookies = answer.headers["set-cookie"];
    assert.ok(Array.isArray(cookies) && cookies.length === 2, JSON.stringify(headers));
    for (const cookie of cookies) assert.match(cookie, kind, JSON.stringify(headers));
    const [name = ""] = cookies.find((cookie) => !cookie.includes("-browser="))?.split(";") ?? [];
    const isIn = async (cookie: string) => {
      const { origin: _, ...reading } = headers;
      const about = await raw(url, { path: "/api/about", headers: { ...reading, cookie } });
      return about.status === 200;
    };
    assert.ok(await isIn(name), JSON.stringify(headers));
  }
  // Another host of the domain may set a cookie of that name, but not one that says where it is from.
  const browser = createBrowser(trusting, { host: "draw.example", "x-forwarded-proto": "https" });
  await browser.say(password);
  const planted = `drawbridge=${browser.jar.get("__Host-drawbridge")}`;
  const headers = { host: "draw.example", "x-forwarded-proto": "https", cookie: planted };
  assert.equal((await raw(trusting.url, { path: "/api/about", headers })).status, 401);
});

test("where a browser does not clear its cache when told, it has nothing of ours in it", async (t) => {
  const playground = await start(t);
  const far = createBrowser(playground, { host: "192.168.1.5:8080", origin: "http://192.168.1.5:8080" });
  await far.say(password);
  const near = createBrowser(playground);
  await near.say(password);
  assert.equal((await far.ask("GET", "/page/main.ts")).headers["cache-control"], "no-store");
  assert.equal((await near.ask("GET", "/page/main.ts")).headers["cache-control"], "no-cache");
  for (const browser of [far, near]) {
    const about = await browser.ask("GET", "/api/about");
    assert.equal(about.headers["cache-control"], "no-store", "what is read is kept nowhere");
  }
});

test("streams of sessions that are over are cut off", async () => {
  let over = "";
  const cut: string[] = [];
  const answers = createOpenAnswers({ isOpen: async (id) => id !== over });
  for (const id of ["one", "two"]) {
    answers.add(id, { once: () => {}, destroy: () => void cut.push(id) } as never); // all that is asked of an answer
  }
  await answers.sweep();
  assert.deepEqual(cut, []);
  over = "two";
  await answers.sweep();
  assert.deepEqual(cut, ["two"]);
});

test("what is not the form is no password, and what is too long is not read", async (t) => {
  const { get } = await start(t);
  const body = new URLSearchParams({ password: "x".repeat(20_000) });
  assert.equal((await get("/login", { method: "POST", body })).status, 413);
  for (const strange of ["password[]=a", `password=a&password=${encodeURIComponent(password)}&x`, ""]) {
    const headers = { "content-type": "text/plain" };
    assert.notEqual((await get("/login", { method: "POST", body: strange, headers })).status, 303);
  }
});

test("without a password, what came through a proxy is refused, and told what to set", async (t) => {
  const { url } = await startPlayground(t);
  const { port, host } = new URL(url);
  const page = { "sec-fetch-site": "same-origin", referer: "https://draw.example/" };
  const signs: readonly Record<string, string>[] = [
    { forwarded: "for=203.0.113.7" },
    { "x-forwarded-for": "203.0.113.7" },
    { "x-forwarded-proto": "https" },
    { "x-forwarded-host": "draw.example" },
    { "x-forwarded-for": "" },
    { "x-real-ip": "127.0.0.1" },
    { via: "1.1 Caddy" },
    { "cf-connecting-ip": "203.0.113.7" },
    { "cf-ray": "230b030023ae2822-SJC" },
    { "true-client-ip": "203.0.113.7" },
    { "x-client-ip": "203.0.113.7" },
    { "x-original-host": "draw.example" },
    { "tailscale-user-login": "ada@example.com" },
    { "x-amzn-trace-id": "Root=1-67891233-abcdef012345678912345678" },
    { "cdn-loop": "cloudflare" },
    // A proxy that adds nothing and asks for us by our own name: what the browser says of its page tells.
    page,
    { ...page, referer: "https://draw.example/somewhere", "sec-fetch-dest": "script" },
    { "sec-fetch-site": "same-origin", origin: "https://draw.example" },
  ];
  for (const headers of signs) {
    for (const path of ["/", "/api/threads", "/page/main.ts"]) {
      const { status, text } = await raw(url, { path, headers });
      assert.equal(status, 403, `${path} ${JSON.stringify(headers)}`);
      assert.match(JSON.parse(text).error.message, /through a proxy.*PLAYGROUND_PASSWORD.*TRUSTED_PROXIES/);
    }
  }
  // Over http browsers say less.
  for (const path of ["/api/threads", "/page/main.ts"]) {
    assert.equal((await raw(url, { path, headers: { referer: "http://192.168.1.5/" } })).status, 403);
  }
  // nginx as it is without a word on headers: HTTP/1.0, and our own address as the host.
  assert.match(
    await speak(Number(port), `GET /api/threads HTTP/1.0\r\nHost: ${host}\r\n\r\n`),
    /^HTTP\/1\.1 403 /,
  );

  // What browsers and programs on this machine send themselves is none of that.
  for (const headers of [
    {},
    { "sec-fetch-site": "same-origin", referer: `${url}/` },
    { "sec-fetch-site": "same-origin", origin: url, referer: `${url}/` },
    { "sec-fetch-site": "none" },
    { "x-requested-with": "fetch" },
    { referer: `${url}/` },
  ] as Record<string, string>[]) {
    assert.equal((await raw(url, { path: "/api/threads", headers })).status, 200, JSON.stringify(headers));
  }
  assert.equal(
    (await raw(url, { path: "/", headers: { referer: "http://elsewhere.example/" } })).status,
    200,
  );
  const link = { "sec-fetch-site": "cross-site", referer: "https://elsewhere.example/" };
  assert.equal(
    (await raw(url, { path: "/", headers: link })).status,
    200,
    "a link from elsewhere leads here",
  );
});

/** What comes back for bytes on a connection, to its end. */
async function speak(port: number, bytes: string): Promise<string> {
  const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
  let text = "";
  for await (const part of socket.setEncoding("utf8")) text += part;
  return text;
}
