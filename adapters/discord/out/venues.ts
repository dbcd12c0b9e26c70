import type { Below } from "../../../src/seam/adapter.ts";
import { BotError } from "../../../src/seam/errors.ts";
import type { ThreadKey, User } from "../../../src/seam/turn.ts";
import type { Channels, Located } from "../live/channels.ts";
import { isGood, type Stage } from "../live/stage.ts";
import { openThread, type Threaded } from "../live/threads.ts";
import type { Cover, Venue } from "../live/venue.ts";
import { findMadeFor, goOnLine, isGoOnLine } from "../wire/found.ts";
import { type Spot, toMessageKey, toThreadKey, userIdOf } from "../wire/keys.ts";
import { discordLimits, toImageLimits } from "../wire/limits.ts";
import { missingForThreads, missingToAnswer, type ThreadMode } from "../wire/permissions.ts";
import { isSpoiler } from "../wire/pictures.ts";
import type { Message } from "../wire/send.ts";
import { toBotError, toLogged, toTrouble } from "../wire/trouble.ts";
import { toThreadName } from "../wire/words.ts";
import { toThread } from "./answers.ts";
import { createReply } from "./reply.ts";
import { toLine, toMessage } from "./view.ts";

/** What the bot answers with messages of its own. */
interface Asked {
  readonly where: Located;
  /** The message below which the answer stands, and in whose channel, unless it goes on in a thread. */
  readonly spot: Spot;
  /** That message is the one that asked. */
  readonly asks: boolean;
  /** The picture of ours that the answer goes on from. */
  readonly picture?: Spot;
  /** Its message, as far as it tells of its thread. */
  readonly seen?: Threaded | undefined;
  /** What a thread is named from. */
  readonly words: string;
  readonly spoiler: boolean;
  readonly cover?: Cover;
  /** The user who asked, by their id. */
  readonly asker?: string | undefined;
  /** What follows here may have been done before. */
  readonly again?: boolean;
}

/** Where the bot answers by itself, without an interaction. */
export interface Venues {
  /** The place of the answer, and the conversation it belongs to. */
  open(asked: Asked): Promise<{ readonly venue: Venue; readonly thread: ThreadKey }>;
  /** That conversation, where the answer begins none of its own. */
  threadOf(asked: Pick<Asked, "where" | "spot" | "picture">): ThreadKey | undefined;
  /**
   * Below a message of ours; where the bot cannot post by itself, by the last press under it, if that was not too long
   * ago. Rejects with BotError `unknown_message` if neither can be.
   */
  below(spot: Spot, user: User): Promise<Below>;
}

/** What is there at once, in a place where each picture has a conversation of its own. */
const started = (madeFor?: string): Message =>
  toMessage(
    { phase: "working", status: "Getting ready", text: "", notes: [], images: [], actions: [] },
    { spoiler: false, edit: 0, ...(madeFor && { madeFor }) },
  );

const notBelow =
  "I cannot answer below that picture any more. Go back to Discord and press its button again, or press Edit… there and attach a mask.";

