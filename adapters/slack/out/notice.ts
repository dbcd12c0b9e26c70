import { randomUUID } from "node:crypto";
import type { View } from "../../../src/seam/view.ts";
import type { Stage } from "../live/stage.ts";
import type { Venue } from "../live/venue.ts";
import { readyMs } from "../wire/limits.ts";
import { toLogged } from "../wire/trouble.ts";
import { createMessageFiles } from "./message-files.ts";
import { toFileName, toMessage } from "./view.ts";

/** Says something to the asker alone, by whatever way is open. */
export async function notify(stage: Stage, venue: Venue, view: View): Promise<void> {
  const { send, log } = stage;
  const { channelId, userId, responseUrl } = venue;
  const threadTs = venue.inThread ? venue.threadTs : undefined;
  const files = await upload(stage, view);
  const message = toMessage(view, { id: randomUUID(), files });
  const bare = { ...view, images: [], notes: [...view.notes, "Slack did not take its pictures."] };
  const ways = [
    () => responseUrl && send.respond(responseUrl, message, threadTs ? { threadTs } : {}),
    () => userId && send.ephemeral({ channelId, userId, ...(threadTs && { threadTs }) }, message),
    () => userId && send.direct(userId, message),
    () => userId && files.length > 0 && send.direct(userId, toMessage(bare, { id: randomUUID(), files: [] })),
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

/** The files of its pictures, ready to be shown. One that cannot be had is left out. */
async function upload(stage: Stage, view: View): Promise<readonly string[]> {
  const { log, closing } = stage;
  const messageFiles = createMessageFiles(stage);
  const all = await Promise.allSettled(
    view.images.map((image, index) =>
      messageFiles.put(image, toFileName(view, image, index), closing, readyMs),
    ),
  );
  return all.map((one) => {
    if (one.status === "fulfilled") return one.value;
    log.warn({ error: toLogged(one.reason) }, "slack.tell.picture");
    return "";
  });
}

/** The same, in words of the adapter's own. */
export function say(stage: Stage, venue: Venue, words: string): Promise<void> {
  return notify(stage, venue, { phase: "done", text: words, notes: [], images: [], actions: [] });
}
