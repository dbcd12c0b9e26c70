import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createStudio } from "../rig/studio.ts";
import { until } from "../rig/until.ts";

async function studioOf(t: TestContext) {
  const studio = await createStudio();
  t.after(() => studio.close());
  /** The line that tells how the turn of that message went: there is but one. */
  const storyOf = async (message: string) => {
    const found = () =>
      studio.lines
        .map((line) => JSON.parse(line))
        .filter(
          ({ msg, message: of }) => /^turn\.(done|failed|cancelled|left|lost)$/.test(msg) && of === message,
        );
    await until(
      () => found().length > 0,
      async () => `a line; there is ${studio.lines.join("")}`,
    );
    assert.equal(found().length, 1);
    return found()[0];
  };
  return { studio, storyOf };
}

test("one line tells the story of a turn: ids and times, and no prompt", async (t) => {
  const { studio, storyOf } = await studioOf(t);
  const held = studio.hold();
  const reply = studio.adapter.reply();
  const { key } = reply;
  const said = studio.say("a very secret fox", {}, reply);
  await until(() => studio.adapter.views(key).some(({ images }) => images.length > 0), "a sketch");
  held.release();
  await said;
  const line = await storyOf(key);
  assert.equal(line.level, 30);
  assert.equal(line.msg, "turn.done");
  assert.equal(line.adapter, "paper");
  assert.equal(line.thread, studio.thread);
  assert.equal(line.user, "u:ada");
  assert.equal(line.pictures, 1);
  assert.equal(line.model, "gpt-image-2.5-sunburst");
  assert.equal(line.responseIds.length, 1);
  assert.ok(line.usd > 0 && line.tokens.output > 0);
  const times = [line.waitMs, line.sketchMs, line.drawnMs, line.shownMs];
  assert.ok(
    times.every((ms) => Number.isInteger(ms) && ms >= 0),
    JSON.stringify(line),
  );
  assert.ok(line.sketchMs <= line.drawnMs && line.drawnMs <= line.shownMs);
  assert.ok(!JSON.stringify(line).includes("secret"));
});

test("of what a person did wrong the reason stands there, and of what the admin has to mend the stack, too", async (t) => {
  const { studio, storyOf } = await studioOf(t);
  const refused = await studio.say("[refuse] this");
  const everyday = await storyOf(refused.key);
  assert.deepEqual([everyday.level, everyday.msg, everyday.code], [30, "turn.failed", "refused"]);
  assert.match(everyday.reason, /safety check refused/);
  assert.equal(everyday.error, undefined);
  assert.ok(!JSON.stringify(everyday).includes("    at "), "no stack");
  studio.standin.fault({ kind: "status", status: 401, code: "invalid_api_key" });
  const { key } = await studio.say("a fox");
  const grave = await storyOf(key);
  assert.deepEqual([grave.level, grave.msg, grave.code], [50, "turn.failed", "auth"]);
  assert.match(grave.error.stack, / {4}at /);
});

test("what became no turn has its reason in one line", async (t) => {
  const { studio } = await studioOf(t);
  await studio.say("");
  const lines = studio.lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "turn.refused");
  assert.equal(lines.length, 1);
  assert.deepEqual([lines[0].level, lines[0].code, lines[0].error], [30, "bad_prompt", undefined]);
  assert.match(lines[0].reason, /Say what to draw/);
});

test("what a restart interrupts is left, and told by the process that finishes it", async (t) => {
  const { studio, storyOf } = await studioOf(t);
  const reply = studio.adapter.reply();
  studio.hold();
  void studio.say("a harbour", {}, reply);
  await until(() => studio.adapter.views(reply.key).some(({ images }) => images.length > 0), "a sketch");
  await studio.bot.drain(0);
  assert.equal((await storyOf(reply.key)).msg, "turn.left");
  const next = await createStudio({ standin: studio.standin, store: studio.store });
  t.after(() => next.bot.drain(0));
  await next.bot.resume();
  const told = () => next.lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "turn.done");
  await until(() => told().length > 0, "the picture");
  assert.deepEqual([told().length, told()[0].isResumed, told()[0].sketchMs], [1, true, undefined]);
});
