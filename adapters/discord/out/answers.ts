import { type APIInteraction, type APIMessage, InteractionResponseType, MessageFlags } from "discord.js";
import type { Form } from "../../../src/seam/actions.ts";
import type { HeldRules } from "../../../src/seam/rules.ts";
import { withTimeout } from "../../../src/seam/timeout.ts";
import type { MessageKey, ThreadKey } from "../../../src/seam/turn.ts";
import { toModal } from "../forms/forms.ts";
import type { Channels } from "../live/channels.ts";
import type { Stage } from "../live/stage.ts";
import { openThread } from "../live/threads.ts";
import type { Cover, Venue } from "../live/venue.ts";
import { isReachable, placeOf, toWhere, userOf } from "../live/where.ts";
import { findMadeFor, goOnLine } from "../wire/found.ts";
import { type Spot, timeOf, toMessageKey, toThreadKey } from "../wire/keys.ts";
import { discordLimits, toImageLimits, tokenLifeMs, toOwnLimits } from "../wire/limits.ts";
import { missingForThreads, type ThreadMode } from "../wire/permissions.ts";
import { isPrivate } from "../wire/pictures.ts";
import { toBotError, toLogged, toTrouble } from "../wire/trouble.ts";
import { toThreadName } from "../wire/words.ts";
import { createReply, type DiscordReply } from "./reply.ts";
import { toLine } from "./view.ts";

/** Where an interaction is answered. */
interface Answer {
  readonly thread: ThreadKey;
  readonly reply: DiscordReply;
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
  /** It may have been acknowledged before, and what follows that may be there already. */
  readonly again: boolean;
}

/** Acknowledges interactions that get a message of their own, and says where that is. */
export interface Answers {
  /** Undefined: Discord no longer takes an answer, and there is no other way to give one. */
  open(interaction: APIInteraction, wish: Wish): Promise<Answer | undefined>;
  /** The conversation that the answer goes on in, where it begins none of its own. */
  threadOf(interaction: APIInteraction, wish: Pick<Wish, "private" | "continues">): ThreadKey | undefined;
  /** The only answer to an interaction: a line for the one who made it. */
  say(interaction: APIInteraction, words: string): Promise<void>;
  /** The same for one that may have been acknowledged before: then the line takes the place of the sign that we are at work. */
  refuse(interaction: APIInteraction, words: string): Promise<void>;
  /** The first answer to an interaction: a form that begins with those words, and offers what those rules allow. */
  ask(
    interaction: APIInteraction,
    form: Form,
    customId: string,
    more?: { readonly words?: string | undefined; readonly rules?: HeldRules | undefined },
  ): Promise<void>;
  /** Keeps the right to change a message until it runs out. */
  keepToken(message: MessageKey, interaction: APIInteraction, shown: Shown): void;
}

/** Ms for finding out whether the bot is in a server: an interaction is answered within 3 s. */
const memberMs = 1000;

/** The sign that we are at work. */
interface Deferred {
  readonly messageId: string;
  readonly private: boolean;
  /** The interaction's token has run out: only the bot itself can change it. */
  readonly isOld?: true;
}

type Shown = Pick<Wish, "private" | "spoiler">;

