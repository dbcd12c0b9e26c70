import {
  type APIApplicationCommandBasicOption,
  type APIApplicationCommandInteractionDataOption,
  type APIInteractionDataResolved,
  ApplicationCommandOptionType,
} from "discord.js";
import type { ImageOptions, OptionSpec } from "../../../src/seam/options.ts";
import { discordLimits } from "../wire/limits.ts";
import { type RemoteFile, toRemoteFile } from "../wire/pictures.ts";
import { cut } from "../wire/words.ts";
import { pictureTypes } from "./file-types.ts";

/** What a person put into a command's fields. */
export interface FilledFields {
  text(name: string): string;
  isOn(name: string): boolean;
  files(names: readonly string[]): readonly RemoteFile[];
  /** All but these: rows of the options table. Raw. */
  optionsBeside(names: readonly string[]): Partial<ImageOptions>;
}

/** `options`: of the command, or of the subcommand that was chosen. */
export function readFields(
  options: readonly APIApplicationCommandInteractionDataOption[],
  resolved: APIInteractionDataResolved | undefined,
): FilledFields {
  const values = new Map(options.flatMap((one) => ("value" in one ? [[one.name, one.value] as const] : [])));
  return {
    text: (name) => String(values.get(name) ?? ""),
    isOn: (name) => values.get(name) === true,
    files: (names) =>
      names.flatMap((name) => resolved?.attachments?.[String(values.get(name))] ?? []).map(toRemoteFile),
    optionsBeside: (names) => Object.fromEntries([...values].filter(([name]) => !names.includes(name))),
  };
}

/** A field of a command for one row of the options table. */
export function toOptionField(spec: OptionSpec): APIApplicationCommandBasicOption {
  const base = {
    name: spec.name,
    description: cut(spec.admin ? `${spec.hint} (moderators)` : spec.hint, discordLimits.commandDescription),
  };
  if (spec.kind === "number") {
    return {
      ...base,
      type: ApplicationCommandOptionType.Integer,
      ...(spec.min !== undefined && { min_value: spec.min }),
      ...(spec.max !== undefined && { max_value: spec.max }),
    };
  }
  const values = spec.values ?? [];
  if (spec.kind !== "choice" || values.length > discordLimits.choices) {
    return { ...base, type: ApplicationCommandOptionType.String, autocomplete: true };
  }
  return {
    ...base,
    type: ApplicationCommandOptionType.String,
    choices: values.map(({ value, label }) => ({ name: cut(label, discordLimits.choice), value })),
  };
}

/** A field for words. `needed`: the command cannot be sent without it. */
export function toTextField(
  name: string,
  description: string,
  length: number,
  needed = false,
): APIApplicationCommandBasicOption {
  return {
    type: ApplicationCommandOptionType.String,
    name,
    description,
    max_length: length,
    ...(needed && { required: true }),
  };
}

export function toPictureField(name: string, description: string): APIApplicationCommandBasicOption {
  const type = ApplicationCommandOptionType.Attachment;
  return { type, name, description, file_types: [...pictureTypes] };
}

export function toSwitchField(name: string, description: string): APIApplicationCommandBasicOption {
  return { type: ApplicationCommandOptionType.Boolean, name, description };
}
