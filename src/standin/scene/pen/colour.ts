/** A colour between two, `part` of the way from the first to the second. Colours are `#rrggbb`. */
export function mix(from: string, to: string, part: number): string {
  const [a, b] = [channels(from), channels(to)];
  return toHex(a.map((value, index) => value + ((b[index] ?? 0) - value) * part));
}

export function darker(colour: string, part = 0.25): string {
  return mix(colour, "#1a1430", part);
}

export function lighter(colour: string, part = 0.3): string {
  return mix(colour, "#fff6e6", part);
}

/** How bright a colour looks, 0 to 1. */
export function brightness(colour: string): number {
  const [r = 0, g = 0, b = 0] = channels(colour);
  return (0.299 * r + 0.587 * g + 0.114 * b) / 255;
}

/** A colour under a coloured light, given as the part of red, green and blue that it lets through. */
export function multiply(colour: string, light: readonly [number, number, number]): string {
  return toHex(channels(colour).map((value, index) => value * (light[index] ?? 1)));
}

/** A drawing with each of its colours changed. Cheaper than a filter, and it stays a drawing. */
export function recolour(svg: string, change: (colour: string) => string): string {
  return svg.replace(/#[0-9a-f]{6}\b/gi, (colour) => change(colour));
}

function channels(colour: string): number[] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function toHex(parts: readonly number[]): string {
  const byte = (part: number) =>
    Math.round(Math.min(255, Math.max(0, part)))
      .toString(16)
      .padStart(2, "0");
  return `#${parts.map(byte).join("")}`;
}
