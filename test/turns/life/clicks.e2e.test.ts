import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { openStore } from "../../../src/store/store.ts";
import { createClicks } from "../../../src/turns/life/clicks.ts";
import { serverKinds } from "../../rig/servers.ts";

describe("of a double click that comes to two processes one half is a click", () => {
  for (const { kind, create, skip } of serverKinds) {
    test(kind, { skip: process.env.CI ? false : skip }, async (t) => {
      const server = await create();
      assert.ok(server, `${kind} must be installed where CI runs`);
      await server.start();
      t.after(() => server.remove());
      const stores = await Promise.all([1, 2].map(() => openStore(server.url, { limitMs: 60_000 })));
      t.after(() => Promise.all(stores.map((store) => store.close().catch(() => {})))); // they share a pool
      const processes = stores.map(createClicks);
      for (let round = 0; round < 20; round += 1) {
        const half = { of: `paper vary m:${round} u:ada`, at: 10_000 };
        const heard = processes.map(({ isSecond }, index) =>
          isSecond({ ...half, at: half.at + index }, `paper:${round}:${index}`, 2000),
        );
        assert.deepEqual((await Promise.all(heard)).sort(), [false, true]);
        // One was stopped with it, and hears of it when the other has long been seen to.
        const [late] = processes;
        assert.equal(await late?.isSecond({ ...half, at: 5000 }, `paper:${round}:late`, 2000), true);
      }
    });
  }
});
