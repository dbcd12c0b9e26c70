import assert from "node:assert/strict";
import { test } from "node:test";
import { createPlatformClock } from "../../src/seam/platform-clock.ts";

const noon = Date.parse("Thu, 26 Nov 2026 12:00:00 GMT");
const told = (date: string | null) => ({ headers: { get: () => date } });

test("it is the platform's time, however wrong the machine's is and whenever that is set", () => {
  let machine = noon - 3600_000;
  let elapsed = 500;
  const clock = createPlatformClock(
    () => machine,
    () => elapsed,
  );
  assert.equal(clock.now(), machine, "nothing else is known yet");
  clock.hear(told("Thu, 26 Nov 2026 12:00:00 GMT"));
  assert.equal(clock.now(), noon);
  machine += 7200_000;
  elapsed += 1500;
  assert.equal(clock.now(), noon + 1500, "it was set, and nothing of that time has passed");
  clock.hear(told("Thu, 26 Nov 2026 12:00:01 GMT"));
  assert.equal(clock.now(), noon + 1500, "a date in whole seconds is no better than what was known");
  for (const none of [null, "", "soon"]) clock.hear(told(none));
  assert.equal(clock.now(), noon + 1500);
  clock.hear(told("Thu, 26 Nov 2026 12:30:00 GMT"));
  assert.equal(clock.now(), noon + 30 * 60_000, "the machine has slept");
});
