import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { createStudio } from "../rig/studio.ts";
import { until } from "../rig/until.ts";

/** What OpenAI cannot go on from is told to it again, once. */

let studio: Awaited<ReturnType<typeof createStudio>>;
beforeEach(async () => {
  studio = await createStudio({ paceMs: 5 });
});
afterEach(() => studio.close());

const refuse = (message: string, status = 400) => studio.standin.fault({ kind: "status", status, message });

describe("a conversation that OpenAI cannot go on from", () => {
  const blamed: readonly [string, number][] = [
    ["No tool output found for function call call_abc123.", 400],
    ["Item 'rs_68af' of type 'reasoning' was provided without its required following item.", 400],
    [
      "Item 'ig_1' of type 'image_generation_call' was provided without its required 'reasoning' item: 'rs_2'.",
      400,
    ],
    ["Item with id 'rs_68af' not found. Items are not persisted when `store` is set to false.", 404],
    ["Item with id 'ig_68af' not found.", 400],
    ["Previous response with id 'resp_68af' not found.", 400],
  ];
  for (const [message, status] of blamed) {
    test(`is told again: ${message}`, async () => {
      await studio.say("a castle");
      refuse(message, status);
      const { last } = await studio.say("make it night");
      assert.equal(last.phase, "done", last.text);
      assert.ok(last.notes.some((note) => note.includes("showed it the picture again")));
      const [, refused, again] = studio.asked();
      assert.ok(refused?.previous_response_id);
      assert.equal(again?.previous_response_id, undefined);
      assert.match(JSON.stringify(again?.input), /a castle.*input_image.*make it night/);
    });
  }

  test("also as it is told again is told once", async () => {
    await studio.say("a castle");
    for (let times = 0; times < 3; times += 1) refuse("No tool output found for function call call_1.");
    const { last } = await studio.say("make it night");
    assert.equal(last.phase, "failed");
    assert.equal(studio.asked().length, 3, "the castle, the night, the night told again");
  });
});

test("a request that is wrong otherwise is not made again", async () => {
  await studio.say("a castle");
  for (const message of ["Invalid value: '7x7'.", "Invalid type for 'input[0].content'.", "Unknown item."]) {
    const before = studio.asked().length;
    refuse(message);
    const { last } = await studio.say("make it night");
    assert.match(last.text, /^OpenAI did not take the request: it gave no reason that I know \(HTTP 400\)/);
    assert.equal(studio.asked().length, before + 1);
  }
});

test("a response that has become too old for its stream is finished by the next process, and drawn once", async () => {
  const reply = studio.adapter.reply();
  studio.hold();
  void studio.say("a harbour", {}, reply);
  await until(() => studio.adapter.views(reply.key).some(({ images }) => images.length > 0), "a sketch");
  await studio.bot.drain(0);
  const message = "This response can no longer be streamed because it is more than 5 minutes old";
  studio.standin.fault({ on: "retrieve", kind: "status", status: 400, message });
  const next = await createStudio({ standin: studio.standin, store: studio.store });
  await next.bot.resume();
  await until(() => next.adapter.views(reply.key).at(-1)?.phase === "done", "the picture");
  assert.equal(studio.asked().length, 1);
  assert.equal(next.adapter.views(reply.key).at(-1)?.images.length, 1);
  await next.bot.drain(0);
});
