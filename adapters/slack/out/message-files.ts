import { setTimeout as sleep } from "node:timers/promises";
import type { Image, View } from "../../../src/seam/view.ts";
import type { Stage } from "../live/stage.ts";
import type { Spot } from "../wire/keys.ts";
import type { Message } from "../wire/send.ts";
import { isRefusal, retryAfterMs, toLogged, toTrouble } from "../wire/trouble.ts";
import { toFileName } from "./view.ts";

/** The files of one message: each picture is uploaded once, and what nothing shows any more is taken away. */
export interface MessageFiles {
  /** The file of a picture, ready to be shown. Rejects with the signal's reason, or what Slack says. */
  put(image: Image, name: string, signal: AbortSignal, patienceMs: number): Promise<string>;
  /** The file of what is to be taken away and not shown, which nobody has to wait for. Rejects as `put`. */
  store(file: Image, name: string, signal: AbortSignal): Promise<string>;
  /** Files of a message from before the restart. */
  adopt(ids: readonly string[]): void;
  /** Takes all others away, but for those of `coming`. Returns at once. */
  keep(ids: readonly string[], coming?: readonly Image[]): void;
}

export function createMessageFiles({ send, log, timing, tidying, now }: Stage): MessageFiles {
  const uploads = new Map<Uint8Array, Promise<string>>();
  const ready = new Set<string>();
  /** The pictures are known of what this process has uploaded. */
  const held = new Map<string, Uint8Array | undefined>();

  function upload(image: Image, name: string, signal: AbortSignal): Promise<string> {
    const known = uploads.get(image.bytes);
    // One that was given up for a sketch may be wanted after all, in the last view.
    if (known) {
      return known.catch(() => {
        signal.throwIfAborted();
        return upload(image, name, signal);
      });
    }
    const made = send.upload(image, name, signal).then((id) => {
      held.set(id, image.bytes);
      return id;
    });
    uploads.set(image.bytes, made);
    made.catch(() => uploads.delete(image.bytes));
    return made;
  }

  /** Slack takes seconds to look at a picture, and refuses a message that shows it before. */
  async function wait(id: string, signal: AbortSignal, patienceMs: number): Promise<void> {
    const end = now() + patienceMs;
    while (!ready.has(id)) {
      const file = await send.info(id).catch((error: unknown) => {
        if (isRefusal(error) && !["limited", "gone", "failed"].includes(toTrouble(error))) throw error;
        return { pauseMs: retryAfterMs(error) };
      });
      if ("mimetype" in file && file.mimetype?.startsWith("image/")) return void ready.add(id);
      if (now() >= end) return;
      const pauseMs = ("pauseMs" in file && file.pauseMs) || timing.pollMs;
      await sleep(pauseMs, undefined, { signal });
    }
  }

  return {
    async put(image, name, signal, patienceMs) {
      const id = await upload(image, name, signal);
      signal.throwIfAborted();
      await wait(id, signal, patienceMs);
      return id;
    },
    store: upload,
    adopt(ids) {
      for (const id of ids) held.set(id, undefined);
    },
    keep(ids, coming = []) {
      for (const [id, bytes] of held) {
        if (ids.includes(id) || coming.some((image) => image.bytes === bytes)) continue;
        held.delete(id);
        if (bytes) uploads.delete(bytes);
        const removed = send
          .remove(id)
          .catch((error: unknown) => log.warn({ file: id, error: toLogged(error) }, "slack.file.left"))
          .finally(() => tidying.delete(removed));
        tidying.add(removed);
      }
    },
  };
}

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
