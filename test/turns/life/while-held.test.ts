import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Reply } from "../../../src/seam/view.ts";
import { whileHeld } from "../../../src/turns/life/while-held.ts";
import { until } from "../../rig/until.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

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
  const show = whileHeld(reply, { isHeld: () => true });
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
