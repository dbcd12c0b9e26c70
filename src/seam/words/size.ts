/** A picture's width and height, in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Sizes that every image model draws. Source: `size` of `Tool.ImageGeneration` in openai's responses.d.ts. */
export const standardSizes = ["1024x1024", "1536x1024", "1024x1536"] as const;

/** Sizes that the newer models draw. Source: the same, and the image guide for the fewest pixels. */
const drawable = { step: 16, side: 3840, ratio: 3, least: 655_360, most: 3840 * 2160 };

/** Above so many pixels drawing is experimental (the same source); larger originals are drawn so many wide or high. */
const usual = { pixels: 2560 * 1440, side: 1536 };

/** The fewest and the most pixels that `sizeFor` asks for, for a picture nobody has seen yet. */
export const likeAny: readonly Size[] = [
  { width: 1024, height: 640 },
  { width: 2560, height: 1440 },
];

/** A size as options hold it, WIDTHxHEIGHT, in pixels. */
export function toSize(size: string): Size {
  const [width = 1024, height = 1024] = size.split("x").map(Number);
  return { width, height };
}

/** How far two shapes may differ, as a share: what rounding to whole pixels does, and hardly more. */
export const sameShape = 0.02;

/** How far the shapes of two pictures differ, as a share of it: 0 when one is the other, scaled. */
export function shapeGap(one: Size, other: Size): number {
  return Math.abs(Math.log((one.width * other.height) / (one.height * other.width)));
}

/** Why no model can draw a size, as the rest of a sentence; undefined when one can, if perhaps larger. */
export function faultOf({ width, height }: Size): string | undefined {
  const { step, side, ratio, most } = drawable;
  const [long, short] = [Math.max(width, height), Math.min(width, height)];
  if (width % step || height % step) {
    return `both sides must be multiples of ${step} (nearest: ${toStep(width)}x${toStep(height)})`;
  }
  if (long > ratio * short) return "the long side may be three times the short one at most";
  return long > side || width * height > most ? "the largest picture is 3840x2160" : undefined;
}

/** Whether a size has fewer pixels than are ever drawn. */
export function isTooSmall({ width, height }: Size): boolean {
  return width * height < drawable.least;
}

/**
 * The size to ask for, as WIDTHxHEIGHT, for a picture like that one: its shape as near as may be, and its size unless that
 * is very large or too small to be drawn. `fixed` is for models that know three sizes only.
 */
export function sizeFor(original: Size, sizes: "any" | "fixed"): string {
  const { width, height } = original;
  if (sizes === "fixed") return best(standardSizes, (size) => shapeGap(toSize(size), original));
  const ratio = Math.min(drawable.ratio, Math.max(1 / drawable.ratio, width / height));
  const wished = width * height > usual.pixels ? usual.side / Math.max(width, height) : 1;
  const pixels = Math.max(drawable.least, width * height * wished ** 2);
  const candidates: string[] = [];
  for (let wide = drawable.step; wide <= drawable.side; wide += drawable.step) {
    const size = { width: wide, height: Math.round(wide / ratio / drawable.step) * drawable.step };
    if (!faultOf(size) && !isTooSmall(size)) candidates.push(`${size.width}x${size.height}`);
  }
  return best(candidates, (size) => {
    const drawn = toSize(size);
    return 16 * shapeGap(drawn, original) + Math.abs(Math.log((drawn.width * drawn.height) / pixels)) / 2;
  });
}

/** Of these sizes the one whose shape is nearest to that of a picture, and then whose size is. `sizes` is never empty. */
export function nearestSize(sizes: readonly string[], original: Size): string {
  return best(sizes, (size) => {
    const { width, height } = toSize(size);
    const gap = Math.abs(Math.log((width * height) / (original.width * original.height)));
    return 16 * shapeGap({ width, height }, original) + gap / 2;
  });
}

function toStep(length: number): number {
  return Math.max(drawable.step, Math.round(length / drawable.step) * drawable.step);
}

/** The one with the least to say against it. */
function best(sizes: readonly string[], against: (size: string) => number): string {
  return sizes.reduce((one, other) => (against(other) < against(one) ? other : one));
}
