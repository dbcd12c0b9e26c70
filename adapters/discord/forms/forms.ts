import {
  type APIAttachment,
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  type APIModalSubmission,
  ComponentType,
  type ModalSubmitComponent,
  TextInputStyle,
} from "discord.js";
import type { Form } from "../../../src/seam/actions.ts";
import { type ImageOptions, type OptionSpec, optionSpecs } from "../../../src/seam/options.ts";
import { type HeldRules, offeredValues } from "../../../src/seam/rules.ts";
import { discordLimits } from "../wire/limits.ts";
import { cut } from "../wire/words.ts";
import { pictureTypes } from "./file-types.ts";

/** What a person put into a form, as Discord has it. */
export interface Filled {
  readonly text: string;
  readonly options: Partial<ImageOptions>;
  readonly references: readonly APIAttachment[];
  readonly masks: readonly APIAttachment[];
}

/** A form has five fields at most: the words, pictures, a mask, and the two options people change most. */
const formOptions = optionSpecs.filter(({ values, admin }) => values && !admin).slice(0, 2);

const fields = { prompt: "prompt", pictures: "pictures", mask: "mask", option: "option:" } as const;

/** `customId` comes back with what was filled in; `words` are those the prompt starts from; what `rules` do not allow is not offered. */
export function toModal(
  form: Form,
  customId: string,
  words = "",
  rules: HeldRules = {},
): APIModalInteractionResponseCallbackData {
  const prompt = {
    type: ComponentType.TextInput,
    custom_id: fields.prompt,
    style: TextInputStyle.Paragraph,
    required: true,
    max_length: discordLimits.textInput,
    placeholder: cut("More options as flags: --background transparent --count 2", discordLimits.placeholder),
    ...(words && { value: words.slice(0, discordLimits.textInput) }),
  } as const;
  return {
    custom_id: customId,
    title: cut(form.title, discordLimits.modalTitle),
    components: [
      label(form.prompt, "", prompt),
      ...formOptions.map((spec) => toSelect(spec, rules)),
      label("Pictures", "To add, or to take things from", toUpload(fields.pictures, discordLimits.files)),
      label(
        "Mask",
        "The same picture, with the part to change made transparent or black",
        toUpload(fields.mask, 1),
      ),
    ],
  };
}

/** What was filled in; a field that was left empty, or that another version asked for, is passed over. */
export function parseSubmission({ components, resolved }: APIModalSubmission): Filled {
  const filled = { text: "", options: {} as Record<string, string> };
  const files: Record<string, readonly APIAttachment[]> = {};
  for (const field of components.flatMap((one) => (one.type === ComponentType.Label ? one.component : []))) {
    if (field.type === ComponentType.TextInput && field.custom_id === fields.prompt)
      filled.text = field.value;
    if (field.type === ComponentType.FileUpload)
      files[field.custom_id] = toFiles(field, resolved?.attachments);
    const name = field.custom_id.startsWith(fields.option) ? field.custom_id.slice(fields.option.length) : "";
    if (field.type === ComponentType.StringSelect && name && field.values[0])
      filled.options[name] = field.values[0];
  }
  return {
    text: filled.text.trim(),
    options: filled.options as Partial<ImageOptions>, // raw, as the seam says
    references: files[fields.pictures] ?? [],
    masks: files[fields.mask] ?? [],
  };
}

function label(
  name: string,
  description: string,
  component: APILabelComponent["component"],
): APILabelComponent {
  return {
    type: ComponentType.Label,
    label: cut(name, discordLimits.label),
    ...(description && { description: cut(description, discordLimits.labelDescription) }),
    component,
  };
}

function toSelect(spec: OptionSpec, rules: HeldRules): APILabelComponent {
  return label(spec.label, spec.hint, {
    type: ComponentType.StringSelect,
    custom_id: `${fields.option}${spec.name}`,
    required: false,
    min_values: 0,
    max_values: 1,
    placeholder: cut(`Not set: ${spec.unset}`, discordLimits.placeholder),
    options: offeredValues(spec, rules)
      .slice(0, discordLimits.selectOptions)
      .map(({ value, label: shown }) => ({
        value,
        label: shown === value || spec.kind !== "size" || !/\d/.test(value) ? shown : `${shown} (${value})`,
      })),
  });
}

function toUpload(customId: string, most: number): APILabelComponent["component"] {
  return {
    type: ComponentType.FileUpload,
    custom_id: customId,
    required: false,
    min_values: 0,
    max_values: most,
    file_types: [...pictureTypes],
  };
}

function toFiles(
  field: ModalSubmitComponent & { readonly type: ComponentType.FileUpload },
  attachments: Readonly<Record<string, APIAttachment>> = {},
): readonly APIAttachment[] {
  return field.values.flatMap((id) => attachments[id] ?? []);
}
