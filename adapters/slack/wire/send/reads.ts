import type { Spot } from "../keys.ts";
import type { Shown, SlackFile } from "../pictures.ts";
import { toTrouble } from "../trouble.ts";
import type { Calls, To } from "./calls.ts";

/** A message as Slack gives it back. */
export interface Found extends Shown {
  readonly ts: string;
  readonly subtype?: string;
  readonly thread_ts?: string;
  /** Of a thread's root: how many messages are below it. */
  readonly reply_count?: number;
}

/** A person as Slack's `users.info` has them. */
export interface Person {
  readonly name?: string;
  readonly real_name?: string;
  readonly team_id?: string;
  readonly is_admin?: boolean;
  readonly is_owner?: boolean;
  readonly profile?: { readonly display_name?: string };
}

/** A user group as Slack's `usergroups.list` has it. */
export interface Group {
  readonly id: string;
  /** What it is called behind an @. */
  readonly handle?: string;
  /** Ids of those who are in it. */
  readonly users?: readonly string[];
}

/** What is looked up in Slack. */
export interface Reads {
  info(id: string): Promise<SlackFile>;
  fetchMessage(spot: Spot): Promise<Found | undefined>;
  /** Whether a message is there, in a thread or outside of one; of a deleted root that has replies a gravestone stays. */
  isThere(to: To, ts: string): Promise<boolean>;
  /** The message of ours whose blocks have that mark in their names, of those since a time (Unix time, ms). */
  findMarked(to: To, mark: string, sinceMs: number): Promise<Found | undefined>;
  /** The messages of a thread, oldest first, up to thousands of them; whether these are all. */
  fetchThread(
    channelId: string,
    threadTs: string,
  ): Promise<{ readonly messages: readonly Found[]; readonly whole: boolean }>;
  /** The newest messages of a conversation above one of them, outside of threads, oldest first. */
  fetchTop(channelId: string, before: string): Promise<readonly Found[]>;
  fetchPerson(userId: string): Promise<Person>;
  /** Those that are in use. */
  fetchGroups(): Promise<readonly Group[]>;
}

/** How far back a picture is looked for in a direct message. */
const mostAbove = 100;

/** Messages of a thread at once. Source: docs.slack.dev, reference/methods/conversations.replies, `limit`. */
const mostReplies = 1000;

/** Slack tells the oldest first: of a thread that is longer than this, it is not known what is newest. */
const mostPages = 5;

/** Messages that are looked through for one of ours, a page. */
const mostMarked = 200;

/** The name of a block of ours: the mark, and what tells one edit from the next. */
export function isMarked({ blocks = [] }: Found, mark: string): boolean {
  return JSON.stringify(blocks).includes(`"${mark}.`);
}

export function createReads({ client, quick, patience, ownId }: Calls): Reads {
  async function pages(
    ask: (cursor: string | undefined) => Promise<{
      messages?: unknown;
      response_metadata?: { next_cursor?: string };
    }>,
  ): Promise<{ messages: readonly Found[]; whole: boolean }> {
    const all: Found[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < mostPages; page += 1) {
      const told = await ask(cursor);
      all.push(...((told.messages ?? []) as readonly Found[])); // as Slack's reference has it
      cursor = told.response_metadata?.next_cursor || undefined;
      if (!cursor) break;
    }
    return { messages: all, whole: !cursor };
  }

  return {
    async info(id) {
      const { file } = await quick.files.info({ file: id });
      return { ...(file as SlackFile | undefined), id };
    },
    async fetchMessage({ channelId, ts }) {
      const asked = { channel: channelId, latest: ts, oldest: ts, inclusive: true, limit: 1 };
      const isIt = (found: readonly Found[]) => found.find((message) => message.ts === ts);
      // Inside a thread, a message is found by its own name only there.
      const replies = await client.conversations.replies({ ...asked, ts }).catch((error: unknown) => {
        if (toTrouble(error) !== "gone") throw error;
        return { messages: [] };
      });
      const inThread = isIt((replies.messages ?? []) as readonly Found[]);
      if (inThread) return inThread;
      const { messages = [] } = await client.conversations.history(asked);
      return isIt(messages as readonly Found[]);
    },
    async isThere({ channelId, threadTs }, ts) {
      // The root of a thread may come along, whatever times are asked for.
      const asked = { channel: channelId, latest: ts, oldest: ts, inclusive: true, limit: 10 };
      const inThread = threadTs !== undefined && threadTs !== ts;
      const { messages = [] } = inThread
        ? await client.conversations.replies({ ...asked, ts: threadTs })
        : await client.conversations.history(asked);
      const found = (messages as readonly Found[]).find((message) => message.ts === ts);
      return found !== undefined && found.subtype !== "tombstone";
    },
    async findMarked({ channelId, threadTs }, mark, sinceMs) {
      const oldest = (sinceMs / 1000).toFixed(6);
      const asked = { channel: channelId, oldest, inclusive: true, limit: mostMarked };
      const { messages } = await pages((cursor) =>
        patience.patiently(() => {
          const page = cursor ? { ...asked, cursor } : asked;
          return threadTs
            ? client.conversations.replies({ ...page, ts: threadTs })
            : client.conversations.history(page);
        }),
      );
      return messages.find((message) => message.user === ownId() && isMarked(message, mark));
    },
    fetchThread: (channelId, threadTs) =>
      pages((cursor) => {
        const asked = { channel: channelId, ts: threadTs, limit: mostReplies };
        return quick.conversations.replies(cursor ? { ...asked, cursor } : asked);
      }),
    async fetchTop(channelId, before) {
      const asked = { channel: channelId, latest: before, limit: mostAbove };
      const { messages = [] } = await quick.conversations.history(asked);
      return (messages as readonly Found[]).toReversed();
    },
    async fetchGroups() {
      const { usergroups = [] } = await quick.usergroups.list({ include_users: true });
      return usergroups as readonly Group[]; // as Slack's reference has it
    },
    fetchPerson: async (userId) => ((await quick.users.info({ user: userId })).user ?? {}) as Person,
  };
}
