import { componentTypes } from "./component-types.ts";
import { type Fields, isFields } from "./form.ts";
import { limits } from "./limits.ts";
import type { FormValue } from "./people.ts";

/** What a field of a form is sent as, checked as Discord's apps do. Throws an Error. */
export function toInput(input: Fields, value: FormValue | undefined): Fields {
  const required = input.required !== false;
  const label = String(input.custom_id);
  switch (input.type) {
    case componentTypes.textInput: {
      const text = String(value ?? input.value ?? "");
      const min = Number(input.min_length ?? (required ? 1 : 0));
      if (text === "" ? required : text.length < min) throw new Error(`“${label}” needs more text.`);
      if (text.length > Number(input.max_length ?? limits.textInput))
        throw new Error(`“${label}” is too long.`);
      return { value: text };
    }
    case componentTypes.checkbox:
      return { value: value === undefined ? input.default === true : value === true };
    case componentTypes.radioGroup: {
      const chosen = value === undefined ? defaultsOf(input)[0] : String(value);
      if (chosen === undefined && required) throw new Error(`“${label}” needs a choice.`);
      if (chosen !== undefined) checkOffered(input, [chosen]);
      return { value: chosen ?? null };
    }
    default: {
      const given = Array.isArray(value) ? value.filter((one) => typeof one === "string") : undefined;
      const chosen = given ?? (typeof value === "string" ? [value] : defaultsOf(input));
      if (Array.isArray(input.options)) checkOffered(input, chosen);
      checkCount(input, chosen.length);
      return { values: chosen };
    }
  }
}

/** Checks how many values or files a field takes. Throws an Error. */
export function checkCount(input: Fields, count: number): void {
  const required = input.required !== false;
  if (count === 0 && !required) return;
  const [min, max] = [Number(input.min_values ?? 1), Number(input.max_values ?? 1)];
  if (count < min || count > max)
    throw new Error(`“${input.custom_id}” takes ${min} to ${max}, not ${count}.`);
}

function checkOffered(input: Fields, chosen: readonly string[]): void {
  const values = optionsIn(input).map(({ value }) => value);
  for (const one of chosen)
    if (!values.includes(one)) throw new Error(`“${input.custom_id}” does not offer “${one}”.`);
}

function defaultsOf(input: Fields): readonly string[] {
  return optionsIn(input).flatMap((option) => (option.default === true ? [String(option.value)] : []));
}

function optionsIn(input: Fields): readonly Fields[] {
  return Array.isArray(input.options) ? input.options.filter(isFields) : [];
}
