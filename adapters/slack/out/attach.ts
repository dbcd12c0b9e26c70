import type { View } from "../../../src/seam/view.ts";
import type { Stage } from "../live/stage.ts";
import type { Spot } from "../wire/keys.ts";
import type { Message } from "../wire/send.ts";
import { toLogged, toTrouble } from "../wire/trouble.ts";
import type { MessageFiles } from "./message-files.ts";
import { toFileName } from "./view.ts";

/**
 * Changes the message, and hangs the view's files on it to be taken away. Resolves to their ids; undefined where Slack
 * does not take them, and then the message may be as it was. Rejects where it is the pictures that Slack refuses.
 */
export async function attachFiles(
  { send, log, closing }: Stage,
  messageFiles: MessageFiles,
  spot: Spot,
  view: View,
  message: Message,
): Promise<readonly string[] | undefined> {
  try {
    const ids = await Promise.all(
      named(view).map(({ file, name }) => messageFiles.store(file, name, closing)),
    );
    if (await send.attach(spot, message, ids)) return ids;
    log.warn({ channel: spot.channelId }, "slack.file.apart");
  } catch (error) {
    closing.throwIfAborted();
    if (toTrouble(error) === "unready") throw error;
    log.warn({ channel: spot.channelId, error: toLogged(error) }, "slack.file.apart");
  }
  return undefined;
}

/** Shows the view's files by themselves: in a thread, or to one person in a direct message. Their ids, if it worked. */
export async function shareFiles(
  { send, log, closing }: Stage,
  to: { readonly channelId: string; readonly threadTs?: string },
  view: View,
): Promise<readonly string[] | undefined> {
  try {
    return await Promise.all(named(view).map(({ file, name }) => send.upload(file, name, closing, to)));
  } catch (error) {
    log.warn({ channel: to.channelId, error: toLogged(error) }, "slack.file.lost");
    return undefined;
  }
}

function named(view: View) {
  return (view.files ?? []).map((file, index) => ({ file, name: toFileName(view, file, index) }));
}
