import {
  type APIApplicationCommandAttachmentOption,
  type APIApplicationCommandBasicOption,
  ApplicationCommandOptionType,
  ApplicationCommandType,
  ApplicationIntegrationType,
  InteractionContextType,
  type RESTPostAPIApplicationCommandsJSONBody,
} from "discord.js";
import { type OptionSpec, optionSpecs } from "../../src/options.ts";
import { discordLimits } from "./limits.ts";
import { cut } from "./words.ts";

/** The fields of /draw that are not in the options table. */
export const drawFields = {
  prompt: "prompt",
  mask: "mask",
  spoiler: "spoiler",
  private: "private",
} as const;

/** The commands, by what they are for. */
export const commandNames = {
  draw: "draw",
  edit: "Edit this picture",
  reference: "Use as reference",
  describe: "Describe",
} as const;

/** The fields for reference pictures, in order. */
export const pictureFields = ["image", "image2", "image3", "image4", "image5", "image6"] as const;

/** What is registered. In one server only, Discord takes no word on where else a command may be used. */
export function toCommands(scope: "guild" | "global"): readonly RESTPostAPIApplicationCommandsJSONBody[] {
  const everywhere = scope === "global" && {
    integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
    contexts: [
      InteractionContextType.Guild,
      InteractionContextType.BotDM,
      InteractionContextType.PrivateChannel,
    ],
  };
  const draw = {
    type: ApplicationCommandType.ChatInput as const,
    name: commandNames.draw,
    description: "Draw a picture from your words, or change the pictures you attach",
    options: toOptions(),
  };
  const onMessages = [commandNames.edit, commandNames.reference, commandNames.describe].map((name) => ({
    type: ApplicationCommandType.Message as const,
    name,
  }));
  return [draw, ...onMessages].map((command) => ({ ...command, ...everywhere }));
}

function toOptions(): APIApplicationCommandBasicOption[] {
  const [first, ...more] = pictureFields;
  return [
    {
      type: ApplicationCommandOptionType.String as const,
      name: drawFields.prompt,
      description: "What to draw, or what to change in the pictures",
      required: true,
      max_length: discordLimits.prompt,
    },
    toPicture(first, "A picture to start from or to take things from"),
    ...optionSpecs.map(toOption),
    toPicture(drawFields.mask, "Where the picture may change: white or see-through; black stays"),
    ...more.map((name) => toPicture(name, "One more picture")),
    {
      type: ApplicationCommandOptionType.Boolean as const,
      name: drawFields.spoiler,
      description: "Hide the picture until it is clicked",
    },
    {
      type: ApplicationCommandOptionType.Boolean as const,
      name: drawFields.private,
      description: "Show the answer to you alone",
    },
  ].slice(0, discordLimits.commandOptions);
}

function toOption(spec: OptionSpec): APIApplicationCommandBasicOption {
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
  if (spec.kind === "size" || values.length > discordLimits.choices) {
    return { ...base, type: ApplicationCommandOptionType.String, autocomplete: true };
  }
  return {
    ...base,
    type: ApplicationCommandOptionType.String,
    choices: values.map(({ value, label }) => ({ name: cut(label, discordLimits.choice), value })),
  };
}

function toPicture(name: string, description: string): APIApplicationCommandAttachmentOption {
  return { type: ApplicationCommandOptionType.Attachment, name, description };
}
