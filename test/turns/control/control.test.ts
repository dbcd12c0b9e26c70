import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { ada, bob, createStudio, place } from "../../rig/studio.ts";
import { until } from "../../rig/until.ts";

async function studioOf(t: TestContext, options: Parameters<typeof createStudio>[0] = {}) {
  const studio = await createStudio({ concurrency: 1, ...options });
  t.after(() => studio.close());
  const { control } = studio.bot;
  const phases = () => control.now().turns.map(({ phase, user }) => [phase, user.name]);
  return { studio, control, phases };
}

/** One that is drawn and held back, and one of another person that waits for it. */
async function twoTurns(t: TestContext, options: Parameters<typeof createStudio>[0] = {}) {
  const { studio, control, phases } = await studioOf(t, options);
  const held = studio.hold();
  const [first, second] = [studio.adapter.reply(), studio.adapter.reply()];
  const drawn = studio.say("a fox at night", {}, first);
  await until(() => phases().some(([phase]) => phase === "drawing"), "the first to be drawn");
  const waiting = studio.say("a heron", { thread: "paper:other", user: bob }, second);
  await until(() => control.now().turns.some(({ ahead }) => ahead !== undefined), "a place in line");
  return { studio, control, phases, held, first, second, drawn, waiting };
}

test("an admin sees who has what drawn and who waits, where and since when, and not what was asked for", async (t) => {
  const { control, phases, held, first, second, drawn, waiting } = await twoTurns(t);
  let changes = 0;
  const end = control.listen((what) => {
    if (what === "turns") changes += 1;
  });
  const [drawing, inLine] = control.now().turns;
  assert.deepEqual(
    [drawing?.message, drawing?.user, drawing?.phase, drawing?.adapter, drawing?.place, drawing?.pictures],
    [first.key, { id: ada.id, name: ada.name }, "drawing", "paper", place, 1],
  );
  assert.deepEqual([inLine?.message, inLine?.phase, inLine?.ahead], [second.key, "waiting", 1]);
  assert.ok((drawing?.acceptedAt ?? 0) <= (drawing?.since ?? 0));
  assert.ok(!JSON.stringify(control.now()).includes("fox"), "no prompt is told unless it is asked for");
  held.release();
  await Promise.all([drawn, waiting]);
  await until(() => phases().length === 0, "both to be over");
  assert.ok(changes >= 4, `each step was told: ${changes}`);
  assert.equal(typeof control.now().lastAnswer?.at, "number");
  assert.equal(control.now().lastAnswer?.code, undefined);
  const before = changes;
  end();
  control.drain();
  assert.equal(changes, before, "who has let go hears no more");
});

test("what was asked for is read only where somebody opens it, and the log says so", async (t) => {
  const { studio, control, held, first, drawn, waiting } = await twoTurns(t);
  assert.equal(await control.promptOf(first.key), "a fox at night");
  assert.equal(await control.promptOf("paper:nobody"), undefined);
  const told = studio.lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === "admin.read");
  assert.deepEqual(
    told.map(({ message }) => message),
    [first.key],
  );
  assert.ok(!JSON.stringify(told).includes("fox"));
  held.release();
  await Promise.all([drawn, waiting]);
});

test("an admin cancels what is drawn and what waits; the person sees it, and nothing is cancelled twice", async (t) => {
  const { studio, control, first, second, drawn, waiting } = await twoTurns(t);
  assert.equal(await control.cancel(second.key), true);
  await waiting;
  assert.equal(await control.cancel(first.key), true);
  await drawn;
  for (const { key } of [first, second]) {
    assert.deepEqual(
      [studio.adapter.views(key).at(-1)?.phase, studio.adapter.views(key).at(-1)?.status],
      ["cancelled", "Cancelled"],
    );
    assert.equal(await control.cancel(key), false);
  }
  assert.deepEqual(await control.failures(), [], "what was cancelled is no failure");
});

test("while it is drained nothing new is taken, people are told, and what was in hand is finished", async (t) => {
  const { studio, control, held, drawn, waiting, first, second } = await twoTurns(t);
  control.drain();
  assert.equal(control.now().isDraining, true);
  const late = await studio.say("a third picture", { thread: "paper:third" });
  assert.equal(late.last.phase, "failed");
  assert.match(late.last.text, /looked after.*Try again in some minutes/);
  assert.ok(late.last.actions.includes("redo"), "it can be asked for again by a button");
  held.release();
  await Promise.all([drawn, waiting]);
  for (const { key } of [first, second]) assert.equal(studio.adapter.views(key).at(-1)?.phase, "done");
  assert.deepEqual(control.now().turns, []);

  control.takeAgain();
  assert.equal(control.now().isDraining, false);
  assert.equal((await studio.press("redo", late.key)).last.phase, "done");
});

test("what the process before had in hand is finished, also while nothing new is taken", async (t) => {
  const { studio, first, drawn } = await twoTurns(t);
  void drawn;
  await studio.bot.drain(0);
  const next = await createStudio({ standin: studio.standin, store: studio.store });
  t.after(() => next.bot.drain(0));
  next.bot.control.drain();
  await next.bot.resume();
  await until(() => next.adapter.views(first.key).at(-1)?.phase === "done", "the first picture");
});

test("the last failures say what people were told, with OpenAI's own name for the request, and outlive a restart", async (t) => {
  const { studio, control } = await studioOf(t);
  studio.standin.fault({ kind: "status", status: 401, code: "invalid_api_key" });
  const broken = await studio.say("a very secret fox", { place });
  await studio.say("[refuse] this");
  await studio.say("");
  const [empty, refused, grave, ...rest] = await control.failures();
  assert.deepEqual(rest, []);
  assert.deepEqual([empty?.outcome, empty?.code, empty?.isGrave], ["refused", "bad_prompt", false]);
  assert.match(empty?.told ?? "", /Say what to draw/);
  assert.deepEqual([refused?.outcome, refused?.code], ["failed", "refused"]);
  assert.deepEqual(
    [grave?.code, grave?.isGrave, grave?.told, grave?.user, grave?.place, grave?.message],
    ["auth", true, broken.last.text, { id: ada.id, name: ada.name }, place, broken.key],
  );
  assert.match(grave?.requestId ?? "", /^req_/);
  assert.match(grave?.cause ?? "", /401/);
  assert.equal(control.now().lastAnswer?.code, undefined, "a refusal is an answer");
  assert.ok(!JSON.stringify(await control.failures()).includes("secret"));

  await studio.bot.drain(0);
  const next = await createStudio({ standin: studio.standin, store: studio.store });
  t.after(() => next.bot.drain(0));
  assert.deepEqual(await next.bot.control.failures(), [empty, refused, grave]);
});
