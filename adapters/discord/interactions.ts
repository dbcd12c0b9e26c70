import {
  type APIApplicationCommandAutocompleteInteraction,
  type APIApplicationCommandInteraction,
  type APIInteraction,
  type APIMessageApplicationCommandInteraction,
  type APIMessageComponentInteraction,
  type APIModalSubmitInteraction,
  ApplicationCommandType,
  InteractionResponseType,
  InteractionType,
  MessageFlags,
} from "discord.js";
import { type ActionName, action, actions } from "../../src/actions.ts";
import type { Attachment, Handle } from "../../src/adapter.ts";
import { optionSpecs } from "../../src/options.ts";
import type { Answers } from "./answers.ts";
import { commandNames } from "./commands.ts";
import { parseSubmission, referenceForm, toModal } from "./forms.ts";
import {
  type FormId,
  parseButtonId,
  parseFormId,
  type Spot,
  showButtonId,
  toFormId,
  toMessageKey,
  toThreadKey,
} from "./keys.ts";
import { toImageLimits } from "./limits.ts";
import { isPrivate, isSpoiler, picturesOf, type RemoteFile, toRemoteFile } from "./pictures.ts";
import { createReply } from "./reply.ts";
import { suggest } from "./sizes.ts";
import { createOnce, type Stage } from "./stage.ts";
import { parseDraw, parseTyped, targetOf, toWhere, userOf } from "./turn.ts";
import { toLine } from "./view.ts";

/** Which presses get a message of their own. The others change something that is there, or tell the asker a line. */
const draws: Readonly<Record<ActionName, boolean>> = {
  pick1: false,
  pick2: false,
  pick3: false,
  pick4: false,
  cancel: false,
  edit: true,
  vary: true,
  redo: true,
  rephrase: true,
  undo: false,
  details: false,
  delete: false,
};

const describeWords =
  "Describe this picture in words, so that it could be drawn again from them. Do not draw.";
const noPicture = "I see no picture in that message.";
const unknown = "I no longer know that command. Type /draw, or mention me.";
const sentAlready = "You have sent this form already, and I am at work on it.";

