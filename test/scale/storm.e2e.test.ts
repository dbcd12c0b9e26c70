import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { checkStorm } from "../faults/check.ts";
import { servers } from "../faults/stores/server.ts";
import { isInstalled } from "../rig/servers.ts";
import { scalePlatforms, stormOf } from "./storms.ts";

for (const store of servers) {
  // Where a change is judged, a server that is missing is no reason to skip what needs it.
  const isMissing = !isInstalled(store) && !process.env.CI;
  const skip = isMissing ? `${store} is not installed here: apt install ${store}` : false;
  describe(`three processes on ${store}`, { skip }, () => {
    const storm = stormOf(0, { processes: 3, stores: [store], slackBy: ["http"], atOnce: 8 });

    test("lose nothing, double nothing and take nothing back when they are killed, stopped in mid-air and replaced", async () => {
      const kinds = ["kill", "pause", "roll"] as const;
      const limits = { turns: 16, blows: 6, platforms: scalePlatforms, kinds };
      const { outcome, report } = await checkStorm({ seed: 1, limits, storm, shrinkMs: 0 });
      assert.ok(report === undefined, report ?? "");
      for (const kind of ["kill", "pause"])
        assert.ok((outcome.faults[kind] ?? 0) > 0, JSON.stringify(outcome.faults));
    });

    test("nor when the server is stopped, killed, or loses its last second", async () => {
      const kinds = ["outage"] as const;
      const limits = { turns: 16, blows: 4, mostOutageMs: 10_000, platforms: scalePlatforms, kinds };
      const { outcome, report } = await checkStorm({ seed: 1, limits, storm, shrinkMs: 0 });
      assert.ok(report === undefined, report ?? "");
      assert.ok(
        Object.keys(outcome.faults).some((name) => name.startsWith("store ")),
        JSON.stringify(outcome.faults),
      );
    });
  });
}
