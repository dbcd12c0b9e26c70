import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createMetrics } from "../../src/watch/metrics.ts";

const text = await createMetrics("1", () => ({ drawing: 0, waiting: 0 })).text();
const types = new Map(
  [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type = ""]) => [name, type] as const),
);
const ours = [...types.keys()].filter((name) => name.startsWith("drawbridge_"));
const namesIn = (words: string) =>
  new Set(words.match(/\b(?:drawbridge|nodejs|process)_[a-z0-9_]*[a-z0-9]/g));

test("the docs name every metric of ours, and none that is not there", () => {
  const docs = namesIn(readFileSync("docs/watching.md", "utf8"));
  docs.delete("nodejs_eventloop_lag");
  for (const name of docs) assert.ok(types.has(name), `${name} is not there`);
  assert.deepEqual(
    ours.filter((name) => !docs.has(name)),
    [],
  );
});

test("the dashboard shows every metric of ours, by names that are there", () => {
  const dashboard = JSON.parse(readFileSync("docs/grafana/drawbridge.json", "utf8"));
  const expressions: string[] = dashboard.panels.flatMap(({ targets }: { targets: { expr: string }[] }) =>
    targets.map(({ expr }) => expr),
  );
  const shown = new Set<string>();
  for (const expression of expressions) {
    for (const name of namesIn(expression)) {
      const plain = name.replace(/_(bucket|count|sum)$/, "");
      assert.equal(types.get(plain) === "histogram", plain !== name, `${name} in ${expression}`);
      assert.ok(types.has(plain), `${name} is not there`);
      shown.add(plain);
    }
    for (const [, label = ""] of expression.matchAll(/(?:by \(|[{,] ?)([a-z]+)(?:=|\))/g)) {
      const labels = ["adapter", "outcome", "code", "call", "model", "direction", "le", "version"];
      assert.ok(labels.includes(label), `${label} in ${expression}`);
    }
  }
  assert.deepEqual(
    ours.filter((name) => !shown.has(name)),
    [],
  );
});

test("its panels lie beside each other and not over each other", () => {
  const { panels } = JSON.parse(readFileSync("docs/grafana/drawbridge.json", "utf8"));
  const cells = new Set<string>();
  for (const { title, gridPos } of panels) {
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        assert.ok(x < 24 && !cells.has(`${x},${y}`), title);
        cells.add(`${x},${y}`);
      }
    }
  }
});
