import type { OptionName, OptionSpec } from "../../../../src/seam/options.ts";
import type { WireDefaults, WireStyle } from "../../wire/messages.ts";
import type { Draft } from "../state/drafts.ts";

/** Options that are shown together. */
export interface OptionGroup {
  /** Without one they are always in view; the others fold. */
  readonly title?: string;
  readonly specs: readonly OptionSpec[];
}

/** Where the value of an option comes from that is not set in the composer. */
export interface Held {
  readonly value: string | number;
  readonly from: "style" | "mine" | "channel";
}

/** What people change most comes first. */
const layout: readonly { readonly title?: string; readonly names: readonly OptionName[] }[] = [
  { names: ["size", "quality", "count", "style"] },
  { title: "File", names: ["format", "background", "compression", "frames", "duration"] },
  { title: "Your pictures", names: ["outside", "fidelity", "detail"] },
  { title: "Drawing", names: ["action", "complexity", "model", "partials", "moderation"] },
];

/** The options table in groups. None is lost: what the layout does not know stands in the last. */
export function toGroups(specs: readonly OptionSpec[]): readonly OptionGroup[] {
  const placed = new Set(layout.flatMap(({ names }) => names));
  const others = specs.filter(({ name }) => !placed.has(name));
  return layout
    .map(({ title, names }, at) => {
      const known = names.flatMap((name) => specs.find((spec) => spec.name === name) ?? []);
      return { ...(title && { title }), specs: at === layout.length - 1 ? [...known, ...others] : known };
    })
    .filter(({ specs }) => specs.length > 0);
}

/** What holds for an option that is not set in the composer: the style's, else one's own default, else the channel's. */
export function heldValue(
  name: OptionName,
  draft: Draft,
  styles: readonly WireStyle[],
  { mine, channel }: WireDefaults,
): Held | undefined {
  const styleName = draft.options.style ?? mine.style ?? channel.style;
  const styled = styles.find((style) => style.name === styleName)?.options[name];
  if (styled !== undefined) return { value: styled, from: "style" };
  const own = mine[name];
  if (own !== undefined) return { value: own, from: "mine" };
  const value = channel[name];
  return value === undefined ? undefined : { value, from: "channel" };
}

/** Why an option would change nothing now, with what to do about it; undefined when it counts. */
export function whyIdle(name: OptionName, format: string, masked: boolean): string | undefined {
  switch (name) {
    case "compression":
      return format === "jpeg" || format === "webp" ? undefined : "For JPEG and WebP: choose one above.";
    case "frames":
    case "duration":
      return format === "gif" ? undefined : "For moving pictures: choose GIF above.";
    case "outside":
      return masked ? undefined : "For a painted area: paint a mask on a picture first.";
    default:
      return undefined;
  }
}
