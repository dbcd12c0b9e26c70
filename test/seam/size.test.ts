import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { shapeGap, sizeFor } from "../../src/seam/words/size.ts";

describe("the size to ask for", () => {
  const cases: readonly [number, number, string, string][] = [
    [1024, 1024, "1024x1024", "1024x1024"],
    [1536, 1024, "1536x1024", "1536x1024"],
    [2560, 1440, "2560x1440", "1536x1024"],
    [3840, 2160, "1536x864", "1536x1024"],
    [3024, 4032, "1152x1536", "1024x1536"],
    [1000, 750, "1024x768", "1536x1024"],
    [512, 512, "816x816", "1024x1024"],
    [1, 1, "816x816", "1024x1024"],
    [5000, 100, "1440x480", "1536x1024"],
    [1, 5000, "480x1440", "1024x1536"],
  ];
  for (const [width, height, any, fixed] of cases) {
    test(`for ${width}x${height} is ${any}, or ${fixed}`, () => {
      assert.deepEqual(
        [sizeFor({ width, height }, "any"), sizeFor({ width, height }, "fixed")],
        [any, fixed],
      );
    });
  }

  test("can be drawn, whatever the original, and has its shape when that can be drawn", () => {
    for (let width = 1; width <= 3840; width = Math.ceil(width * 1.13)) {
      for (let height = 1; height <= 3840; height = Math.ceil(height * 1.17)) {
        const [wide = 0, high = 0] = sizeFor({ width, height }, "any").split("x").map(Number);
        const [long, short] = [Math.max(wide, high), Math.min(wide, high)];
        assert.ok(wide % 16 === 0 && high % 16 === 0 && long <= 3 * short, `${wide}x${high}`);
        assert.ok(
          wide * high >= 655_360 && wide * high <= 2560 * 1440 * 1.1 && long <= 3840,
          `${wide}x${high}`,
        );
        const gap = shapeGap({ width, height }, { width: wide, height: high });
        if (Math.max(width, height) <= 3 * Math.min(width, height)) {
          assert.ok(gap < 0.01, `${width}x${height} as ${wide}x${high}: ${gap}`);
        }
      }
    }
  });
});
