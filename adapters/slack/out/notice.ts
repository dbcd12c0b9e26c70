import { randomUUID } from "node:crypto";
import type { View } from "../../../src/seam/view.ts";
import type { Stage } from "../live/stage.ts";
import type { Venue } from "../live/venue.ts";
import { readyMs } from "../wire/limits.ts";
import type { Message } from "../wire/send.ts";
import { toLogged } from "../wire/trouble.ts";
import { splitWords } from "./long-text.ts";
import { createMessageFiles } from "./message-files.ts";
import { toFileName, toMessage } from "./view.ts";

/** Says something to the asker alone, by whatever way is open. */
export async function notify(stage: Stage, venue: Venue, view: View): Promise<void> {
  const { send, log } = stage;
  const { channelId, userId, responseUrl } = venue;
  const threadTs = venue.inThread ? venue.threadTs : undefined;
  const files = await upload(stage, view);
  const [text = "", ...more] = splitWords(view.text);
  const message = toMessage({ ...view, text }, { id: randomUUID(), files });
  const plain = { phase: view.phase, notes: [], images: [], actions: [] };
  const bare = { ...view, text, images: [], notes: [...view.notes, "Slack did not take its pictures."] };
  const ways: readonly ((message: Message) => Promise<void> | undefined)[] = [
    (one) => responseUrl && send.respond(responseUrl, one, threadTs ? { threadTs } : {}),
    (one) => (userId ? send.ephemeral({ channelId, userId, ...(threadTs && { threadTs }) }, one) : undefined),
    (one) => (userId ? send.direct(userId, one) : undefined),
    (one) =>
      userId && files.length > 0
        ? send.direct(userId, one === message ? toMessage(bare, { id: randomUUID(), files: [] }) : one)
        : undefined,
  ];
  let rest = [message, ...more.map((text) => toMessage({ ...plain, text }, { id: randomUUID(), files: [] }))];
  for (const way of ways) {
    try {
      while (rest[0]) {
        const going = way(rest[0]);
        if (!going) break;
        await going;
        rest = rest.slice(1);
      }
      if (rest.length === 0) return;
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
