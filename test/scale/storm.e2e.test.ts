import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkStorm } from "../faults/check.ts";
import type { FaultKind, Limits } from "../faults/schedule.ts";
import { servers } from "../faults/stores/server.ts";
import { isInstalled } from "../rig/servers.ts";
import { stormOf } from "./storms.ts";

for (const store of servers) {
  // Where a change is judged, a server that is missing is no reason to leave out what needs it.
  const isMissing = !isInstalled(store) && !process.env.CI;
  const skip = isMissing ? `${store} is not installed here` : false;

  describe(`three processes on ${store}`, { skip }, () => {
    const storm = stormOf(0, { processes: 3, stores: [store], slackBy: ["http"], atOnce: 6 });

    async function pass(seed: number, kinds: readonly FaultKind[], more: Partial<Limits>) {
      const limits = { turns: 14, blows: 6, platforms: ["slack", "web"] as const, kinds, ...more };
      const { outcome, report } = await checkStorm({ seed, limits, storm, shrinkMs: 0 });
      assert.ok(report === undefined, report ?? "");
      return Object.keys(outcome.faults);
    }

    test("lose, double and take back nothing when they are killed and replaced", async () => {
      const faults = await pass(20, ["kill", "roll", "join"], {});
      // Which of them strike before all is drawn depends on how quick the machine is.
      assert.ok(faults.length >= 2, faults.join());
    });

    test("nor when they are stopped in mid-air for longer than a claim", async () => {
      assert.deepEqual(await pass(41, ["pause"], { turns: 12 }), ["pause"]);
    });

    test("nor when the server ends, hangs, or loses its last second", async () => {
      const faults = await pass(9, ["outage"], { blows: 4, mostOutageMs: 10_000, platforms: ["slack"] });
      assert.ok(
        faults.some((name) => name.startsWith("store ")),
        faults.join(),
      );
    });
  });
}
