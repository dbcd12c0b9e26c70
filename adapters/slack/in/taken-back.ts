import type { Handle } from "../../../src/seam/core.ts";
import type { EventKey, MessageKey } from "../../../src/seam/turn.ts";
import type { Reply } from "../../../src/seam/view.ts";
import type { Came } from "../live/came.ts";
import type { Stage } from "../live/stage.ts";
import { vanish } from "../out/vanish.ts";
import { isSpot, parseMessageKey, toMark, toMessageKey, toPlace, toThreadKey } from "../wire/keys.ts";
import { imageLimits } from "../wire/limits.ts";
import type { To } from "../wire/send/calls.ts";
import { skewMs } from "../wire/send/posts.ts";
import { isRefusal, toLogged, toTrouble } from "../wire/trouble.ts";

/**
 * A request that is taken back, or an answer that is taken away: nobody waits for what is being drawn, in whatever
 * process.
 */
export function forget(stage: Stage, channelId: string, ts: string): void {
  const { core, live, log } = stage;
  const key = toMessageKey({ channelId, ts });
  if (!live.has(key)) void core.removed(key);
  forgetHere(stage, channelId, ts);
  core.shared?.bus
    .tell("deleted", { channelId, ts })
    .catch((error: unknown) => log.debug({ message: key, error: toLogged(error) }, "slack.deleted.untold"));
}

/** The same for what this process is at. */
export function forgetHere({ live, gone }: Stage, channelId: string, ts: string): void {
  const key = toMessageKey({ channelId, ts });
  if (live.has(key)) gone(key);
  for (const [answer, { request }] of live) {
    const spot = parseMessageKey(answer);
    if (request === ts && isSpot(spot) && spot.channelId === channelId) gone(answer);
  }
}

/** Cancels what that message is to show. `event`: by which that is asked for, where it was noted. */
export function withdraw(
  message: MessageKey,
  teamId: string,
  handle: Handle,
  event?: EventKey,
): Promise<void> {
  const nobody: Reply = { pace: 0, limits: imageLimits, show: async () => message };
  const user = { id: "slack:withdrawn", name: "whoever took it back", moderator: true };
  const spot = parseMessageKey(message);
  const channelId = spot?.channelId ?? "";
  const thread = toThreadKey(channelId, isSpot(spot) ? spot.ts : undefined);
  const place = toPlace(teamId, channelId);
  const press = { kind: "press", thread, user, place, action: "cancel", message } as const;
  return handle({ ...press, ...(event && { event }) }, nobody);
}

/**
 * Whether a message that asked was deleted while nobody listened. What the bot may not see is there. Rejects as Slack
 * does while it is away.
 */
export async function isTakenBack({ send }: Pick<Stage, "send">, to: To, ts: string): Promise<boolean> {
  try {
    return !(await send.isThere(to, ts));
  } catch (error) {
    const trouble = toTrouble(error);
    if (trouble === "failed" || trouble === "limited") throw error;
    return trouble === "gone"; // with its thread
  }
}

/** Takes away what was begun for a message that is deleted. */
export async function takeAway(stage: Stage, to: To, { event, at }: Came): Promise<void> {
  const found = await stage.send.findMarked(to, toMark(event), at - skewMs).catch((error: unknown) => {
    if (!isRefusal(error) || toTrouble(error) === "limited") throw error;
    return undefined; // its thread is gone with it
  });
  if (found) await vanish(stage, { channelId: to.channelId, ts: found.ts });
}
