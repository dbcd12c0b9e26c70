import type { types } from "@slack/bolt";
import type { Style } from "../../../src/seam/core.ts";
import {
  type ImageOptions,
  type OptionName,
  type OptionSpec,
  optionSpecs,
} from "../../../src/seam/options.ts";
import { type HeldRules, offeredValues } from "../../../src/seam/rules.ts";
import { slackLimits } from "../wire/limits.ts";
import { cut } from "../wire/words.ts";

/** What the fields of options are called: this, and the option's name. */
export const optionPrefix = "option:";

/** What is known of options when a form is shown. */
export interface Known {
  /** What they are set to. */
  readonly now?: Partial<ImageOptions>;
  readonly styles?: readonly Style[];
  /** What admins have laid down there: what it does not allow is not offered. */
  readonly rules?: HeldRules;
  /** Set apart from the same fields of another form in its place, which would keep what they showed. */
  readonly suffix?: string;
}

/** The options people change most, in this order. */
const usualNames: readonly OptionName[] = ["style", "size", "quality", "count", "format"];

/** The rows of the options table that people change most, and all others. */
export const usual = usualNames.flatMap((name) => optionSpecs.filter((spec) => spec.name === name));
export const others = optionSpecs.filter(({ name }) => !usualNames.includes(name));

/** A field for each option. That of the style is left out where there is none to choose. */
export function toFields(specs: readonly OptionSpec[], known: Known): types.KnownBlock[] {
  return specs.flatMap((spec) => toField(spec, known));
}

function toField(
  spec: OptionSpec,
  { now = {}, styles = [], rules = {}, suffix = "" }: Known,
): types.KnownBlock[] {
  const actionId = `${optionPrefix}${spec.name}`;
  const blockId = `${actionId}${suffix}`;
  const hint = spec.admin ? `${spec.hint} (admins)` : spec.hint;
  const set = now[spec.name];
  const placeholder = plain(`Not set: ${spec.unset}`, slackLimits.placeholder);
  if (spec.kind === "number") {
    const most = spec.name === "count" ? (rules["most-pictures"] ?? spec.max) : spec.max;
    const element: types.NumberInput = {
      type: "number_input",
      action_id: actionId,
      is_decimal_allowed: false,
      placeholder,
      ...(spec.min !== undefined && { min_value: `${spec.min}` }),
      ...(most !== undefined && { max_value: `${most}` }),
      ...(set !== undefined && { initial_value: `${set}` }),
    };
    return [toInput(blockId, spec.label, element, { hint })];
  }
  const all = spec.kind === "style" ? styles.map(styleOption) : valueOptions(spec, rules);
  // Room for one that is set and not offered, such as a size of one's own: Slack wants it among the others.
  const offered = all.slice(0, slackLimits.options - 1);
  const known = offered.find(({ value }) => value === set);
  const chosen = set === undefined ? undefined : (known ?? toOption(`${set}`));
  const options = chosen && !known ? [...offered, chosen] : offered;
  if (options.length === 0) return [];
  const element: types.StaticSelect = {
    type: "static_select",
    action_id: actionId,
    placeholder,
    options,
    ...(chosen && { initial_option: chosen }),
  };
  return [toInput(blockId, spec.label, element, { hint })];
}

/** A size that is none of those offered. */
export function toOwnSize(actionId: string): types.KnownBlock {
  const element: types.PlainTextInput = {
    type: "plain_text_input",
    action_id: actionId,
    placeholder: plain("1536x864", slackLimits.placeholder),
  };
  return toInput(actionId, "Another size", element, {
    hint: "Width and height in pixels, instead of the above",
  });
}

export function toInput(
  blockId: string,
  label: string,
  element: types.InputBlockElement,
  { required = false, hint }: { readonly required?: boolean; readonly hint?: string } = {},
): types.KnownBlock {
  return {
    type: "input",
    block_id: blockId,
    label: plain(label, slackLimits.label),
    element,
    optional: !required,
    ...(hint && { hint: plain(hint, slackLimits.label) }),
  };
}

/** Files of all types: the core tells by the bytes which of them it can use. */
export function toUpload(actionId: string, most: number): types.FileInput {
  return { type: "file_input", action_id: actionId, max_files: most };
}

/** One box to be ticked. */
export function toTick(blockId: string, label: string, words: string): types.KnownBlock {
  const element: types.Checkboxes = {
    type: "checkboxes",
    action_id: blockId,
    options: [{ value: "yes", text: plain(words, slackLimits.optionText) }],
  };
  return toInput(blockId, label, element);
}

export function plain(text: string, length: number): types.PlainTextElement {
  return { type: "plain_text", text: cut(text, length), emoji: false };
}

function valueOptions(spec: OptionSpec, rules: HeldRules): types.PlainTextOption[] {
  const { kind } = spec;
  return offeredValues(spec, rules).map(({ value, label }) =>
    toOption(value, kind === "size" && /\d/.test(value) ? `${label} (${value})` : label),
  );
}

function styleOption({ name, scope }: Style): types.PlainTextOption {
  return toOption(name, scope === "shared" ? `${name} (everyone's)` : name);
}

function toOption(value: string, label = value): types.PlainTextOption {
  return { value, text: plain(label, slackLimits.optionText) };
}
