import type { APIApplicationCommandOptionChoice } from "discord.js";
import type { OptionSpec } from "../../../src/seam/options.ts";
import { parseOptions } from "../../../src/seam/words/flags.ts";
import { discordLimits } from "../wire/limits.ts";

/** Shapes people ask for by name, as the sides of a picture. */
const ratios = [
  ["16:9", "Widescreen"],
  ["9:16", "Phone, story"],
  ["4:3", "Photo, wide"],
  ["3:4", "Photo, tall"],
  ["4:5", "Post, tall"],
  ["21:9", "Cinema"],
] as const;

/** A picture's sides are multiples of this. */
const step = 16;

/** Pixels that a shape given by its ratio has, about: those of the usual shapes. */
const area = 1536 * 1024;

/** What fits to the letters typed so far into the field of a size, or of a choice with many values. */
export function suggest(spec: OptionSpec, typed: string): APIApplicationCommandOptionChoice<string>[] {
  const wanted = typed.trim().toLowerCase();
  const named = (spec.values ?? []).map(({ value, label }) => ({
    name: label.toLowerCase() === value ? label : `${label} (${value})`,
    value,
  }));
  const shaped = ratios.map(([ratio, label]) => ({
    name: `${label} ${ratio} (${toSize(ratio)})`,
    value: toSize(ratio),
  }));
  const all = spec.kind === "size" ? [...named, ...shaped] : named;
  const matching = all.filter(({ name, value }) => `${name} ${value}`.toLowerCase().includes(wanted));
  const own = spec.kind === "size" ? toTyped(wanted) : [];
  return [...own.filter(({ value }) => canBeDrawn(value)), ...matching]
    .filter(({ value }, index, list) => list.findIndex((one) => one.value === value) === index)
    .slice(0, discordLimits.choices);
}

/** Pixels or a ratio that somebody types, put right where it can be. */
function toTyped(wanted: string): APIApplicationCommandOptionChoice<string>[] {
  const ratio = /^(\d{1,2}):(\d{1,2})$/.exec(wanted);
  if (ratio && Number(ratio[1]) * Number(ratio[2]) > 0)
    return [{ name: `${wanted} (${toSize(wanted)})`, value: toSize(wanted) }];
  const pixels = /^(\d{2,4})\s*[x×* ]\s*(\d{2,4})$/.exec(wanted);
  if (!pixels) return [];
  const value = `${round(Number(pixels[1]))}x${round(Number(pixels[2]))}`;
  return [{ name: value === wanted ? value : `${value} (nearest that can be drawn)`, value }];
}

function canBeDrawn(size: string): boolean {
  try {
    parseOptions({ size });
    return true;
  } catch {
    return false;
  }
}

function toSize(ratio: string): string {
  const [wide = 1, high = 1] = ratio.split(":").map(Number);
  const height = Math.sqrt((area * high) / wide);
  return `${round((height * wide) / high)}x${round(height)}`;
}

function round(length: number): number {
  return Math.max(step, Math.round(length / step) * step);
}
