import { checkType, componentTypes } from "./component-types.ts";
import { createForm, type Fields, type Form, isFields, type Reader } from "./form.ts";
import { limits } from "./limits.ts";
import { checkCounts, checkOptions, checkSelect } from "./selects.ts";

const { row, stringSelect, textInput, userSelect, roleSelect, mentionableSelect, channelSelect } =
  componentTypes;
const { text, label, fileUpload, radioGroup, checkboxGroup, checkbox } = componentTypes;
const inLabel: readonly number[] = [
  textInput,
  stringSelect,
  userSelect,
  roleSelect,
  mentionableSelect,
  channelSelect,
  fileUpload,
  radioGroup,
  checkboxGroup,
  checkbox,
];

/** A form that was shown to a person. */
export interface Modal {
  readonly customId: string;
  readonly title: string;
  /** As sent, ids added. */
  readonly components: readonly Fields[];
}

/** Checks the data of a MODAL answer. Throws ApiError. docs: interactions/receiving-and-responding, "Modal". */
export function parseModal(data: unknown, strict: boolean): Modal {
  const form = createForm(strict);
  const reader = form.read(data, ["data"]);
  reader?.only(["custom_id", "title", "components"]);
  const customId = reader?.text("custom_id", { min: 1, max: limits.customId, required: true }) ?? "";
  const title = reader?.text("title", { min: 1, max: limits.modalTitle, required: true }) ?? "";
  const list = reader?.list("components", { min: 1, max: limits.modalComponents, required: true }) ?? [];
  const customIds = new Set<string>();
  list.forEach((item, index) => {
    const top = form.read(item, ["data", "components", index]);
    if (top) checkTop(form, top, customIds);
  });
  form.check();
  let id = 0;
  const number = (node: Fields): Fields => ({
    ...node,
    id: typeof node.id === "number" && node.id > 0 ? node.id : ++id,
    ...(isFields(node.component) ? { component: number(node.component) } : {}),
    ...(Array.isArray(node.components) ? { components: node.components.filter(isFields).map(number) } : {}),
  });
  return { customId, title, components: list.filter(isFields).map(number) };
}

function checkTop(form: Form, reader: Reader, customIds: Set<string>): void {
  switch (checkType(form, reader, [row, text, label])) {
    case text:
      reader.only(["type", "id", "content"]);
      reader.text("content", { min: 1, max: limits.componentText, required: true });
      return;
    case row: {
      // The older way, still taken: one text input a row, with a label of its own.
      reader.only(["type", "id", "components"]);
      const [only] = reader.list("components", { min: 1, max: 1, required: true }) ?? [];
      const input = form.read(only, [...reader.path, "components", 0]);
      if (!input || checkType(form, input, [textInput]) === undefined) return;
      input.text("label", { min: 1, max: limits.modalLabel, required: true });
      checkInput(form, input, customIds, ["label"]);
      return;
    }
    case label: {
      reader.only(["type", "id", "label", "description", "component"]);
      reader.text("label", { min: 1, max: limits.modalLabel, required: true });
      reader.text("description", { max: limits.modalDescription });
      const inner = reader.object("component", true);
      if (inner && checkType(form, inner, inLabel) !== undefined) checkInput(form, inner, customIds, []);
      return;
    }
  }
}

function checkInput(form: Form, reader: Reader, customIds: Set<string>, extra: readonly string[]): void {
  reader.forbid(["disabled"], "MODAL_COMPONENT_DISABLED", "Components in a modal cannot be disabled");
  const required = reader.flag("required");
  const id = checkKind(form, reader, required ?? true, extra);
  if (id === undefined) return;
  if (customIds.has(id))
    reader.fail("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated");
  customIds.add(id);
}

function checkKind(
  form: Form,
  reader: Reader,
  required: boolean,
  extra: readonly string[],
): string | undefined {
  const customId = () => reader.text("custom_id", { min: 1, max: limits.customId, required: true });
  const common = ["type", "id", "custom_id", "required", "disabled", ...extra];
  switch (reader.fields.type) {
    case textInput: {
      reader.only([...common, "style", "min_length", "max_length", "value", "placeholder"]);
      reader.whole("style", { oneOf: [1, 2], required: true });
      const min = reader.whole("min_length", { min: 0, max: limits.textInput }) ?? 0;
      const max = reader.whole("max_length", { min: 1, max: limits.textInput }) ?? limits.textInput;
      if (min > max) reader.fail("min_length", "NUMBER_TYPE_MAX", "min_length must not exceed max_length.");
      reader.text("value", { max });
      reader.text("placeholder", { max: limits.inputPlaceholder });
      return customId();
    }
    case fileUpload:
      reader.only([...common, "min_values", "max_values", "file_types"]);
      checkCounts(reader, limits.uploads, 1);
      checkNone(reader, required);
      checkFileTypes(reader);
      return customId();
    case radioGroup:
    case checkboxGroup: {
      const radio = reader.fields.type === radioGroup;
      reader.only([...common, "options", ...(radio ? [] : ["min_values", "max_values"])]);
      const options =
        reader.list("options", { min: radio ? 2 : 1, max: limits.groupOptions, required: true }) ?? [];
      checkOptions(form, reader, options, ["label", "value", "description", "default"]);
      if (!radio) {
        checkCounts(reader, limits.groupOptions, 1);
        checkNone(reader, required);
      }
      return customId();
    }
    case checkbox:
      reader.only(["type", "id", "custom_id", "default"]);
      reader.flag("default");
      return customId();
    default:
      checkNone(reader, required);
      return checkSelect(form, reader);
  }
}

/** `min_values: 0` and `required` contradict each other. docs: components/reference. */
function checkNone(reader: Reader, required: boolean): void {
  if (reader.fields.min_values === 0 && required)
    reader.fail("min_values", "NUMBER_TYPE_MIN", "min_values must be at least 1 when required is true.");
}

/** docs: components/reference, "File Upload Structure", since 2026-08: image, video, audio, or an ending. */
export function checkFileTypes(reader: Reader): void {
  const types = reader.list("file_types", { max: limits.fileTypes }) ?? [];
  for (const type of types)
    if (typeof type !== "string" || !/^(image|video|audio|\.[a-z0-9]+)$/i.test(type))
      reader.fail("file_types", "BASE_TYPE_CHOICES", "Must be image, video, audio or a file extension.");
}
