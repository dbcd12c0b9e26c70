import assert from "node:assert/strict";
import { test } from "node:test";
import OpenAI from "openai";
import { ask, collect, pictureOf, refused, setup } from "./client.ts";

test("an ordered status is answered once, with its headers", async (t) => {
  const { openai, standin } = await setup(t);
  standin.fault({
    kind: "status",
    status: 429,
    headers: { "retry-after": "20", "retry-after-ms": "20000", "x-ratelimit-remaining-requests": "0" },
  });
  const busy = await refused(openai.responses.create(ask("a cat")));
  assert.ok(busy instanceof OpenAI.RateLimitError);
  assert.equal(busy.code, "rate_limit_exceeded");
  assert.equal(busy.headers?.get("retry-after"), "20");
  assert.equal(busy.headers?.get("x-ratelimit-remaining-requests"), "0");
  assert.ok(busy.requestID);
  standin.fault({ kind: "status", status: 503 });
  assert.ok((await refused(openai.responses.create(ask("a cat")))) instanceof OpenAI.InternalServerError);
  standin.fault({ kind: "status", status: 429, code: "insufficient_quota", type: "insufficient_quota" });
  assert.equal((await refused(openai.responses.create(ask("a cat")))).code, "insufficient_quota");
  assert.ok(pictureOf(await openai.responses.create(ask("a cat"))));
});

test("a fault waits for the request it is meant for", async (t) => {
  const { openai, standin } = await setup(t);
  const order = standin.fault({ on: "retrieve", kind: "status", status: 500 });
  const { id } = await openai.responses.create(ask("a cat"));
  assert.equal((await refused(openai.responses.retrieve(id))).status, 500);
  await order.struck;
  assert.equal((await openai.responses.retrieve(id)).status, "completed");
  standin.fault({ on: "files", kind: "status", status: 500 });
  assert.equal((await refused(openai.files.list())).status, 500);
});

test("a stream is cut after an event", async (t) => {
  const { openai, standin } = await setup(t);
  standin.fault({ kind: "drop", after: "response.image_generation_call.generating" });
  const types: string[] = [];
  await assert.rejects(async () => {
    for await (const event of await openai.responses.create({ ...ask("a cat"), stream: true }))
      types.push(event.type);
  });
  assert.equal(types.at(-1), "response.image_generation_call.generating");
});

test("a request without a stream is cut before its answer", async (t) => {
  const { openai, standin } = await setup(t);
  standin.fault({ kind: "drop" });
  const error = await refused(openai.responses.create(ask("a cat")));
  assert.ok(error instanceof OpenAI.APIConnectionError);
});

test("a stream ends cleanly but early", async (t) => {
  const { openai, standin } = await setup(t);
  standin.fault({ kind: "end", after: 3 });
  const events = await collect(await openai.responses.create({ ...ask("a cat"), stream: true }));
  assert.equal(events.length, 3);
});

test("a stalled stream goes on when it is released", async (t) => {
  const { openai, standin } = await setup(t);
  const order = standin.fault({ kind: "stall", after: 2 });
  const stream = await openai.responses.create({ ...ask("a cat"), stream: true });
  const all = collect(stream);
  await order.struck;
  order.release();
  assert.equal((await all).at(-1)?.type, "response.completed");
});

test("a stalled stream is let go of when the client leaves", async (t) => {
  const { openai, standin } = await setup(t);
  const order = standin.fault({ kind: "stall", after: 1 });
  const stream = await openai.responses.create({ ...ask("a cat"), stream: true });
  const types: string[] = [];
  for await (const event of stream) {
    types.push(event.type);
    await order.struck;
    stream.controller.abort();
  }
  assert.deepEqual(types, ["response.created"]);
});

test("an event that is not JSON", async (t) => {
  const { openai, standin } = await setup(t);
  standin.fault({ kind: "garble", after: 1 });
  await assert.rejects(
    async () => collect(await openai.responses.create({ ...ask("a cat"), stream: true })),
    SyntaxError,
  );
});

test("an error event ends the stream", async (t) => {
  const { openai, standin } = await setup(t);
  standin.fault({ kind: "error", after: 2, code: "server_error", message: "Out of paint." });
  const error = await refused(openai.responses.create({ ...ask("a cat"), stream: true }).then(collect));
  assert.equal(error.code, "server_error");
  assert.match(error.message, /Out of paint/);
});

test("a response fails, is incomplete, or holds no picture at all", async (t) => {
  const { openai, standin } = await setup(t);
  standin.fault({ kind: "fail", code: "rate_limit_exceeded", message: "Too fast." });
  const failed = await openai.responses.create(ask("a cat"));
  assert.deepEqual(
    [failed.status, failed.error?.code, failed.output.length],
    ["failed", "rate_limit_exceeded", 0],
  );
  standin.fault({ kind: "incomplete", reason: "content_filter" });
  const events = await collect(await openai.responses.create({ ...ask("a cat"), stream: true }));
  const last = events.at(-1);
  assert.ok(last?.type === "response.incomplete");
  assert.equal(last.response.incomplete_details?.reason, "content_filter");
  standin.fault({ kind: "garbage" });
  assert.equal(pictureOf(await openai.responses.create(ask("a cat"))).toString(), "this is not a picture");
});

test("moderation, in each of the ways it can show", async (t) => {
  const { openai, standin } = await setup(t);
  standin.fault({ kind: "refuse", stage: "output", categories: ["violence"] });
  const item = (await openai.responses.create(ask("a cat"))).output[0];
  assert.ok(item?.type === "image_generation_call");
  assert.deepEqual(item.error?.moderation_details, { categories: ["violence"], moderation_stage: "output" });
  standin.fault({ kind: "refuse", as: "failed" });
  assert.equal((await openai.responses.create(ask("a cat"))).status, "failed");
  standin.fault({ kind: "refuse", as: "http" });
  const error = await refused(openai.responses.create(ask("a cat")));
  assert.deepEqual(
    [error.status, error.code, error.type],
    [400, "moderation_blocked", "image_generation_user_error"],
  );
});
