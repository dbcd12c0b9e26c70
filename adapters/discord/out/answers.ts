import { type APIInteraction, InteractionResponseType, MessageFlags } from "discord.js";
import type { Form } from "../../../src/seam/actions.ts";
import type { MessageKey, ThreadKey } from "../../../src/seam/turn.ts";
import type { Reply } from "../../../src/seam/view.ts";
import { toModal } from "../forms/forms.ts";
import type { Channels } from "../live/channels.ts";
import type { Stage } from "../live/stage.ts";
import type { Cover, Venue } from "../live/venue.ts";
import { isReachable, placeOf, toWhere, userOf } from "../live/where.ts";
import { type Spot, toMessageKey, toThreadKey } from "../wire/keys.ts";
import { discordLimits, toImageLimits, tokenLifeMs } from "../wire/limits.ts";
import { missingForThreads, type ThreadMode } from "../wire/permissions.ts";
import { isPrivate } from "../wire/pictures.ts";
import { toLogged, toTrouble } from "../wire/trouble.ts";
import { toThreadName } from "../wire/words.ts";
import { createReply } from "./reply.ts";
import { toLine } from "./view.ts";

/** Where an interaction is answered. */
interface Answer {
  readonly thread: ThreadKey;
  readonly reply: Reply;
  /** Only the asker sees it, whether that was wished or not. */
  readonly private?: boolean;
}

interface Wish {
  readonly private: boolean;
  readonly spoiler: boolean;
  /** The words asked with, for a thread's name; absent: those of the picture it goes on from. */
  readonly words?: string;
  /** The picture of ours that the answer goes on from. */
  readonly continues?: Spot;
  readonly cover?: Cover;
}

/** Acknowledges interactions that get a message of their own, and says where that is. */
export interface Answers {
  /** Undefined: Discord no longer takes an answer, and there is no other way to give one. */
  open(interaction: APIInteraction, wish: Wish): Promise<Answer | undefined>;
  /** The only answer to an interaction: a line for the one who made it. */
  say(interaction: APIInteraction, words: string): Promise<void>;
  /** The first answer to an interaction: a form that begins with those words. */
  ask(interaction: APIInteraction, form: Form, customId: string, words?: string): Promise<void>;
  /** Keeps the right to change a message until it runs out. */
  keepToken(message: MessageKey, interaction: APIInteraction, shown: Shown): void;
}

type Deferred = { readonly messageId: string; readonly private: boolean };

type Shown = Pick<Wish, "private" | "spoiler">;

