import {
  type APIMessageComponentInteraction,
  type APIModalSubmitInteraction,
  InteractionResponseType,
} from "discord.js";
import { type ActionName, action } from "../../../src/seam/actions.ts";
import { createBounded } from "../../../src/seam/bounded.ts";
import type { Handle } from "../../../src/seam/core.ts";
import type { MessageKey } from "../../../src/seam/turn.ts";
import { parseSubmission } from "../forms/forms.ts";
import { isGood, type Stage } from "../live/stage.ts";
import { isReachable, placeOf, toWhere, userOf } from "../live/where.ts";
import type { Answers } from "../out/answers.ts";
import { createReply } from "../out/reply.ts";
import { toLine } from "../out/view.ts";
import {
  type ButtonId,
  isOurForm,
  parseButtonId,
  parseFormId,
  showButtonId,
  timeOf,
  toEventKey,
  toFormId,
  toMessageKey,
  toThreadKey,
} from "../wire/keys.ts";
import { toImageLimits } from "../wire/limits.ts";
import { isPrivate, isShownBy, isSpoiler, picturesOf, toRemoteFile } from "../wire/pictures.ts";
import { toLogged, toTrouble } from "../wire/trouble.ts";
import { hidesWords, withoutBars } from "../wire/words.ts";
import { type AttendTo, handOver } from "./attend.ts";

/** What is done with the buttons under pictures, and with the forms they open. */
export interface Presses {
  /** `again`: it was noted before, and may have been acknowledged. */
  press(interaction: APIMessageComponentInteraction, again: boolean): Promise<void>;
  submit(interaction: APIModalSubmitInteraction, again: boolean): Promise<void>;
}

const unknownButton = "I no longer know that button. Mention me and say what to do.";
const unknownForm = "I no longer know that form. Mention me and say what to do.";
const sentAlready = "You have sent this form already, and I am at work on it.";
const overLine = "I am not at work on that one. If nothing comes within a minute, ask for it again.";

