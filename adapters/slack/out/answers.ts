import { randomUUID } from "node:crypto";
import type { ThreadKey } from "../../../src/seam/turn.ts";
import type { Reply } from "../../../src/seam/view.ts";
import type { Stage } from "../live/stage.ts";
import type { Venue } from "../live/venue.ts";
import { isDirect, type Where } from "../live/where.ts";
import { toThreadKey } from "../wire/keys.ts";
import type { ResponseUrl } from "../wire/response-url.ts";
import { toLogged, toTrouble } from "../wire/trouble.ts";
import { say } from "./notice.ts";
import { createReply } from "./reply.ts";
import { toMessage } from "./view.ts";

/** Where a command, a press or a form is answered. */
export interface Answer {
  readonly thread: ThreadKey;
  readonly reply: Reply;
}

export interface Wish {
  readonly where: Where;
  readonly userId: string;
  readonly name: string;
  readonly responseUrl?: ResponseUrl;
  readonly private: boolean;
  /** It answers a press under another message. */
  readonly pressed?: boolean;
  /** The words asked with: the channel does not show them otherwise. */
  readonly words?: string;
}

/** Undefined: the bot cannot answer there, and the person has been told so. */
export async function openAnswer(stage: Stage, wish: Wish): Promise<Answer | undefined> {
  const { where, userId, name, responseUrl, words, pressed } = wish;
  const { channelId, threadTs } = where;
  const venue: Venue = {
    channelId,
    userId,
    asked: { name, ...(words && { words }) },
    ...(threadTs && { threadTs, inThread: where.inThread }),
    ...(responseUrl && { responseUrl }),
    ...(pressed && { pressed }),
  };
  if (wish.private) {
    const ephemeral = { channelId, userId, nonce: randomUUID() };
    const thread: ThreadKey = `slack:${channelId}:${userId}.${ephemeral.nonce}`;
    return { thread, reply: createReply(stage, { ...venue, ephemeral }) };
  }
  if (threadTs || where.direct) {
    return { thread: toThreadKey(channelId, threadTs), reply: createReply(stage, venue) };
  }
  // The message is the first of a thread of its own: it has to be there before the thread has a name.
  const id = randomUUID();
  const started = toMessage(
    { phase: "working", status: "Getting ready", text: "", notes: [], images: [], actions: [] },
    { id, files: [], ...(venue.asked && { asked: venue.asked }) },
  );
  try {
    const made = await stage.send.post({ channelId }, started, id);
    const thread = toThreadKey(made.channelId, made.ts);
    return { thread, reply: createReply(stage, { ...venue, channelId: made.channelId, ts: made.ts }) };
  } catch (error) {
    const trouble = toTrouble(error);
    stage.log.warn({ channel: channelId, trouble, error: toLogged(error) }, "slack.answer.barred");
    await say(
      stage,
      venue,
      trouble === "uninvited" ? inviteWords(stage.me.name) : "I may not answer in this channel.",
    );
    return undefined;
  }
}

/** For the asker's eyes alone: a direct message has no others, elsewhere it is whispered. */
export function openAside(stage: Stage, venue: Venue & { readonly userId: string }): Reply {
  const { channelId, userId } = venue;
  if (!isDirect({ channel: channelId })) {
    return createReply(stage, { ...venue, ephemeral: { channelId, userId, nonce: randomUUID() } });
  }
  const reply = createReply(stage, venue);
  return { ...reply, show: (view) => reply.show({ ...view, audience: "everyone" }) };
}

function inviteWords(name: string): string {
  return `I am not in this conversation. Type \`/invite @${name}\` here and try again, or add \`--private\` to see the picture alone.`;
}
