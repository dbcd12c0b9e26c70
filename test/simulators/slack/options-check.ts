import type { Reader } from "./check.ts";
import { type Fields, isFields, toObjects } from "./fields.ts";
import { limits } from "./limits.ts";
import { checkText } from "./text-check.ts";

/** Checks a list of options. Source: @slack/types, Option. */
export function checkOptions(
  element: Reader,
  key: string,
  { max, plain = true, required = true }: { max: number; plain?: boolean; required?: boolean },
): void {
  const values = new Set<unknown>();
  for (const option of element.objects(key, { min: 1, max, required })) {
    checkOption(option, plain);
    const { value } = option.fields;
    if (value !== undefined && values.has(value))
      option.fail(`duplicate option value "${String(value)}"`, "value");
    values.add(value);
  }
}

/** Checks the options of a select: `options` or `option_groups`, and that what is chosen is among them. */
export function checkSelect(element: Reader): void {
  const { options, option_groups } = element.fields;
  if ((options === undefined) === (option_groups === undefined))
    element.fail("must define either `options` or `option_groups`");
  if (options !== undefined) checkOptions(element, "options", { max: limits.selectOptions });
  for (const group of element.objects("option_groups", { min: 1, max: limits.selectOptions })) {
    checkText(group, "label", { max: limits.optionText, required: true, plain: true });
    checkOptions(group, "options", { max: limits.selectOptions });
    group.only(["label", "options"]);
  }
  checkChosen(element, optionsOf(element.fields));
}

/** Every option of a select, radio or checkbox element. */
export function optionsOf(element: Fields): readonly Fields[] {
  return [
    ...toObjects(element.options),
    ...toObjects(element.option_groups).flatMap((group) => toObjects(group.options)),
  ];
}

/** Checks that initial options are among those offered: Slack compares them as a whole. */
export function checkChosen(element: Reader, offered: readonly Fields[]): void {
  const { initial_option, initial_options } = element.fields;
  const has = (wanted: Fields) => offered.some((one) => sameOption(one, wanted));
  if (isFields(initial_option) && !has(initial_option))
    element.fail("initial_option must exactly match a provided option", "initial_option");
  if (initial_options === undefined) return;
  if (!Array.isArray(initial_options) || initial_options.length === 0)
    element.fail("must have at least one item", "initial_options");
  for (const wanted of toObjects(initial_options))
    if (!has(wanted)) element.fail("initial_options must exactly match provided options", "initial_options");
}

function checkOption(option: Reader, plain: boolean): void {
  checkText(option, "text", { max: limits.optionText, required: true, plain });
  option.text("value", { required: true, min: 1, max: limits.optionValue });
  checkText(option, "description", { max: limits.optionText, plain });
  option.text("url", { max: limits.url });
  option.only(["text", "value", "description", "url"]);
}

function sameOption(one: Fields, other: Fields): boolean {
  const textOf = ({ text }: Fields) => (isFields(text) ? text.text : undefined);
  return one.value === other.value && textOf(one) === textOf(other);
}
