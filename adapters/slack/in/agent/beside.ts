import { withLimit } from "../../../../src/seam/timeout.ts";
import type { Attachment } from "../../../../src/seam/turn.ts";
import type { Came } from "../../live/came.ts";
import type { Stage } from "../../live/stage.ts";
import { toNotShown, toUnseen } from "../../live/unseen.ts";
import { isDirect } from "../../live/where.ts";
import { parseContext } from "../../wire/context.ts";
import { toMessageKey, toPlace } from "../../wire/keys.ts";
import { threadMs } from "../../wire/limits.ts";
import { isBy, picturesOf } from "../../wire/pictures.ts";
import { toTrouble } from "../../wire/trouble.ts";
import { findSight } from "../sight.ts";
import type { MessageEvent } from "../turn.ts";

/**
 * The pictures of the message that the author of another looked at beside the conversation with the agent; none where
 * that is none, or shows none. Rejects with BotError `bad_attachment` where it cannot be seen, and with the signal's
 * reason.
 */
export async function picturesBeside(
  stage: Stage,
  { channel, app_context }: Pick<MessageEvent, "channel" | "app_context">,
  { from }: Pick<Came, "from">,
  signal: AbortSignal,
): Promise<readonly Attachment[]> {
  const { send, files, door, me, live } = stage;
  signal.throwIfAborted();
  const spot = parseContext(app_context);
  // What somebody else says to the bot alone is nobody's to look at, whatever an event says.
  if (!spot || (isDirect({ channel: spot.channelId }) && spot.channelId !== channel)) return [];
  const refusal = door.refusalAt(toPlace(me.teamId, spot.channelId, from));
  if (refusal !== undefined) throw toUnseen("beside", refusal);
  const found = await withLimit(
    threadMs,
    () => send.fetchMessage(spot),
    () => new Error("Slack took too long"),
  ).catch((error: unknown) => {
    signal.throwIfAborted();
    if (toTrouble(error) === "gone") return undefined;
    throw toNotShown(stage, "beside", spot.channelId, error);
  });
  const key = toMessageKey(spot);
  const sight = found && findSight([found], me, (ts) => ts === spot.ts && live.has(key));
  if (!found || !sight) return [];
  if (!isBy(found, me)) return sight.pictures.map((picture) => files.toAttachment(picture));
  if (live.has(key)) return []; // there is no picture yet
  return picturesOf(found, me).map((picture) => ({ ...files.toAttachment(picture), shownBy: key }));
}
