import type { types } from "@slack/bolt";
import { action, actions, type Form } from "../../src/actions.ts";
import { type ImageOptions, type OptionSpec, optionSpecs } from "../../src/options.ts";
import { type FormId, toFormId } from "./keys.ts";
import { slackLimits } from "./limits.ts";
import { type RemoteFile, type SlackFile, toRemoteFile } from "./pictures.ts";
import { cut } from "./words.ts";

/** What a person put into a form. */
export interface Filled {
  readonly text: string;
  readonly options: Partial<ImageOptions>;
  readonly references: readonly RemoteFile[];
  readonly masks: readonly RemoteFile[];
  readonly private: boolean;
  /** Where the answer is to go, when the form asked. */
  readonly channelId?: string;
}

/** What was filled in, as Slack sends it: by block, then by field. */
export type FormState = Readonly<Record<string, Readonly<Record<string, FieldState>>>>;

interface FieldState {
  readonly value?: string | null;
  readonly selected_option?: { readonly value: string } | null;
  readonly selected_options?: readonly { readonly value: string }[];
  readonly selected_conversation?: string | null;
  readonly files?: readonly SlackFile[];
}

/** Callback id of every form of ours; what it is about is in its metadata. */
export const formCallback = "drawbridge";

const drawForm: Form = { title: "Draw", prompt: "What should I draw?", prefill: false, submit: "Draw" };
const referenceForm: Form = {
  title: "Use as reference",
  prompt: "What should I draw with it?",
  prefill: false,
  submit: "Draw",
};

/** Under a picture, the two options people change most; more go as flags. */
const few = optionSpecs.filter(({ values, admin }) => values && !admin).slice(0, 2);

const fields = {
  prompt: "prompt",
  pictures: "pictures",
  mask: "mask",
  private: "private",
  where: "where",
  option: "option:",
} as const;

const fileTypes = ["png", "jpg", "jpeg", "webp", "gif"];

/** `words`: what the prompt starts from. Changed later, the field is another one, or Slack would keep what it showed. */
export function toModal(
  id: FormId,
  words?: { readonly text: string; readonly late?: boolean },
): types.ModalView {
  const form = formOf(id.form);
  const prompt = {
    type: "plain_text_input",
    action_id: fields.prompt,
    multiline: true,
    max_length: slackLimits.textInput,
    placeholder: plain("More options as flags: --background transparent --count 2", slackLimits.placeholder),
    ...(words?.text && { initial_value: words.text.slice(0, slackLimits.textInput) }),
  } as const;
  const draws = id.form === "draw";
  return {
    type: "modal",
    callback_id: formCallback,
    private_metadata: toFormId(id),
    title: plain(form.title, slackLimits.modalTitle),
    submit: plain(form.submit, slackLimits.modalButton),
    close: plain("Cancel", slackLimits.modalButton),
    blocks: [
      input(words?.late ? "prompt-late" : fields.prompt, form.prompt, prompt, { required: true }),
      ...(id.channelId ? [] : [toWhereField()]),
      ...(draws ? optionSpecs : few).map((spec) => toField(spec)),
      input(fields.pictures, "Reference pictures", toUpload(fields.pictures, slackLimits.files), {
        hint: "To start from, or to take things from",
      }),
      input(fields.mask, "Mask", toUpload(fields.mask, 1), {
        hint: "White or see-through where the first picture may change, black where it stays",
      }),
      ...(draws ? [toPrivateField()] : []),
    ],
  };
}

/** The form of a person's own defaults, as they are now. */
export function toDefaultsModal(defaults: Partial<ImageOptions>): types.ModalView {
  return {
    type: "modal",
    callback_id: formCallback,
    private_metadata: toFormId({ form: "defaults" }),
    title: plain("My defaults", slackLimits.modalTitle),
    submit: plain("Save", slackLimits.modalButton),
    close: plain("Cancel", slackLimits.modalButton),
    blocks: optionSpecs.filter(({ admin }) => !admin).map((spec) => toField(spec, defaults[spec.name])),
  };
}

