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
import { toEventKey, toFormId, toMessageKey } from "../wire/keys.ts";
import { isSpoiler, knownSpot, picturesOf } from "../wire/pictures.ts";
import { type AttendTo, handOver } from "./attend.ts";
import { parseSetting } from "./settings.ts";
import type { Sight } from "./sight.ts";
import { parseDraw, targetOf } from "./turn.ts";

const unknown = "I no longer know that command. Type /draw, or mention me.";

/** `again`: it was noted before, and may have been acknowledged. */
export type Asks = (interaction: APIApplicationCommandInteraction, again: boolean) => Promise<void>;

/** Makes turns of the slash commands and of the commands on messages. */
export function createAsks(
  stage: Stage,
  answers: Answers,
  { channels, sight }: { readonly channels: Channels; readonly sight: Sight },
  by: { readonly handle: Handle; readonly attendTo: AttendTo },
): Asks {
  const { files, seen } = stage;
  const { handle, attendTo } = by;

  async function prompt(
    interaction: APIApplicationCommandInteraction,
    shown: {
      readonly private: boolean;
      readonly spoiler: boolean;
      readonly words: string;
      readonly again: boolean;
    },
    asked: Pick<Prompt, "text" | "options" | "attachments" | "mustDraw">,
  ): Promise<void> {
    const cover = createCover(shown.spoiler);
    const answer = await answers.open(interaction, { ...shown, cover });
    if (!answer) return;
    const { thread, reply } = answer;
    const [user, place] = [userOf(interaction), placeOf(interaction)];
    const looking = isReachable(interaction) && { inView: inView(interaction, cover, answer.private) };
    await handOver(
      handle,
      {
        kind: "prompt",
        event: toEventKey("interaction", interaction.id),
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

  async function draw(interaction: APIChatInputApplicationCommandInteraction, again: boolean): Promise<void> {
    const { references, masks, text, options, ...shown } = parseDraw(interaction);
    const attachments = files.toAttachments(references, masks);
    const asked = { text, options, attachments, mustDraw: true };
    await prompt(interaction, { ...shown, words: text, again }, asked);
  }

  async function onMessage(
    interaction: APIMessageApplicationCommandInteraction,
    again: boolean,
  ): Promise<void> {
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
      const id = { form, spot, opened: interaction.id, spoiler } as const;
      const customId = toFormId(id, userOf(interaction).id, stage.seal);
      const rules = await stage.rulesAt(placeOf(interaction));
      return answers.ask(interaction, actions[form].form, customId, { rules });
    }
    const attachments = sight.toAttachments({ channelId: target.channel_id, messageId: target.id }, pictures);
    await attendTo(interaction, {
      again,
      draws: { private: false },
      work: (again) =>
        prompt(
          interaction,
          { private: false, spoiler, words: commandNames.describe, again },
          { text: describe.words, options: { action: "answer" }, attachments },
        ),
    });
  }

  async function set(interaction: APIChatInputApplicationCommandInteraction, again: boolean): Promise<void> {
    const wish = parseSetting(interaction, (references) => files.toAttachments(references, []));
    if (!wish) return answers.say(interaction, unknown);
    const answer = await answers.open(interaction, { private: true, spoiler: false, again });
    if (!answer) return;
    const [user, place] = [userOf(interaction), placeOf(interaction)];
    await handle({ kind: "setting", user, place, wish }, answer.reply);
  }

  return async (interaction, again) => {
    const { data } = interaction;
    if (data.type === ApplicationCommandType.ChatInput) {
      const slash = interaction as APIChatInputApplicationCommandInteraction; // its type has just been looked at
      if (data.name !== commandNames.draw)
        return attendTo(interaction, { again, work: (again) => set(slash, again) });
      const draws = parseDraw(slash);
      return attendTo(interaction, { again, draws, work: (again) => draw(slash, again) });
    }
    if (data.type === ApplicationCommandType.Message) {
      return onMessage(interaction as APIMessageApplicationCommandInteraction, again);
    }
    return answers.say(interaction, unknown);
  };
}
