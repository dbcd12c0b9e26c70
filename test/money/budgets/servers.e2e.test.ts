import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createBudgets } from "../../../src/money/budgets/budgets.ts";
import { noTokens } from "../../../src/money/spending/bill.ts";
import { createCalendar } from "../../../src/money/spending/calendar.ts";
import { createSpending } from "../../../src/money/spending/spending.ts";
import type { Payment } from "../../../src/seam/watch/spending.ts";
import { openStore, type Store } from "../../../src/store/store.ts";
import { createPostgres, createRedis } from "../../rig/servers.ts";
import { place } from "../../rig/studio.ts";

const noon = Date.parse("2026-11-26T12:00:00Z");
const now = () => noon;
const day = { from: "2026-11-26", to: "2026-11-26" } as const;

function money(store: Store) {
  const calendar = createCalendar("UTC");
  const spending = createSpending({ store, calendar, now });
  return { spending, budgets: createBudgets({ store, spending, calendar, limits: {}, now }) };
}

function paid(message: `${string}:${string}`): Payment {
  return {
    ...{ at: noon, adapter: "paper", message, ...place, person: { id: "u:x", name: "X" }, pictures: 1 },
    ...{ engine: "responses", pricesOf: "2026-11-01" },
    lines: [{ model: "m", tokens: noTokens, usd: 0.08 }],
  };
}

const hold = { usd: 0.09, least: 0.01, pictures: 1, pricesOf: "2026-11-01" };

describe("budgets of several processes on one server", () => {
  for (const [name, create] of [
    ["redis", createRedis],
    ["postgres", createPostgres],
  ] as const) {
    test(`${name}: 200 at once never exceed one, and each is paid for once`, async (t) => {
      const server = await create();
      assert.ok(server ?? !process.env.CI, `${name} must be installed where CI runs`);
      if (!server) return t.skip(`${name} is not installed on this machine`);
      await server.start();
      t.after(() => server.remove());
      // A machine that is busy is no server that hangs.
      const stores = [
        await openStore(server.url, { limitMs: 60_000 }),
        await openStore(server.url, { limitMs: 60_000 }),
      ];
      t.after(() => Promise.all(stores.map((store) => store.close().catch(() => {}))));
      const [one, two] = stores.map(money);
      assert.ok(one && two);
      await one.budgets.change(place, { kind: "community" }, () => ({ picturesDay: 30, usdDay: 2 }));
      let isOver = false;
      const results = await Promise.all(
        Array.from({ length: 200 }, async (_, index) => {
          const { budgets } = index % 2 === 0 ? one : two;
          const who = { user: { id: `u:${index % 9}` }, place };
          const turn = `paper:${index}` as const;
          if (await budgets.reserve(turn, who, hold)) return "no room";
          for (const { used, most } of await budgets.standings(who)) isOver ||= used > most + 1e-9;
          const payment = index % 5 === 0 ? undefined : paid(turn);
          // Both processes have it: one was taken for dead.
          await Promise.all([one, two].map((each) => each.budgets.settle(turn, who, payment)));
          return payment ? "paid" : "given back";
        }),
      );
      assert.equal(isOver, false);
      const count = results.filter((result) => result === "paid").length;
      const [sum] = await one.spending.sums({ ...day, by: "day" });
      assert.deepEqual([sum?.answers, sum?.pictures], [count, count]);
      assert.ok(count > 0 && (sum?.usd ?? 0) <= 2, `${count} for $${sum?.usd}`);
      const left = (await two.budgets.standings({ user: { id: "u:1" }, place })).map(({ used }) => used);
      assert.deepEqual(
        left.map((used) => used.toFixed(6)),
        [sum?.usd.toFixed(6), `${count}.000000`],
        "nothing is held",
      );
      const listed = await Array.fromAsync(one.spending.payments(day));
      assert.equal(new Set(listed.map(({ message }) => message)).size, count);
    });
  }
});
