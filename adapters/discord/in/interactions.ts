import {
  type APIApplicationCommandAutocompleteInteraction,
  type APIChatInputApplicationCommandInteraction,
  type APIInteraction,
  type APIInteractionResponse,
  ApplicationCommandType,
  InteractionResponseType,
  InteractionType,
} from "discord.js";
import { createOnce } from "../../../src/seam/bounded.ts";
import type { Core } from "../../../src/seam/core.ts";
import { suggestFor } from "../forms/suggestions.ts";
import type { Door } from "../live/access.ts";
import type { Channels } from "../live/channels.ts";
import type { Stage } from "../live/stage.ts";
import { placeOf, userOf } from "../live/where.ts";
import type { Answers } from "../out/answers.ts";
import { createAsks } from "./asks.ts";
import { createAttendTo } from "./attend.ts";
import { createPresses } from "./presses.ts";
import { createRuleForms } from "./rule-forms.ts";
import type { Sight } from "./sight.ts";
import { parseTyped } from "./turn.ts";

const nothingToChoose = {
  type: InteractionResponseType.ApplicationCommandAutocompleteResult,
  data: { choices: [] },
} as const satisfies APIInteractionResponse;

/** `again`: it was noted before, and may have been acknowledged. */
export type Interactions = (interaction: APIInteraction, again?: boolean) => Promise<void>;

/**
 * Notes each interaction, acknowledges it, makes a turn of it and hands it over. Once however often it comes: what needs
 * no note is known for a while here.
 */
export function createInteractions(
  stage: Stage,
  answers: Answers,
  view: { readonly channels: Channels; readonly sight: Sight; readonly door: Door },
  { handle, note, styles, rules }: Core,
): Interactions {
  const isFirst = createOnce(2000);
  const by = { handle, attendTo: createAttendTo(stage, answers, note) };
  const ask = createAsks(stage, answers, view, by);
  const { press, submit } = createPresses(stage, answers, by);
  const ruleForms = createRuleForms(stage, answers, { ...by, rules });

  async function complete(interaction: APIApplicationCommandAutocompleteInteraction): Promise<void> {
    const [user, place] = [userOf(interaction), placeOf(interaction)];
    const choices = await suggestFor(parseTyped(interaction), { styles, user, place });
    await stage.send.respond(interaction, {
      type: InteractionResponseType.ApplicationCommandAutocompleteResult,
      data: { choices: [...choices] },
    });
  }

  /** Those who may not use it here are told so alone, as every interaction is answered; nothing is noted of it. */
  async function turnAway(interaction: APIInteraction, words: string): Promise<void> {
    if (interaction.type === InteractionType.ApplicationCommandAutocomplete) {
      await stage.send.respond(interaction, nothingToChoose);
      return;
    }
    await answers.refuse(interaction, words);
  }

  return async (interaction, again = false) => {
    if (!again && !isFirst(interaction.id)) return;
    if (interaction.type === InteractionType.Ping) return;
    const refusal = view.door.refusalAt(placeOf(interaction));
    if (refusal !== undefined) return turnAway(interaction, refusal);
    switch (interaction.type) {
      case InteractionType.ApplicationCommand: {
        const { data } = interaction;
        const isSlash = data.type === ApplicationCommandType.ChatInput;
        if (isSlash && (await ruleForms.open(interaction as APIChatInputApplicationCommandInteraction)))
          return;
        return ask(interaction, again);
      }
      case InteractionType.ApplicationCommandAutocomplete:
        return complete(interaction);
      case InteractionType.MessageComponent:
        return press(interaction, again);
      case InteractionType.ModalSubmit:
        if (await ruleForms.submit(interaction, again)) return;
        return submit(interaction, again);
    }
  };
}
