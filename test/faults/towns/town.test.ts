import assert from "node:assert/strict";
import { test } from "node:test";
import { createRecorder } from "../history.ts";
import { createBar, freshMs } from "./town.ts";

test("while something bars the bot what it has perhaps not begun is spared, and what was asked while a process was stopped", () => {
  for (const [ends, spared] of [
    [[], ["fresh"]],
    [[[0, "paused"]], ["stopped", "fresh"]],
    [
      [
        [0, "paused"],
        [9000, "woken"],
      ],
      ["stopped", "fresh"],
    ],
    [
      [
        [0, "paused"],
        [9000, "woken"],
        [9500, "paused"],
      ],
      ["stopped", "fresh"],
    ],
    [
      [
        [0, "paused"],
        [1500, "woken"],
      ],
      ["fresh"],
    ],
    [
      [
        [0, "paused"],
        [9000, "killed"],
      ],
      ["fresh"],
    ],
  ] as const) {
    let now = -1000;
    const record = createRecorder(() => now);
    const bar = createBar(record, "discord");
    const at = (ms: number, work: () => void) => [ms, work] as const;
    const ask = (ms: number, turn: string, platform: "discord" | "slack" = "discord") =>
      at(ms, () =>
        record.add({
          ...{ kind: "asked", turn, group: turn, platform, person: "ada", places: ["pictures"] },
          ...{ way: "mention", private: false },
        }),
      );
    const all = [
      ask(-500, "long ago"),
      ...ends.map(([ms, what]) => at(ms, () => record.add({ kind: "process", process: 1, what }))),
      ask(1000, "stopped"),
      ask(10_000 - freshMs + 1, "fresh"),
      ask(10_000 - freshMs + 1, "elsewhere", "slack"),
      at(10_000, () => record.add({ kind: "store", what: "paused" })),
    ];
    for (const [ms, work] of all.toSorted(([one], [other]) => one - other)) {
      now = ms;
      work();
    }
    bar(freshMs)();
    const found = record.moments.flatMap((one) => (one.kind === "spared" ? [one.turn] : []));
    assert.deepEqual(found, spared, JSON.stringify(ends));
  }
});
