import type { ImageOptions, OptionName, OptionSpec } from "../../../../src/seam/options.ts";
import type { Cost } from "../../../../src/seam/view.ts";
import type { WireAnswer, WirePicture } from "../../wire/messages.ts";

/** "now", "5 min", "14:05" (today), "Mon", "3 Oct". */
export function when(time: number, now: number, locale?: string): string {
  const minutes = (now - time) / 60_000;
  if (minutes < 1) return "now";
  if (minutes < 60) return `${Math.floor(minutes)} min`;
  const [then, today] = [new Date(time), new Date(now)];
  if (then.toDateString() === today.toDateString()) {
    return then.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
  }
  if (minutes < 6 * 24 * 60) return then.toLocaleDateString(locale, { weekday: "short" });
  return then.toLocaleDateString(locale, {
    day: "numeric",
    month: "short",
    ...(then.getFullYear() !== today.getFullYear() && { year: "numeric" }),
  });
}

/** "14 s", "1 min 5 s". */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 1) return "under a second";
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** "≈ $0.042": never more exact than an estimate is. */
export function money({ usd }: Cost): string {
  if (usd > 0 && usd < 0.001) return "less than $0.001";
  return `≈ $${usd < 1 ? usd.toFixed(3) : usd.toFixed(2)}`;
}

export function count(number: number): string {
  return number.toLocaleString("en-US");
}

/** An option's value as people read it: its label, or pixels with a real times sign. */
export function optionValue(spec: OptionSpec | undefined, value: string | number): string {
  const label = spec?.values?.find((each) => each.value === String(value))?.label;
  return label ?? String(value).replace(/^(\d+)x(\d+)$/, "$1 × $2");
}

/** The options that are set, in the table's order. */
export function setOptions(
  specs: readonly OptionSpec[],
  options: Partial<ImageOptions>,
): readonly { name: OptionName; label: string; value: string }[] {
  return specs.flatMap((spec) => {
    const value = options[spec.name];
    return value === undefined
      ? []
      : [{ name: spec.name, label: spec.label, value: optionValue(spec, value) }];
  });
}

/** The options that are set in one line: "Wide · High · Pictures 2". */
export function inWords(specs: readonly OptionSpec[], options: Partial<ImageOptions>): string {
  return setOptions(specs, options)
    .map(({ name, label, value }) => (speaking.has(name) ? value : `${label} ${value}`))
    .join(" · ");
}

/** Their values say of themselves which option they are of. */
const speaking: ReadonlySet<OptionName> = new Set(["size", "quality", "format"]);

/** A name for a downloaded file: the first words of the prompt and the version. */
export function fileName(prompt: string, number: number, mediaType: string): string {
  const words = prompt
    .toLowerCase()
    .normalize("NFKD")
    .replace(/[^\p{Letter}\p{Number}]+/gu, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 48)
    .replace(/-+$/, "");
  const ending = mediaType === "image/jpeg" ? "jpg" : (/\/([a-z0-9]+)/.exec(mediaType)?.[1] ?? "png");
  return `${words || "drawbridge"}-${number}.${ending}`;
}

/** The same for a picture of an answer, which is numbered among all of its thread. */
export function nameOfPicture(
  answer: WireAnswer,
  { src, mediaType }: { readonly src: string; readonly mediaType: string },
  all: readonly { readonly answer: WireAnswer; readonly picture: WirePicture }[],
): string {
  const number = all.findIndex((each) => each.answer.id === answer.id && each.picture.src === src) + 1;
  return fileName(answer.view.details?.prompt ?? "", number, mediaType);
}

/** A name as `--style` takes it, from what a person typed; empty when none of it can be used. */
export function toStyleName(typed: string): string {
  return typed
    .normalize("NFKD")
    .replace(/\p{Mark}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 32)
    .replace(/^-+|-+$/g, "");
}
