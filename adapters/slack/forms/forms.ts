import type { types } from "@slack/bolt";
import { action, type Form, isActionName } from "../../../src/seam/actions.ts";
import { type ImageOptions, optionSpecs } from "../../../src/seam/options.ts";
import { type FormId, toFormId } from "../wire/keys.ts";
import { slackLimits } from "../wire/limits.ts";
import { type RemoteFile, type SlackFile, toRemoteFile } from "../wire/pictures.ts";
import {
  type Known,
  optionPrefix,
  others,
  plain,
  toFields,
  toInput,
  toOwnSize,
  toTick,
  toUpload,
  usual,
} from "./fields.ts";

/** What a person put into a form. */
export interface Filled {
  readonly text: string;
  readonly options: Partial<ImageOptions>;
  readonly references: readonly RemoteFile[];
  readonly masks: readonly RemoteFile[];
  readonly private: boolean;
  /** Where the answer is to go, when the form asked. */
  readonly channelId?: string;
  /** Of a style: what it is to be called, and whether everyone can use it. */
  readonly style: string;
  readonly shared: boolean;
}

/** What was filled in, as Slack sends it: by block, then by field. */
export type FormState = Readonly<Record<string, Readonly<Record<string, FieldState>>>>;

interface FieldState {
  readonly value?: string | null;
  readonly selected_option?: { readonly value: string } | null;
  readonly selected_options?: readonly { readonly value: string }[];
  readonly selected_conversation?: string | null;
  readonly selected_conversations?: readonly string[];
  readonly selected_users?: readonly string[];
  readonly files?: readonly SlackFile[];
}

/** Callback id of every form of ours; what it is about is in its metadata. */
export const formCallback = "drawbridge";

/** Names of fields. Those of the prompt and of a style's name are their blocks' names as well. */
export const fields = {
  prompt: "prompt",
  /** The block of a prompt whose words came later. */
  latePrompt: "prompt-late",
  pictures: "pictures",
  mask: "mask",
  private: "private",
  where: "where",
  style: "style",
  shared: "shared",
  ownSize: "own-size",
} as const;

const drawForm: Form = { title: "Draw", prompt: "What should I draw?", prefill: false, submit: "Draw" };

/** What a form to draw begins with. */
export interface Beginning extends Known {
  readonly text?: string;
  /** It is shown in the place of one without the words: the field is another one, or Slack would keep what it showed. */
  readonly late?: boolean;
}

/** The form of an action, or the one to draw something new, which has every option. */
export function toModal(id: FormId, beginning: Beginning = {}): types.ModalView {
  const form = formOf(id.form);
  const { text, late } = beginning;
  const prompt = {
    type: "plain_text_input",
    action_id: fields.prompt,
    multiline: true,
    max_length: slackLimits.textInput,
    placeholder: plain("More options as flags: --background transparent --count 2", slackLimits.placeholder),
    ...(text && { initial_value: text.slice(0, slackLimits.textInput) }),
  } as const;
  const draws = id.form === "draw";
  return toView(id, form, [
    toInput(text && late ? fields.latePrompt : fields.prompt, form.prompt, prompt, { required: true }),
    ...(id.channelId ? [] : [toWhereField()]),
    ...toFields(usual, beginning),
    toInput(fields.pictures, "Reference pictures", toUpload(fields.pictures, slackLimits.files), {
      hint: "To start from, or to take things from",
    }),
    toInput(fields.mask, "Mask", toUpload(fields.mask, 1), {
      hint: "White or see-through where the first picture may change, black where it stays",
    }),
    ...(draws
      ? [
          toTick(fields.private, "Privacy", "Show the answer to me alone"),
          ...toGroup("More options"),
          toOwnSize(fields.ownSize),
          ...toFields(others, beginning),
        ]
      : []),
  ]);
}

/** The form of a person's own defaults, as they are now. */
export function toDefaultsModal(known: Known): types.ModalView {
  const specs = optionSpecs.filter(({ admin }) => !admin);
  return toView({ form: "defaults" }, { title: "My defaults", submit: "Save" }, toFields(specs, known));
}

