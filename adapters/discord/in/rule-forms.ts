import {
  type APIChatInputApplicationCommandInteraction,
  type APIModalSubmitInteraction,
  ApplicationCommandOptionType,
  InteractionResponseType,
} from "discord.js";
import type { Core } from "../../../src/seam/core.ts";
import { ruleSpecOf } from "../../../src/seam/rules.ts";
import { withTimeout } from "../../../src/seam/timeout.ts";
import { commandNames, ruleFields } from "../forms/commands.ts";
import { readFields } from "../forms/fields.ts";
import { parseRule, toRuleModal } from "../forms/rule-form.ts";
import type { Stage } from "../live/stage.ts";
import { placeOf, userOf } from "../live/where.ts";
import type { Answers } from "../out/answers.ts";
import { isOurForm, parseRuleFormId, toRuleFormId } from "../wire/keys.ts";
import { suggestMs } from "../wire/limits.ts";
import type { AttendTo } from "./attend.ts";

/** The forms in which an admin lays rules down. */
export interface RuleForms {
  /** Answers the command with the form it asks for. False: it asks for none. */
  open(interaction: APIChatInputApplicationCommandInteraction): Promise<boolean>;
  /** Takes what was filled in. False: it is no form of these. `again`: as of `Presses`. */
  submit(interaction: APIModalSubmitInteraction, again: boolean): Promise<boolean>;
}

const notAdmin = "Only members who may manage this server can change its settings.";
const tooSlow = "My memory is too slow to say what is laid down. Try again in a minute.";
const wholeOnly = "That holds for the whole server. Choose it again, without “channel”.";
const unknown = "I no longer know that form. Type /settings change again.";

export function createRuleForms(
  stage: Stage,
  answers: Answers,
  by: Pick<Core, "handle" | "rules"> & { readonly attendTo: AttendTo },
): RuleForms {
  const { send, seal } = stage;
  const { handle, rules, attendTo } = by;

  return {
    async open(interaction) {
      const [chosen] = interaction.data.options ?? [];
      if (interaction.data.name !== commandNames.settings || chosen?.name !== "change") return false;
      if (chosen.type !== ApplicationCommandOptionType.Subcommand) return false;
      const fields = readFields(chosen.options ?? [], undefined);
      const spec = ruleSpecOf(fields.text(ruleFields.rule));
      const [user, place] = [userOf(interaction), placeOf(interaction)];
      const scope = fields.isOn(ruleFields.channel) ? "channel" : "community";
      const say = (words: string) => answers.say(interaction, words);
      if (!user.admin) await say(notAdmin);
      else if (!spec) await say(unknown);
      else if (!spec.scopes.includes(scope)) await say(wholeOnly);
      else {
        const held = await withTimeout(rules.of(place), suggestMs).catch(() => undefined);
        if (!held) await say(tooSlow);
        else {
          const customId = toRuleFormId({ rule: spec.name, scope }, user.id, seal);
          const data = toRuleModal(spec, customId, held[scope]);
          await send.respond(interaction, { type: InteractionResponseType.Modal, data });
        }
      }
      return true;
    },

    async submit(interaction, again) {
      const { custom_id: customId } = interaction.data;
      const form = parseRuleFormId(customId);
      if (!form) return false;
      const [user, place] = [userOf(interaction), placeOf(interaction)];
      const spec = ruleSpecOf(form.rule);
      // What was noted has been looked at before.
      if (!spec || !(again || isOurForm(customId, user.id, seal))) {
        await answers.say(interaction, unknown);
        return true;
      }
      const { rule, scope } = form;
      const value = parseRule(spec, interaction.data);
      const work = async (isAgain: boolean) => {
        const answer = await answers.open(interaction, { private: true, spoiler: false, again: isAgain });
        if (!answer) return;
        const wish = { name: "setRule", rule, scope, ...(value !== undefined && { value }) } as const;
        await handle({ kind: "setting", user, place, wish }, answer.reply);
      };
      await attendTo(interaction, { again, work });
      return true;
    },
  };
}
