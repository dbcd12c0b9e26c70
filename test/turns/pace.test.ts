import assert from "node:assert/strict";
import { test } from "node:test";
import type { View } from "../../src/seam/view.ts";
import { createPace } from "../../src/turns/pace.ts";
import { limits } from "../rig/studio.ts";

/** A reply and a clock that move only when they are told to. */
function createStage() {
  const errors: unknown[] = [];
  const begun: string[] = [];
  const shows: PromiseWithResolvers<void>[] = [];
  const waits: { ms: number; over: () => void }[] = [];
  const reply = {
    pace: 1000,
    limits,
    async show({ text }: View) {
      begun.push(text);
      const show = Promise.withResolvers<void>();
      shows.push(show);
      await show.promise;
      return "paper:1" as const;
    },
  };
  const wait = (ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      waits.push({ ms, over: resolve });
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  const pace = createPace(reply, (error) => errors.push(error), wait);
  const step = () => new Promise((resolve) => setImmediate(resolve));
  return {
    begun,
    errors,
    waits,
    pace,
    step,
    async shown() {
      await step();
      shows.at(-1)?.resolve();
      await step();
    },
    async refused(why: string) {
      await step();
      shows.at(-1)?.reject(new Error(why));
      await step();
    },
    async waited() {
      waits.at(-1)?.over();
      await step();
    },
  };
}

const view = (text: string): View => ({ phase: "working", text, notes: [], images: [], actions: [] });

test("the first view is shown at once", () => {
  const { begun, pace } = createStage();
  pace.offer(view("one"));
  assert.deepEqual(begun, ["one"]);
});

test("one is in flight at a time, and of those that wait the newest wins", async () => {
  const { begun, pace, shown, waited, waits } = createStage();
  pace.offer(view("one"));
  pace.offer(view("two"));
  pace.offer(view("three"));
  assert.deepEqual(begun, ["one"]);
  await shown();
  assert.deepEqual(begun, ["one"], "the platform's pace is kept");
  pace.offer(view("four"));
  assert.deepEqual(
    waits.map(({ ms }) => ms),
    [1000],
  );
  await waited();
  assert.deepEqual(begun, ["one", "four"]);
});

test("after a pause the next is shown at once", async () => {
  const { begun, pace, shown, waited } = createStage();
  pace.offer(view("one"));
  await shown();
  await waited();
  pace.offer(view("two"));
  assert.deepEqual(begun, ["one", "two"]);
});

test("the last waits for the one in flight, drops what was to come, and keeps no pace", async () => {
  const { begun, pace, shown, step } = createStage();
  pace.offer(view("one"));
  pace.offer(view("two"));
  const last = pace.finish(view("last"));
  await step();
  assert.deepEqual(begun, ["one"], "one message is never changed twice at once");
  await shown();
  assert.deepEqual(begun, ["one", "last"]);
  await shown();
  assert.equal(await last, "paper:1");
});

test("the last does not wait for the pace", async () => {
  const { begun, pace, shown, step } = createStage();
  pace.offer(view("one"));
  await shown();
  const last = pace.finish(view("last"));
  await step();
  assert.deepEqual(begun, ["one", "last"]);
  await shown();
  await last;
});

test("the last can be the only one", async () => {
  const { begun, pace, shown } = createStage();
  const last = pace.finish(view("last"));
  await shown();
  await last;
  assert.deepEqual(begun, ["last"]);
});

test("what is offered after the last is never shown", async () => {
  const { begun, pace, shown, waited } = createStage();
  const last = pace.finish(view("last"));
  pace.offer(view("late"));
  await shown();
  await last;
  pace.offer(view("later"));
  await waited();
  assert.deepEqual(begun, ["last"]);
});

test("a view on the way that is refused is told of, and the next is shown all the same", async () => {
  const { begun, errors, pace, refused, shown, waited, step } = createStage();
  pace.offer(view("one"));
  await refused("no such channel");
  assert.deepEqual(
    errors.map((error) => error instanceof Error && error.message),
    ["no such channel"],
  );
  pace.offer(view("two"));
  await waited();
  assert.deepEqual(begun, ["one", "two"]);
  const last = pace.finish(view("last"));
  await refused("slow down");
  await step();
  await shown();
  await last;
  assert.deepEqual(begun, ["one", "two", "last"]);
  assert.equal(errors.length, 2);
});

test("a last view that is refused is the caller's to know", async () => {
  const { errors, pace, refused } = createStage();
  const last = pace.finish(view("last"));
  const rejected = assert.rejects(last, /too large/);
  await refused("too large");
  await rejected;
  assert.deepEqual(errors, []);
});
