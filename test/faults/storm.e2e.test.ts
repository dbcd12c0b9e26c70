import assert from "node:assert/strict";
import { test } from "node:test";
import { checkStorm } from "./check.ts";
import { platforms } from "./schedule.ts";
import { usualStorm } from "./storm.ts";

test("a storm of faults of OpenAI, the platforms and the store loses nothing, doubles nothing and takes nothing back", async () => {
  const kinds = ["openai", "mind", "store", "discord", "slack", "twice", "edit"] as const;
  const limits = { turns: 40, blows: 24, platforms, kinds } as const;
  const { outcome, report } = await checkStorm({ seed: 105, limits, storm: usualStorm, shrinkMs: 0 });
  assert.ok(report === undefined, report ?? "");
  assert.ok(outcome.verdict.turns >= 20, `${outcome.verdict.turns} turns`);
  for (const kind of ["openai", "discord", "slack"])
    assert.ok(
      Object.keys(outcome.faults).some((name) => name.startsWith(kind)),
      `${kind} in ${JSON.stringify(outcome.faults)}`,
    );
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
