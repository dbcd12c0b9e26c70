import {
  type APIApplicationCommandBasicOption,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  PermissionFlagsBits,
  type RESTPostAPIApplicationCommandsJSONBody,
} from "discord.js";
import { optionSpecs } from "../../../src/seam/options.ts";
import { ruleSpecs } from "../../../src/seam/rules.ts";
import { type Access, openAccess } from "../../../src/seam/trust/access.ts";
import { discordLimits } from "../wire/limits.ts";
import { cut } from "../wire/words.ts";
import { toLimitFields, toWhoseFields } from "./budget-fields.ts";
import { toOptionField, toPictureField, toSwitchField, toTextField } from "./fields.ts";

/** The fields of /draw that are not in the options table. */
export const drawFields = {
  prompt: "prompt",
  mask: "mask",
  spoiler: "spoiler",
  private: "private",
} as const;

/** The fields of /style and /defaults that are not in the options table. */
export const settingFields = {
  style: "name",
  instruction: "instruction",
  shared: "shared",
  channel: "channel",
} as const;

/** The fields of /settings. */
export const ruleFields = { rule: "rule", channel: "channel" } as const;

/** The commands, by what they are for. */
export const commandNames = {
  draw: "draw",
  style: "style",
  defaults: "defaults",
  forget: "forget",
  settings: "settings",
  usage: "usage",
  budget: "budget",
  edit: "Edit this picture",
  reference: "Use as reference",
  describe: "Describe",
} as const;

const { commandOptions, prompt, styleName } = discordLimits;

/** Those that /draw has fields for; the others are flags. */
const drawOptions = optionSpecs.filter(({ rare }) => !rare);

/** The fields for reference pictures, in order: as many as the options leave room for. */
export const pictureFields: readonly string[] = Array.from(
  { length: commandOptions - drawOptions.length - Object.keys(drawFields).length },
  (_, index) => (index === 0 ? "image" : `image${index + 1}`),
);

/**
 * What is registered. In one server only, Discord takes no word on where else a command may be used; everywhere, it is
 * shown only where it may be.
 */
export function toCommands(
  scope: "guild" | "global",
  { direct, carried }: Pick<Access, "direct" | "carried"> = openAccess,
): readonly RESTPostAPIApplicationCommandsJSONBody[] {
  const everywhere = scope === "global" && {
    integration_types: [
      ApplicationIntegrationType.GuildInstall,
      ...(carried ? [ApplicationIntegrationType.UserInstall] : []),
    ],
    contexts: [
      InteractionContextType.Guild,
      ...(direct ? [InteractionContextType.BotDM] : []),
      ...(carried ? [InteractionContextType.PrivateChannel] : []),
    ],
  };
  const slash = [
    {
      name: commandNames.draw,
      description: "Draw a picture from your words, or change the pictures you attach",
      options: toDrawFields(),
    },
    {
      name: commandNames.style,
      description: "Named presets: words, options and pictures that come along",
      options: toStyleCommands(),
    },
    {
      name: commandNames.defaults,
      description: "What holds when a prompt does not say otherwise",
      options: toDefaultsCommands(),
    },
    {
      name: commandNames.usage,
      description: "What you have had drawn, and what is left of your budget",
      options: [],
    },
    {
      name: commandNames.forget,
      description: "Delete all that I keep of you; I ask once more first",
      options: [],
    },
  ].map((command) => ({ ...command, type: ApplicationCommandType.ChatInput as const }));
  const settings = {
    type: ApplicationCommandType.ChatInput as const,
    name: commandNames.settings,
    description: "Who may draw what here, and how often",
    options: toSettingsCommands(),
    default_member_permissions: String(PermissionFlagsBits.ManageGuild),
  };
  const budget = {
    type: ApplicationCommandType.ChatInput as const,
    name: commandNames.budget,
    description: "How much may be drawn and spent here, and by whom",
    options: toBudgetCommands(),
    default_member_permissions: String(PermissionFlagsBits.ManageGuild),
  };
  // They belong to a server: nothing is laid down anywhere else.
  const inServers = scope === "global" && {
    integration_types: [ApplicationIntegrationType.GuildInstall],
    contexts: [InteractionContextType.Guild],
  };
  const onMessages = [commandNames.edit, commandNames.reference, commandNames.describe].map((name) => ({
    type: ApplicationCommandType.Message as const,
    name,
  }));
  return [
    ...slash.map((command) => ({ ...command, ...everywhere })),
    { ...settings, ...inServers },
    { ...budget, ...inServers },
    ...onMessages.map((command) => ({ ...command, ...everywhere })),
  ];
}

