import { type APIChatInputApplicationCommandInteraction, ApplicationCommandOptionType } from "discord.js";
import type { Attachment, Scope, SettingWish } from "../../../src/seam/turn.ts";
import { readBudget } from "../forms/budget-fields.ts";
import { commandNames, pictureFields, settingFields } from "../forms/commands.ts";
import { readFields } from "../forms/fields.ts";
import type { RemoteFile } from "../wire/pictures.ts";
import { hidesWords, withoutBars } from "../wire/words.ts";

/** What a person wants of a command that is about no picture. Undefined: a subcommand that only another version had. */
export function parseSetting(
  { data }: Pick<APIChatInputApplicationCommandInteraction, "data">,
  toAttachments: (files: readonly RemoteFile[]) => readonly Attachment[],
): SettingWish | undefined {
  if (data.name === commandNames.usage) return { name: "usage" };
  if (data.name === commandNames.forget) return { name: "forgetMe", sure: false };
  const [chosen] = data.options ?? [];
  if (chosen?.type !== ApplicationCommandOptionType.Subcommand) return undefined;
  const fields = readFields(chosen.options ?? [], data.resolved);
  const own = [...Object.values(settingFields), ...pictureFields];
  const options = fields.optionsBeside(own) as Readonly<Record<string, unknown>>;
  const style = fields.text(settingFields.style).trim();
  const scope: Scope =
    fields.isOn(settingFields.shared) || fields.isOn(settingFields.channel) ? "shared" : "mine";
  switch (`${data.name} ${chosen.name}`) {
    case `${commandNames.style} list`:
      return { name: "styles" };
    case `${commandNames.style} show`:
      return { name: "showStyle", style };
    case `${commandNames.style} save`: {
      const words = fields.text(settingFields.instruction);
      const instruction = withoutBars(words);
      const files = fields.files(pictureFields);
      const hidden = (hidesWords(words) || files.some(({ spoiler }) => spoiler)) && { spoiler: true };
      const attachments = toAttachments(files);
      return { name: "saveStyle", scope, style, instruction, options, attachments, ...hidden };
    }
    case `${commandNames.style} remove`:
      return { name: "removeStyle", style, scope };
    case `${commandNames.settings} show`:
      return { name: "rules" };
    case `${commandNames.settings} changes`:
      return { name: "changes" };
    case `${commandNames.defaults} show`:
      return { name: "defaults" };
    case `${commandNames.defaults} set`:
      return { name: "setDefaults", scope, options };
    case `${commandNames.defaults} reset`:
      return { name: "resetDefaults", scope };
    case `${commandNames.budget} show`:
      return { name: "budgets" };
    case `${commandNames.budget} set`:
      return { name: "setBudget", ...readBudget(chosen.options ?? [], data.resolved) };
    case `${commandNames.budget} remove`:
      return { name: "removeBudget", of: readBudget(chosen.options ?? [], data.resolved).of };
    default:
      return undefined;
  }
}
