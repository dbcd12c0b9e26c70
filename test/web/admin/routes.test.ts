import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { AdminAnswers, AdminEvent, WireSpending } from "../../../adapters/web/admin/messages.ts";
import type { WebOptions } from "../../../adapters/web/index.ts";
import { createLog } from "../../../src/seam/log.ts";
import { until } from "../../rig/until.ts";
import { raw, startPlayground } from "../playground.ts";
import { createDesk, failureOf, liveTurn, openRules } from "./desk.ts";

const password = "the admin's own words";
const paths = [
  ...["/admin", "/admin/api/now", "/admin/api/failures", "/admin/api/settings", "/admin/api/events"],
  ...["/admin/api/spending", "/admin/api/spending.csv", "/admin/api/rules", "/admin/api/budget"],
];
const form = { "content-type": "application/x-www-form-urlencoded" };

/** A server with an admin's page, a clock of its own, and its log. */
async function start(t: TestContext, options: Partial<WebOptions> & { readonly own?: string | null } = {}) {
  const { own = password, ...rest } = options;
  const desk = createDesk([liveTurn("ada")], [failureOf("bob")]);
  const clock = { now: Date.now() };
  const lines: string[] = [];
  const log = createLog("info", { write: (line) => void lines.push(line) });
  const door = { admin: desk.admin, trustedProxies: [], ...(own !== null && { password: own }) };
  const rules = await openRules(t);
  const server = await startPlayground(t, { admin: door, now: () => clock.now, log, ...rest }, { rules });
  return { ...server, desk, clock, lines, rules };
}

/** What one browser does: it keeps its cookies. */
function createBrowser(url: string, headers: Record<string, string> = {}) {
  const jar = new Map<string, string>();
  async function ask(method: string, path: string, body?: string, more: Record<string, string> = {}) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await raw(url, {
      ...{ method, path },
      ...(body !== undefined && { body }),
      headers: { ...(cookie && { cookie, origin: url }), ...headers, ...more },
    });
    for (const set of answer.headers["set-cookie"] ?? []) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (/Max-Age=0/.test(set)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }
  const say = (path: string, tried: string) =>
    ask("POST", path, String(new URLSearchParams({ password: tried })), form);
  return { jar, ask, say };
}

test("nobody gets in without a session: the page leads to the door, all else is refused", async (t) => {
  const { url } = await start(t);
  const stranger = createBrowser(url);
  for (const path of paths) {
    const { status, headers, text } = await stranger.ask("GET", path);
    assert.equal(status, path === "/admin" ? 303 : 401, path);
    if (path === "/admin") assert.equal(headers.location, "/admin/login");
    assert.ok(!/ada|bob|quota/.test(text), path);
  }
  for (const what of ["drain", "cancel", "prompt", "take"]) {
    assert.equal((await stranger.ask("POST", `/admin/api/${what}`, "{}")).status, 401, what);
  }
  const door = await stranger.ask("GET", "/admin/login");
  assert.match(door.text, /admin’s password/);
  for (const [, address = ""] of door.text.matchAll(/(?:href|src)="([^"]+)"/g)) {
    const { status } = await stranger.ask("GET", new URL(address, `${url}/admin/login`).pathname);
    assert.equal(status, 200, `${address} of the page to sign in`);
  }
});

test("the playground's password opens no admin's page, and the admin's nothing of the playground", async (t) => {
  const { url } = await start(t, { password: "the playground's words" });
  const guest = createBrowser(url);
  await guest.say("/login", "the playground's words");
  assert.equal((await guest.ask("GET", "/api/about")).status, 200);
  assert.equal((await guest.ask("GET", "/admin/api/now")).status, 401);
  assert.equal((await guest.say("/admin/login", "the playground's words")).status, 401);
  // The same id under the admin's name for it.
  const [, id = ""] = [...guest.jar].find(([name]) => name === "drawbridge") ?? [];
  guest.jar.set("drawbridge-admin", id);
  assert.equal((await guest.ask("GET", "/admin/api/now")).status, 401);

  const admin = createBrowser(url);
  assert.equal((await admin.say("/admin/login", password)).headers.location, "/admin");
  assert.equal((await admin.ask("GET", "/admin/api/now")).status, 200);
  assert.equal((await admin.ask("GET", "/api/about")).status, 401);
});

