import {
  type APIApplicationCommandAutocompleteInteraction,
  type APIInteraction,
  InteractionResponseType,
  InteractionType,
} from "discord.js";
import { createOnce } from "../../../src/seam/bounded.ts";
import type { Core } from "../../../src/seam/core.ts";
import { suggestFor } from "../forms/suggestions.ts";
import type { Channels } from "../live/channels.ts";
import type { Stage } from "../live/stage.ts";
import { placeOf, userOf } from "../live/where.ts";
import type { Answers } from "../out/answers.ts";
import { createAsks } from "./asks.ts";
import { createPresses } from "./presses.ts";
import type { Sight } from "./sight.ts";
import { parseTyped } from "./turn.ts";

/** Acknowledges each interaction, once however often it comes, makes a turn of it and hands it over. */
export function createInteractions(
  stage: Stage,
  answers: Answers,
  view: { readonly channels: Channels; readonly sight: Sight },
  { handle, styles }: Core,
): (interaction: APIInteraction) => Promise<void> {
  const isFirst = createOnce(2000);
  const ask = createAsks(stage, answers, view, handle);
  const { press, submit } = createPresses(stage, answers, handle);

  async function complete(interaction: APIApplicationCommandAutocompleteInteraction): Promise<void> {
    const [user, place] = [userOf(interaction), placeOf(interaction)];
    const choices = await suggestFor(parseTyped(interaction), { styles, user, place });
    await stage.send.respond(interaction, {
      type: InteractionResponseType.ApplicationCommandAutocompleteResult,
      data: { choices: [...choices] },
    });
  }

  return async (interaction) => {
    if (!isFirst(interaction.id)) return;
    switch (interaction.type) {
      case InteractionType.ApplicationCommand:
        return ask(interaction);
      case InteractionType.ApplicationCommandAutocomplete:
        return complete(interaction);
      case InteractionType.MessageComponent:
        return press(interaction);
      case InteractionType.ModalSubmit:
        return submit(interaction);
      case InteractionType.Ping:
        return;
    }
  };
}