/** The form of a channel's defaults. Until a channel is chosen there is nothing in it but the choice. */
export function toChannelModal(chosen?: Known & { readonly channelId: string }): types.ModalView {
  const element: types.ConversationsSelect = {
    type: "conversations_select",
    action_id: fields.where,
    placeholder: plain("Choose a channel", slackLimits.placeholder),
    filter: { include: ["public", "private", "mpim"], exclude_bot_users: true },
    ...(chosen && { initial_conversation: chosen.channelId }),
  };
  const blocks: types.KnownBlock[] = [{ type: "actions", block_id: fields.where, elements: [element] }];
  const id: FormId = { form: "channel", ...(chosen && { channelId: chosen.channelId }) };
  const title = "A channel's defaults";
  if (!chosen) return toView(id, { title }, blocks);
  const rows = toFields(optionSpecs, { ...chosen, suffix: `:${chosen.channelId}` });
  return toView(id, { title, submit: "Save" }, [...blocks, ...rows]);
}

/** The form of a new style. `moderator`: it can be shared with everyone. */
export function toStyleModal(moderator: boolean): types.ModalView {
  const name = {
    type: "plain_text_input",
    action_id: fields.style,
    max_length: slackLimits.styleName,
    placeholder: plain("cosy", slackLimits.placeholder),
  } as const;
  const instruction = {
    type: "plain_text_input",
    action_id: fields.prompt,
    multiline: true,
    max_length: slackLimits.styleWords,
    placeholder: plain("Soft light, warm colours, a little grain", slackLimits.placeholder),
  } as const;
  return toView({ form: "style" }, { title: "New style", submit: "Save" }, [
    toInput(fields.style, "Name", name, { required: true, hint: "What comes after --style" }),
    toInput(fields.prompt, "How should its pictures look?", instruction),
    toInput(fields.pictures, "Reference pictures", toUpload(fields.pictures, slackLimits.styleFiles), {
      hint: "They come along with every picture in this style",
    }),
    ...toFields(usual, {}), // no list of styles: a style has none of its own
    ...(moderator ? [toTick(fields.shared, "Sharing", "Everyone in this workspace can use it")] : []),
  ]);
}

/** What stands there while that which a form is made of is on its way. */
export function toWaitingModal(title: string): types.ModalView {
  const text = { type: "mrkdwn", text: "One moment…" } as const;
  return toView({ form: "defaults" }, { title }, [{ type: "section", text }]);
}

export function parseSubmission(state: FormState): Filled {
  const values = new Map(Object.values(state).flatMap((block) => Object.entries(block)));
  const options: Record<string, string> = {};
  for (const [name, field] of values) {
    if (!name.startsWith(optionPrefix)) continue;
    const value = field.selected_option?.value ?? field.value;
    if (value) options[name.slice(optionPrefix.length)] = value;
  }
  const textIn = (name: string) => (values.get(name)?.value ?? "").trim();
  const size = textIn(fields.ownSize);
  if (size) options.size = size;
  const filesIn = (name: string) => (values.get(name)?.files ?? []).map(toRemoteFile);
  const isTicked = (name: string) => (values.get(name)?.selected_options?.length ?? 0) > 0;
  const channelId = values.get(fields.where)?.selected_conversation;
  return {
    text: textIn(fields.prompt),
    options: options as Partial<ImageOptions>, // raw, as the seam says
    references: filesIn(fields.pictures),
    masks: filesIn(fields.mask),
    private: isTicked(fields.private),
    ...(channelId && { channelId }),
    style: textIn(fields.style),
    shared: isTicked(fields.shared),
  };
}

function formOf(name: FormId["form"]): Form {
  return (isActionName(name) && action(name).form) || drawForm;
}

function toView(
  id: FormId,
  { title, submit }: { readonly title: string; readonly submit?: string },
  blocks: types.KnownBlock[],
): types.ModalView {
  return {
    type: "modal",
    callback_id: formCallback,
    private_metadata: toFormId(id),
    title: plain(title, slackLimits.modalTitle),
    ...(submit && { submit: plain(submit, slackLimits.modalButton) }),
    close: plain(submit ? "Cancel" : "Close", slackLimits.modalButton),
    blocks,
  };
}

function toGroup(title: string): types.KnownBlock[] {
  return [{ type: "divider" }, { type: "header", text: plain(title, slackLimits.header) }];
}

function toWhereField(): types.KnownBlock {
  const element: types.ConversationsSelect = {
    type: "conversations_select",
    action_id: fields.where,
    default_to_current_conversation: true,
    filter: { include: ["public", "private", "mpim"], exclude_bot_users: true },
  };
  return toInput(fields.where, "Where", element, {
    hint: "Left empty, the picture comes to you as a direct message",
  });
}