/** `threads`: whether what goes on from a picture is answered in a thread below it. */
export function createVenues(stage: Stage, channels: Channels, threads: ThreadMode): Venues {
  const { send, tokens, log, now, me } = stage;

  /** The line below the message that asked. */
  async function sayWhere({ channelId, messageId }: Spot, thread: string, again: boolean): Promise<void> {
    if (again) {
      const later = await send.fetchMessages(channelId, { after: messageId }).catch(() => []);
      if (later.some((one) => one.author.id === me && isGoOnLine(one, messageId))) return;
    }
    const line = toLine(`-# ${goOnLine} <#${thread}>.`);
    await send.post(channelId, line, { answers: messageId, once: `g${messageId}` }).catch(() => {});
  }

  function missingThere(channelId: string): readonly string[] {
    const held = channels.ownPermissions(channelId);
    return held === undefined ? [] : missingForThreads(held);
  }

  /** The picture below which there is a thread, or is to be one, and the answer in that. */
  function hangsOn({
    where,
    spot: { channelId },
    picture,
  }: Pick<Asked, "where" | "spot"> & { readonly picture?: Spot | undefined }): Spot | undefined {
    if (threads === "off" || !where.holdsThreads || picture?.channelId !== channelId) return undefined;
    return missingThere(channelId).length === 0 ? picture : undefined;
  }

  async function open({
    where,
    spot,
    asks,
    picture,
    seen,
    words,
    spoiler,
    cover,
    asker,
    again = false,
  }: Asked) {
    const { channelId, messageId } = spot;
    const made = async (where: string) => {
      const found = again ? await findMadeFor(send, me, where, messageId) : undefined;
      return found && { messageId: found.id };
    };
    const named = spoiler ? "" : words; // a thread's name hides nothing
    const base = {
      channelId,
      reachable: true,
      private: false,
      spoiler,
      ...(cover && { cover }),
      limits: toImageLimits(channels.uploadBytes(channelId)),
      ...(asker && { asker }),
      ...(asks && { request: messageId, once: messageId }),
    };
    if (where.kind !== "channel") {
      const there = await made(channelId);
      return {
        venue: { ...base, ...there, posts: true, answers: messageId },
        thread: toThreadKey(channelId),
      };
    }
    const before = await made(channelId);
    const above = before ? undefined : hangsOn({ where, spot, picture });
    if (above) {
      const name = toThreadName(named, discordLimits.threadName);
      const opened = await openThread(stage, above, name, seen).catch((error: unknown) => {
        log.warn({ channel: channelId, error: toLogged(error) }, "discord.thread.failed");
      });
      if (opened) {
        if (asks) await sayWhere(spot, opened, again);
        const there = { ...(await made(opened)), channelId: opened };
        const asked = asks ? { requestIn: channelId } : {};
        return { venue: { ...base, ...there, ...asked, posts: true }, thread: toThreadKey(opened) };
      }
    }
    const message = before ?? {
      messageId: (
        await send.post(channelId, started(asks ? messageId : undefined), {
          answers: messageId,
          ...(asks && { once: messageId }),
        })
      ).id,
    };
    const ownThread = where.holdsThreads && threads === "always" && toThread(named, missingThere(channelId));
    return { venue: { ...base, ...message, ...ownThread }, thread: toThreadKey(message.messageId) };
  }

  /** Undefined: the bot itself sees nothing there, or may not write. */
  async function byItself(spot: Spot, user: User): Promise<Below | undefined> {
    try {
      const picture = await send.fetchMessage(spot);
      const where = await channels.find(spot.channelId);
      const held = where.kind === "direct" ? undefined : channels.ownPermissions(spot.channelId);
      const place = where.kind === "thread" ? "thread" : "channel";
      if (held !== undefined && missingToAnswer(held, place).length > 0) return undefined;
      const words = (await stage.promptOf(toMessageKey(spot))) ?? "";
      const { venue, thread } = await open({
        where,
        spot,
        asks: false,
        picture: spot,
        seen: picture,
        words,
        spoiler: isSpoiler(picture),
        asker: userIdOf(user),
      });
      return { thread, place: where.place, reply: createReply(stage, venue) };
    } catch (error) {
      const trouble = toTrouble(error);
      if (trouble === "gone" || trouble === "forbidden") return undefined;
      throw toBotError(trouble, error);
    }
  }

  async function byToken({ channelId, messageId }: Spot, user: User): Promise<Below> {
    const token = tokens.get(toMessageKey({ channelId, messageId }));
    if (!isGood(token, now())) throw new BotError("unknown_message", notBelow);
    const { value, from } = token;
    const made = await send.followUp(value, started(), from.private).catch((cause: unknown) => {
      throw new BotError("unknown_message", notBelow, { cause: new Error(JSON.stringify(toLogged(cause))) });
    });
    const answer = { channelId, messageId: made.id };
    tokens.set(toMessageKey(answer), { ...token, target: made.id });
    const { place, private: hidden, spoiler, limits } = from;
    const whispers = from.userId === user.id && { token: value, blank: true };
    const asker = userIdOf(user);
    const venue = {
      ...answer,
      ...whispers,
      reachable: false,
      private: hidden,
      spoiler,
      limits,
      ...(asker && { asker }),
    };
    return { thread: from.thread ?? toThreadKey(made.id), place, reply: createReply(stage, venue) };
  }

  function threadOf(asked: Pick<Asked, "where" | "spot" | "picture">): ThreadKey | undefined {
    if (asked.where.kind !== "channel") return toThreadKey(asked.spot.channelId);
    const picture = hangsOn(asked);
    return picture && toThreadKey(picture.messageId);
  }

  return { open, threadOf, below: async (spot, user) => (await byItself(spot, user)) ?? byToken(spot, user) };
}
