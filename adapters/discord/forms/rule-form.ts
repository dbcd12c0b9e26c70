import {
  type APILabelComponent,
  type APIModalInteractionResponseCallbackData,
  type APIModalSubmission,
  ChannelType,
  ComponentType,
  type ModalSubmitComponent,
  SelectMenuDefaultValueType,
  TextInputStyle,
} from "discord.js";
import type { HeldRules, Named, RuleSpec } from "../../../src/seam/rules.ts";
import { idIn, toPlace, toRoleKey, toUserKey } from "../wire/keys.ts";
import { discordLimits } from "../wire/limits.ts";
import { cut, nameOf } from "../wire/words.ts";

/** The one field of the form. */
const field = "value";

/** Channels in which messages can be asked for pictures; threads belong to theirs. */
const channelTypes = [
  ChannelType.GuildText,
  ChannelType.GuildAnnouncement,
  ChannelType.GuildVoice,
  ChannelType.GuildForum,
  ChannelType.GuildMedia,
];

/** The form for one rule, filled in with what is laid down. `customId` comes back with it. */
export function toRuleModal(
  spec: RuleSpec,
  customId: string,
  held: HeldRules,
): APIModalInteractionResponseCallbackData {
  return {
    custom_id: customId,
    title: cut(spec.label, discordLimits.modalTitle),
    components: [
      {
        type: ComponentType.Label,
        label: cut(spec.label, discordLimits.label),
        description: cut(`${spec.hint}. Empty: ${spec.unset}`, discordLimits.labelDescription),
        component: toField(spec, held),
      },
    ],
  };
}

/** What was filled in, raw; undefined: nothing, so that nothing is laid down. */
export function parseRule(spec: RuleSpec, { components, resolved }: APIModalSubmission): unknown {
  const filled = components
    .flatMap((one) => (one.type === ComponentType.Label ? one.component : []))
    .find(({ custom_id }) => custom_id === field);
  if (!filled) return undefined;
  if ("value" in filled && typeof filled.value === "string") return filled.value.trim() || undefined;
  const values = "values" in filled ? filled.values : [];
  if (spec.kind === "switch") return values[0];
  if (spec.kind === "choices") return values;
  return values.flatMap((id) => toNamed(id, filled, resolved) ?? []);
}

function toField(spec: RuleSpec, held: HeldRules): APILabelComponent["component"] {
  const value = held[spec.name];
  const select = { custom_id: field, required: false, min_values: 0 } as const;
  const many = { ...select, max_values: discordLimits.selectOptions };
  switch (spec.kind) {
    case "people":
      return { ...many, type: ComponentType.MentionableSelect, ...toDefaults(value, "people") };
    case "channels":
      return {
        ...many,
        type: ComponentType.ChannelSelect,
        channel_types: channelTypes,
        ...toDefaults(value, "channels"),
      } as APILabelComponent["component"];
    case "switch":
      return {
        ...{ ...select, type: ComponentType.StringSelect, max_values: 1 },
        options: [
          { value: "on", label: "On", default: value === true },
          { value: "off", label: "Off", default: value === false },
        ],
      };
    case "choices": {
      const chosen = Array.isArray(value) ? value : [];
      const options = (spec.values ?? []).map((one) => ({ ...one, default: chosen.includes(one.value) }));
      return { ...select, type: ComponentType.StringSelect, max_values: options.length, options };
    }
    case "number":
      return { ...toText(value === undefined ? "" : String(value), 12), style: TextInputStyle.Short };
    case "words":
      return toText(Array.isArray(value) ? value.join("\n") : "", discordLimits.textInput);
    case "text":
      return toText(typeof value === "string" ? value : "", spec.length ?? discordLimits.textInput);
  }
}

function toText(value: string, length: number) {
  return {
    ...{ type: ComponentType.TextInput as const, custom_id: field, style: TextInputStyle.Paragraph },
    ...{ required: false, max_length: length },
    ...(value && { value }),
  };
}

/** Those that are chosen already, with what they are. */
function toDefaults(value: HeldRules[keyof HeldRules], kind: "people" | "channels") {
  const all = Array.isArray(value) ? (value as readonly Named[]) : []; // as the row's kind says
  if (all.length === 0) return {};
  const { Channel, Role, User } = SelectMenuDefaultValueType;
  const typeOf = ({ role }: Named) => (kind === "channels" ? Channel : role ? Role : User);
  return { default_values: all.map((one) => ({ id: idIn(one.key), type: typeOf(one) })) } as {
    default_values: never[]; // the library tells the kinds apart, which the row has done
  };
}

function toNamed(
  id: string,
  { type }: ModalSubmitComponent,
  resolved: APIModalSubmission["resolved"] = {},
): Named | undefined {
  const role = resolved.roles?.[id];
  if (role) return { key: toRoleKey(id), name: `@${role.name.replace(/^@/, "")}`, role: true };
  const user = resolved.users?.[id];
  if (user) return { key: toUserKey(id), name: nameOf(user) };
  const channel = type === ComponentType.ChannelSelect ? resolved.channels?.[id] : undefined;
  return channel && { key: toPlace(id).channel, name: `#${channel.name}` };
}
