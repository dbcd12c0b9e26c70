import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Hold, takenOver } from "../../../src/fleet/ledger.ts";
import type { Reply } from "../../../src/seam/view.ts";
import { whileHeld } from "../../../src/turns/life/while-held.ts";
import { createStudio } from "../../rig/studio.ts";
import { until } from "../../rig/until.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const held: Hold = { lost: new AbortController().signal, isHeld: () => true, isOver: () => false };

/** Shows something by a reply that leaves a timer behind, as a connection that is kept open; both can be looked at. */
async function showOnce(timers: NodeJS.Timeout[]): Promise<WeakRef<Reply>> {
  const reply: Reply = {
    pace: 0,
    limits: { bytes: 1, pixels: 1 } as unknown as Reply["limits"],
    async show() {
      timers.push(setInterval(() => {}, 60_000).unref());
      return "paper:1";
    },
  };
  const show = whileHeld(reply, held);
  await show({ phase: "done", text: "", notes: [], images: [], actions: [] });
  return new WeakRef(reply);
}

test("what was shown is let go of, though a connection that was opened meanwhile stays open", async (t) => {
  const timers: NodeJS.Timeout[] = [];
  t.after(() => timers.forEach(clearInterval));
  const shown = await showOnce(timers);
  await until(() => {
    collect();
    return shown.deref() === undefined;
  }, "it to be let go of");
  assert.equal(timers.length, 1);
});

const paths = { responses: "/v1/responses", images: "/v1/images/generations" } as const;

for (const engine of ["responses", "images"] as const) {
  test(`what became another process's between two tries is not asked of OpenAI again (${engine})`, async (t) => {
    const studio = await createStudio({ defaults: { engine } });
    t.after(studio.close);
    const asked = () => studio.standin.requests.filter(({ path }) => path === paths[engine]);
    const lost = new AbortController();
    let doubts = 0;
    studio.ledger.hold = () => ({
      lost: lost.signal,
      isOver: () => false,
      isHeld() {
        const isHeld = asked().length === 0;
        if (!isHeld) doubts += 1;
        return isHeld;
      },
    });
    studio.standin.fault({ kind: "status", status: 429, headers: { "retry-after-ms": "20" } });
    const reply = studio.adapter.reply();
    const answered = studio.say("a fox", {}, reply);
    await until(() => doubts > 2, "it to be in doubt");
    lost.abort(takenOver());
    await answered;
    assert.equal(asked().length, 1);
    const phases = studio.adapter.views(reply.key).map(({ phase }) => phase);
    assert.ok(!phases.includes("failed") && !phases.includes("done"), phases.join());
  });
}

test("what is in doubt for a moment is asked for when it is certain again", async (t) => {
  const studio = await createStudio();
  t.after(studio.close);
  let doubts = 0;
  studio.ledger.hold = () => ({
    lost: new AbortController().signal,
    isOver: () => false,
    isHeld() {
      const isInDoubt = studio.asked().length === 1 && doubts < 3;
      if (isInDoubt) doubts += 1;
      return !isInDoubt;
    },
  });
  studio.standin.fault({ kind: "status", status: 429, headers: { "retry-after-ms": "20" } });
  const reply = studio.adapter.reply();
  await studio.say("a fox", {}, reply);
  assert.equal(doubts, 3);
  assert.equal(studio.asked().length, 2);
  assert.equal(studio.adapter.views(reply.key).at(-1)?.phase, "done");
});
