import { inPlaceOf } from "../seam/models.ts";
import { type ImageOptions, optionSpecs } from "../seam/options.ts";
import { type HeldRules, otherSizes, type RuleName, ruleSpecOf } from "../seam/rules.ts";
import { standardSizes } from "../seam/words/size.ts";

/** The options of which an admin says which values may be had. */
const ruled = ["model", "quality", "size", "count"] as const;

type Ruled = (typeof ruled)[number];

const ruleOf = { model: "models", quality: "qualities", size: "sizes" } as const;

/** A sentence for each option that may not be had as it was asked for. `now`: Unix time in ms, by which models have ended. */
export function findUnpermitted(
  options: Partial<ImageOptions>,
  rules: HeldRules,
  now: number,
): readonly { readonly name: Ruled; readonly words: string }[] {
  return ruled.flatMap((name) =>
    options[name] === undefined || isPermitted(options, name, rules, now)
      ? []
      : [{ name, words: sayUnpermitted(options, name, rules) }],
  );
}

/**
 * Options as they may be had: what was not asked for outright gives way. Where nothing is said, and leaving it to the
 * model is not allowed, it is the first that is.
 */
export function toPermitted(
  options: Partial<ImageOptions>,
  rules: HeldRules,
  now: number,
): { readonly options: Partial<ImageOptions>; readonly notes: readonly string[] } {
  const { quality = "auto", size = "auto" } = options;
  const whole = { ...options, quality, size };
  const wrong = ruled.filter((name) => whole[name] !== undefined && !isPermitted(whole, name, rules, now));
  if (wrong.length === 0) return { options, notes: [] };
  const { model, ...others } = options;
  const [firstQuality] = rules.qualities ?? [];
  const firstSize = rules.sizes?.find((one) => one !== otherSizes);
  return {
    options: {
      ...others,
      ...(model && !wrong.includes("model") && { model }),
      ...(wrong.includes("quality") && firstQuality && { quality: firstQuality }),
      ...(wrong.includes("size") && firstSize && { size: firstSize }),
      ...(wrong.includes("count") && { count: rules["most-pictures"] ?? 1 }),
    },
    notes: wrong.flatMap((name) =>
      options[name] === undefined
        ? []
        : [`${nameOf(name)} ${options[name]} is not allowed here, so I left it out.`],
    ),
  };
}

/** Those of the models on offer that may draw; none where the two have nothing in common. */
export function permittedModels(
  offered: readonly string[],
  models: readonly string[] | undefined,
  now: number,
): readonly string[] {
  return models ? offered.filter((model) => isAmong(models, model, now)) : offered;
}

function isPermitted(options: Partial<ImageOptions>, name: Ruled, rules: HeldRules, now: number): boolean {
  const { model = "", quality = "auto", size = "auto", count = 1 } = options;
  switch (name) {
    case "model":
      return rules.models === undefined || isAmong(rules.models, model, now);
    case "quality":
      return rules.qualities === undefined || rules.qualities.includes(quality);
    case "size":
      return rules.sizes === undefined || rules.sizes.includes(isStandard(size) ? size : otherSizes);
    case "count":
      return count <= (rules["most-pictures"] ?? count);
  }
}

/** One that has ended is what has taken its place. */
function isAmong(models: readonly string[], model: string, now: number): boolean {
  const drawn = inPlaceOf(model, now);
  return models.some((one) => inPlaceOf(one, now) === drawn);
}

function isStandard(size: string): boolean {
  return ["auto", ...standardSizes].includes(size);
}

function sayUnpermitted(options: Partial<ImageOptions>, name: Ruled, rules: HeldRules): string {
  if (name === "count")
    return `${options.count} pictures at once are not allowed here; ${rules["most-pictures"]} is the most.`;
  const rule: RuleName = ruleOf[name];
  const { values = [] } = ruleSpecOf(rule) ?? {};
  const offered = (rules[rule] ?? []).map((one) => {
    const label = values.find(({ value }) => value === one)?.label ?? one;
    return one === label || one === otherSizes || one === "auto" ? label.toLowerCase() : one;
  });
  return `${nameOf(name)} ${options[name]} is not allowed here. Allowed: ${offered.join(", ")}.`;
}

function nameOf(name: Ruled): string {
  return optionSpecs.find((one) => one.name === name)?.label ?? name;
}