test("an admin's session ends by idling for an hour, after twelve, and by signing out, with what it listens to", async (t) => {
  const { url, clock } = await start(t);
  const admin = createBrowser(url);
  await admin.say("/admin/login", password);
  const isIn = async () => (await admin.ask("GET", "/admin/api/now")).status === 200;
  for (let hours = 0; hours < 11; hours += 1) {
    clock.now += 59 * 60_000;
    assert.ok(await isIn());
    // Listening is nothing that somebody does.
    assert.equal((await admin.ask("HEAD", "/admin/api/events")).status, 200);
  }
  clock.now += 71 * 60_000;
  assert.equal(await isIn(), false);

  await admin.say("/admin/login", password);
  clock.now += 61 * 60_000;
  assert.equal(await isIn(), false, "an hour of nothing");

  await admin.say("/admin/login", password);
  const cookie = [...admin.jar].map(([name, value]) => `${name}=${value}`).join("; ");
  const stream = await fetch(`${url}/admin/api/events`, { headers: { cookie } });
  const reader = stream.body?.getReader();
  await reader?.read();
  const left = await admin.ask("POST", "/admin/logout");
  assert.equal(left.headers.location, "/admin/login");
  assert.equal(left.headers["clear-site-data"], '"cache"', "the playground's drafts stay");
  await assert.rejects(async () => {
    while (!(await reader?.read())?.done);
  });
  assert.equal((await fetch(`${url}/admin/api/now`, { headers: { cookie } })).status, 401);
});

test("who tries many passwords has to wait, and the log says at which door", async (t) => {
  const { url, lines, clock } = await start(t);
  const thief = createBrowser(url);
  const statuses: number[] = [];
  for (let index = 0; index < 5; index += 1) {
    statuses.push((await thief.say("/admin/login", `guess ${index}`)).status);
  }
  assert.deepEqual(statuses, [401, 401, 401, 429, 429]);
  assert.equal((await thief.say("/admin/login", password)).status, 429, "the right one waits, too");
  const told = lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "login.failed");
  assert.equal(told.length, 3);
  assert.ok(told.every(({ door }) => door === "admin"));
  clock.now += 60_000;
  assert.equal((await thief.say("/admin/login", password)).status, 303);
});

test("another site's page does nothing in an admin's name", async (t) => {
  const { url, desk } = await start(t);
  const admin = createBrowser(url);
  await admin.say("/admin/login", password);
  const foreign = { origin: "https://evil.example" };
  const body = JSON.stringify({ message: "discord:message:ada" });
  for (const what of ["cancel", "drain", "prompt"]) {
    assert.equal((await admin.ask("POST", `/admin/api/${what}`, body, foreign)).status, 403, what);
  }
  const reading = await admin.ask("GET", "/admin/api/now", undefined, { "sec-fetch-site": "cross-site" });
  assert.equal(reading.status, 403);
  assert.deepEqual(desk.cancelled, []);
  assert.equal(desk.admin.control.now().isDraining, false);
});

test("without any password the page is for this machine alone", async (t) => {
  const { url } = await start(t, { own: null });
  const near = createBrowser(url);
  assert.equal((await near.ask("GET", "/admin")).status, 200);
  assert.deepEqual(JSON.parse((await near.ask("GET", "/admin/api/about")).text), { signedIn: false });
  const rebound = await createBrowser(url, { host: "evil.example" }).ask("GET", "/admin/api/now");
  assert.equal(rebound.status, 421);
  assert.match(rebound.text, /admin's page.*ADMIN_PASSWORD/);
  const proxied = await createBrowser(url, { "x-forwarded-for": "203.0.113.9" }).ask("GET", "/admin/api/now");
  assert.equal(proxied.status, 403);
  assert.match(proxied.text, /ADMIN_PASSWORD/);
});

test("a bot without a playground has the page, too, and nothing beside it", async (t) => {
  const { url, desk, adapter } = await start(t, { playground: false });
  const admin = createBrowser(url);
  assert.equal((await admin.ask("GET", "/admin")).status, 303);
  await admin.say("/admin/login", password);
  const page = await admin.ask("GET", "/admin");
  assert.equal(page.status, 200);
  for (const [, address = ""] of page.text.matchAll(/(?:href|src)="([^"]+)"/g)) {
    assert.equal((await admin.ask("GET", address)).status, 200, address);
  }
  for (const path of ["/", "/api/about", "/page/main.bundle.js"]) {
    assert.equal((await admin.ask("GET", path)).status, 404, path);
  }
  assert.equal((await admin.ask("POST", "/admin/api/drain")).status, 200);
  assert.equal(desk.admin.control.now().isDraining, true);
  await adapter.stop();
});

test("where no admin's page is wanted there is none", async (t) => {
  const { get } = await startPlayground(t);
  for (const path of ["/admin", "/admin/api/now", "/admin/login"])
    assert.equal((await get(path)).status, 404);
});

