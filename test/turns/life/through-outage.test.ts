import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openStore } from "../../../src/store/store.ts";
import type { Fails } from "../../rig/fragile-store.ts";
import { createFragileStore } from "../../rig/fragile-store.ts";
import { ada, createStudio, place } from "../../rig/studio.ts";
import { until } from "../../rig/until.ts";

/** A bot whose store is away when it is told to, and which waits as long as `back` says: it is asked before each wait. */
async function start(t: TestContext, back: (tries: number) => boolean, pause = () => sleep(0)) {
  const whole = await openStore("memory:");
  const fragile = createFragileStore(whole, { isAway: true });
  const waits: number[] = [];
  const studio = await createStudio({
    store: fragile.store,
    budget: { person: { picturesDay: 9 } },
    async wait(ms, signal) {
      waits.push(ms);
      if (back(waits.length)) fragile.failWhen(() => false);
      await pause();
      signal.throwIfAborted();
    },
  });
  t.after(studio.close);
  const event = "paper:event:1" as const;
  const reply = studio.adapter.reply();
  async function ask(fails: Fails) {
    const seeTo = await studio.core.note({ key: event, body: {} });
    fragile.failWhen(fails);
    const turn = { kind: "prompt", text: "a fox", options: {}, attachments: [], addressed: true } as const;
    await seeTo?.(() =>
      studio.adapter.handle()({ ...turn, event, thread: "paper:t", place, user: ada }, reply),
    );
  }
  const views = () => studio.adapter.views(reply.key);
  const said = () => views().map(({ phase, status, text }) => status ?? (phase === "done" ? phase : text));
  return { studio, reply, ask, views, said, waits };
}

const steps: Readonly<Record<string, Fails>> = {
  "its thread is looked up": (table, call) => table === "thread" && call === "get",
  "its options are": (table, call) => table === "account" && call === "get",
  "it is noted": (table, call) => table === "event" && call === "set",
  "what it may cost is put aside": (table, call) => table === "budget-held" && call === "set",
};

for (const [when, fails] of Object.entries(steps)) {
  test(`what was noted waits for the store that goes away while ${when}, and says so`, async (t) => {
    const { studio, ask, views, said, waits } = await start(t, (tries) => tries === 3);
    await ask(fails);
    assert.ok(waits.length >= 3, "it was away");
    assert.equal(views().at(-1)?.phase, "done", said().join(" / "));
    assert.ok(
      said().some((words) => /memory does not answer.*goes on by itself/.test(words)),
      said().join(" / "),
    );
    assert.ok(
      views().every(({ phase }) => phase !== "failed"),
      said().join(" / "),
    );
    assert.equal(studio.asked().length, 1);
  });
}

test("what somebody waits for whose store is away can be cancelled", async (t) => {
  const { studio, reply, ask, views } = await start(
    t,
    () => false,
    () => sleep(20),
  );
  const asked = ask((table, call) => table === "budget-held" && call === "set");
  await until(() => views().some(({ status }) => /by itself/.test(status ?? "")), "it to wait");
  await studio.press("cancel", reply.key, undefined, ada);
  await asked;
  assert.equal(views().at(-1)?.phase, "cancelled");
  assert.equal(studio.asked().length, 0);
});

test("a store that stays away for ten minutes is told of", async (t) => {
  const { studio, ask, views, waits } = await start(t, () => false);
  await ask((table, call) => table === "account" && call === "get");
  assert.equal(views().at(-1)?.phase, "failed");
  const waitedMs = waits.reduce((sum, ms) => sum + ms, 0);
  assert.ok(waitedMs >= 10 * 60_000 && waitedMs < 11 * 60_000, String(waitedMs));
  assert.equal(studio.asked().length, 0);
});
