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
  let now = 0;
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
      const over = () => {
        now += ms;
        resolve();
      };
      waits.push({ ms, over });
      if (signal.aborted) reject(signal.reason);
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  const pace = createPace(
    reply,
    (error) => errors.push(error),
    wait,
    () => now,
  );
  const step = () => new Promise((resolve) => setImmediate(resolve));
  return {
    begun,
    errors,
    waits,
    reply,
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
    pass(ms: number) {
      now += ms;
    },
    async waited() {
      waits.at(-1)?.over();
      await step();
    },
  };
}

const view = (text: string, images: View["images"] = []): View => ({
  ...{ phase: "working", text, notes: [], images, actions: [] },
});
const sketch = (text: string) =>
  view(text, [{ name: "a.webp", alt: "", mediaType: "image/webp", bytes: Buffer.from(text) }]);

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
  await waited();
  assert.deepEqual(begun, ["one", "four"]);
  assert.ok(waits.every(({ ms }) => ms === 1000));
});

test("after a pause the next is shown at once", async () => {
  const { begun, pace, pass, shown } = createStage();
  pace.offer(view("one"));
  await shown();
  pass(1000);
  pace.offer(view("two"));
  assert.deepEqual(begun, ["one", "two"]);
});

test("a line about how it stands never costs a sketch its turn", async () => {
  const { begun, pace, shown } = createStage();
  pace.offer(view("Getting ready"));
  await shown();
  pace.offer(view("Drawing"));
  assert.deepEqual(begun, ["Getting ready"]);
  pace.offer(sketch("sketch 1"));
  await shown();
  assert.deepEqual(begun, ["Getting ready", "sketch 1"], "it does not wait for the line");
});

test("over a long time no more is shown than the pace allows", async () => {
  const { begun, pace, shown, waited, waits } = createStage();
  for (let at = 0; at < 2; at += 1) {
    pace.offer(sketch(`at once ${at}`));
    await shown();
  }
  for (let at = 0; at < 5; at += 1) {
    pace.offer(sketch(`later ${at}`));
    await waited();
    await shown();
  }
  assert.equal(begun.length, 7);
  assert.deepEqual(
    waits.map(({ ms }) => ms),
    [1000, 1000, 1000, 1000, 1000],
  );
});

test("the same sketch again is only a line", async () => {
  const { begun, pace, shown } = createStage();
  const same = sketch("sketch 1");
  pace.offer(same);
  await shown();
  pace.offer({ ...same, text: "Finishing" });
  await shown();
  assert.deepEqual(begun, ["sketch 1"]);
});

test("where no pace is kept all is shown as it comes", async () => {
  const { begun, pace, shown, reply } = createStage();
  reply.pace = 0;
  for (const text of ["one", "two", "three"]) {
    pace.offer(view(text));
    await shown();
  }
  assert.deepEqual(begun, ["one", "two", "three"]);
  await Promise.all([pace.finish(view("last")), shown()]);
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

test("it is ready when a sketch would be shown at once", async () => {
  const { pace, pass, shown, step, waits, waited } = createStage();
  const heard: string[] = [];
  const listen = (name: string) => pace.ready().then((isWanted) => heard.push(`${name} ${isWanted}`));
  await listen("before the first");
  pace.offer(sketch("sketch 1"));
  void listen("while one is in flight");
  await step();
  assert.deepEqual(heard, ["before the first true"]);
  await shown();
  assert.deepEqual(heard.splice(0), ["before the first true", "while one is in flight true"]);
  pace.offer(sketch("sketch 2"));
  await shown();
  void listen("when all is spent");
  await step();
  assert.deepEqual([heard, waits.at(-1)?.ms], [[], 1000]);
  await waited();
  assert.deepEqual(heard.splice(0), ["when all is spent true"]);
  pass(1000);
  await listen("after a pause");
  assert.deepEqual(heard, ["after a pause true"]);
});

test("nobody waits to be ready when the last is shown", async () => {
  const { pace, shown, step } = createStage();
  for (const text of ["sketch 1", "sketch 2"]) {
    pace.offer(sketch(text));
    await shown();
  }
  const ready = pace.ready();
  await step();
  const last = pace.finish(view("last"));
  await shown();
  await last;
  assert.deepEqual([await ready, await pace.ready()], [false, false]);
});