test("an admin reads what was asked for where they open it, cancels, and is told what is over", async (t) => {
  const { url, desk } = await start(t);
  const admin = createBrowser(url);
  await admin.say("/admin/login", password);
  const post = (what: string, body: unknown) =>
    admin.ask("POST", `/admin/api/${what}`, JSON.stringify(body), { "content-type": "application/json" });
  const now = await admin.ask("GET", "/admin/api/now");
  assert.equal(now.headers["cache-control"], "no-store");
  assert.ok(!now.text.includes("fox"));
  const message = "discord:message:ada";
  assert.deepEqual(JSON.parse((await post("prompt", { message })).text), { text: "a fox at night" });
  assert.equal((await post("cancel", { message })).status, 204);
  assert.deepEqual(desk.cancelled, [message]);
  for (const what of ["prompt", "cancel"]) {
    const gone = await post(what, { message });
    assert.equal(gone.status, 404);
    assert.match(gone.text, /That turn is over/);
  }
  for (const wrong of [{}, { message: 5 }, { message: "nokey" }, { message: `a:${"b".repeat(2000)}` }]) {
    assert.equal((await post("cancel", wrong)).status, 400, JSON.stringify(wrong));
  }
  assert.equal((await post("cancel", { message: "a:b", more: "x".repeat(20_000) })).status, 413);
  const [failure] = JSON.parse((await admin.ask("GET", "/admin/api/failures")).text);
  assert.equal(failure.user.name, "bob");
  assert.equal(failure.where, undefined, "what is not known is not named");
});

test("an open page hears what changes: turns, the line, failures, draining", async (t) => {
  const { url, desk } = await start(t, { own: null });
  const abort = new AbortController();
  t.after(() => abort.abort());
  const { body } = await fetch(`${url}/admin/api/events`, { signal: abort.signal });
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  const heard: AdminEvent[] = [];
  void (async () => {
    for (let text = ""; ; ) {
      const { value, done } = (await reader?.read()) ?? { done: true };
      if (done || value === undefined) return;
      const parts = (text + value).split("\n\n");
      text = parts.pop() ?? "";
      for (const part of parts) heard.push(JSON.parse(/^data: (.*)$/m.exec(part)?.[1] ?? "{}"));
    }
  })().catch(() => {});
  await until(() => heard.some(({ type }) => type === "hello"), "the line");
  const waiting = Array.from({ length: 150 }, (_, index) =>
    liveTurn(`one ${index}`, { phase: "waiting", ahead: index + 1 }),
  );
  desk.change([liveTurn("ada"), ...waiting]);
  const nows = () => heard.flatMap((event) => (event.type === "now" ? [event.now] : []));
  await until(() => nows().length > 0, "the turns");
  const [first] = nows();
  assert.deepEqual(first?.counts, { drawing: 1, waiting: 150, showing: 0 });
  assert.equal(first?.turns.length, 100, "as many as anybody reads");
  assert.equal(first?.turns[0]?.user.name, "ada");
  assert.equal(first?.turns[0]?.where, "The Quay, #pictures", "in words that people have for it");
  desk.fail(failureOf("carl"));
  await until(() => heard.some(({ type }) => type === "failures"), "the failure");
  desk.admin.control.drain();
  await until(() => nows().at(-1)?.isDraining === true, "the draining");
});

test("what was spent comes as sums by day and by one thing more, and as a file to be saved", async (t) => {
  const { url } = await start(t, { own: null });
  const ask = (what: string) => fetch(`${url}/admin/api/${what}`);
  const sums = (await (await ask("spending?days=30&by=community")).json()) as WireSpending;
  assert.deepEqual([sums.from, sums.to, sums.by], ["2026-10-28", "2026-11-26", "community"]);
  assert.deepEqual(
    sums.days.map(({ of, usd }) => [of, usd]),
    [
      ["2026-11-02", 4.5],
      ["2026-11-10", 1.25],
      ["2026-11-26", 0.25],
    ],
  );
  assert.deepEqual(
    sums.rows.map(({ of }) => of),
    ["discord:guild:7"],
  );
  const channels = (await (await ask("spending?days=30&by=channel")).json()) as WireSpending;
  assert.deepEqual(
    channels.rows.map(({ of, name }) => [of, name]),
    [["discord:channel:42", "#pictures"]],
  );
  const week = (await (await ask("spending?days=7")).json()) as WireSpending;
  assert.deepEqual([week.from, week.days.length, week.by], ["2026-11-20", 1, "person"]);
  for (const wrong of ["days=8", "days=", "days=1e9", "by=day", "by=__proto__"]) {
    assert.equal((await ask(`spending?${wrong}`)).status, 400, wrong);
  }

  const file = await ask("spending.csv?days=365");
  assert.equal(file.headers.get("content-type"), "text/csv; charset=utf-8");
  assert.equal(file.headers.get("cache-control"), "no-store");
  assert.equal(
    file.headers.get("content-disposition"),
    'attachment; filename="drawbridge-spending-2025-11-27-to-2026-11-26.csv"',
  );
  assert.equal(await file.text(), "time,usd\r\n2025-11-27,4.5\r\n2026-11-26,0.25\r\n");
});

