import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { types, webApi } from "@slack/bolt";
import type { Image } from "../../../src/seam/view.ts";
import type { Spot } from "./keys.ts";
import type { Timing } from "./limits.ts";
import type { Shown, SlackFile } from "./pictures.ts";
import { isOpen, type ResponseUrl } from "./response-url.ts";
import { isRefusal, retryAfterMs, toTrouble } from "./trouble.ts";
import { altOf } from "./words.ts";

/** A message as Slack gives it back. */
export interface Found extends Shown {
  readonly ts: string;
  readonly thread_ts?: string;
  /** Of a thread's root: how many messages are below it. */
  readonly reply_count?: number;
}

/** A message as Slack takes it. */
export interface Message {
  /** For notifications, and for those who have blocks read to them. Escaped. */
  readonly text: string;
  readonly blocks: types.KnownBlock[];
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

/** Everything we send to Slack. What may wait is tried again; what may not is not. */
export interface Send {
  /** `id`: that of the message's blocks. A message whose answer got lost is found by it, and not posted twice. */
  post(to: To, message: Message, id: string): Promise<Spot>;
  /** `sketch`: it may be dropped rather than wait. */
  edit(spot: Spot, message: Message, sketch?: boolean): Promise<void>;
  /** The same, with files that hang on the message: these, and no others. False where Slack passed over them. */
  attach(spot: Spot, message: Message, files: readonly string[]): Promise<boolean>;
  /** For one person's eyes, in a channel. */
  ephemeral(to: To & { readonly userId: string }, message: Message): Promise<void>;
  /** For the eyes of the one who pressed or typed. `replace`: in the place of what was said there before. */
  respond(
    responseUrl: ResponseUrl,
    message: Message,
    more?: { replace?: boolean; threadTs?: string },
  ): Promise<void>;
  /** Takes away the message that was pressed on with that address. */
  takeBack(responseUrl: ResponseUrl): Promise<void>;
  /** Takes a message of ours away. */
  take(spot: Spot): Promise<void>;
  /** Writes to a person, where others do not see it. */
  direct(userId: string, message: Message): Promise<void>;
  /** The id of a new file, which nobody sees until a message shows it. `share`: shown at once, by itself. */
  upload(image: Image, name: string, signal: AbortSignal, share?: To): Promise<string>;
  info(id: string): Promise<SlackFile>;
  /** Takes a file away; it may be gone already. */
  remove(id: string): Promise<void>;
  fetchMessage(spot: Spot): Promise<Found | undefined>;
  /** The messages of a thread, oldest first, up to thousands of them; whether these are all. */
  fetchThread(
    channelId: string,
    threadTs: string,
  ): Promise<{ readonly messages: readonly Found[]; readonly whole: boolean }>;
  /** The newest messages of a conversation above one of them, outside of threads, oldest first. */
  fetchTop(channelId: string, before: string): Promise<readonly Found[]>;
  fetchPerson(userId: string): Promise<Person>;
  openForm(trigger: string, view: types.ModalView): Promise<string>;
  updateForm(viewId: string, view: types.ModalView): Promise<void>;
  publishHome(userId: string, view: types.HomeView): Promise<void>;
  openDirect(userId: string): Promise<string>;
  assist(method: "setStatus" | "setTitle" | "setSuggestedPrompts", more: Assist): Promise<void>;
}

export interface To {
  readonly channelId: string;
  readonly threadTs?: string;
}

type Assist = Readonly<Record<string, unknown>> & {
  readonly channel_id: string;
  readonly thread_ts: string;
};

/** Nobody is ever called, whatever a message says. `chat.update` would look for names unless told not to. */
const silent = { parse: "none", link_names: false } as const;
const still = { unfurl_links: false, unfurl_media: false } as const;

/** How often Slack may ask to come back later before something is given up. */
const mostLimited = 20;

/** How far back a picture is looked for in a direct message. */
const mostAbove = 100;

/** Messages of a thread at once. Source: docs.slack.dev, reference/methods/conversations.replies, `limit`. */
const mostReplies = 1000;

/** Slack tells the oldest first: of a thread that is longer than this, it is not known what is newest. */
const mostPages = 5;

/** Ms an upload may take. */
const uploadMs = 60_000;

/** Ms an answer to a press may take. */
const respondMs = 10_000;

/** `quick`: a client of its own, so that a sketch never waits behind what must arrive. Neither tries anything twice. */
export function createSend(of: {
  readonly client: webApi.WebClient;
  readonly quick: webApi.WebClient;
  readonly token: string;
  readonly timing: Timing;
  readonly ownId: () => string;
  readonly now: () => number;
}): Send {
  const { client, quick, token, timing, ownId, now } = of;

  /** Where Slack says when to come back, nothing has been done yet: that is waited for, however often. */
  async function patientlyLimited<T>(work: () => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await work();
      } catch (error) {
        if (toTrouble(error) !== "limited" || attempt >= mostLimited) throw error;
        await sleep(retryAfterMs(error) ?? timing.retryMs.at(-1));
      }
    }
  }

  /** Only for what does no harm when it is done twice. */
  async function patiently<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await patientlyLimited(work);
      } catch (error) {
        signal?.throwIfAborted();
        const pause = timing.retryMs[attempt];
        if (toTrouble(error) !== "failed" || pause === undefined || (isRefusal(error) && attempt > 1)) {
          throw error;
        }
        await sleep(pause);
      }
    }
  }

  async function find({ channelId, threadTs }: To, id: string): Promise<Spot | undefined> {
    const recent = threadTs
      ? client.conversations.replies({ channel: channelId, ts: threadTs, limit: 200 })
      : client.conversations.history({ channel: channelId, limit: 20 });
    const messages = ((await recent).messages ?? []) as readonly Found[]; // as Slack's reference has it
    const found = messages.find(
      ({ user, blocks }) => user === ownId() && JSON.stringify(blocks ?? []).includes(`"${id}.`),
    );
    return found && { channelId, ts: found.ts };
  }

  async function post({ channelId, threadTs }: To, message: Message, id: string): Promise<Spot> {
    const body = { channel: channelId, ...message, ...silent, ...still };
    for (let attempt = 0; ; attempt += 1) {
      try {
        const made = await patientlyLimited(() =>
          client.chat.postMessage(threadTs ? { ...body, thread_ts: threadTs } : body),
        );
        return { channelId: made.channel ?? channelId, ts: made.ts ?? "" };
      } catch (error) {
        const pause = timing.retryMs[attempt];
        if (pause === undefined || isRefusal(error)) throw error;
        await sleep(pause);
        // It may have been posted all the same.
        const made = await find({ channelId, ...(threadTs && { threadTs }) }, id);
        if (made) return made;
      }
    }
  }

  async function upload(image: Image, name: string, signal: AbortSignal, share?: To): Promise<string> {
    const { bytes } = image;
    const opened = await client.apiCall("files.getUploadURLExternal", {
      filename: name,
      length: bytes.byteLength,
      alt_txt: altOf(image).slice(0, 1000),
    });
    const { upload_url: url, file_id: id } = opened as { upload_url?: unknown; file_id?: unknown };
    if (typeof url !== "string" || typeof id !== "string")
      throw new Error("Slack gave no address to upload to");
    let made = false;
    try {
      const form = toForm(image, name);
      const response = await fetch(url, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": form.type },
        body: form.bytes,
        signal: AbortSignal.any([signal, AbortSignal.timeout(uploadMs)]),
      });
      await response.text();
      if (!response.ok) throw new Error(`Slack's file server answered ${response.status}`);
      signal.throwIfAborted();
      made = true;
      await client.apiCall("files.completeUploadExternal", {
        files: [{ id, title: name }],
        ...(share && { channel_id: share.channelId }),
        ...(share?.threadTs && { thread_ts: share.threadTs }),
      });
      return id;
    } catch (error) {
      // Before it is completed there is no file; after that there may be one, even if the answer got lost.
      if (made) await client.files.delete({ file: id }).catch(() => {});
      throw error;
    }
  }

  async function respond(responseUrl: ResponseUrl, body: object): Promise<void> {
    if (!isOpen(responseUrl, now)) throw new Error("the address for answers has run out");
    responseUrl.left -= 1;
    const response = await fetch(responseUrl.url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(respondMs),
    });
    const said = await response.text();
    if (!response.ok || said.includes('"ok":false')) {
      throw new Error(`Slack did not take the answer: ${response.status} ${said.slice(0, 100)}`);
    }
  }

  return {
    post,
    async edit({ channelId, ts }, message, sketch = false) {
      const body = { channel: channelId, ts, ...message, ...silent };
      await (sketch ? quick.chat.update(body) : patiently(() => client.chat.update(body)));
    },
    async attach({ channelId, ts }, message, files) {
      const body = { channel: channelId, ts, ...message, ...silent, file_ids: [...files] };
      const { message: now } = await patiently(() => client.chat.update(body));
      const hanging = (now as Shown | undefined)?.files ?? [];
      return files.every((id) => hanging.some((file) => file.id === id));
    },
    async ephemeral({ channelId, threadTs, userId }, message) {
      await client.chat.postEphemeral({
        ...{ channel: channelId, user: userId, ...message, ...silent, ...still },
        ...(threadTs && { thread_ts: threadTs }),
      });
    },
    respond: (responseUrl, message, { replace = false, threadTs } = {}) =>
      respond(responseUrl, {
        response_type: "ephemeral",
        replace_original: replace,
        ...message,
        ...still,
        ...(threadTs && { thread_ts: threadTs }),
      }),
    takeBack: (responseUrl) => respond(responseUrl, { delete_original: true }),
    take: async ({ channelId, ts }) =>
      void (await patiently(() => client.chat.delete({ channel: channelId, ts }))),
    async direct(userId, message) {
      const { channel } = await client.conversations.open({ users: userId });
      if (channel?.id)
        await client.chat.postMessage({ channel: channel.id, ...message, ...silent, ...still });
    },
    async openDirect(userId) {
      const { channel } = await client.conversations.open({ users: userId });
      if (!channel?.id) throw new Error("Slack opened no direct message");
      return channel.id;
    },
    upload: (image, name, signal, share) => {
      const once = () => upload(image, name, signal, share);
      return share ? once() : patiently(once, signal);
    },
    async info(id) {
      const { file } = await quick.files.info({ file: id });
      return { ...(file as SlackFile | undefined), id };
    },
    async remove(id) {
      await patiently(() => client.files.delete({ file: id })).catch((error: unknown) => {
        if (toTrouble(error) !== "gone") throw error;
      });
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
    async fetchThread(channelId, threadTs) {
      const all: Found[] = [];
      let cursor: string | undefined;
      for (let page = 0; page < mostPages; page += 1) {
        const asked = { channel: channelId, ts: threadTs, limit: mostReplies };
        const told = await quick.conversations.replies(cursor ? { ...asked, cursor } : asked);
        all.push(...((told.messages ?? []) as readonly Found[]));
        cursor = told.response_metadata?.next_cursor;
        if (!cursor) break;
      }
      return { messages: all, whole: !cursor };
    },
    async fetchTop(channelId, before) {
      const asked = { channel: channelId, latest: before, limit: mostAbove };
      const { messages = [] } = await quick.conversations.history(asked);
      return (messages as readonly Found[]).toReversed();
    },
    fetchPerson: async (userId) => ((await quick.users.info({ user: userId })).user ?? {}) as Person,
    async openForm(trigger, view) {
      const { view: opened } = await quick.views.open({ trigger_id: trigger, view });
      return opened?.id ?? "";
    },
    updateForm: async (viewId, view) => void (await quick.views.update({ view_id: viewId, view })),
    publishHome: async (userId, view) => void (await quick.views.publish({ user_id: userId, view })),
    assist: async (method, more) => void (await quick.apiCall(`assistant.threads.${method}`, more)),
  };
}

/** In one piece: where a server answers early, a FormData that is still being read brings down the process. */
function toForm({ bytes, mediaType }: Image, name: string): { bytes: Uint8Array<ArrayBuffer>; type: string } {
  const boundary = `drawbridge-${randomUUID()}`;
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="body"; filename="${name}"\r\ncontent-type: ${mediaType}\r\n\r\n`;
  const parts = [Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)];
  return { bytes: new Uint8Array(Buffer.concat(parts)), type: `multipart/form-data; boundary=${boundary}` };
}
