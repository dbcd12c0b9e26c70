import type { ThreadKey } from "../../../src/seam/turn.ts";
import type { View } from "../../../src/seam/view.ts";
import type { Stage } from "../live/stage.ts";
import type { Venue } from "../live/venue.ts";
import { isDirect } from "../live/where.ts";
import { type Spot, toMessageKey, toThreadKey } from "../wire/keys.ts";

/** Keeps the last view of an answer in mind, as far as it is a word of the bot's. `spot`: its message, if it has one. */
export function noteWord(stage: Stage, venue: Venue, view: View, spot: Spot | undefined): void {
  const { told, strangers, unanswered, app } = stage;
  const { channelId, userId } = venue;
  const isBare = view.images.length === 0 && view.actions.length === 0;
  if (app.isAgent && isDirect({ channel: channelId })) {
    if (isBare && view.phase === "failed" && spot) unanswered.set(channelId, toMessageKey(spot));
    else unanswered.delete(channelId);
  }
  const thread = threadOf(venue, spot);
  if (!thread) return; // a direct message without threads hears everything
  const isWord = view.phase === "done" ? isBare : view.gone !== true;
  strangers.delete(thread);
  told.set(
    thread,
    isWord
      ? {
          ...(spot && isBare && view.phase === "failed" && { message: toMessageKey(spot) }),
          ...(userId && { userId }),
        }
      : undefined,
  );
}

function threadOf({ channelId, threadTs }: Venue, spot: Spot | undefined): ThreadKey | undefined {
  const ts = threadTs ?? (isDirect({ channel: channelId }) ? undefined : spot?.ts);
  return ts ? toThreadKey(channelId, ts) : undefined;
}
