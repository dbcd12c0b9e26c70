import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type Failure, toVerdict } from "../../src/openai/verdict.ts";
import type { ErrorCode } from "../../src/seam/errors.ts";

describe("what OpenAI says becomes what a person is told", () => {
  const cases: readonly [string, Failure, ErrorCode, RegExp][] = [
    [
      "moderation",
      { status: 400, code: "moderation_blocked" },
      "refused",
      /refused this picture\. Change the words/,
    ],
    [
      "moderation of the words",
      { code: "moderation_blocked", moderation: { categories: ["violence", "self_harm"], stage: "input" } },
      "refused",
      /refused what was asked for \(violence, self harm\)/,
    ],
    [
      "moderation of the picture",
      { code: "moderation_blocked", moderation: { categories: [], stage: "output" } },
      "refused",
      /refused the picture that came out\./,
    ],
    ["a filter", { code: "content_filter" }, "refused", /safety check/],
    ["a picture's policy", { code: "image_content_policy_violation" }, "refused", /safety check/],
    ["biology", { code: "bio_policy" }, "refused", /safety check/],
    ["no money", { status: 429, code: "insufficient_quota" }, "quota", /run out of credit\. Tell the admin/],
    ["no money, by its type", { status: 429, type: "insufficient_quota", code: null }, "quota", /credit/],
    [
      "no money, in words",
      { status: 429, message: "You exceeded your current quota, please check." },
      "quota",
      /credit/,
    ],
    ["no money, hard", { status: 400, code: "billing_hard_limit_reached" }, "quota", /credit/],
    [
      "a lost conversation",
      { status: 400, code: "previous_response_not_found" },
      "parent_gone",
      /no longer has/,
    ],
    [
      "the same without a code",
      { status: 400, message: "Previous response with id 'resp_1' not found." },
      "parent_gone",
      /no longer has/,
    ],
    [
      "a call without its output",
      { status: 400, message: "No tool output found for function call call_1." },
      "parent_gone",
      /no longer has/,
    ],
    [
      "an output without its call",
      { status: 400, message: "No tool call found for function call output with call_id call_1." },
      "parent_gone",
      /no longer has/,
    ],
    [
      "a thought without what follows it",
      {
        status: 400,
        param: "input",
        message: "Item 'rs_1' of type 'reasoning' was provided without its required following item.",
      },
      "parent_gone",
      /no longer has/,
    ],
    [
      "a picture without the thought before it",
      {
        status: 400,
        message:
          "Item 'ig_1' of type 'image_generation_call' was provided without its required 'reasoning' item: 'rs_1'.",
      },
      "parent_gone",
      /no longer has/,
    ],
    [
      "an item that is not kept",
      {
        status: 404,
        param: "input",
        message: "Item with id 'rs_1' not found. Items are not persisted when `store` is set to false.",
      },
      "parent_gone",
      /no longer has/,
    ],
    [
      "an item that is not kept, in a stream",
      { code: "invalid_prompt", message: "Item with id 'msg_1' not found." },
      "parent_gone",
      /no longer has/,
    ],
    [
      "an item that is wrong",
      { status: 400, message: "Invalid item: 'input[1]'." },
      "rejected",
      /gave no reason that I know \(HTTP 400\)/,
    ],
    [
      "a model that is not there",
      { status: 404, message: "The model 'm' does not exist." },
      "rejected",
      /gave no reason that I know \(HTTP 404\)/,
    ],
    [
      "a missing thing in a server in trouble",
      { status: 500, message: "Item with id 'rs_1' not found." },
      "unreachable",
      /trouble/,
    ],
    ["the same by its field", { status: 404, param: "previous_response_id" }, "parent_gone", /no longer has/],
    ["a wrong key", { status: 401 }, "auth", /does not accept this bot's key/],
    ["a key that may not", { status: 403 }, "auth", /may not use this model/],
    ["a wrong key in a stream", { code: "invalid_api_key" }, "auth", /key/],
    ["a full house", { status: 429, code: "rate_limit_exceeded" }, "busy", /Try again in a minute/],
    [
      "a full house in a stream",
      { code: "rate_limit_exceeded", headers: new Headers({ "retry-after-ms": "1" }) },
      "busy",
      /Try again in 1 s/,
    ],
    [
      "a short wait",
      { status: 429, headers: new Headers({ "retry-after": "20" }) },
      "busy",
      /Try again in 20 s/,
    ],
    [
      "a long wait",
      { status: 429, headers: new Headers({ "retry-after": "600" }) },
      "busy",
      /Try again in 10 minutes/,
    ],
    [
      "a wait in words",
      { status: 429, message: "Please try again in 6m0s." },
      "busy",
      /Try again in 6 minutes/,
    ],
    [
      "a wait in words in a stream",
      { code: "rate_limit_exceeded", message: "Please try again in 51.84s." },
      "busy",
      /Try again in 52 s/,
    ],
    [
      "trouble for long",
      { status: 503, headers: new Headers({ "retry-after": "600" }) },
      "unreachable",
      /in 10 minutes/,
    ],
    [
      "lost files",
      { status: 404, message: "No such File object: file-abc" },
      "inputs_gone",
      /Attach them again/,
    ],
    [
      "lost files, otherwise",
      { status: 400, message: "File file_abc not found" },
      "inputs_gone",
      /Attach them/,
    ],
    ["trouble", { status: 500 }, "unreachable", /Try again in a minute/],
    ["trouble at the gate", { status: 502, message: "<html>" }, "unreachable", /Try again/],
    ["no time", { status: 408 }, "unreachable", /Try again/],
    ["a conflict", { status: 409 }, "unreachable", /Try again/],
    ["trouble in a stream", { code: "server_error" }, "unreachable", /Try again/],
    [
      "a bad request",
      { status: 400, message: "Invalid size." },
      "rejected",
      /did not take the request: it gave no reason that I know \(HTTP 400\)/,
    ],
    [
      "a bad request without a word",
      { status: 400 },
      "rejected",
      /it gave no reason that I know \(HTTP 400\)/,
    ],
    ["a model by its code", { status: 404, code: "model_not_found" }, "rejected", /has no such model/],
    ["a size by its field", { status: 400, param: "tools[0].size" }, "rejected", /cannot have that size\./],
    ["a picture by its code", { status: 400, code: "invalid_image_format" }, "rejected", /Save it as PNG/],
    ["too many words", { status: 400, code: "context_length_exceeded" }, "rejected", /Begin a new one/],
    [
      "another code",
      { status: 422, code: "invalid_value" },
      "rejected",
      /\(HTTP 422, invalid_value\)\. Try other words/,
    ],
    ["nothing known", {}, "rejected", /it gave no reason/],
    ["nulls", { code: null, type: null, param: null, message: null }, "rejected", /it gave no reason/],
  ];
  for (const [what, failure, code, message] of cases) {
    test(`${what}: ${code}`, () => {
      const verdict = toVerdict(failure);
      assert.equal(verdict.code, code);
      assert.match(verdict.message, message);
    });
  }

  test("nothing that a gateway says of itself is shown, whatever field it stands in", () => {
    const leaks = "http://10.1.2.3:8080/v1 denied sk-proj-abcdefgh01234567 <b>nginx</b> Traceback";
    const failures: readonly Failure[] = [
      400,
      401,
      403,
      404,
      408,
      409,
      422,
      429,
      500,
      502,
      504,
      undefined,
    ].flatMap((status) => [
      { status, message: leaks },
      { status, code: leaks, type: leaks, param: leaks, message: leaks },
      { status, code: "invalid_value", param: `size.${leaks}`, message: `file ${leaks} not found` },
      { status, code: "__proto__", param: "constructor", message: leaks },
      { status, code: "moderation_blocked", moderation: { categories: [leaks], stage: leaks } },
      { status, code: "rate_limit_exceeded", message: `${leaks}. Please try again in 20s.` },
      { status, code: "insufficient_quota", message: leaks },
    ]);
    for (const failure of failures) {
      const { message, cause } = toVerdict(failure);
      assert.doesNotMatch(
        message,
        /10\.1|8080|sk-|nginx|Traceback|denied|object|function/,
        JSON.stringify(failure),
      );
      assert.ok(message.length < 300, message);
      if (failure.message) assert.match(String(cause), /10\.1\.2\.3/, "the log has it");
    }
  });

  test("comes to an end with a million characters of anything", () => {
    for (const piece of ["file ", "file not ", "Item '", "try again in 1s ", "1s ", " ", "a", "1", "."]) {
      for (const status of [400, 404, 429]) {
        toVerdict({ status, message: piece.repeat(1_000_000 / piece.length), param: piece.repeat(100_000) });
      }
    }
  });

  test("keeps the wait and the cause", () => {
    const cause = new Error("first");
    const verdict = toVerdict({ status: 429, headers: new Headers({ "retry-after": "0" }) }, cause);
    assert.equal(verdict.retryAfterMs, 0);
    assert.equal(verdict.cause, cause);
    assert.equal(toVerdict({ status: 429 }).retryAfterMs, undefined);
  });
});
