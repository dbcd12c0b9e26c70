import { darker, lighter } from "../pen/colour.ts";
import { n, oval, shape, stroke } from "../pen/svg.ts";
import type { Worn } from "../scene.ts";
import { goods } from "./goods.ts";
import type { Motif } from "./motif.ts";

/** A thing worn, in the box of the motif that wears it; nothing on one that cannot. */
export function drawWorn({ item, colour }: Worn, { wear }: Motif): string {
  if (!wear) return "";
  const main = colour ?? goods[item]?.colour ?? "#dc4238";
  const { neck, half, crown } = wear;
  if (item === "hat") {
    return (
      oval(0, crown + 8, half * 1.25, 9, darker(main, 0.35)) +
      shape(
        `M${n(-half * 0.8)},${crown + 8} C${n(-half * 0.8)},${crown - 52} ${n(half * 0.8)},${crown - 52} ${n(half * 0.8)},${crown + 8} Z`,
        main,
      )
    );
  }
  return (
    shape(
      `M${n(half * 0.2)},${neck + 10} L${n(half * 0.75)},${neck + 8} L${n(half * 0.95)},${neck + 66} L${n(half * 0.35)},${neck + 70} Z`,
      darker(main, 0.18),
    ) +
    stroke(
      `M${n(half * 0.36)},${neck + 54} L${n(half * 0.9)},${neck + 51} M${n(half * 0.33)},${neck + 42} L${n(half * 0.86)},${neck + 39}`,
      lighter(main, 0.5),
      4,
    ) +
    shape(
      `M${-half},${neck - 12} C${n(-half * 0.5)},${neck + 8} ${n(half * 0.5)},${neck + 8} ${half},${neck - 12} L${half + 5},${neck + 9} C${n(half * 0.5)},${neck + 30} ${n(-half * 0.5)},${neck + 30} ${-half - 5},${neck + 9} Z`,
      main,
    )
  );
}
