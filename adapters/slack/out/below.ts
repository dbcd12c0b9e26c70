import { randomUUID } from "node:crypto";
import type { Below } from "../../../src/seam/adapter.ts";
import { BotError } from "../../../src/seam/errors.ts";
import type { MessageKey, User } from "../../../src/seam/turn.ts";
import type { Stage } from "../live/stage.ts";
import { isDirect, toUser, toWhere } from "../live/where.ts";
import {
  type Ephemeral,
  isSpot,
  parseMessageKey,
  type Spot,
  toMessageKey,
  toPlace,
  toThreadKey,
} from "../wire/keys.ts";
import { isOpen } from "../wire/response-url.ts";
import { toBotError, toLogged, toTrouble } from "../wire/trouble.ts";
import { createReply } from "./reply.ts";

/**
 * A new answer below a message, for what was not asked in Slack itself. Rejects with BotError `unknown_message` where
 * none can be given: the message is gone, the bot is not there, or only one person saw it and cannot be reached.
 */
export async function openBelow(stage: Stage, message: MessageKey, user: User): Promise<Below> {
  const spot = parseMessageKey(message);
  if (!spot) throw new BotError("unknown_message", "That is no message of Slack's.");
  return isSpot(spot) ? belowPosted(stage, spot, user) : belowEphemeral(stage, spot, user);
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
    ...{ channelId, ts, direct },
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
