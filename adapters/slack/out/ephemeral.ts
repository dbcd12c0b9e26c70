import { randomUUID } from "node:crypto";
import type { MessageKey } from "../../../src/seam/turn.ts";
import type { Reply, View } from "../../../src/seam/view.ts";
import type { Stage } from "../live/stage.ts";
import type { Venue } from "../live/venue.ts";
import { readyMs } from "../wire/limits.ts";
import { neededScope, toBotError, toLogged } from "../wire/trouble.ts";
import { withWhole } from "./long-text.ts";
import { createMessageFiles, shareFiles } from "./message-files.ts";
import { notify } from "./notice.ts";
import { isOver, isWhole, type Look, toFileName, toMessage } from "./view.ts";

const handedNote = "The file that belongs to it is in our direct messages.";
const notHandedNote = "Slack did not take the file that belongs to it. Press Redo to try again.";

/** An answer for one person's eyes. Slack lets it be changed five times, so it is shown when it begins and when it ends. */
export function createEphemeral(stage: Stage, venue: Venue, key: MessageKey): Reply["show"] {
  const { send, responseUrls, log, seen, handed } = stage;
  const messageFiles = createMessageFiles(stage);
  const { channelId, threadTs, userId = venue.ephemeral?.userId ?? "" } = venue;
  const stem = randomUUID();
  if (venue.responseUrl && !responseUrls.has(key)) responseUrls.set(key, venue.responseUrl);
  let edit = 0;
  let shown = venue.reopened ?? false;
  // The address that a press brings stands for the message pressed on: that one is not to be overwritten.
  const replaces = venue.reopened === true || !venue.pressed;

  function toLook(files: readonly string[], given: readonly string[] = []): Look {
    const { asked } = venue;
    return { id: `${stem}.${edit}`, files, stands: key, handed: given, ...(asked && { asked }) };
  }

  async function present(view: View, files: readonly string[], given?: readonly string[]): Promise<void> {
    edit += 1;
    const message = toMessage(view, toLook(files, given));
    const responseUrl = responseUrls.get(key);
    const more = { replace: shown && replaces, ...(threadTs && { threadTs }) };
    const taken = responseUrl
      ? await send.respond(responseUrl, message, more).then(
          () => true,
          (error: unknown) => {
            log.debug({ message: key, error: toLogged(error) }, "slack.whisper.again");
            return false;
          },
        )
      : false;
    if (!taken) await send.ephemeral({ channelId, userId, ...(threadTs && { threadTs }) }, message);
    shown = true;
  }

  /** Files can hang on no message for one person: they come directly. Undefined: they do not come. */
  async function hand(view: View): Promise<readonly string[] | undefined> {
    if (!view.files?.length) return [];
    const channelId = await send.openDirect(userId).catch((error: unknown) => {
      const scope = neededScope(error);
      if (scope) stage.missing([scope]);
    });
    return channelId ? shareFiles(stage, { channelId }, view) : undefined;
  }

  /** Whether the message that Delete was pressed on is gone. */
  async function takeBack(): Promise<boolean> {
    const responseUrl = responseUrls.get(key);
    if (!responseUrl) return false;
    return send.takeBack(responseUrl).then(
      () => true,
      (error: unknown) => {
        log.debug({ message: key, error: toLogged(error) }, "slack.whisper.left");
        return false;
      },
    );
  }

  return async (whole) => {
    const isCut =
      whole.audience !== "asker" &&
      isOver(whole.phase) &&
      !isWhole(whole, toLook(whole.images.map(() => "F0")));
    const view = isCut ? withWhole(whole) : whole;
    if (view.audience === "asker") {
      await notify(stage, venue, view);
      return key;
    }
    try {
      if (!isOver(view.phase)) {
        if (!shown) await present({ ...view, images: [] }, []);
        return key;
      }
      const files = await Promise.all(
        view.images.map((image, index) =>
          messageFiles.put(image, toFileName(view, image, index), stage.closing, readyMs),
        ),
      );
      const before = venue.reopened
        ? [...(seen.get(key) ?? []).flatMap((one) => ("id" in one ? one.id : [])), ...(handed.get(key) ?? [])]
        : [];
      if (view.gone && venue.reopened && (await takeBack())) {
        messageFiles.adopt(before);
        messageFiles.keep([]);
        handed.delete(key);
        seen.delete(key);
        return key;
      }
      const given = await hand(view);
      const notes = view.files?.length ? [...view.notes, given ? handedNote : notHandedNote] : view.notes;
      await present({ ...view, notes }, files, given);
      messageFiles.adopt(before);
      messageFiles.keep([...files, ...(given ?? [])]);
      handed.set(key, given ?? []);
      seen.set(
        key,
        files.map((id) => ({ id, name: "picture.png", mediaType: "image/png", size: 0 })),
      );
      return key;
    } catch (error) {
      messageFiles.keep([]);
      throw toBotError(error, stage.me.name);
    }
  };
}
