import assert from "node:assert/strict";
import { test } from "node:test";
import { checkStorm } from "./check.ts";
import { platforms } from "./schedule.ts";
import { usualStorm } from "./storm.ts";

test("a storm of OpenAI's faults loses nothing, doubles nothing and takes nothing back", async () => {
  const limits = { turns: 40, blows: 12, platforms, kinds: ["openai", "mind", "store"] } as const;
  const { outcome, report } = await checkStorm({ seed: 105, limits, storm: usualStorm, shrinkMs: 0 });
  assert.ok(report === undefined, report ?? "");
  assert.ok(outcome.verdict.turns >= 20, `${outcome.verdict.turns} turns`);
  assert.ok(Object.keys(outcome.faults).length >= 3, JSON.stringify(outcome.faults));
});

test("nor does kill -9 in the middle of drawing", async () => {
  const limits = {
    ...{ turns: 14, blows: 6, platforms },
    kinds: ["kill", "openai"],
    when: ["partial", "final", "shown"],
  } as const;
  const { outcome, report } = await checkStorm({
    ...{ seed: 412, limits, shrinkMs: 0 },
    storm: { ...usualStorm, atOnce: 1 },
  });
  assert.ok(report === undefined, report ?? "");
  assert.ok((outcome.faults.kill ?? 0) >= 2, JSON.stringify(outcome.faults));
});
