import { between, type Random } from "./random.ts";
import { n } from "./svg.ts";

/** The picture's size in drawing units: the shorter side is 1000. */
export interface Extent {
  readonly w: number;
  readonly h: number;
}

/** A soft skyline from left to right, closed at the bottom. `y` and `swell` in units. */
export function rolling(random: Random, { w, h }: Extent, y: number, swell: number, waves = 3): string {
  const phases = [between(random, 0, 7), between(random, 0, 7)];
  const points = Array.from({ length: 41 }, (_, k) => {
    const at = k / 40;
    const rise =
      Math.sin(at * waves * 3.1 + (phases[0] ?? 0)) * 0.65 +
      Math.sin(at * waves * 7.3 + (phases[1] ?? 0)) * 0.35;
    return `${n(at * w)},${n(y - rise * swell)}`;
  });
  return `M0,${n(h)} L${points.join(" L")} L${n(w)},${n(h)} Z`;
}

/** One mountain: its outline, its shaded side and its snow. */
export function peak(random: Random, x: number, base: number, height: number, spread: number) {
  const top = base - height;
  const edge = (side: number) => {
    const steps = 5;
    return Array.from({ length: steps }, (_, k) => {
      const at = (k + 1) / (steps + 1);
      return [
        x + side * spread * at + between(random, -0.05, 0.05) * spread,
        top + height * at + between(random, -0.035, 0.035) * height,
      ] as const;
    });
  };
  const [left, right] = [edge(-1), edge(1)];
  const path = (points: readonly (readonly [number, number])[]) =>
    points.map(([px, py]) => `${n(px)},${n(py)}`).join(" L");
  const ridge = Array.from(
    { length: 5 },
    (_, k) =>
      [x + (k % 2 ? 0.1 : -0.06) * spread * (0.4 + k * 0.25), top + (height * (k + 1)) / 5.4] as const,
  );
  const snowline = 0.3;
  const l = [x - spread * snowline, top + height * snowline] as const;
  const r = [x + spread * snowline, top + height * snowline] as const;
  const teeth = [0.72, 0.46, 0.2, -0.06, -0.34, -0.6].map(
    (at, k) => [x + spread * snowline * at, top + height * snowline * (k % 2 ? 0.78 : 1.22)] as const,
  );
  return {
    body: `M${n(x - spread)},${n(base)} L${path(left.toReversed())} L${n(x)},${n(top)} L${path(right)} L${n(x + spread)},${n(base)} Z`,
    shade: `M${n(x)},${n(top)} L${path(right)} L${n(x + spread)},${n(base)} L${n(x + spread * 0.12)},${n(base)} L${path(ridge.toReversed())} Z`,
    snow: `M${n(x)},${n(top)} L${n(r[0])},${n(r[1])} L${path(teeth)} L${n(l[0])},${n(l[1])} Z`,
  };
}

/** Short dashes of light on water between two heights, denser towards a column at `sun`. */
export function glints(
  random: Random,
  { w }: Extent,
  from: number,
  to: number,
  count: number,
  sun: number,
): string {
  return Array.from({ length: count }, () => {
    const depth = random() ** 1.4;
    const y = from + (to - from) * depth;
    const near = random() < 0.55;
    const x = near ? sun + between(random, -1, 1) * (30 + depth * 150) : between(random, 0, w);
    const length = (10 + depth * 70) * between(random, 0.5, 1.2);
    return `M${n(x - length / 2)},${n(y)} h${n(length)}`;
  }).join(" ");
}
