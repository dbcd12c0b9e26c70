import { randomUUID } from "node:crypto";
import type { View } from "../../src/adapter.ts";
import type { Stage } from "./stage.ts";
import { toLogged } from "./trouble.ts";
import type { Venue } from "./venue.ts";
import { toMessage } from "./view.ts";

/** Says something to the asker alone, by whatever way is open. */
export async function tell(stage: Stage, venue: Venue, view: View): Promise<void> {
  const { send, log } = stage;
  const { channelId, threadTs, userId, line } = venue;
  const message = toMessage(view, { id: randomUUID(), files: [] });
  const ways = [
    () => line && send.respond(line, message, threadTs ? { threadTs } : {}),
    () => userId && send.whisper({ channelId, userId, ...(threadTs && { threadTs }) }, message),
    () => userId && send.tell(userId, message),
  ];
  for (const way of ways) {
    try {
      const going = way();
      if (!going) continue;
      return await going;
    } catch (error) {
      log.debug({ channel: channelId, error: toLogged(error) }, "slack.tell.again");
    }
  }
  log.warn({ channel: channelId }, "slack.tell.failed");
}

/** The same, in words of the adapter's own. */
export function say(stage: Stage, venue: Venue, words: string): Promise<void> {
  return tell(stage, venue, { phase: "done", text: words, notes: [], images: [], actions: [] });
}
