import {
  type APIApplicationCommandInteraction,
  type APIChatInputApplicationCommandInteraction,
  type APIMessageApplicationCommandInteraction,
  ApplicationCommandType,
} from "discord.js";
import { actions, describe } from "../../../src/seam/actions.ts";
import type { Handle } from "../../../src/seam/core.ts";
import type { Prompt } from "../../../src/seam/turn.ts";
import { commandNames } from "../forms/commands.ts";
import type { Channels } from "../live/channels.ts";
import type { Stage } from "../live/stage.ts";
import { type Cover, createCover } from "../live/venue.ts";
import { isReachable, placeOf, userOf } from "../live/where.ts";
import type { Answers } from "../out/answers.ts";
import { toFormId, toMessageKey } from "../wire/keys.ts";
import { isSpoiler, knownSpot, picturesOf } from "../wire/pictures.ts";
import { parseSetting } from "./settings.ts";
import type { Sight } from "./sight.ts";
import { parseDraw, targetOf } from "./turn.ts";

const unknown = "I no longer know that command. Type /draw, or mention me.";

/** Makes turns of the slash commands and of the commands on messages. */
export function createAsks(
  stage: Stage,
  answers: Answers,
  { channels, sight }: { readonly channels: Channels; readonly sight: Sight },
  handle: Handle,
): (interaction: APIApplicationCommandInteraction) => Promise<void> {
  const { files, seen } = stage;

  async function prompt(
    interaction: APIApplicationCommandInteraction,
    shown: { readonly private: boolean; readonly spoiler: boolean; readonly words: string },
    asked: Pick<Prompt, "text" | "options" | "attachments" | "mustDraw">,
  ): Promise<void> {
    const cover = createCover(shown.spoiler);
    const answer = await answers.open(interaction, { ...shown, cover });
    if (!answer) return;
    const { thread, reply } = answer;
    const [user, place] = [userOf(interaction), placeOf(interaction)];
    const looking = isReachable(interaction) && { inView: inView(interaction, cover, answer.private) };
    await handle(
      {
        kind: "prompt",
        thread,
        user,
        place,
        ...asked,
        addressed: true,
        ...looking,
        ...(shown.spoiler && { spoiler: true }),
      },
      reply,
    );
  }

  /** What a command sees in a thread, or in a direct message, as far as the bot sees it. */
  function inView(
    { channel }: APIApplicationCommandInteraction,
    cover: Cover,
    aside = false,
  ): NonNullable<Prompt["inView"]> {
    return async (signal) => {
      const where = await channels.find(channel.id).catch(() => undefined);
      if (!where || where.kind === "channel") return [];
      return sight.inView({ where, channelId: channel.id, cover, outright: true, aside }, signal);
    };
  }

  async function draw(interaction: APIChatInputApplicationCommandInteraction): Promise<void> {
    const { references, masks, text, options, ...shown } = parseDraw(interaction);
    const attachments = files.toAttachments(references, masks);
    const asked = { text, options, attachments, mustDraw: true };
    await prompt(interaction, { ...shown, words: text }, asked);
  }

  async function onMessage(interaction: APIMessageApplicationCommandInteraction): Promise<void> {
    const { name } = interaction.data;
    const target = targetOf(interaction);
    const form =
      name === commandNames.edit ? "edit" : name === commandNames.reference ? "reference" : undefined;
    if (!target || (!form && name !== commandNames.describe)) return answers.say(interaction, unknown);
    const pictures = picturesOf(target);
    const ours = target.author.id === interaction.application_id;
    if (pictures.length === 0 && !(ours && form === "edit"))
      return answers.say(interaction, describe.nothing);
    const spot = ours ? knownSpot(target) : { channelId: target.channel_id, messageId: target.id };
    seen.set(toMessageKey(spot), pictures);
    const spoiler = isSpoiler(target);
    if (form) {
      const customId = toFormId({ form, spot, opened: interaction.id, spoiler });
      return answers.ask(interaction, actions[form].form, customId);
    }
    await prompt(
      interaction,
      { private: false, spoiler, words: commandNames.describe },
      { text: describe.words, options: { action: "answer" }, attachments: files.toAttachments(pictures, []) },
    );
  }

  async function set(interaction: APIChatInputApplicationCommandInteraction): Promise<void> {
    const wish = parseSetting(interaction, (references) => files.toAttachments(references, []));
    if (!wish) return answers.say(interaction, unknown);
    const answer = await answers.open(interaction, { private: true, spoiler: false });
    if (!answer) return;
    const [user, place] = [userOf(interaction), placeOf(interaction)];
    await handle({ kind: "setting", user, place, wish }, answer.reply);
  }

  return async (interaction) => {
    const { data } = interaction;
    if (data.type === ApplicationCommandType.ChatInput) {
      const slash = interaction as APIChatInputApplicationCommandInteraction; // its type has just been looked at
      if (data.name === commandNames.draw) return draw(slash);
      return set(slash);
    }
    if (data.type === ApplicationCommandType.Message) {
      return onMessage(interaction as APIMessageApplicationCommandInteraction);
    }
    return answers.say(interaction, unknown);
  };
}
