import type { Reply } from "../../../src/seam/view.ts";
import type { Stage } from "../live/stage.ts";
import type { Venue } from "../live/venue.ts";
import { toMessageKey } from "../wire/keys.ts";
import { imageLimits } from "../wire/limits.ts";
import { createEphemeral } from "./ephemeral.ts";
import { createPosted } from "./posted/posted.ts";

/** The message that answers a turn, wherever it is. */
export function createReply(stage: Stage, venue: Venue): Reply {
  const { channelId, ts, ephemeral } = venue;
  const own = ephemeral ? createEphemeral(stage, venue, toMessageKey(ephemeral)) : createPosted(stage, venue);
  return {
    pace: stage.timing.paceMs,
    limits: imageLimits,
    private: ephemeral !== undefined,
    letsGo: true,
    ...(ts && { message: toMessageKey({ channelId, ts }) }),
    ...(ephemeral && { message: toMessageKey(ephemeral) }),
    show: own.show,
    get venue() {
      return own.venue;
    },
  };
}
