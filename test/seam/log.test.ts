import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BotError } from "../../src/seam/errors.ts";
import { createLog, redact } from "../../src/seam/log.ts";

const key = "sk-proj-abcDEF0123456789_-xyz";
const discordToken = ["MTIzNDU2Nzg5MDEyMzQ1Njc4", "GabcDE", "abcdefghijklmnopqrstuvwxyz0123456789"].join(".");

function written(level: string, write: (log: ReturnType<typeof createLog>) => void) {
  const lines: string[] = [];
  write(createLog(level, { write: (line) => void lines.push(line) }));
  return { text: lines.join(""), lines: lines.map((line): Record<string, unknown> => JSON.parse(line)) };
}

describe("the log", () => {
  test("is one object a line, with an event's name, its fields and the time", () => {
    const { lines } = written("info", (log) => {
      log.child({ adapter: "web" }).info({ thread: "web:1" }, "turn.resumed");
      log.debug({}, "not.seen");
    });
    assert.equal(lines.length, 1);
    const [{ msg, adapter, thread, level, time, ...rest } = {}] = lines;
    assert.deepEqual([msg, adapter, thread, level], ["turn.resumed", "web", "web:1", 30]);
    assert.equal(typeof time, "number");
    assert.deepEqual(rest, {}, "no host name and no process id");
  });

  test("shows of an error what explains it, down to its causes", () => {
    const cause = Object.assign(new Error("socket hang up"), { status: 502, requestID: "req_1" });
    const error = new BotError("unreachable", "OpenAI has trouble.", { cause });
    const { lines } = written("info", (log) => log.error({ error }, "turn.failed"));
    const shown = lines[0]?.error as Record<string, unknown>;
    assert.equal(shown.type, "BotError");
    assert.equal(shown.message, "OpenAI has trouble.: socket hang up");
    assert.equal(shown.code, "unreachable");
    assert.match(String(shown.stack), /log\.test\.ts/);
    const { type, message, status, requestID } = shown.cause as Record<string, unknown>;
    assert.deepEqual([type, message, status, requestID], ["Error", "socket hang up", 502, "req_1"]);
  });

  test("leaves out of an error the request that it carries", () => {
    const error = Object.assign(new Error("no"), {
      headers: { "x-api-key": "hidden-1" },
      request: { body: "hidden-2" },
      error: { prompt: "hidden-3" },
    });
    const { text } = written("trace", (log) => log.error({ error, err: error }, "x"));
    assert.doesNotMatch(text, /hidden/);
  });

  test("takes what is thrown and is no error", () => {
    const { lines } = written("info", (log) => log.error({ error: "just words" }, "x"));
    assert.equal(lines[0]?.error, "just words");
  });

  const hidden: readonly [string, object][] = [
    ["a key in a field", { apiKey: "hidden" }],
    ["a token one level down", { discord: { token: "hidden" } }],
    ["a password", { playground: { password: "hidden" } }],
    ["a header", { headers: { authorization: "hidden", cookie: "hidden" } }],
    ["a header one level down", { request: { headers: { authorization: "hidden" } } }],
    ["an OpenAI key in any field", { note: key }],
    ["an OpenAI key far down", { a: { b: { c: [{ d: `with ${key}!` }] } } }],
    ["a Slack token", { note: "xoxb-1234-abcd and xapp-1-A-2" }],
    ["a Discord token", { note: discordToken }],
    ["a bearer", { note: "Authorization: Bearer abc.def~ghi" }],
    ["a key in an error", { error: new Error(`Incorrect API key provided: ${key}`) }],
    ["a key in a cause", { error: new Error("no", { cause: new Error(key) }) }],
    ["a database's password", { url: "postgres://user:pa55word@db:5432/x" }],
    ["a password without a name", { url: "redis://:pa55word@cache:6379" }],
    ["a password with an @ in it", { url: "postgres://user:pa55@word@db/x" }],
    ["a signed file of Discord", { url: "https://cdn.example/a.png?ex=66&is=65&hm=c0ffee00&" }],
    [
      "a signed file of S3",
      { url: "https://s3.example/a.png?X-Amz-Security-Token=c0ffee00&X-Amz-Signature=c0ffee00" },
    ],
    ["a signed file of Azure", { url: "https://x.example/a.png?se=1&sig=c0ffee00%3D" }],
    ["a signed file in capitals", { url: "https://x.example/a.png?Expires=1&Signature=c0ffee00" }],
    [
      "a webhook's token",
      { url: "https://discord.com/api/v10/webhooks/123456789/aW50ZXJhY3Rpb246c0ffee00/messages/@original" },
    ],
  ];
  const secret = /hidden|abcDEF0123456789|xox|xapp|GabcDE|abc\.def|pa55|word@|c0ffee00/;
  for (const [what, fields] of hidden) {
    test(`shows no secret at any level: ${what}`, () => {
      const { text, lines } = written("debug", (log) => {
        log.debug(fields, "x");
        log.error(fields, "x");
      });
      assert.equal(lines.length, 2);
      assert.doesNotMatch(text, secret);
      assert.match(text, /\[redacted\]/);
    });
  }

  test("shows no secret that stands in the message", () => {
    const { text } = written("info", (log) => log.info({}, `started with ${key}`));
    assert.doesNotMatch(text, secret);
  });
});

describe("redact", () => {
  const plain = [
    "a red fox in snow, at 10:30, by user@example.org",
    "https://example.org:8080/a/b?size=1024x1024#c",
    "sqlite:/var/lib/drawbridge/drawbridge.db",
    "redis://10.0.0.2:6379/0",
    "a task-force, a disk-drive and sk-y",
    "see //example: what@ever",
  ];
  for (const text of plain) {
    test(`leaves alone what is none: ${text}`, () => assert.equal(redact(text), text));
  }

  test("leaves of an address what an operator needs to see", () => {
    assert.equal(redact("postgres://user:pa55@db:5432/x?ssl=1"), "postgres://[redacted]@db:5432/x?ssl=1");
  });
});
