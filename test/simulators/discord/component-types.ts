import { type Fields, type Form, isFields, type Reader } from "./form.ts";

/** Component types, as Discord numbers them. docs: components/reference, "Component Types". */
export const componentTypes = {
  row: 1,
  button: 2,
  stringSelect: 3,
  textInput: 4,
  userSelect: 5,
  roleSelect: 6,
  mentionableSelect: 7,
  channelSelect: 8,
  section: 9,
  text: 10,
  thumbnail: 11,
  gallery: 12,
  file: 13,
  separator: 14,
  container: 17,
  label: 18,
  fileUpload: 19,
  radioGroup: 21,
  checkboxGroup: 22,
  checkbox: 23,
} as const;

/** Checks a component's type against those that may stand there. */
export function checkType(form: Form, reader: Reader, allowed: readonly number[]): number | undefined {
  const { type } = reader.fields;
  if (type === undefined || type === null) {
    reader.fail("type", "BASE_TYPE_REQUIRED", "This field is required");
    return undefined;
  }
  if (typeof type === "number" && allowed.includes(type)) return type;
  form.add(
    [...reader.path, "type"],
    "UNION_TYPE_CHOICES",
    `Value of field "type" must be one of (${allowed.join(", ")}).`,
  );
  return undefined;
}

/** Every component of a tree, in the order in which they are read. */
export function* walk(components: readonly unknown[]): Generator<Fields> {
  for (const component of components) {
    if (!isFields(component)) continue;
    yield component;
    if (Array.isArray(component.components)) yield* walk(component.components);
    if (isFields(component.component)) yield* walk([component.component]);
    if (isFields(component.accessory)) yield* walk([component.accessory]);
  }
}
