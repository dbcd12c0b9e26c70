import { grades, leanOf } from "../pen/palette.ts";
import { n } from "../pen/svg.ts";
import type { Scene, Style } from "../scene.ts";

/** What finish.ts does to pixels, as SVG filter primitives, as near as they come; empty when there is nothing to do. */
export function toFilter(scene: Scene): string {
  const { saturation, brightness = 1, contrast = 1, tint, part = 0 } = grades[scene.grade];
  return [
    styles[scene.style] ?? "",
    saturation === undefined ? "" : saturate(saturation),
    brightness === 1 && contrast === 1 ? "" : linear([1, 1, 1], brightness * contrast, 0.5 * (1 - contrast)),
    tint && !scene.transparent
      ? `<feOffset result="plain"/><feFlood flood-color="${tint}" flood-opacity="${n(part)}" result="tint"/><feMerge><feMergeNode in="plain"/><feMergeNode in="tint"/></feMerge>`
      : "",
    scene.lean === undefined ? "" : linear(leanOf(scene.lean), 1, 0),
  ].join("");
}

const saturate = (value: number) => `<feColorMatrix type="saturate" values="${n(value)}"/>`;

/** Each channel multiplied and moved. */
export function linear(gains: readonly number[], slope: number, intercept: number): string {
  const moved = ["R", "G", "B"].map(
    (name, c) =>
      `<feFunc${name} type="linear" slope="${n((gains[c] ?? 1) * slope)}" intercept="${n(intercept)}"/>`,
  );
  return `<feComponentTransfer>${moved.join("")}</feComponentTransfer>`;
}

const steps = (count: number) =>
  `<feComponentTransfer>${["R", "G", "B"].map((name) => `<feFunc${name} type="discrete" tableValues="${Array.from({ length: count }, (_, k) => n(k / (count - 1))).join(" ")}"/>`).join("")}</feComponentTransfer>`;

/** Pixel art has no filter: its cells are drawn (see draw.ts). */
const styles: Readonly<Partial<Record<Style, string>>> = {
  watercolor: `<feTurbulence type="fractalNoise" baseFrequency="0.02" numOctaves="2" seed="3" result="wash"/><feDisplacementMap in="SourceGraphic" in2="wash" scale="16" xChannelSelector="R" yChannelSelector="G"/>${saturate(0.86)}`,
  poster: steps(6),
  noir: saturate(0) + linear([1, 1, 1], 1.45, -0.18),
  neon: saturate(1.5) + linear([1, 1, 1], 1.2, -0.12),
};
