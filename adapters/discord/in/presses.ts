import {
  type APIMessageComponentInteraction,
  type APIModalSubmitInteraction,
  InteractionResponseType,
} from "discord.js";
import { action } from "../../../src/seam/actions.ts";
import { createBounded } from "../../../src/seam/bounded.ts";
import type { Handle } from "../../../src/seam/core.ts";
import type { MessageKey } from "../../../src/seam/turn.ts";
import { parseSubmission } from "../forms/forms.ts";
import type { Stage } from "../live/stage.ts";
import { isReachable, placeOf, toWhere, userOf } from "../live/where.ts";
import type { Answers } from "../out/answers.ts";
import { createReply } from "../out/reply.ts";
import { toLine } from "../out/view.ts";
import {
  parseButtonId,
  parseFormId,
  showButtonId,
  toFormId,
  toMessageKey,
  toThreadKey,
} from "../wire/keys.ts";
import { toImageLimits } from "../wire/limits.ts";
import { isPrivate, isSpoiler, picturesOf, toRemoteFile } from "../wire/pictures.ts";
import { hidesWords, withoutBars } from "../wire/words.ts";

/** What is done with the buttons under pictures, and with the forms they open. */
export interface Presses {
  press(interaction: APIMessageComponentInteraction): Promise<void>;
  submit(interaction: APIModalSubmitInteraction): Promise<void>;
}

const unknownButton = "I no longer know that button. Mention me and say what to do.";
const unknownForm = "I no longer know that form. Mention me and say what to do.";
const sentAlready = "You have sent this form already, and I am at work on it.";
const overLine = "That one is over. Ask for it again.";

export function createPresses(stage: Stage, answers: Answers, handle: Handle): Presses {
  const { send, files, tokens, live, seen, promptOf, now } = stage;
  /** Forms that were sent, by the interaction that opened them. */
  const submitted = createBounded<string, true>(2000);

  /** A press under an answer brings a fresh token to change it by. */
  async function wake(
    interaction: APIMessageComponentInteraction,
    key: MessageKey,
    shown: { readonly private: boolean; readonly spoiler: boolean },
  ): Promise<void> {
    await send.respond(interaction, { type: InteractionResponseType.DeferredMessageUpdate });
    const before = tokens.get(key);
    const waiting = !before || before.until <= now();
    answers.keepToken(key, interaction, shown);
    const answer = live.get(key);
    if (answer && waiting) await answer.wake(shown.spoiler);
    else if (!answer && interaction.data.custom_id === showButtonId) {
      await send.followUp(interaction.token, toLine(overLine), true);
    }
  }

  return {
    async press(interaction: APIMessageComponentInteraction): Promise<void> {
      const { message, token, channel } = interaction;
      const customId = interaction.data.custom_id;
      const button = parseButtonId(customId);
      const spot = { channelId: message.channel_id, messageId: button?.stands ?? message.id };
      const key = toMessageKey(spot);
      if (button?.stands && isReachable(interaction)) {
        stage.moved.set(key, { channelId: spot.channelId, messageId: message.id });
      }
      const hidden = isPrivate(message);
      if (customId === showButtonId) {
        return wake(interaction, key, { private: hidden, spoiler: isSpoiler(message) });
      }
      if (!button) return answers.say(interaction, unknownButton);
      const pictures = picturesOf(message);
      if (pictures.length > 0) seen.set(key, pictures);
      const spoiler = button.spoiler || isSpoiler(message);
      const { action: name } = button;
      const { form, draws } = action(name);
      if (form) {
        const words = form.prefill ? await promptOf(key) : undefined;
        return answers.ask(
          interaction,
          form,
          toFormId({ form: name, spot, opened: interaction.id, spoiler }),
          words,
        );
      }
      const press = { kind: "press", user: userOf(interaction), place: placeOf(interaction) } as const;
      if (draws) {
        const answer = await answers.open(interaction, { private: hidden, spoiler, continues: spot });
        if (!answer) return;
        return handle({ ...press, thread: answer.thread, action: name, message: key }, answer.reply);
      }
      await wake(interaction, key, { private: hidden, spoiler });
      const reply = createReply(stage, {
        channelId: spot.channelId,
        token,
        reachable: false,
        private: hidden,
        spoiler,
        limits: toImageLimits(interaction.attachment_size_limit),
      });
      const isOfItsOwn = hidden || toWhere(channel.type).kind === "channel";
      const thread = toThreadKey(isOfItsOwn ? spot.messageId : channel.id);
      await handle({ ...press, thread, action: name, message: key }, reply);
    },

    async submit(interaction: APIModalSubmitInteraction): Promise<void> {
      const form = parseFormId(interaction.data.custom_id);
      if (!form) return answers.say(interaction, unknownForm);
      if (submitted.has(form.opened)) return answers.say(interaction, sentAlready);
      submitted.set(form.opened, true);
      const filled = parseSubmission(interaction.data);
      const { options } = filled;
      const text = withoutBars(filled.text);
      const [references, masks] = [filled.references.map(toRemoteFile), filled.masks.map(toRemoteFile)];
      const isHidden = hidesWords(filled.text) || [...references, ...masks].some((file) => file.spoiler);
      const answer = await answers.open(interaction, {
        private: isPrivate(interaction.message),
        spoiler: form.spoiler || isHidden,
        words: text,
        ...(interaction.message && form.form !== "reference" && { continues: form.spot }),
      });
      if (!answer) {
        submitted.delete(form.opened); // Discord leaves the form open, for another try
        return;
      }
      const attachments = files.toAttachments(references, masks);
      await handle(
        {
          kind: "press",
          thread: answer.thread,
          user: userOf(interaction),
          place: placeOf(interaction),
          action: form.form,
          message: toMessageKey(form.spot),
          input: { text, options, attachments },
        },
        answer.reply,
      );
    },
  };
}