function toDrawFields(): APIApplicationCommandBasicOption[] {
  return [
    toTextField(drawFields.prompt, "What to draw, or what to change in the pictures", prompt, true),
    ...toPictures("A picture to start from or to take things from"),
    ...drawOptions.map(toOptionField),
    toPictureField(
      drawFields.mask,
      "The first picture again, with the part to change made transparent or black",
    ),
    toSwitchField(drawFields.spoiler, "Hide the picture until it is clicked"),
    toSwitchField(drawFields.private, "Show the answer to you alone"),
  ];
}

function toStyleCommands() {
  const named = {
    ...toTextField(settingFields.style, "Which one", styleName, true),
    autocomplete: true,
  } as APIApplicationCommandBasicOption; // a text field without choices, which is what may suggest
  const shared = (description: string) => toSwitchField(settingFields.shared, `${description} (moderators)`);
  return [
    toSubcommand("list", "The styles you can use here"),
    toSubcommand("show", "What a style is made of, with its pictures", [named]),
    toSubcommand("save", "Save a style, over an older one of that name", [
      toTextField(settingFields.style, "What to call it, such as cosy-evening", styleName, true),
      toTextField(settingFields.instruction, "How pictures in this style are to look", prompt),
      ...toPictures("A picture that shows the style"),
      ...optionSpecs.filter(({ kind }) => kind !== "style").map(toOptionField),
      shared("For everybody in this server"),
    ]),
    toSubcommand("remove", "Remove a style", [named, shared("The server's, not one of yours")]),
  ];
}

function toBudgetCommands() {
  return [
    toSubcommand("show", "The budgets of this server, and how they stand"),
    toSubcommand("set", "Set one, or add to it; the whole server's unless you say whose", [
      ...toWhoseFields(),
      ...toLimitFields(),
    ]),
    toSubcommand("remove", "Remove one; the whole server's unless you say whose", toWhoseFields()),
  ];
}

function toDefaultsCommands() {
  const channel = toSwitchField(settingFields.channel, "For everybody in this channel (moderators)");
  return [
    toSubcommand("show", "Your own, and those of this channel"),
    toSubcommand("set", "Add to what is set", [...optionSpecs.map(toOptionField), channel]),
    toSubcommand("reset", "Back to what the bot does by itself", [channel]),
  ];
}

function toSettingsCommands() {
  const rule = {
    type: ApplicationCommandOptionType.String,
    name: ruleFields.rule,
    description: "What to change",
    required: true,
    choices: ruleSpecs.map(({ name, label }) => ({ name: cut(label, discordLimits.choice), value: name })),
  } as const;
  const channel = toSwitchField(ruleFields.channel, "For this channel alone, in place of the server's");
  return [
    toSubcommand("show", "What is laid down here"),
    toSubcommand("change", "Lay something down, or lay it down no more", [rule, channel]),
    toSubcommand("changes", "Who changed what of it"),
  ];
}

function toPictures(description: string): APIApplicationCommandBasicOption[] {
  return pictureFields.map((name, index) => toPictureField(name, index === 0 ? description : "One more"));
}

function toSubcommand(name: string, description: string, options: APIApplicationCommandBasicOption[] = []) {
  return { type: ApplicationCommandOptionType.Subcommand as const, name, description, options };
}