/** Acknowledges an interaction, makes a turn of it and hands it over. */
export function createInteractions(
  stage: Stage,
  answers: Answers,
  handle: Handle,
  recall: (spot: Spot) => Promise<readonly Attachment[]>,
): (interaction: APIInteraction) => Promise<void> {
  const { send, files, tokens, live, seen, promptOf, now } = stage;
  const isFirst = createOnce(2000);
  const isNewForm = createOnce(2000);

  /** The only answer to an interaction: a line for the one who made it. */
  async function say(interaction: APIInteraction, words: string): Promise<void> {
    const { flags, ...body } = toLine(words).body;
    await send.respond(interaction, {
      type: InteractionResponseType.ChannelMessageWithSource,
      data: { ...body, flags: flags | MessageFlags.Ephemeral } as never, // the library's type has mutable lists
    });
  }

  function toAttachments(
    references: readonly RemoteFile[],
    masks: readonly RemoteFile[],
  ): readonly Attachment[] {
    return [
      ...references.map((file) => files.toAttachment(file)),
      ...masks.map((file) => files.toAttachment(file, { role: "mask" })),
    ];
  }

  async function command(interaction: APIApplicationCommandInteraction): Promise<void> {
    const { data } = interaction;
    if (data.type === ApplicationCommandType.ChatInput && data.name === commandNames.draw) {
      return draw(interaction as Parameters<typeof draw>[0]); // its type has just been looked at
    }
    if (data.type === ApplicationCommandType.Message) {
      return onMessage(interaction as APIMessageApplicationCommandInteraction);
    }
    return say(interaction, unknown);
  }

  async function draw(interaction: Parameters<typeof parseDraw>[0]): Promise<void> {
    const asked = parseDraw(interaction);
    const { text, options } = asked;
    const answer = await answers.open(interaction, { ...asked, words: text });
    if (!answer) return;
    await handle(
      {
        kind: "prompt",
        thread: answer.thread,
        user: userOf(interaction),
        text,
        options,
        attachments: toAttachments(asked.references, asked.masks),
        addressed: true,
      },
      answer.reply,
    );
  }

  async function onMessage(interaction: APIMessageApplicationCommandInteraction): Promise<void> {
    const { name } = interaction.data;
    const target = targetOf(interaction);
    const form =
      name === commandNames.edit ? "edit" : name === commandNames.reference ? "reference" : undefined;
    if (!target || (!form && name !== commandNames.describe)) return say(interaction, unknown);
    const pictures = picturesOf(target);
    const ours = target.author.id === interaction.application_id;
    if (pictures.length === 0 && !(ours && form === "edit")) return say(interaction, noPicture);
    const spot = { channelId: target.channel_id, messageId: target.id };
    seen.set(toMessageKey(spot), pictures);
    const spoiler = isSpoiler(target);
    if (form) {
      const customId = toFormId({ form, spot, opened: interaction.id, spoiler });
      return ask(interaction, form === "edit" ? actions.edit.form : referenceForm, customId);
    }
    const answer = await answers.open(interaction, { private: false, spoiler, words: commandNames.describe });
    if (!answer) return;
    await handle(
      {
        kind: "prompt",
        thread: answer.thread,
        user: userOf(interaction),
        text: describeWords,
        options: {},
        attachments: toAttachments(pictures, []),
        addressed: true,
      },
      answer.reply,
    );
  }

  async function ask(
    interaction: APIInteraction,
    form: Parameters<typeof toModal>[0],
    customId: string,
    words?: string,
  ): Promise<void> {
    await send.respond(interaction, {
      type: InteractionResponseType.Modal,
      data: toModal(form, customId, words),
    });
  }

  async function press(interaction: APIMessageComponentInteraction): Promise<void> {
    const { message, token, channel } = interaction;
    const customId = interaction.data.custom_id;
    const button = parseButtonId(customId);
    const spot = { channelId: message.channel_id, messageId: button?.stands ?? message.id };
    const key = toMessageKey(spot);
    if (customId === showButtonId) return wake(interaction, key);
    if (!button) return say(interaction, "I no longer know that button. Mention me and say what to do.");
    const pictures = picturesOf(message);
    if (pictures.length > 0) seen.set(key, pictures);
    const spoiler = button.spoiler || isSpoiler(message);
    const { action: name } = button;
    const { form } = action(name);
    if (form) {
      const words = form.prefill ? await promptOf(key) : undefined;
      return ask(interaction, form, toFormId({ form: name, spot, opened: interaction.id, spoiler }), words);
    }
    const hidden = isPrivate(message);
    const user = userOf(interaction);
    if (draws[name]) {
      const answer = await answers.open(interaction, { private: hidden, spoiler, continues: spot });
      if (!answer) return;
      return handle({ kind: "press", thread: answer.thread, user, action: name, message: key }, answer.reply);
    }
    await wake(interaction, key);
    const reply = createReply(stage, {
      channelId: spot.channelId,
      token,
      reachable: false,
      private: hidden,
      spoiler,
      limits: toImageLimits(interaction.attachment_size_limit),
    });
    const thread = toThreadKey(toWhere(channel.type).kind === "channel" ? spot.messageId : channel.id);
    await handle({ kind: "press", thread, user, action: name, message: key }, reply);
  }

  /** A press under an answer brings a fresh token to change it by. */
  async function wake(
    interaction: APIMessageComponentInteraction,
    key: ReturnType<typeof toMessageKey>,
  ): Promise<void> {
    await send.respond(interaction, { type: InteractionResponseType.DeferredMessageUpdate });
    const before = tokens.get(key);
    const waiting = !before || before.until <= now();
    answers.keepToken(key, interaction.token);
    const answer = live.get(key);
    if (answer && waiting) await answer.wake();
    else if (!answer && interaction.data.custom_id === showButtonId) {
      await send.followUp(interaction.token, toLine("That one is over. Ask for it again."), true);
    }
  }

  async function submit(interaction: APIModalSubmitInteraction): Promise<void> {
    const form = parseFormId(interaction.data.custom_id);
    if (!form) return say(interaction, unknown);
    // Discord keeps a form open when our answer gets lost, and people press again.
    if (!isNewForm(form.opened)) return say(interaction, sentAlready);
    const filled = parseSubmission(interaction.data);
    const { text, options } = filled;
    const answer = await answers.open(interaction, {
      private: isPrivate(interaction.message),
      spoiler: form.spoiler,
      words: text,
      ...(interaction.message && form.form !== "reference" && { continues: form.spot }),
    });
    if (!answer) return;
    const sent = toAttachments(filled.references.map(toRemoteFile), filled.masks.map(toRemoteFile));
    const { thread, reply } = answer;
    const user = userOf(interaction);
    const { form: name } = form;
    if (name !== "reference") {
      const input = { text, options, attachments: sent };
      return handle(
        { kind: "press", thread, user, action: name, message: toMessageKey(form.spot), input },
        reply,
      );
    }
    const attachments = [...(await shownIn(form)), ...sent];
    await handle({ kind: "prompt", thread, user, text, options, attachments, addressed: true }, reply);
  }

  async function shownIn({ spot }: FormId): Promise<readonly Attachment[]> {
    const known = seen.get(toMessageKey(spot));
    return known ? known.map((file) => files.toAttachment(file)) : recall(spot);
  }

  async function complete(interaction: APIApplicationCommandAutocompleteInteraction): Promise<void> {
    const { name, typed } = parseTyped(interaction);
    const spec = optionSpecs.find((one) => one.name === name);
    await send.respond(interaction, {
      type: InteractionResponseType.ApplicationCommandAutocompleteResult,
      data: { choices: spec ? suggest(spec, typed) : [] },
    });
  }

  return async (interaction) => {
    if (!isFirst(interaction.id)) return;
    switch (interaction.type) {
      case InteractionType.ApplicationCommand:
        return command(interaction);
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
