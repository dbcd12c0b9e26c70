import { randomUUID } from "node:crypto";
import type { View } from "../../../src/seam/view.ts";
import type { Stage } from "../live/stage.ts";
import type { Venue } from "../live/venue.ts";
import { toMessageKey, toStandsFor } from "../wire/keys.ts";
import { readyMs } from "../wire/limits.ts";
import type { Message } from "../wire/send/posts.ts";
import { isRefusal, toBotError, toLogged } from "../wire/trouble.ts";
import { createMessageFiles, type MessageFiles } from "./files/message-files.ts";
import { splitWords } from "./long-text.ts";
import { toFileName, toMessage } from "./view.ts";

/**
 * Says something to the asker alone, by whatever way is open. Rejects with BotError `unreachable` when Slack took none of
 * it and may take it later; where nobody may be told, that is said to the log.
 */
export async function notify(stage: Stage, venue: Venue, view: View): Promise<void> {
  const { send, log } = stage;
  const { channelId, userId, responseUrl } = venue;
  const threadTs = venue.inThread ? venue.threadTs : undefined;
  const messageFiles = createMessageFiles(stage, `${venue.mark ?? randomUUID()} aside`);
  const files = await upload(stage, messageFiles, view);
  const [text = "", ...more] = splitWords(view.text);
  // Slack has no name for what one person alone sees: its buttons bring ours, sealed.
  const own = { channelId, userId: userId ?? "", nonce: randomUUID() };
  const stands = view.actions.length > 0 && {
    stands: toStandsFor(toMessageKey(own), [], stage.core.seal),
  };
  const message = toMessage({ ...view, text }, { id: randomUUID(), files, ...stands });
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
  const all = [
    message,
    ...more.map((text) => toMessage({ ...plain, text }, { id: randomUUID(), files: [] })),
  ];
  let rest = all;
  let why: unknown;
  for (const way of ways) {
    try {
      while (rest[0]) {
        const going = way(rest[0]);
        if (!going) break;
        await going;
        rest = rest.slice(1);
      }
      if (rest.length === 0) return messageFiles.release(files);
    } catch (error) {
      if (!isRefusal(error)) why = error;
      log.debug({ channel: channelId, error: toLogged(error) }, "slack.tell.again");
    }
  }
  log.warn({ channel: channelId }, "slack.tell.failed");
  if (why !== undefined && rest.length === all.length) throw toBotError(why, stage.me.name);
}

/** The files of its pictures, ready to be shown. One that cannot be had is left out. */
async function upload(stage: Stage, messageFiles: MessageFiles, view: View): Promise<readonly string[]> {
  const { log, closing } = stage;
  const all = await Promise.allSettled(
    view.images.map((image, index) =>
      messageFiles.put(image, {
        ...{ name: toFileName(view, image, index), signal: closing, patienceMs: readyMs },
      }),
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
