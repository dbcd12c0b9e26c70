import type { types } from "@slack/bolt";
import type { HeldRules, Named, RuleSpec } from "../../../src/seam/rules.ts";
import { idIn, toFormId, toPlace, toRoleKey, toUserKey } from "../wire/keys.ts";
import { slackLimits } from "../wire/limits.ts";
import type { Group } from "../wire/send/reads.ts";
import { plain, toInput } from "./fields.ts";
import { type FormState, formCallback } from "./forms.ts";

/** What the form's fields, and their blocks, are called. */
const ruleFields = { value: "value", groups: "groups", where: "only-in" } as const;

/** What was filled in. */
export interface FilledRule {
  /** Raw; absent: nothing is laid down. */
  readonly value?: unknown;
  /** The one channel that it is for; absent: the whole workspace. */
  readonly channelId?: string;
}

/** The form for one rule, filled in with what is laid down. `groups`: undefined where they cannot be seen. */
export function toRuleModal(
  spec: RuleSpec,
  held: HeldRules,
  groups: readonly Group[] | undefined,
): types.ModalView {
  const { label, hint, unset, scopes } = spec;
  const said = { hint: `${hint}. Empty: ${unset}` };
  const where: types.ConversationsSelect = {
    type: "conversations_select",
    action_id: ruleFields.where,
    filter: { include: ["public", "private"], exclude_bot_users: true },
  };
  return {
    type: "modal",
    callback_id: formCallback,
    private_metadata: toFormId({ form: "rule", rule: spec.name }),
    title: plain("Settings", slackLimits.modalTitle),
    submit: plain("Save", slackLimits.modalButton),
    close: plain("Cancel", slackLimits.modalButton),
    blocks: [
      toInput(ruleFields.value, label, toElement(spec, held), said),
      ...(spec.kind === "people" ? toGroups(namedIn(spec, held), groups) : []),
      ...(scopes.includes("channel")
        ? [
            toInput(ruleFields.where, "Only in this channel", where, {
              hint: "Left empty, it is for the whole workspace, and so is what stands above",
            }),
          ]
        : []),
    ],
  };
}

/** What was filled in. `names`: what people and groups are called, by their ids. */
export function parseRuleForm(
  spec: RuleSpec,
  state: FormState,
  names: ReadonlyMap<string, string>,
): FilledRule {
  const values = new Map(Object.values(state).flatMap((block) => Object.entries(block)));
  const field = values.get(ruleFields.value);
  const channelId = values.get(ruleFields.where)?.selected_conversation;
  const where = channelId ? { channelId } : {};
  const chosen = (field?.selected_options ?? []).map(({ value }) => value);
  switch (spec.kind) {
    case "people": {
      const people = (field?.selected_users ?? []).map(
        (id): Named => ({ key: toUserKey(id), name: names.get(id) ?? id }),
      );
      const groups = (values.get(ruleFields.groups)?.selected_options ?? []).map(
        ({ value }): Named => ({ key: toRoleKey(value), name: `@${names.get(value) ?? value}`, role: true }),
      );
      return { value: [...people, ...groups], ...where };
    }
    case "channels":
      return {
        value: (field?.selected_conversations ?? []).map(
          (id): Named => ({ key: toPlace("", id).channel, name: `<#${id}>` }),
        ),
      };
    case "choices":
      return { value: chosen, ...where };
    case "switch":
      return { value: field?.selected_option?.value };
    default:
      return { value: field?.value?.trim() || undefined, ...where };
  }
}

/** The ids of the people who are chosen in it. */
export function peopleIn(state: FormState): readonly string[] {
  return Object.values(state).flatMap((block) => block[ruleFields.value]?.selected_users ?? []);
}

function toElement(spec: RuleSpec, held: HeldRules): types.InputBlockElement {
  const value = held[spec.name];
  const action = { action_id: ruleFields.value } as const;
  switch (spec.kind) {
    case "people": {
      const chosen = namedIn(spec, held).flatMap(({ key, role }) => (role ? [] : [idIn(key)]));
      return { ...action, type: "multi_users_select", ...(chosen.length > 0 && { initial_users: chosen }) };
    }
    case "channels": {
      const chosen = namedIn(spec, held).map(({ key }) => idIn(key));
      return {
        ...{ ...action, type: "multi_conversations_select" },
        filter: { include: ["public", "private"], exclude_bot_users: true },
        ...(chosen.length > 0 && { initial_conversations: chosen }),
      };
    }
    case "switch": {
      const options = [toOption("on", "On"), toOption("off", "Off")];
      const now = typeof value === "boolean" ? options[value ? 0 : 1] : undefined;
      return { ...action, type: "static_select", options, ...(now && { initial_option: now }) };
    }
    case "choices": {
      const options = (spec.values ?? []).map((one) => toOption(one.value, one.label));
      return toMany(ruleFields.value, options, Array.isArray(value) ? value.map(String) : []);
    }
    case "number":
      return {
        ...{ ...action, type: "number_input", is_decimal_allowed: spec.unit === "$" },
        ...(spec.min !== undefined && { min_value: `${spec.min}` }),
        ...(spec.max !== undefined && { max_value: `${spec.max}` }),
        ...(value !== undefined && { initial_value: String(value) }),
      };
    case "words":
    case "text": {
      const text = Array.isArray(value) ? value.join("\n") : String(value ?? "");
      return {
        ...{ ...action, type: "plain_text_input", multiline: true, max_length: slackLimits.textInput },
        ...(text && { initial_value: text }),
      };
    }
  }
}

function toGroups(chosen: readonly Named[], groups: readonly Group[] | undefined): types.KnownBlock[] {
  if (groups === undefined) {
    const words = "I cannot see this workspace's user groups: the app needs the scope usergroups:read.";
    return [{ type: "context", elements: [plain(words, slackLimits.label)] }];
  }
  if (groups.length === 0) return [];
  const options = groups
    .slice(0, slackLimits.options)
    .map(({ id, handle = id }) => toOption(id, `@${handle}`));
  const ids = chosen.flatMap(({ key, role }) => (role ? [idIn(key)] : []));
  return [toInput(ruleFields.groups, "And these user groups", toMany(ruleFields.groups, options, ids))];
}

function toMany(
  actionId: string,
  options: types.PlainTextOption[],
  chosen: readonly string[],
): types.MultiStaticSelect {
  const now = options.filter(({ value }) => value !== undefined && chosen.includes(value));
  return {
    ...{ type: "multi_static_select", action_id: actionId, options },
    ...(now.length > 0 && { initial_options: now }),
  };
}

function namedIn({ name }: RuleSpec, held: HeldRules): readonly Named[] {
  const value = held[name];
  return Array.isArray(value) ? (value as readonly Named[]) : []; // as the row's kind says
}

function toOption(value: string, label: string): types.PlainTextOption {
  return { value, text: plain(label, slackLimits.optionText) };
}
