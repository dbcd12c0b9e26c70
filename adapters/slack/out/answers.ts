import { randomUUID } from "node:crypto";
import type { Below } from "../../../src/seam/adapter.ts";
import { BotError } from "../../../src/seam/errors.ts";
import type { MessageKey, ThreadKey, User } from "../../../src/seam/turn.ts";
import type { Reply } from "../../../src/seam/view.ts";
import type { Came } from "../live/came.ts";
import { movedTo } from "../live/moved.ts";
import type { Stage } from "../live/stage.ts";
import { type Venue, venueOf } from "../live/venue.ts";
import { isDirect, toUser, toWhere, type Where } from "../live/where.ts";
import {
  type Ephemeral,
  isSpot,
  parseMessageKey,
  type Spot,
  toMark,
  toMessageKey,
  toPlace,
  toThreadKey,
} from "../wire/keys.ts";
import { slackLimits } from "../wire/limits.ts";
import { isOpen, type ResponseUrl } from "../wire/response-url.ts";
import { skewMs } from "../wire/send/posts.ts";
import { toBotError, toLogged, toTrouble } from "../wire/trouble.ts";
import { toTitle } from "../wire/words.ts";
import { say } from "./notice.ts";
import { leaveUnseen } from "./posted/leave.ts";
import { createReply } from "./reply.ts";
import { toMessage } from "./view.ts";

const barredWords = "I may no longer answer here.";

/** Where a command, a press or a form is answered. */
export interface Answer {
  readonly thread: ThreadKey;
  readonly reply: Reply;
}