test("an admin lays rules down where something was drawn, nowhere else, and the record names the page", async (t) => {
  const { url, rules } = await start(t, { own: null });
  const community = "discord:guild:7";
  const ask = (what: string) => fetch(`${url}/admin/api/${what}`);
  const change = (body: unknown) =>
    fetch(`${url}/admin/api/rules`, { method: "POST", body: JSON.stringify(body) });
  assert.deepEqual(await (await ask("communities")).json(), [{ community }]);
  const read = async (response: Response) => (await response.json()) as AdminAnswers["rules"];
  const before = await read(await ask(`rules?community=${community}`));
  assert.ok(before.rules.length > 10 && before.rules.every(({ said }) => said === undefined));

  const changed = await read(await change({ community, rule: "slow-mode", value: 30 }));
  assert.equal(changed.rules.find(({ name }) => name === "slow-mode")?.said, "30 s");
  assert.deepEqual(
    changed.changes.map(({ who, what, from, to }) => [who.id, what, from, to]),
    [["web:admin", "Slow mode", undefined, "30 s"]],
  );
  assert.equal(
    (await rules.at({ channel: "discord:channel:1", community }))["slow-mode"],
    30,
    "for the chat, too",
  );
  await change({ community, rule: "qualities", value: ["low", "medium"] });
  await change({ community, rule: "dms", value: false });
  const reset = await read(await change({ community, rule: "slow-mode" }));
  assert.equal(reset.rules.find(({ name }) => name === "slow-mode")?.said, undefined);
  assert.deepEqual(await rules.at({ channel: "discord:channel:1", community }), {
    qualities: ["low", "medium"],
    dms: false,
  });

  for (const [wrong, status] of [
    [{ community: "discord:guild:8", rule: "dms", value: false }, 404],
    [{ community, rule: "no-such-rule", value: 1 }, 400],
    [{ community, rule: "slow-mode", value: "a while" }, 400],
    [{ community, rule: "slow-mode", value: { of: "mine" } }, 400],
    [{ community, rule: "blocked-words", value: "x".repeat(40_000) }, 400],
    [{ rule: "dms", value: false }, 400],
    ["nothing", 400],
  ] as const) {
    const answer = await change(wrong);
    assert.equal(answer.status, status, JSON.stringify(wrong).slice(0, 100));
    assert.ok(((await answer.json()) as { error: { message: string } }).error.message.length > 10);
  }
  assert.equal((await ask("rules?community=discord:guild:8")).status, 404);
});

test("the whole bot's budget is read with what is used of it, and set; nothing else is taken for one", async (t) => {
  const { url, lines } = await start(t, { own: null });
  const ask = async (init?: RequestInit) => fetch(`${url}/admin/api/budget`, init);
  const set = (limits: unknown) => ask({ method: "POST", body: JSON.stringify(limits) });
  assert.deepEqual(await (await ask()).json(), {
    own: { usdMonth: 50 },
    kept: {},
    used: { usdDay: 0.25, picturesDay: 2, usdMonth: 6, picturesMonth: 6 },
  });
  const changed = await set({ usdDay: 1.5, picturesMonth: 100 });
  assert.deepEqual(((await changed.json()) as AdminAnswers["budget"]).kept, {
    usdDay: 1.5,
    picturesMonth: 100,
  });
  for (const wrong of [{ usdDay: -1 }, { usdDay: "5" }, { picturesDay: 1.5 }, { usdMonth: 1e12 }, 7, null]) {
    assert.equal((await set(wrong)).status, 400, JSON.stringify(wrong));
  }
  assert.deepEqual(((await (await ask()).json()) as AdminAnswers["budget"]).kept, {
    usdDay: 1.5,
    picturesMonth: 100,
  });
  assert.equal(lines.filter((line) => JSON.parse(line).msg === "admin.budget").length, 1);
});