/** `threads`: whether what goes on from a picture is answered in a thread below it. */
export function createAnswers(stage: Stage, channels: Channels, threads: ThreadMode): Answers {
  const { send, log, now, tokens, me } = stage;

  function keepToken(message: MessageKey, interaction: APIInteraction, shown: Shown): void {
    const { channel, token, attachment_size_limit } = interaction;
    const own = channel && toWhere(channel.type).kind !== "channel";
    tokens.set(message, {
      value: token,
      target: "@original",
      until: Math.min(now(), timeOf(interaction.id)) + tokenLifeMs,
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

  /**
   * Puts the sign that we are at work there, or finds it. `unseen`: Discord no longer takes it, and nobody has seen
   * one. `lost`: it was seen, and is not to be found. Rejects with BotError `unreachable`.
   */
  async function defer(
    interaction: APIInteraction,
    hidden: boolean,
    again: boolean,
  ): Promise<Deferred | "unseen" | "lost"> {
    const flags = hidden ? { flags: MessageFlags.Ephemeral as const } : {};
    // It was not taken in time, and answered by a message all the same.
    const before = again ? await findAnswer(interaction) : undefined;
    const old = before && { messageId: before.id, private: false, isOld: true as const };
    if (old && !before.interaction_metadata) return old;
    let failure: unknown;
    try {
      const answered = await send.respond(interaction, {
        type: InteractionResponseType.DeferredChannelMessageWithSource,
        data: flags,
      });
      const { response_message_id: messageId, response_message_ephemeral } = answered?.interaction ?? {};
      if (messageId) return { messageId, private: response_message_ephemeral ?? hidden };
    } catch (error) {
      failure = error;
      const trouble = toTrouble(error);
      log.warn({ interaction: interaction.id, trouble, error: toLogged(error) }, "discord.late");
      if (trouble === "expired") return old ?? "unseen";
    }
    // Discord may have taken it although we did not hear so, or heard it another time.
    try {
      const original = await send.fetchByToken(interaction.token, "@original");
      return { messageId: original.id, private: isPrivate(original) };
    } catch (error) {
      if (toTrouble(error) === "failed") throw toBotError("failed", error);
      return old ?? (failure ? "unseen" : "lost");
    }
  }

  /** Where Discord does not say so in time, it is as it was when the interaction came. */
  async function isMember(guildId: string): Promise<boolean> {
    return (await withTimeout(channels.has(guildId), memberMs)) ?? true;
  }

  async function findAnswer(interaction: APIInteraction): Promise<APIMessage | undefined> {
    const { channel, id } = interaction;
    if (!channel || !isReachable(interaction)) return undefined;
    return findMadeFor(send, me, channel.id, id);
  }

  async function openInThread(
    interaction: APIInteraction,
    wish: Wish,
    continues: Spot,
  ): Promise<Answer | undefined> {
    const { id, token } = interaction;
    const { spoiler, again } = wish;
    const deferred = await defer(interaction, true, again);
    if (deferred === "unseen" && again) return undefined;
    const isThere = typeof deferred === "object";
    const venue = {
      ...{ reachable: true, private: false, spoiler, once: id, asker: askerOf(interaction) },
      ...(isThere && { token }),
    };
    const thread = toThreadKey(continues.messageId);
    const found = async (channelId: string) => {
      const message = again ? await findMadeFor(send, me, channelId, id) : undefined;
      return message && { channelId, messageId: message.id };
    };
    const before = await found(continues.channelId);
    if (before) {
      const limits = toImageLimits(interaction.attachment_size_limit);
      return { thread, reply: createReply(stage, { ...venue, ...before, limits }) };
    }
    try {
      // A thread's name hides nothing.
      const words = spoiler ? "" : (wish.words ?? (await stage.promptOf(toMessageKey(continues))) ?? "");
      const name = toThreadName(words, discordLimits.threadName);
      const { message } = { message: undefined, ...interaction };
      const seen = message?.id === continues.messageId ? message : undefined;
      const channelId = await openThread(stage, continues, name, seen);
      if (isThere) {
        const line = toLine(`${goOnLine} <#${channelId}>.`);
        await send.editByToken(token, "@original", line).catch(() => {});
      }
      const limits = toOwnLimits(channels.uploadBytes(channelId), interaction.attachment_size_limit);
      const there = (await found(channelId)) ?? { channelId };
      return { thread, reply: createReply(stage, { ...venue, ...there, posts: true, limits }) };
    } catch (error) {
      log.warn({ channel: continues.channelId, error: toLogged(error) }, "discord.thread.failed");
      const { channelId } = continues;
      const limits = isThere
        ? toImageLimits(interaction.attachment_size_limit)
        : toOwnLimits(channels.uploadBytes(channelId), interaction.attachment_size_limit);
      if (isThere) await send.deleteByToken(token, "@original").catch(() => {});
      return { thread, reply: createReply(stage, { ...venue, channelId, posts: !isThere, limits }) };
    }
  }

  /** The picture below which there is a thread, or is to be one, and the answer in that. */
  function hangsOn(
    interaction: APIInteraction,
    { private: hidden, continues }: Pick<Wish, "private" | "continues">,
  ): Spot | undefined {
    const { channel, app_permissions } = interaction;
    if (threads === "off" || hidden || !channel || !isReachable(interaction)) return undefined;
    const mayOpen = missingForThreads(BigInt(app_permissions)).length === 0;
    const isThere = continues?.channelId === channel.id && toWhere(channel.type).holdsThreads;
    return mayOpen && isThere ? continues : undefined;
  }

  /** Undefined: it was answered before. */
  function sayAlone(interaction: APIInteraction, words: string) {
    const { flags, ...body } = toLine(words).body;
    return send.respond(interaction, {
      type: InteractionResponseType.ChannelMessageWithSource,
      data: { ...body, flags: flags | MessageFlags.Ephemeral } as never, // the library's type has mutable lists
    });
  }

  return {
    say: async (interaction, words) => void (await sayAlone(interaction, words)),

    async refuse(interaction, words) {
      try {
        if (!(await sayAlone(interaction, words)))
          await send.followUp(interaction.token, toLine(words), true);
      } catch (error) {
        log.debug({ interaction: interaction.id, error: toLogged(error) }, "discord.refusal.unsaid");
      }
    },

    async ask(interaction, form, customId, { words, rules } = {}) {
      await send.respond(interaction, {
        type: InteractionResponseType.Modal,
        data: toModal(form, customId, words, rules),
      });
    },

    keepToken,

    threadOf(interaction, wish) {
      const { channel } = interaction;
      if (!channel || wish.private) return undefined;
      if (toWhere(channel.type).kind !== "channel") return toThreadKey(channel.id);
      const picture = hangsOn(interaction, wish);
      return picture && toThreadKey(picture.messageId);
    },
    async open(interaction, wish) {
      const { id, channel, token, app_permissions, guild_id } = interaction;
      if (!channel) throw new TypeError("an interaction without a channel");
      const where = toWhere(channel.type);
      const reachable = isReachable(interaction) && (!guild_id || (await isMember(guild_id)));
      const withoutThread = missingForThreads(BigInt(app_permissions));
      const forThreads = threads !== "off" && reachable && !wish.private && where.holdsThreads;
      const { spoiler, cover, again } = wish;
      const picture = reachable ? hangsOn(interaction, wish) : undefined;
      if (picture) return openInThread(interaction, wish, picture);

      const deferred = await defer(interaction, wish.private, again);
      const canPost = reachable && !wish.private;
      if (deferred === "unseen" && (again || !canPost)) return undefined;
      if (deferred === "lost" && !canPost) return undefined;
      const isHidden = typeof deferred === "object" && deferred.private;
      const base: Venue = {
        channelId: channel.id,
        reachable: reachable && !isHidden,
        private: isHidden,
        spoiler,
        ...(cover && { cover }),
        ...{ once: id, asker: askerOf(interaction) },
        limits: toImageLimits(interaction.attachment_size_limit),
        ...(forThreads &&
          threads === "always" &&
          !isHidden &&
          toThread((!spoiler && wish.words) || "", withoutThread)),
      };
      const own = where.kind !== "channel";
      if (typeof deferred === "string") {
        const thread = toThreadKey(own ? channel.id : id);
        const limits = toOwnLimits(channels.uploadBytes(channel.id), interaction.attachment_size_limit);
        return { thread, reply: createReply(stage, { ...base, posts: true, limits }) };
      }
      const { messageId, isOld } = deferred;
      const key = toMessageKey({ channelId: channel.id, messageId });
      if (!isOld) keepToken(key, interaction, { private: isHidden, spoiler });
      const right = isOld ? {} : { token };
      return {
        // Nobody else is to go on from what is private: it is a conversation of its own.
        thread: toThreadKey(own && !isHidden ? channel.id : messageId),
        reply: createReply(stage, { ...base, messageId, ...right, blank: true }),
        private: isHidden,
      };
    },
  };
}

function askerOf(interaction: APIInteraction): string {
  return (interaction.member?.user ?? interaction.user)?.id ?? "";
}

/** A thread on the finished picture, or a line that says what is missing for it. */
export function toThread(words: string, missing: readonly string[]): Pick<Venue, "threadFrom" | "note"> {
  if (missing.length === 0) return { threadFrom: words };
  return { note: `I may not open a thread here. An admin can allow me: ${missing.join(", ")}.` };
}