export function createPresses(
  stage: Stage,
  answers: Answers,
  by: { readonly handle: Handle; readonly attendTo: AttendTo },
): Presses {
  const { send, files, tokens, live, seen, promptOf, rulesAt, seal, now, log } = stage;
  const { handle, attendTo } = by;
  /** Forms that were sent, by the interaction that opened them. */
  const submitted = createBounded<string, true>(2000);

  /** A press under an answer brings a fresh token to change it by. False: Discord has told the person that it failed. */
  async function wake(
    interaction: APIMessageComponentInteraction,
    key: MessageKey,
    shown: { readonly private: boolean; readonly spoiler: boolean },
  ): Promise<boolean> {
    try {
      await send.respond(interaction, { type: InteractionResponseType.DeferredMessageUpdate });
    } catch (error) {
      if (toTrouble(error) !== "expired") throw error;
      log.warn({ interaction: interaction.id, error: toLogged(error) }, "discord.late");
      return false;
    }
    const waiting = !isGood(tokens.get(key), now());
    answers.keepToken(key, interaction, shown);
    const answer = live.get(key);
    if (answer && waiting) await answer.wake(shown.spoiler);
    else if (!answer && interaction.data.custom_id === showButtonId) {
      await send.followUp(interaction.token, toLine(overLine), true);
    }
    return true;
  }

  /** What is seen under a message is good for another process too: all of it comes with the press. */
  function toPressed(interaction: APIMessageComponentInteraction, button: ButtonId | undefined) {
    const { message } = interaction;
    const channelId = button?.from ?? message.channel_id;
    const spot = { channelId, messageId: button?.stands ?? message.id };
    const key = toMessageKey(spot);
    if (button?.stands && isReachable(interaction)) {
      stage.moved.set(key, { channelId: message.channel_id, messageId: message.id });
    }
    const pictures = picturesOf(message);
    if (pictures.length > 0) seen.set(key, pictures);
    const spoiler = button?.spoiler || isSpoiler(message);
    return { spot, key, private: isPrivate(message), spoiler };
  }

  type Pressed = ReturnType<typeof toPressed> & { readonly action: ActionName };

  /** A turn of its own. */
  async function draw(interaction: APIMessageComponentInteraction, pressed: Pressed, again: boolean) {
    const { spot, key, action, spoiler } = pressed;
    const wish = { private: pressed.private, spoiler, continues: spot, again };
    const answer = await answers.open(interaction, wish);
    if (!answer) return;
    const press = { ...toPress(interaction), thread: answer.thread, action, message: key };
    await handOver(handle, press, answer.reply);
  }

  /** Changes the answer that is there, or says something of it to the one who pressed. */
  async function change(interaction: APIMessageComponentInteraction, pressed: Pressed) {
    const { spot, key, action, spoiler } = pressed;
    const { token, channel } = interaction;
    const hidden = pressed.private;
    if (!(await wake(interaction, key, { private: hidden, spoiler }))) return;
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
    await handle({ ...toPress(interaction), thread, action, message: key }, reply);
  }

  function toPress(interaction: APIMessageComponentInteraction) {
    const event = toEventKey("interaction", interaction.id);
    return { kind: "press", event, user: userOf(interaction), place: placeOf(interaction) } as const;
  }

  return {
    async press(interaction, again) {
      const customId = interaction.data.custom_id;
      // It may name another message: it is believed where it stands on one of ours.
      if (!isShownBy(interaction.message, customId, stage.me)) return answers.say(interaction, unknownButton);
      const button = parseButtonId(customId);
      const pressed = toPressed(interaction, button);
      const { spot, key, spoiler } = pressed;
      if (customId === showButtonId) {
        await wake(interaction, key, { private: pressed.private, spoiler });
        return;
      }
      if (!button) return answers.say(interaction, unknownButton);
      const { action: name } = button;
      const { form, draws } = action(name);
      if (form) {
        const [words, rules] = await Promise.all([
          form.prefill ? promptOf(key) : undefined,
          rulesAt(placeOf(interaction)),
        ]);
        const id = { form: name, spot, opened: interaction.id, spoiler };
        const customId = toFormId(id, userOf(interaction).id, seal);
        return answers.ask(interaction, form, customId, { words, rules });
      }
      const of = { ...pressed, action: name };
      if (!draws) return attendTo(interaction, { again, passing: true, work: () => change(interaction, of) });
      await attendTo(interaction, {
        again,
        draws: { private: of.private, continues: of.spot },
        work: (again) => draw(interaction, of, again),
        click: {
          of: `${interaction.message.id} ${name} ${userOf(interaction).id}`,
          at: timeOf(interaction.id),
        },
      });
    },

    async submit(interaction, again) {
      const customId = interaction.data.custom_id;
      const form = parseFormId(customId);
      // What was noted has been looked at before.
      const isOurs = again || isOurForm(customId, userOf(interaction).id, seal);
      if (!form || !isOurs) return answers.say(interaction, unknownForm);
      if (!again && submitted.has(form.opened)) return answers.say(interaction, sentAlready);
      submitted.set(form.opened, true);
      // Discord leaves the form open, for another try.
      const reopen = () => void submitted.delete(form.opened);
      const filled = parseSubmission(interaction.data);
      const { options } = filled;
      const text = withoutBars(filled.text);
      const [references, masks] = [filled.references.map(toRemoteFile), filled.masks.map(toRemoteFile)];
      const isHidden = hidesWords(filled.text) || [...references, ...masks].some((file) => file.spoiler);
      const draws = {
        private: isPrivate(interaction.message),
        ...(interaction.message && form.form !== "reference" && { continues: form.spot }),
      };
      const work = async (again: boolean) => {
        const shown = { spoiler: form.spoiler || isHidden, words: text, again };
        const answer = await answers.open(interaction, { ...draws, ...shown });
        if (!answer) return reopen();
        const attachments = files.toAttachments(references, masks);
        const press = {
          kind: "press",
          event: toEventKey("interaction", interaction.id),
          thread: answer.thread,
          user: userOf(interaction),
          place: placeOf(interaction),
          action: form.form,
          message: toMessageKey(form.spot),
          input: { text, options, attachments },
        } as const;
        await handOver(handle, press, answer.reply);
      };
      await attendTo(interaction, { again, draws, work, onLost: reopen });
    },
  };
}
