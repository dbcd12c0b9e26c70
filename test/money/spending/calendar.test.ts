import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createCalendar, daysOf } from "../../../src/money/spending/calendar.ts";

const at = (text: string) => Date.parse(text);
const iso = (ms: number) => new Date(ms).toISOString();

describe("the days and months that budgets go by", () => {
  const cases = [
    ["UTC", "2026-11-26T23:59:59.999Z", "2026-11-26", "2026-11-27T00:00:00.000Z", "2026-12-01T00:00:00.000Z"],
    ["UTC", "2028-02-28T00:00:00.000Z", "2028-02-28", "2028-02-29T00:00:00.000Z", "2028-03-01T00:00:00.000Z"],
    // In Berlin the day is 25 hours long, and 23 in spring.
    [
      "Europe/Berlin",
      "2026-10-24T22:30:00Z",
      "2026-10-25",
      "2026-10-25T23:00:00.000Z",
      "2026-10-31T23:00:00.000Z",
    ],
    [
      "Europe/Berlin",
      "2026-03-29T12:00:00Z",
      "2026-03-29",
      "2026-03-29T22:00:00.000Z",
      "2026-03-31T22:00:00.000Z",
    ],
    // In Beirut clocks are set forward at midnight: that day begins at 1:00.
    [
      "Asia/Beirut",
      "2026-03-28T12:00:00Z",
      "2026-03-28",
      "2026-03-28T22:00:00.000Z",
      "2026-03-31T21:00:00.000Z",
    ],
    [
      "Pacific/Kiritimati",
      "2026-12-31T09:00:00Z",
      "2026-12-31",
      "2026-12-31T10:00:00.000Z",
      "2026-12-31T10:00:00.000Z",
    ],
  ] as const;
  for (const [zone, moment, day, nextDay, nextMonth] of cases) {
    test(`${moment} in ${zone}`, () => {
      const calendar = createCalendar(zone);
      assert.equal(calendar.dayOf(at(moment)), day);
      assert.equal(calendar.periodOf("month", at(moment)), day.slice(0, 7));
      assert.equal(iso(calendar.endOf("day", at(moment))), nextDay);
      assert.equal(iso(calendar.endOf("month", at(moment))), nextMonth);
      assert.notEqual(calendar.dayOf(at(nextDay)), day);
    });
  }

  test("a range is all of its days, and what is none is none", () => {
    assert.deepEqual(daysOf("2028-02-28", "2028-03-01"), ["2028-02-28", "2028-02-29", "2028-03-01"]);
    assert.deepEqual(daysOf("2026-11-26", "2026-11-26"), ["2026-11-26"]);
    for (const [from, to] of [
      ["2026-11-27", "2026-11-26"],
      ["2026-02-30", "2026-03-01"],
      ["yesterday", "2026-03-01"],
      ["2020-01-01", "2026-01-01"],
    ] as const) {
      assert.equal(daysOf(from, to), undefined);
    }
  });
});