/** `threads`: whether what goes on from a picture is answered in a thread below it. */
export function createAnswers(stage: Stage, channels: Channels, threads: ThreadMode): Answers {
  const { send, log, now, tokens } = stage;

  function keepToken(message: MessageKey, interaction: APIInteraction, shown: Shown): void {
    const { channel, token, attachment_size_limit } = interaction;
    const own = channel && toWhere(channel.type).kind !== "channel";
    tokens.set(message, {
      value: token,
      target: "@original",
      until: now() + tokenLifeMs,
      from: {
        userId: userOf(interaction).id,
        place: placeOf(interaction),
        ...(own && !shown.private && { thread: toThreadKey(channel.id) }),
        private: shown.private,
        spoiler: shown.spoiler,
        limits: toImageLimits(attachment_size_limit),
      },
    });
  }

  /** The sign that we are at work. Undefined: too late. */
  async function defer(interaction: APIInteraction, hidden: boolean): Promise<Deferred | undefined> {
    const flags = hidden ? { flags: MessageFlags.Ephemeral as const } : {};
    try {
      const answered = await send.respond(interaction, {
        type: InteractionResponseType.DeferredChannelMessageWithSource,
        data: flags,
      });
      const { response_message_id: messageId, response_message_ephemeral } = answered?.interaction ?? {};
      if (messageId) return { messageId, private: response_message_ephemeral ?? hidden };
    } catch (error) {
      const trouble = toTrouble(error);
      log.warn({ interaction: interaction.id, trouble, error: toLogged(error) }, "discord.late");
      if (trouble === "expired") return undefined;
    }
    // Discord may have taken it although we did not hear so.
    const original = await send.fetchOriginal(interaction.token).catch(() => undefined);
    return original && { messageId: original.id, private: isPrivate(original) };
  }

  async function openInThread(
    interaction: APIInteraction,
    wish: Wish,
    continues: Spot,
  ): Promise<Answer | undefined> {
    const deferred = await defer(interaction, true);
    const { token } = interaction;
    const venue = { reachable: true, private: false, spoiler: wish.spoiler, ...(deferred && { token }) };
    const thread = toThreadKey(continues.messageId);
    try {
      // A thread's name hides nothing.
      const words = wish.spoiler ? "" : (wish.words ?? (await stage.promptOf(toMessageKey(continues))) ?? "");
      const name = toThreadName(words, discordLimits.threadName);
      const channelId = await send.openThread(continues, name);
      if (deferred) {
        await send.editByToken(token, "@original", toLine(`I go on in <#${channelId}>.`)).catch(() => {});
      }
      const limits = toImageLimits(channels.uploadBytes(channelId));
      return { thread, reply: createReply(stage, { ...venue, channelId, posts: true, limits }) };
    } catch (error) {
      log.warn({ channel: continues.channelId, error: toLogged(error) }, "discord.thread.failed");
      const limits = toImageLimits(interaction.attachment_size_limit);
      const { channelId } = continues;
      if (deferred) await send.deleteByToken(token, "@original").catch(() => {});
      return { thread, reply: createReply(stage, { ...venue, channelId, posts: !deferred, limits }) };
    }
  }

  return {
    async say(interaction, words) {
      const { flags, ...body } = toLine(words).body;
      await send.respond(interaction, {
        type: InteractionResponseType.ChannelMessageWithSource,
        data: { ...body, flags: flags | MessageFlags.Ephemeral } as never, // the library's type has mutable lists
      });
    },

    async ask(interaction, form, customId, words) {
      await send.respond(interaction, {
        type: InteractionResponseType.Modal,
        data: toModal(form, customId, words),
      });
    },

    keepToken,

    async open(interaction, wish) {
      const { channel, token, app_permissions, guild_id } = interaction;
      if (!channel) throw new TypeError("an interaction without a channel");
      const where = toWhere(channel.type);
      const reachable = isReachable(interaction) && (!guild_id || channels.has(guild_id));
      const withoutThread = missingForThreads(BigInt(app_permissions));
      const forThreads = threads !== "off" && reachable && !wish.private && where.holdsThreads;
      const { continues, spoiler, cover } = wish;
      if (continues && forThreads && withoutThread.length === 0 && continues.channelId === channel.id) {
        return openInThread(interaction, wish, continues);
      }

      const deferred = await defer(interaction, wish.private);
      if (!deferred && (!reachable || wish.private)) return undefined;
      const base: Venue = {
        channelId: channel.id,
        reachable: reachable && !deferred?.private,
        private: deferred?.private ?? false,
        spoiler,
        ...(cover && { cover }),
        limits: toImageLimits(interaction.attachment_size_limit),
        ...(forThreads &&
          threads === "always" &&
          !deferred?.private &&
          toThread((!spoiler && wish.words) || "", withoutThread)),
      };
      const own = where.kind !== "channel";
      if (!deferred) {
        const thread = toThreadKey(own ? channel.id : interaction.id);
        return { thread, reply: createReply(stage, { ...base, posts: true }) };
      }
      const { messageId } = deferred;
      const key = toMessageKey({ channelId: channel.id, messageId });
      keepToken(key, interaction, { private: deferred.private, spoiler });
      return {
        // Nobody else is to go on from what is private: it is a conversation of its own.
        thread: toThreadKey(own && !deferred.private ? channel.id : messageId),
        reply: createReply(stage, { ...base, messageId, token, blank: true }),
        private: deferred.private,
      };
    },
  };
}

/** A thread on the finished picture, or a line that says what is missing for it. */
export function toThread(words: string, missing: readonly string[]): Pick<Venue, "threadFrom" | "note"> {
  if (missing.length === 0) return { threadFrom: words };
  return { note: `I may not open a thread here. An admin can allow me: ${missing.join(", ")}.` };
}
