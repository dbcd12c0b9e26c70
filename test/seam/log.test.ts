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

  test("does not let a server's words fill the disk", () => {
    const { text } = written("info", (log) => log.error({ error: new Error("page ".repeat(100_000)) }, "x"));
    assert.ok(text.length < 20_000, `${text.length} characters`);
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
    ["a gateway's header", { headers: { "api-key": "hidden", "x-api-key": "hidden" } }],
    [
      "a gateway's header one level down",
      { request: { headers: { "ocp-apim-subscription-key": "hidden" } } },
    ],
    ["headers without a name", { "x-api-key": "hidden" }],
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
  const secret = /hidden|c0ffee|abcDEF0123456789|xox|xapp|GabcDE|abc\.def|pa55|word@|c0ffee00/;
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
  /** What is secret in each is `c0ffee`, with what it takes to look like the real one. */
  const gaps: readonly [string, string][] = [
    ["a database's password as a parameter", "postgres://db/x?user=ada&password=c0ffee&ssl=1"],
    ["the password of its certificate", "postgres://u@db/x?sslpassword=c0ffee"],
    ["a password behind others", "redis://db?db=1&pwd=c0ffee"],
    ["a key as a parameter", "https://gateway.internal/v1?key=c0ffee and ?api_key=c0ffee&api-version=2"],
    ["Azure's header", "api-key: c0ffee"],
    ["the same of others", "X-Api-Key: c0ffee"],
    ["Azure's other header", "Ocp-Apim-Subscription-Key: c0ffee"],
    ["Google's header", "x-goog-api-key:c0ffee"],
    ["a header in JSON", '{"api-key":"c0ffee","a":1}'],
    ["a header in JSON in JSON", JSON.stringify(JSON.stringify({ "x-api-key": "c0ffee" }))],
    ["a field in JSON", '{"apiKey": "c0ffee"}'],
    ["a token in JSON", '{"access_token":"c0ffee","expires_in":1}'],
    ["an interaction's token in JSON in JSON", JSON.stringify(JSON.stringify({ token: "c0ffee" }))],
    ["Google's key by itself", "API key not valid: AIzaSyA0123456789_c0ffee-0123456789abcd"],
    ["a GitHub token by itself", "Bad credentials ghp_c0ffee0123456789012345678901234567"],
    ["a Hugging Face token by itself", "hf_c0ffee0123456789012345678901234567 is not valid"],
    ["a setting", "OPENAI_API_KEY=c0ffee"],
    ["credentials in a header", "authorization: Basic c0ffee=="],
    ["a token behind another word", "proxy-authorization: Bot c0ffee"],
    ["a cookie", "set-cookie: __Host-session=c0ffee; Secure"],
    ["Slack's address for answers to a command", "https://hooks.slack.com/commands/T0/123/c0ffee"],
    ["the same of a press", "POST https://hooks.slack.com/actions/T0/123/c0ffee failed"],
    ["Slack's webhook", "https://hooks.slack.com/services/T0/B0/c0ffee"],
    ["the same for governments", "https://hooks.slack-gov.com/app/T0/c0ffee"],
    ["Slack's socket", "wss://wss-primary.slack.com/link/?ticket=c0ffee&app_id=1"],
    ["Slack's rotated token", "xoxe.xoxb-1-c0ffee and xoxe-1-c0ffee"],
    [
      "Discord's answer to an interaction",
      "https://discord.com/api/v10/interactions/1234/c0ffee_-x/callback",
    ],
    ["Discord's webhook", "/webhooks/1234/c0ffee/messages/1"],
    ["a project's key", "sk-proj-c0ffee_0123456789-abc"],
    ["a service account's key", "Incorrect key sk-svcacct-c0ffee01234"],
    ["a key behind an underscore", "KEY_sk-proj-c0ffee012345"],
    ["a key as OpenAI shortens it", "Incorrect API key provided: sk-proj-********c0ffee."],
    ["a session's key", "sess-c0ffee0123456789"],
    ["a JSON web token", "eyJhbGciOiJIUzI1NiJ9.c0ffeeQiOjF9.c0ffee-_x"],
    ["what S3 signs with", "https://s3/x?X-Amz-Credential=c0ffee&X-Amz-Expires=60"],
  ];
  for (const [what, text] of gaps) {
    test(`hides ${what}`, () => {
      assert.match(redact(text), /\[redacted\]/);
      assert.doesNotMatch(redact(text), /c0ffee/);
    });
  }

  test("comes to an end with a million characters of anything", () => {
    const pieces = [
      "//a:",
      "//",
      "sk-",
      "eyJ",
      "a.",
      "api-key: ",
      "/webhooks/1",
      "?sig=",
      " ",
      '\\"',
      "-",
      "a",
    ];
    for (const piece of pieces) redact(piece.repeat(1_000_000 / piece.length));
  });

  const plain = [
    "a red fox in snow, at 10:30, by user@example.org",
    "https://example.org:8080/a/b?size=1024x1024#c",
    "sqlite:/var/lib/drawbridge/drawbridge.db",
    "redis://10.0.0.2:6379/0",
    "a task-force, a disk-drive and sk-y",
    "PLAYGROUND_PASSWORD: must have 8 characters at least",
    "the key: a monkey, and the password is not said",
    "https://example.org/interactions/of/people",
    "see //example: what@ever",
    '{"max_output_tokens":100,"total_tokens":"12","tokenizer":"o200k"}',
  ];
  for (const text of plain) {
    test(`leaves alone what is none: ${text}`, () => assert.equal(redact(text), text));
  }

  test("leaves of an address what an operator needs to see", () => {
    assert.equal(redact("postgres://user:pa55@db:5432/x?ssl=1"), "postgres://[redacted]@db:5432/x?ssl=1");
  });
});
