import {
  type APIMessage,
  GatewayDispatchEvents,
  type GatewayDispatchPayload,
  type GatewayMessageCreateDispatchData,
} from "discord.js";
import type { Core } from "../../../src/seam/core.ts";
import type { Log } from "../../../src/seam/log.ts";
import type { Door } from "../live/access.ts";
import type { Channels } from "../live/channels.ts";
import type { Sessions } from "../live/gateway/sessions.ts";
import { channelIdsOf, guildIdOf, type Spot, toIdAt } from "../wire/keys.ts";
import { pageMessages } from "../wire/limits.ts";
import type { Send } from "../wire/send.ts";
import { toLogged, toTrouble } from "../wire/trouble.ts";
import type { Messages } from "./messages.ts";

/**
 * Begins to read what was said while nobody listened to a shard, and to hand it on as if it had just come. `since`: from
 * when on, Unix time in ms, where that is known better than by the last process's life. What fails is logged.
 */
export type CatchUp = (since?: number) => void;

/** Places that are read at the same time. */
const atOnce = 4;

/** Channels that are read because something was said there meanwhile, whether the bot was there before or not. */
const mostSpoken = 200;

/** Hundreds of messages that are read of one place. */
const mostPages = 10;

/** Ms until the places are read again that Discord failed to show. */
const retryMs = [2000, 10_000, 60_000];

/** Ms one page may take: others wait for it. */
const pageMs = 15_000;

/** `me`: the bot's own id. */
export function createCatchUp(of: {
  readonly send: Send;
  readonly channels: Channels;
  readonly door: Pick<Door, "refusalAt">;
  readonly me: string;
  readonly missed: Core["missed"];
  readonly take: Messages["take"];
  readonly deleted: (spot: Spot) => void;
  readonly sessions: Pick<Sessions, "replay" | "done">;
  /** Whether the shard is the one that hears of that server; of none, of direct messages. */
  readonly hears: (guildId: string | undefined) => boolean;
  /** The channels in which something was said after that, Unix time in ms. The latest first. */
  readonly spokenSince: (ms: number) => readonly string[];
  /** What the gateway has told from where it was left is all: nothing need be read. */
  readonly trustsReplay: boolean;
  readonly wait: (ms: number) => Promise<unknown>;
  /** Unix time, ms, by Discord's clock. */
  readonly now: () => number;
  readonly log: Log;
}): CatchUp {
  const { send, channels, door, me, missed, take, deleted, sessions, wait, now, log } = of;
  const { hears, spokenSince, trustsReplay } = of;

  /** The oldest first; without what we have answered. None where the bot may not be used. */
  async function read(
    channelId: string,
    since: number,
  ): Promise<readonly GatewayMessageCreateDispatchData[]> {
    const { place } = await channels.find(channelId);
    if (!hears(guildIdOf(place)) || door.refusalAt(place) !== undefined) return [];
    const said: APIMessage[] = [];
    let after = toIdAt(since);
    for (let page = 0; page < mostPages; page += 1) {
      const next = await send.fetchMessages(channelId, { after }, AbortSignal.timeout(pageMs));
      said.push(...next.toReversed());
      const newest = next[0];
      if (!newest || next.length < pageMessages) break;
      after = newest.id;
    }
    const ours = said.filter(({ author }) => author.id === me);
    const answered = new Set(ours.map(({ message_reference: reference }) => reference?.message_id));
    const others = said.filter(({ id, author }) => author.id !== me && !answered.has(id));
    const guildId = guildIdOf(place);
    return others.map((message) => ({ ...message, ...(guildId && { guild_id: guildId }) }));
  }

  /** Undefined: Discord fails for a moment. */
  async function readSafely(channelId: string, since: number) {
    try {
      return await read(channelId, since);
    } catch (error) {
      // A key may name a message instead of a channel.
      const trouble = toTrouble(error);
      const level = trouble === "gone" ? "debug" : "warn";
      log[level]({ channel: channelId, trouble, error: toLogged(error) }, "discord.missed.unread");
      return trouble === "failed" ? undefined : [];
    }
  }

  /** What the gateway itself tells of it: also of a place of which nobody can know, as somebody's first direct message is. */
  async function hear(since: number): Promise<readonly GatewayMessageCreateDispatchData[]> {
    const { events: told } = await sessions.replay();
    const taken = new Set<string>();
    for (const spot of told.flatMap(deletionsIn)) {
      taken.add(spot.messageId);
      deleted(spot);
    }
    const oldest = BigInt(toIdAt(since));
    return told
      .flatMap(messagesIn)
      .filter(({ id, author }) => author.id !== me && BigInt(id) > oldest && !taken.has(id));
  }

  /**
   * Hands on what was said in these places, and what was heard, in the order in which it was said. The places that could
   * not be read.
   */
  async function readAll(
    ids: readonly string[],
    heard: readonly GatewayMessageCreateDispatchData[],
    since: number,
  ): Promise<readonly string[]> {
    const found = new Map(heard.map((message) => [message.id, message]));
    const left = [...ids];
    const unread: string[] = [];
    const readNext = async (): Promise<void> => {
      for (let id = left.shift(); id !== undefined; id = left.shift()) {
        const read = await readSafely(id, since);
        if (!read) unread.push(id);
        for (const message of read ?? []) if (!found.has(message.id)) found.set(message.id, message);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, readNext));
    const all = [...found.values()].sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
    log.info({ since, places: ids.length - unread.length, messages: all.length }, "discord.missed");
    for (const message of all) {
      const taken = Promise.withResolvers<void>();
      take(message, taken.resolve).catch((error: unknown) => {
        log.error({ message: message.id, error: toLogged(error) }, "discord.message.failed");
      });
      await taken.promise;
    }
    return unread;
  }

  async function catchUp(from: number | undefined): Promise<void> {
    const found = await missed(from === undefined ? undefined : now() - from);
    if (!found) return sessions.done();
    const since = now() - found.forMs;
    const known = found.places.flatMap(channelIdsOf);
    // Somebody may have spoken to the bot where nobody has before. Of that the gateway tells, but for direct messages.
    let heard = await hear(since);
    const isTold = trustsReplay && (await sessions.replay()).isWhole;
    const spoken = isTold ? [] : spokenSince(since).slice(0, mostSpoken);
    let ids: readonly string[] = isTold ? [] : [...new Set([...known, ...spoken])];
    for (const waitMs of [...retryMs, undefined]) {
      ids = await readAll(ids, heard, since);
      heard = [];
      await sessions.done();
      if (ids.length === 0 || waitMs === undefined) return;
      await wait(waitMs);
    }
  }

  return (since) => {
    catchUp(since).catch((error: unknown) => log.error({ error: toLogged(error) }, "discord.missed.failed"));
  };
}

function messagesIn(event: GatewayDispatchPayload): readonly GatewayMessageCreateDispatchData[] {
  return event.t === GatewayDispatchEvents.MessageCreate ? [event.d] : [];
}

function deletionsIn(event: GatewayDispatchPayload): readonly Spot[] {
  if (event.t === GatewayDispatchEvents.MessageDelete) {
    return [{ channelId: event.d.channel_id, messageId: event.d.id }];
  }
  if (event.t !== GatewayDispatchEvents.MessageDeleteBulk) return [];
  return event.d.ids.map((messageId) => ({ channelId: event.d.channel_id, messageId }));
}