export interface Wish {
  readonly came: Came;
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

/**
 * Undefined: the bot cannot answer there, and the person has been told so. Rejects with BotError `unreachable` when it may
 * be tried again.
 */
export async function openAnswer(stage: Stage, wish: Wish): Promise<Answer | undefined> {
  const { came, where, userId, name, responseUrl, words, pressed } = wish;
  const { channelId, threadTs } = where;
  const venue: Venue = {
    ...venueOf(came),
    channelId,
    userId,
    asked: { name, ...(words && { words }) },
    ...(threadTs && { threadTs, inThread: where.inThread }),
    ...(responseUrl && { responseUrl }),
    ...(pressed && { pressed }),
    ...(words && where.direct && stage.app.isAgent && { title: toTitle(words, slackLimits.sessionTitle) }),
  };
  if (wish.private) {
    const ephemeral = { channelId, userId, nonce: toMark(came.event) };
    const thread: ThreadKey = `slack:${channelId}:${userId}.${ephemeral.nonce}`;
    return { thread, reply: createReply(stage, { ...venue, ephemeral }) };
  }
  if (threadTs || (where.direct && !stage.app.isAgent)) {
    return { thread: toThreadKey(channelId, threadTs), reply: createReply(stage, venue) };
  }
  // The message is the first of a thread of its own: it has to be there before the thread has a name.
  try {
    const made = await openRoot(stage, venue, came);
    const thread = toThreadKey(made.channelId, made.ts);
    return { thread, reply: createReply(stage, { ...venue, channelId: made.channelId, ts: made.ts }) };
  } catch (error) {
    const trouble = toTrouble(error);
    stage.log.warn({ channel: channelId, trouble, error: toLogged(error) }, "slack.answer.barred");
    if (["failed", "limited"].includes(trouble)) throw toBotError(error, stage.me.name);
    leaveUnseen(stage, () => findRoot(stage, channelId, came), barredWords);
    await say(
      stage,
      venue,
      trouble === "uninvited" ? inviteWords(stage.me.name) : "I may not answer in this channel.",
    );
    return undefined;
  }
}

/** Posts the first message of a thread, unless that was done before. */
async function openRoot(stage: Stage, { channelId, asked }: Venue, came: Came): Promise<Spot> {
  const mark = toMark(came.event);
  const found = came.again && (await findRoot(stage, channelId, came));
  if (found) return found;
  const started = toMessage(
    { phase: "working", status: "Getting ready", text: "", notes: [], images: [], actions: [] },
    { id: `${mark}.${randomUUID().slice(0, 8)}.0`, files: [], ...(asked && { asked }) },
  );
  return stage.send.post({ channelId }, started, mark);
}

async function findRoot({ send }: Stage, channelId: string, came: Came): Promise<Spot | undefined> {
  const found = await send.findMarked({ channelId }, toMark(came.event), came.at - skewMs);
  return found && { channelId, ts: found.ts };
}

/** For the asker's eyes alone: a direct message has no others, elsewhere it is whispered. */
export function openAside(stage: Stage, came: Came, of: Venue & { readonly userId: string }): Reply {
  const { channelId, userId } = of;
  const venue = { ...of, ...venueOf(came) };
  if (!isDirect({ channel: channelId })) {
    const ephemeral = { channelId, userId, nonce: toMark(came.event) };
    return createReply(stage, { ...venue, ephemeral });
  }
  return aloud(createReply(stage, venue));
}

/** A reply that whispers nothing. */
export function aloud(reply: Reply): Reply {
  return {
    ...reply,
    show: (view) => reply.show({ ...view, audience: "everyone" }),
    get venue() {
      return reply.venue;
    },
  };
}

function inviteWords(name: string): string {
  return `I am not in this conversation. Type \`/invite @${name}\` here and try again, or add \`--private\` to see the picture alone.`;
}

/**
 * A new answer below a message, for what was not asked in Slack itself. Rejects with BotError `unknown_message` where
 * none can be given: the message is gone, the bot is not there, or only one person saw it and cannot be reached.
 */
export async function openBelow(stage: Stage, message: MessageKey, user: User): Promise<Below> {
  const spot = parseMessageKey(message);
  if (!spot) throw new BotError("unknown_message", "That is no message of Slack's.");
  if (!isSpot(spot)) return belowEphemeral(stage, spot, user);
  return belowPosted(stage, (await movedTo(stage, message)) ?? spot, user);
}

async function belowPosted(stage: Stage, { channelId, ts }: Spot, user: User): Promise<Below> {
  const { send, me, log } = stage;
  const found = await send.fetchMessage({ channelId, ts }).catch((error: unknown) => {
    log.debug({ channel: channelId, error: toLogged(error) }, "slack.below.barred");
    if (["uninvited", "forbidden", "gone"].includes(toTrouble(error))) return undefined;
    throw toBotError(error, me.name);
  });
  if (!found) {
    throw new BotError(
      "unknown_message",
      `I cannot answer below that picture: it is gone, or I am not in its channel. Type /invite @${me.name} there, or attach the picture and a mask to a message to me.`,
    );
  }
  const direct = isDirect({ channel: channelId });
  const { threadTs, inThread } = toWhere({
    ...{ channelId, ts, direct, app: stage.app },
    ...(found.thread_ts && { threadTs: found.thread_ts }),
  });
  const reply = createReply(stage, {
    channelId,
    userId: toUserId(user),
    asked: { name: user.name },
    ...(threadTs && { threadTs, inThread }),
  });
  return { thread: toThreadKey(channelId, threadTs), place: toPlace(me.teamId, channelId), reply };
}

/** It stays between the two, as long as the response URL that came with the last press is open. */
async function belowEphemeral(stage: Stage, { channelId, ...before }: Ephemeral, user: User): Promise<Below> {
  const { responseUrls, me, now } = stage;
  const { userId } = before;
  const responseUrl = responseUrls.get(toMessageKey({ channelId, ...before }));
  if (!responseUrl || !isOpen(responseUrl, now) || toUserId(user) !== userId) {
    throw new BotError(
      "unknown_message",
      "Slack no longer lets me answer below that private picture. Attach the picture and a mask to a message to me instead.",
    );
  }
  const ephemeral = { channelId, userId, nonce: randomUUID() };
  const reply = createReply(stage, {
    ...{ channelId, userId, ephemeral, responseUrl, pressed: true, asked: { name: user.name } },
    ...(responseUrl.threadTs && { threadTs: responseUrl.threadTs, inThread: true }),
  });
  return { thread: toMessageKey(ephemeral), place: toPlace(me.teamId, channelId), reply };
}

function toUserId({ id }: User): string {
  return id.slice(toUser("", "").id.length);
}
