import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  addStroke,
  redo,
  type Stroke,
  startHistory,
  undo,
  visibleStrokes,
} from "../../../adapters/web/page/mask/history.ts";
import {
  duration,
  fileName,
  money,
  optionValue,
  setOptions,
  when,
} from "../../../adapters/web/page/text/format.ts";
import { fit, keepInside, pan, toPicture, zoomAt } from "../../../adapters/web/page/viewer/viewport.ts";
import { optionSpecs } from "../../../src/seam/options.ts";

const stroke: Stroke = { kind: "brush", size: 10, points: [1, 1, 1] };

describe("the mask's history", () => {
  it("takes strokes back and does them again", () => {
    const one = addStroke(startHistory(), stroke);
    const two = addStroke(one, { kind: "invert" });
    assert.deepEqual(undo(two).done, one.done);
    assert.deepEqual(redo(undo(two)), two);
    assert.deepEqual(addStroke(undo(two), stroke).undone, []);
    const empty = startHistory();
    assert.equal(undo(empty), empty);
    assert.equal(redo(empty), empty);
  });

  it("shows nothing from before the last clearing, which can be taken back too", () => {
    const cleared = addStroke(addStroke(startHistory([stroke]), { kind: "clear" }), stroke);
    assert.deepEqual(visibleStrokes(cleared), [stroke]);
    assert.deepEqual(visibleStrokes(undo(undo(cleared))), [stroke]);
    assert.deepEqual(visibleStrokes(undo(cleared)), []);
  });
});

describe("the view of a picture", () => {
  const picture = { width: 200, height: 100 };
  const frame = { width: 100, height: 100 };

  it("fits the whole of it into the middle", () => {
    assert.deepEqual(fit(picture, frame), { scale: 0.5, x: 0, y: 25 });
    assert.deepEqual(fit({ width: 10, height: 10 }, frame), { scale: 1, x: 45, y: 45 });
  });

  it("zooms around a point, within bounds", () => {
    const view = fit(picture, frame);
    const closer = zoomAt(view, 2, 30, 40, 0.5);
    assert.deepEqual(toPicture(closer, 30, 40), toPicture(view, 30, 40));
    assert.equal(zoomAt(view, 0.01, 0, 0, 0.5).scale, 0.5);
    assert.equal(zoomAt(view, 1000, 0, 0, 0.5, 8).scale, 8);
  });

  it("does not let it leave the frame", () => {
    assert.deepEqual(keepInside(pan(fit(picture, frame), 500, 500), picture, frame), {
      scale: 0.5,
      x: 0,
      y: 25,
    });
    assert.deepEqual(keepInside({ scale: 1, x: -500, y: 9 }, picture, frame), { scale: 1, x: -100, y: 0 });
  });
});

describe("what the page writes", () => {
  it("says when, shorter the nearer", () => {
    const now = new Date(2026, 10, 20, 15, 30).getTime();
    const minutes = (ago: number) => when(now - ago * 60_000, now, "en-GB");
    assert.equal(minutes(0.5), "now");
    assert.equal(minutes(5), "5 min");
    assert.equal(minutes(90), "14:00");
    assert.equal(minutes(26 * 60), "Thu");
    assert.equal(minutes(30 * 24 * 60), "21 Oct");
    assert.match(minutes(400 * 24 * 60), /2025/);
  });

  it("says how long and how much", () => {
    assert.deepEqual([200, 14_200, 65_000].map(duration), ["under a second", "14 s", "1 min 5 s"]);
    const cost = (usd: number) => money({ usd, pricesOf: "2026-11-01" });
    assert.deepEqual([0.0423, 0.0004, 1.5, 0].map(cost), [
      "≈ $0.042",
      "less than $0.001",
      "≈ $1.50",
      "≈ $0.000",
    ]);
  });

  it("calls options by their labels", () => {
    assert.deepEqual(setOptions(optionSpecs, { quality: "high", size: "1536x864" }), [
      { name: "size", label: "Size", value: "1536 × 864" },
      { name: "quality", label: "Quality", value: "High" },
    ]);
    assert.equal(optionValue(undefined, 80), "80");
  });

  it("names a file by its words", () => {
    assert.equal(fileName("A lighthouse, at dawn!", 3, "image/png"), "a-lighthouse-at-dawn-3.png");
    assert.equal(fileName("../../etc", 1, "image/jpeg"), "etc-1.jpg");
    assert.equal(fileName("…", 1, "image/webp"), "drawbridge-1.webp");
    assert.ok(fileName("x".repeat(500), 1, "image/png").length < 60);
  });
});
