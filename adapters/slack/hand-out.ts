import type { View } from "../../src/adapter.ts";
import type { Spot } from "./keys.ts";
import type { Shelf } from "./shelf.ts";
import type { Stage } from "./stage.ts";
import { toLogged } from "./trouble.ts";
import { type Message, toFileName } from "./view.ts";

/**
 * Hangs a view's files on the message that shows it, to be taken away. Where Slack does not let them, they come in the
 * thread below. Resolves to those that hang on the message; undefined when there is no way.
 */
export async function handOut(
  { send, log, closing }: Stage,
  shelf: Shelf,
  { spot, threadTs = spot.ts }: { readonly spot: Spot; readonly threadTs: string | undefined },
  view: View,
  message: Message,
): Promise<readonly string[] | undefined> {
  const files = (view.files ?? []).map((file, index) => ({ file, name: toFileName(view, file, index) }));
  try {
    const ids = await Promise.all(files.map(({ file, name }) => shelf.store(file, name, closing)));
    if (await send.attach(spot, message, ids)) return ids;
    log.warn({ channel: spot.channelId }, "slack.file.apart");
  } catch (error) {
    closing.throwIfAborted();
    log.warn({ channel: spot.channelId, error: toLogged(error) }, "slack.file.apart");
  }
  const to = { channelId: spot.channelId, threadTs };
  const shared = await Promise.allSettled(
    files.map(({ file, name }) => send.upload(file, name, closing, to)),
  );
  return shared.some(({ status }) => status === "rejected") ? undefined : [];
}
