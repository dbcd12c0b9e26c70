import assert from "node:assert/strict";
import { test } from "node:test";
import { fillDays, roundUp } from "../../../../adapters/web/page/admin/days.ts";

test("a plot has every day, also those on which nothing was spent, over months and summer time", () => {
  const known = [
    { day: "2026-10-24", usd: 2 },
    { day: "2026-10-26", usd: 3 },
  ];
  assert.deepEqual(fillDays("2026-10-24", "2026-10-27", known), [
    { day: "2026-10-24", usd: 2 },
    { day: "2026-10-25", usd: 0 },
    { day: "2026-10-26", usd: 3 },
    { day: "2026-10-27", usd: 0 },
  ]);
  assert.equal(fillDays("2024-02-28", "2024-03-01", []).length, 3, "a leap year");
  assert.deepEqual(fillDays("2026-10-24", "2026-10-24", known), [{ day: "2026-10-24", usd: 2 }]);
});

test("an axis ends where people can read it, and never below what is shown", () => {
  const ends = [0, 0.003, 0.01, 0.041, 1, 1.01, 4.5, 6, 99, 100, 1234].map(roundUp);
  const rounded = ends.map((end) => Number(end.toPrecision(3)));
  assert.deepEqual(rounded, [1, 0.005, 0.01, 0.05, 1, 2, 5, 10, 100, 100, 2000]);
});
