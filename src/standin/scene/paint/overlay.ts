import { brightness } from "../pen/colour.ts";
import { letters, lines } from "../pen/lettering.ts";
import { between, createRandom } from "../pen/random.ts";
import { box, n, oval, stroke } from "../pen/svg.ts";
import { isBare } from "../places/built.ts";
import { flakes } from "../places/scenery.ts";
import type { Scene } from "../scene.ts";

/** What the hour does to a picture that was given. */
export function veil({ time, tint }: Scene, w: number, h: number): string {
  const over = (colour: string, opacity: number, mode: string) =>
    box(0, 0, w, h, colour, 0, `opacity="${opacity}" style="mix-blend-mode:${mode}"`);
  const lean = tint ? over(tint, 0.5, "soft-light") + over(tint, 0.18, "normal") : "";
  if (time === "night") return lean + over("#16245c", 0.78, "multiply") + over("#20306a", 0.18, "screen");
  if (time === "sunset") return lean + over("#ff8a3c", 0.5, "soft-light") + over("#ff9a6a", 0.22, "multiply");
  return time === "dawn" ? lean + over("#ffc0b0", 0.45, "soft-light") : lean;
}

/** Rain, snow or fog before everything. */
export function weather({ weather: kind, seed, transparent }: Scene, w: number, h: number): string {
  const random = createRandom(seed ^ 0x3ea7);
  if (transparent) return "";
  if (kind === "snow") return flakes(random, w, h, 150);
  if (kind === "rain") {
    const drops = Array.from(
      { length: 190 },
      () => `M${n(random() * w * 1.1)},${n(random() * h)} l-9,${n(between(random, 26, 50))}`,
    ).join(" ");
    return box(0, 0, w, h, "#3a4a6a", 0, 'opacity="0.16"') + stroke(drops, "#e2ecf6", 2.4, 'opacity="0.5"');
  }
  if (kind === "fog")
    return [0.42, 0.58, 0.7, 0.84]
      .map((at, k) =>
        oval(
          w * (0.3 + 0.4 * random()),
          h * at,
          w * 0.7,
          h * 0.075,
          "#f4f2ee",
          `opacity="${0.32 + k * 0.05}"`,
        ),
      )
      .join("");
  return "";
}

/** Letters across the picture: large at the foot, on a band of their own. */
export function title(scene: Scene, w: number, h: number): string {
  const { lettering, figures, place: where, tint, canvas, transparent } = scene;
  if (!lettering) return "";
  const plain = transparent || isBare(scene);
  const set = lines(lettering, 18).slice(0, 4);
  const bare = figures.length === 0 && where === "studio" && !canvas;
  const each = (bare ? 150 : 104) / (set.length > 2 ? 1.35 : 1);
  const middle = bare ? h * 0.47 : h * 0.14;
  const dark = tint ? brightness(tint) < 0.5 : true;
  return set
    .map((line, index) => {
      const at = {
        x: w / 2,
        y: middle + (index - (set.length - 1) / 2) * each * 1.28,
        width: w * (bare ? 0.56 : 0.84),
        height: each * 0.86,
        tracking: 1.2,
      };
      const shadow = letters(line, {
        ...at,
        y: at.y + 5,
        x: at.x + 3,
        colour: "#1d1638",
        weight: 0.17,
        more: 'opacity="0.45"',
      });
      return (
        (plain ? "" : shadow) +
        letters(line, {
          ...at,
          colour: plain ? "#2a2540" : dark ? "#fffaf0" : "#fff6e0",
          weight: 0.145,
        })
      );
    })
    .join("");
}

/** The darker edge of a picture. */
export function vignette(w: number, h: number): string {
  return box(0, 0, w, h, "url(#edge)", 0, 'class="shade"');
}

/** Every picture says in a corner that it is a stand-in's. */
export function mark({ transparent }: Scene, w: number, h: number): string {
  const at = { x: w - 62, y: h - 22, width: 84, height: 11, tracking: 2.2 };
  const under = letters("stand-in", {
    ...at,
    y: at.y + 1,
    colour: "#1d1638",
    weight: 0.17,
    more: 'opacity="0.5"',
  });
  return transparent
    ? letters("stand-in", { ...at, colour: "#7a7488", weight: 0.13, more: 'opacity="0.7"' })
    : under + letters("stand-in", { ...at, colour: "#fffaf0", weight: 0.13, more: 'opacity="0.85"' });
}