export function parseSubmission(state: FormState): Filled {
  const values = new Map(Object.values(state).flatMap((block) => Object.entries(block)));
  const options: Record<string, string> = {};
  for (const [name, field] of values) {
    if (!name.startsWith(fields.option)) continue;
    const value = field.selected_option?.value ?? field.value;
    if (value) options[name.slice(fields.option.length)] = value;
  }
  const filesIn = (name: string) => (values.get(name)?.files ?? []).map(toRemoteFile);
  const channelId = values.get(fields.where)?.selected_conversation;
  return {
    text: (values.get(fields.prompt)?.value ?? "").trim(),
    options: options as Partial<ImageOptions>, // raw, as the seam says
    references: filesIn(fields.pictures),
    masks: filesIn(fields.mask),
    private: (values.get(fields.private)?.selected_options?.length ?? 0) > 0,
    ...(channelId && { channelId }),
  };
}

function formOf(name: FormId["form"]): Form {
  if (name === "reference") return referenceForm;
  if (name === "draw" || name === "defaults") return drawForm;
  return action(name).form ?? actions.edit.form;
}

/** `now`: what it is set to. */
function toField(spec: OptionSpec, now?: string | number): types.KnownBlock {
  const actionId = `${fields.option}${spec.name}`;
  const placeholder = plain(`Not set: ${spec.unset}`, slackLimits.placeholder);
  const hint = spec.admin ? `${spec.hint} (admins)` : spec.hint;
  if (spec.kind === "number") {
    const element: types.NumberInput = {
      type: "number_input",
      action_id: actionId,
      is_decimal_allowed: false,
      placeholder,
      ...(spec.min !== undefined && { min_value: `${spec.min}` }),
      ...(spec.max !== undefined && { max_value: `${spec.max}` }),
      ...(now !== undefined && { initial_value: `${now}` }),
    };
    return input(actionId, spec.label, element, { hint });
  }
  const offered = (spec.values ?? []).map(({ value, label }) => toOption(spec, value, label));
  const chosen =
    now === undefined ? undefined : (offered.find(({ value }) => value === now) ?? toOption(spec, `${now}`));
  const element: types.StaticSelect = {
    type: "static_select",
    action_id: actionId,
    placeholder,
    options: chosen && !offered.includes(chosen) ? [...offered, chosen] : offered,
    ...(chosen && { initial_option: chosen }),
  };
  return input(actionId, spec.label, element, { hint });
}

function toOption({ kind }: OptionSpec, value: string, label = value): types.PlainTextOption {
  const shown = label === value || kind !== "size" || !/\d/.test(value) ? label : `${label} (${value})`;
  return { value, text: plain(shown, slackLimits.optionText) };
}

function toWhereField(): types.KnownBlock {
  const element: types.ConversationsSelect = {
    type: "conversations_select",
    action_id: fields.where,
    default_to_current_conversation: true,
    filter: { include: ["public", "private", "mpim"], exclude_bot_users: true },
  };
  return input(fields.where, "Where", element, {
    hint: "Left empty, the picture comes to you as a direct message",
  });
}

function toPrivateField(): types.KnownBlock {
  const element: types.Checkboxes = {
    type: "checkboxes",
    action_id: fields.private,
    options: [{ value: "yes", text: plain("Show the answer to me alone", slackLimits.optionText) }],
  };
  return input(fields.private, "Privacy", element, {});
}

function toUpload(actionId: string, most: number): types.FileInput {
  return { type: "file_input", action_id: actionId, filetypes: fileTypes, max_files: most };
}

function input(
  blockId: string,
  label: string,
  element: types.InputBlockElement,
  { required = false, hint }: { readonly required?: boolean; readonly hint?: string },
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

function plain(text: string, length: number): types.PlainTextElement {
  return { type: "plain_text", text: cut(text, length), emoji: false };
}
