import { setTimeout as sleep } from "node:timers/promises";
import type { types } from "@slack/bolt";
import { checkHeld } from "../../../../src/seam/held.ts";
import type { Spot } from "../keys.ts";
import type { Shown } from "../pictures.ts";
import { isRefusal } from "../trouble.ts";
import type { Calls, To } from "./calls.ts";
import type { Reads } from "./reads.ts";

/** A message as Slack takes it. */
export interface Message {
  /** For notifications, and for those who have blocks read to them. Escaped. */
  readonly text: string;
  readonly blocks: types.KnownBlock[];
}

/** Messages, posted and changed. What may be done twice is tried again, until the signal aborts. */
export interface Posts {
  /** `mark`: in the names of the message's blocks. One whose answer got lost is found by it, and not posted twice. */
  post(to: To, message: Message, mark: string, signal?: AbortSignal): Promise<Spot>;
  edit(spot: Spot, message: Message, signal?: AbortSignal): Promise<void>;
  /** The same, dropped rather than waited for. */
  editSoon(spot: Spot, message: Message): Promise<void>;
  /** The same, with files that hang on the message: these, and no others. False where Slack passed over them. */
  attach(spot: Spot, message: Message, files: readonly string[], signal?: AbortSignal): Promise<boolean>;
  /** For one person's eyes, in a channel. */
  ephemeral(to: To & { readonly userId: string }, message: Message): Promise<void>;
  /** Takes a message of ours away. */
  take(spot: Spot): Promise<void>;
  /** Writes to a person, where others do not see it. */
  direct(userId: string, message: Message): Promise<void>;
  openDirect(userId: string): Promise<string>;
}

/** Nobody is ever called, whatever a message says. `chat.update` would look for names unless told not to. */
const silent = { parse: "none", link_names: false } as const;
export const still = { unfurl_links: false, unfurl_media: false } as const;

/** Ms by which Slack's clock and ours may differ. */
export const skewMs = 5 * 60_000;

export function createPosts(
  { client, quick, timing, patience, now }: Calls,
  { findMarked }: Pick<Reads, "findMarked">,
): Posts {
  const { limited, patiently } = patience;

  async function openDirect(userId: string): Promise<string> {
    const { channel } = await client.conversations.open({ users: userId });
    if (!channel?.id) throw new Error("Slack opened no direct message");
    return channel.id;
  }

  return {
    async post(to, message, mark, signal) {
      const { channelId, threadTs } = to;
      const body = { channel: channelId, ...message, ...silent, ...still };
      const since = now() - skewMs;
      for (let attempt = 0; ; attempt += 1) {
        try {
          const made = await limited(
            () => client.chat.postMessage(threadTs ? { ...body, thread_ts: threadTs } : body),
            signal,
          );
          return { channelId: made.channel ?? channelId, ts: made.ts ?? "" };
        } catch (error) {
          const pause = timing.retryMs[attempt];
          if (pause === undefined || isRefusal(error)) throw error;
          await sleep(pause, undefined, signal && { signal });
          // It may have been posted all the same.
          const made = await findMarked(to, mark, since);
          if (made) return { channelId, ts: made.ts };
        }
      }
    },
    async edit({ channelId, ts }, message, signal) {
      const body = { channel: channelId, ts, ...message, ...silent };
      await patiently(() => client.chat.update(body), signal);
    },
    async editSoon({ channelId, ts }, message) {
      checkHeld();
      await quick.chat.update({ channel: channelId, ts, ...message, ...silent });
    },
    async attach({ channelId, ts }, message, files, signal) {
      const body = { channel: channelId, ts, ...message, ...silent, file_ids: [...files] };
      const { message: shown } = await patiently(() => client.chat.update(body), signal);
      const hanging = (shown as Shown | undefined)?.files ?? [];
      return files.every((id) => hanging.some((file) => file.id === id));
    },
    async ephemeral({ channelId, threadTs, userId }, message) {
      checkHeld();
      await client.chat.postEphemeral({
        ...{ channel: channelId, user: userId, ...message, ...silent, ...still },
        ...(threadTs && { thread_ts: threadTs }),
      });
    },
    take: async ({ channelId, ts }) =>
      void (await patiently(() => client.chat.delete({ channel: channelId, ts }))),
    async direct(userId, message) {
      const channel = await openDirect(userId);
      checkHeld();
      await client.chat.postMessage({ channel, ...message, ...silent, ...still });
    },
    openDirect,
  };
}
