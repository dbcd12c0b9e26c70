import type { EventKey, ThreadKey } from "../../../../src/seam/turn.ts";
import { isStoppedBy, type Stopped } from "../../live/agent/stopped.ts";
import type { Came } from "../../live/came.ts";
import type { Stage } from "../../live/stage.ts";
import { isDirect } from "../../live/where.ts";
import { toThreadKey } from "../../wire/keys.ts";
import type { Stop } from "../payloads.ts";
import { withdraw } from "../taken-back.ts";

/**
 * Somebody stopped what goes on in a thread of theirs: all that was asked for there before is cancelled, also what is not
 * shown yet. Slack leaves it to us to say that nothing is at work there.
 */
export async function answerStop(
  stage: Stage,
  { channel, thread_ts, event_ts }: Stop,
  came: Came,
): Promise<void> {
  const { stops, sessions } = stage;
  if (!isDirect({ channel })) return; // nothing of ours has that button elsewhere
  const thread = toThreadKey(channel, thread_ts);
  const stopped = { ts: event_ts, at: came.at };
  const before = stops.get(thread);
  if (!before || Number(before.ts) < Number(event_ts)) stops.set(thread, stopped);
  await stopIn(stage, thread, stopped, came.event);
  sessions.settle({ channelId: channel, threadTs: thread_ts });
}

/** Cancels what this process is at in that thread and was asked for before that. `event`: by which it was stopped. */
export async function stopIn(
  { live, me, core }: Stage,
  thread: ThreadKey,
  stopped: Stopped,
  event?: EventKey,
): Promise<void> {
  for (const [message, one] of live)
    if (one.thread === thread && isStoppedBy(one, stopped))
      await withdraw(message, me.teamId, core.handle, event);
}
