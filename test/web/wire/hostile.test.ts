import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import type { WireAsk } from "../../../adapters/web/wire/messages.ts";
import type { Prompt } from "../../../src/seam/turn.ts";
import { png, raw, startPlayground, view } from "../playground.ts";

const signal = AbortSignal.timeout(60_000);

test("a form that is broken is refused in words, and nothing is stored", async (t) => {
  const playground = await startPlayground(t);
  const thread = randomUUID();
  const path = `/api/threads/${thread}/prompts`;
  const send = (body: string, type?: string) =>
    raw(playground.url, { method: "POST", path, body, headers: type ? { "content-type": type } : {} });
  const gone = randomUUID();
  const forms: Parameters<typeof playground.post>[1][] = [
    {},
    { text: "   " },
    { text: "x".repeat(200_001) },
    { text: "a", options: "{" },
    { text: "a", options: "[]" },
    { text: "a", options: '"text"' },
    { text: "a", options: '{"size":{"deep":[]}}' },
    { text: "a", options: JSON.stringify({ size: "x".repeat(300) }) },
    { text: "a", options: JSON.stringify(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [i, 1]))) },
    { text: "a", replyTo: "not-an-id" },
    { text: "a", replyTo: "../../x" },
    { text: "a", replyTo: gone },
    { text: "a", reuse: "../../playground.db" },
    { text: "a", reuse: `${"0".repeat(64)}.png` },
    { text: "a", reuse: new File(["x"], "x") },
    { text: "a", attachment: "words" },
    { text: new File(["x"], "x") },
    { text: "a", mask: [new File(["x"], "x"), new File(["y"], "y")] },
    { text: "a", attachment: Array.from({ length: 21 }, (_, i) => new File(["x"], `${i}.png`)) },
    { text: "a", ...Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`field${i}`, "x"])) },
  ];
  for (const form of forms) {
    const response = await playground.post(path, form);
    const text = await response.text();
    assert.ok(response.status === 400 || response.status === 404, `${response.status} ${text}`);
    const { message } = JSON.parse(text).error;
    assert.ok(typeof message === "string" && message.length > 10 && message.length < 200, message);
    assert.doesNotMatch(text, /\bat \w+.*:\d+:\d+|node_modules/);
  }
  for (const [body, type] of [
    ["no boundary", "multipart/form-data"],
    ["--x\r\nnonsense", "multipart/form-data; boundary=x"],
    ["--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--", "multipart/form-data; boundary=x"],
    ["text=a", "application/x-www-form-urlencoded"],
    ['{"text":"a"}', "application/json"],
    ["text", undefined],
    ["", undefined],
  ] as const) {
    assert.equal((await send(body, type)).status, 400, `${type} ${body}`);
  }
  for (const id of ["x", "..%2f..", "__proto__", thread.toUpperCase(), `${thread}x`]) {
    assert.equal((await playground.post(`/api/threads/${id}/prompts`, { text: "a" })).status, 404, id);
    assert.equal((await playground.get(`/api/threads/${id}`)).status, 404, id);
  }
  assert.equal((await playground.get("/api/threads", { method: "PUT" })).status, 404);
  assert.deepEqual(await playground.json("/api/threads"), []);
  assert.deepEqual(await readdir(join(playground.dataDir, "pictures")), []);
  assert.equal(playground.taken.length, 0);
});

test("a body above the limit is refused before it is read", async (t) => {
  const { url } = await startPlayground(t);
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `POST /api/threads/${randomUUID()}/prompts HTTP/1.1\r\nHost: ${hostname}\r\n` +
      "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 999999999999\r\n\r\n--x",
  );
  const [first] = await socket.take(1).toArray();
  assert.match(String(first), /^HTTP\/1\.1 413 /);
  socket.destroy();
});

test("names are made fit to be shown", async (t) => {
  const playground = await startPlayground(t);
  const picture = await png();
  const names = [
    ["../../x.png", "x.png"],
    ["C:\\Users\\me\\fox.png", "fox.png"],
    ["a\u0000b\u202egnp.exe", "abgnp.exe"],
    ["..", "file"],
    ["\u202e", "file"],
    [`${"n".repeat(5000)}.jpeg`, `${"n".repeat(95)}.jpeg`],
    ["狐 🦊.png", "狐 🦊.png"],
    ["<img src=x onerror=alert(1)>.png", "<img src=x onerror=alert(1)>.png"],
  ] as const;
  const thread = randomUUID();
  const attachment = names.map(([name]) => new File([picture], name, { type: "image/png" }));
  const response = await playground.post(`/api/threads/${thread}/prompts`, { text: "a", attachment });
  assert.equal(response.status, 202);
  const { turn } = await playground.next();
  assert.deepEqual(
    (turn as Prompt).attachments.map(({ name }) => name),
    names.map(([, name]) => name),
  );
  const files = await readdir(join(playground.dataDir, "pictures"));
  assert.equal(files.length, 1);
});

test("what a browser could run is never served as such", async (t) => {
  const playground = await startPlayground(t);
  const script = "<script>alert(1)</script>";
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10">${script}</svg>`;
  const html = `<!doctype html>${script}`;
  const thread = randomUUID();
  await playground.post(`/api/threads/${thread}/prompts`, {
    text: "a",
    attachment: [
      new File([svg], "a.svg", { type: "text/html" }),
      new File([html], "a.html", { type: "text/html" }),
      new File([html], "b.png", { type: "image/png" }),
      new File([await png()], "c.html", { type: "text/html" }),
      new File(["x"], "d", { type: "image/png\r\nX-Evil: 1" }),
    ],
  });
  const { turn } = await playground.next();
  const { attachments } = turn as Prompt;
  assert.equal(attachments.length, 5, "the core sees all of them and says what is wrong");
  assert.equal(Buffer.from((await attachments[1]?.read(signal)) ?? []).toString(), html);
  const [ask] = (await playground.thread(thread)).messages as [WireAsk];
  const [picture, ...others] = ask.pictures;
  assert.equal(others.length, 0, "only pixels are kept");
  const served = await playground.get(picture?.src ?? "");
  assert.equal(served.headers.get("content-type"), "image/png");
  assert.equal(served.headers.get("x-content-type-options"), "nosniff");
  assert.match(served.headers.get("content-security-policy") ?? "", /^sandbox; default-src 'none'/);
});

test("a page that does not read is let go, and the others go on", async (t) => {
  const playground = await startPlayground(t);
  const { hostname, port } = new URL(playground.url);
  const lazy = connect(Number(port), hostname);
  lazy.write(`GET /api/events HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
  lazy.pause();
  const closed = new Promise((resolve) => lazy.on("close", resolve));
  lazy.on("error", () => {});
  const events = await playground.events();
  const thread = randomUUID();
  await playground.post(`/api/threads/${thread}/prompts`, { text: "a" });
  const { reply } = await playground.next();
  const text = "x".repeat(500_000);
  for (let i = 0; i < 40; i++) {
    await reply.show(await view("working", { text: `${text}${i}` }));
    await events.of("message");
  }
  lazy.resume(); // what was sent comes, and then the end
  await closed;
  const head = await raw(playground.url, { method: "HEAD", path: "/api/events" });
  assert.equal(head.status, 200);
});

test("TRACE gives nothing back of what was sent", async (t) => {
  const playground = await startPlayground(t);
  const answer = await raw(playground.url, { method: "TRACE", path: "/", headers: { "x-secret": "word" } });
  assert.ok(answer.status >= 400, String(answer.status));
  assert.doesNotMatch(answer.text, /word/);
});
