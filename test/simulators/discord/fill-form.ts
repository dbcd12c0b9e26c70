import { componentTypes } from "./component-types.ts";
import { type Fields, isFields } from "./form.ts";
import { limits } from "./limits.ts";
import type { Modal } from "./modals.ts";
import { checkChoosable, isFile, type PersonFile } from "./person-file.ts";

/** What a person put into one field of a form. */
export type FormValue = string | boolean | readonly string[] | readonly PersonFile[];

/** Fills a form as Discord's apps do, with what they prefill where nothing is given. Throws an Error that says why not. */
export async function fillForm(
  modal: Modal,
  given: Readonly<Record<string, FormValue>>,
  upload: (file: PersonFile) => Promise<Fields & { id: string }>,
  /** What an id chosen in a select stands for: `users`, `roles` or `channels`. Throws an Error for what is not there. */
  resolve: (input: Fields, id: string) => { readonly kind: string; readonly value: Fields },
): Promise<Fields> {
  const resolved: Record<string, Record<string, Fields>> = {};
  const attachments: Record<string, Fields> = {};
  const known = new Set<string>();
  const fill = async (input: Fields): Promise<Fields> => {
    const id = String(input.custom_id);
    known.add(id);
    const base = { type: input.type, id: input.id, custom_id: id };
    const value = given[id];
    if (input.type !== componentTypes.fileUpload) {
      const filled = toInput(input, value);
      for (const one of selects.has(Number(input.type)) ? (filled.values as readonly string[]) : []) {
        const { kind, value: found } = resolve(input, one);
        resolved[kind] = { ...resolved[kind], [one]: found };
      }
      return { ...base, ...filled };
    }
    const files = isFiles(value) ? value : [];
    checkCount(input, files.length);
    for (const file of files) checkChoosable(input, file);
    const uploaded = await Promise.all(files.map(upload));
    for (const attachment of uploaded) attachments[attachment.id] = attachment;
    return { ...base, values: uploaded.map((attachment) => attachment.id) };
  };
  const components: Fields[] = [];
  for (const { type, id, component, components: inner } of modal.components) {
    if (isFields(component)) components.push({ type, id, component: await fill(component) });
    else if (Array.isArray(inner))
      components.push({ type, id, components: await Promise.all(inner.filter(isFields).map(fill)) });
    else components.push({ type, id });
  }
  for (const key of Object.keys(given)) if (!known.has(key)) throw new Error(`The form has no “${key}”.`);
  const all = { ...resolved, ...(Object.keys(attachments).length > 0 ? { attachments } : {}) };
  return { components, ...(Object.keys(all).length > 0 ? { resolved: all } : {}) };
}

/** Selects whose values are ids. */
const selects: ReadonlySet<number> = new Set([
  componentTypes.userSelect,
  componentTypes.roleSelect,
  componentTypes.mentionableSelect,
  componentTypes.channelSelect,
]);

/** What a field is sent as. */
function toInput(input: Fields, value: FormValue | undefined): Fields {
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

function checkCount(input: Fields, count: number): void {
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
  const chosen = Array.isArray(input.default_values) ? input.default_values.filter(isFields) : [];
  if (chosen.length > 0) return chosen.map(({ id }) => String(id));
  return optionsIn(input).flatMap((option) => (option.default === true ? [String(option.value)] : []));
}

function optionsIn(input: Fields): readonly Fields[] {
  return Array.isArray(input.options) ? input.options.filter(isFields) : [];
}

function isFiles(value: FormValue | undefined): value is readonly PersonFile[] {
  return Array.isArray(value) && value.every(isFile);
}
