import { setTimeout as sleep } from "node:timers/promises";
import { digestOf } from "../../../../src/seam/files/digest.ts";
import { afterShown, whetherHeld, whoeverShows } from "../../../../src/seam/held.ts";
import type { Image, View } from "../../../../src/seam/view.ts";
import type { Stage } from "../../live/stage.ts";
import type { Upload } from "../../live/uploads/records.ts";
import type { Spot } from "../../wire/keys.ts";
import type { SlackFile } from "../../wire/pictures.ts";
import type { To } from "../../wire/send/calls.ts";
import { isRefusal, retryAfterMs, toLogged, toTrouble } from "../../wire/trouble.ts";
import { toFileName } from "../view.ts";
import { isLeftOver } from "./left-over.ts";

/** The files of one answer: each picture is uploaded once, and what nothing shows any more is taken away. */
export interface MessageFiles {
  /** The file of a picture, ready to be shown. Rejects with the signal's reason, or what Slack says. */
  put(image: Image, how: Putting): Promise<string>;
  /** The file of what is to be taken away and not shown, which nobody has to wait for. Rejects as `put`. */
  store(file: Image, name: string, signal: AbortSignal): Promise<string>;
  /** A file that is shown at once, by itself. Rejects as `put`. */
  share(file: Image, name: string, to: To, signal: AbortSignal): Promise<string>;
  /** Files that the message showed before the restart; `shared`: those that are shown there by themselves. */
  adopt(ids: readonly string[], shared?: To): Promise<void>;
  /** From now on the message may show these. */
  carry(ids: readonly string[]): void;
  /** Notes anew which message is to show these. */
  place(ids: readonly string[]): Promise<void>;
  /**
   * Takes all others away, but for those of `coming`. Returns at once: until it is known what is in those, nothing is taken
   * away, and whoever shows them clears up.
   */
  keep(ids: readonly string[], coming?: readonly Image[]): void;
  /**
   * The same after the last view: these stay, whatever becomes of the process. `replaces`: where nobody can look, whether
   * what another process may have shown before is gone; true unless said.
   */
  settle(ids: readonly string[], replaces?: boolean): void;
  /** The same of what is said once, and does not take the place of what was said before. */
  release(ids: readonly string[]): void;
}

interface Putting {
  readonly name: string;
  readonly signal: AbortSignal;
  /** Ms that Slack may take to have it ready. */
  readonly patienceMs: number;
  /** It may as well be left out. */
  readonly sketch?: boolean;
}

/** How a file is sent. */
type Sending = Pick<Putting, "name" | "signal" | "sketch"> & { readonly share?: To };

/** `owner`: the mark of the answer. `spotOf`: its message, where it has one that can be looked at. */
export function createMessageFiles(
  { send, uploads, log, timing, tidying, now }: Stage,
  owner: string,
  spotOf: () => Spot | undefined = () => undefined,
): MessageFiles {
  const made = new Map<string, Promise<string>>();
  const ready = new Set<string>();
  /** By file, what is in it; the empty string where that is not known. */
  const held = new Map<string, string>();
  /** Sketches that no message can show, here or elsewhere: no edit that carried them has been sent. */
  const unseen = new Set<string>();
  /** Those that could not be taken away when nothing showed them any more. */
  const stuck = new Set<string>();
  const removing = new Set<Promise<unknown>>();
  /** What was noted for this message by whoever shows it now. */
  const noted = new Set<string>();
  let reading: Promise<void> | undefined;

  /** The process before may have noted something, as may this one before it lost the answer. */
  function readNoted(): Promise<void> {
    reading ??= uploads.reread(owner, noted).catch((error: unknown) => {
      reading = undefined; // it is tried again
      throw error;
    });
    return reading;
  }

  /** `digest`: the empty string for what nobody else is to find by what is in it. */
  function toUpload(digest: string) {
    const spot = spotOf();
    return { owner, digest, at: now(), ...(spot && { spot }) };
  }

  /** The process before may have sent it already. */
  async function findMade(digest: string, share: To | undefined): Promise<string | undefined> {
    await readNoted();
    const id = await uploads.find(owner, digest);
    if (!id) return undefined;
    try {
      const file = await send.info(id);
      if (share && !isSharedIn(file, share.channelId)) return undefined;
    } catch (error) {
      if (!isRefusal(error) || toTrouble(error) === "limited") throw error;
      return undefined;
    }
    await note(id, digest, false);
    return id;
  }

  /** A finished picture is shown also where nothing can be noted of it. */
  async function note(id: string, digest: string, isSketch: boolean): Promise<void> {
    noted.add(id);
    try {
      await readNoted().catch(() => {}); // `note` tries it again
      // A sketch that no message shows yet is taken away by who made it, whoever goes on with the answer.
      await uploads.note([id], toUpload(isSketch ? "" : digest));
    } catch (error) {
      if (isSketch) {
        uploads.forget(owner, [id]);
        throw error;
      }
      log.error({ file: id, error: toLogged(error) }, "slack.uploads.unwritten");
    }
  }

  async function make(image: Image, digest: string, { name, signal, sketch = false, share }: Sending) {
    const found = sketch ? undefined : await findMade(digest, share);
    if (found) return found;
    const id = await send.upload(image, name, signal, {
      ...(share && { share }),
      note: (id) => note(id, digest, sketch),
      forget: (id) => uploads.forget(owner, [id]),
      left: (id) => stuck.add(id),
    });
    if (sketch) unseen.add(id);
    return id;
  }

  /** What is in a message is for whoever shows it to take away; of what never was, nobody else knows where it is. */
  function remove(id: string): Promise<void> {
    return unseen.delete(id) ? whoeverShows(() => send.remove(id)) : send.remove(id);
  }

  async function upload(image: Image, sending: Sending): Promise<string> {
    const { signal, share } = sending;
    const digest = await toDigest(image);
    const key = toKey(digest, share);
    const known = made.get(key);
    // One that was given up for a sketch may be wanted after all, in the last view.
    if (known) {
      return known.catch(() => {
        signal.throwIfAborted();
        return upload(image, sending);
      });
    }
    const making = make(image, digest, sending).then((id) => {
      held.set(id, key);
      return id;
    });
    made.set(key, making);
    making.catch(() => made.delete(key));
    return making;
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

  function keep(ids: readonly string[], coming: readonly Image[] = []): void {
    const wanted = coming.flatMap(({ bytes }) => digests.get(bytes) ?? []);
    if (wanted.length < coming.length) return;
    const isComing = (key: string) => wanted.some((digest) => key === digest || key.startsWith(`${digest} `));
    for (const [id, key] of held) {
      if (ids.includes(id) || isComing(key)) continue;
      held.delete(id);
      made.delete(key);
      const removed = remove(id)
        .then(
          () => uploads.forget(owner, [id]),
          (error: unknown) => {
            stuck.add(id);
            log.warn({ file: id, error: toLogged(error) }, "slack.file.left");
          },
        )
        .finally(() => {
          for (const all of [tidying, removing]) all.delete(removed);
        });
      for (const all of [tidying, removing]) all.add(removed);
    }
  }

  /** Whether nobody sees a file that another process has uploaded for this answer, which shows others now. */
  async function isUnseen(id: string, upload: Upload | undefined, replaces: boolean): Promise<boolean> {
    if (!upload || stuck.has(id)) return true; // it is this process's own
    const { spot } = upload;
    const here = spotOf();
    if (spot && spot.channelId === here?.channelId && spot.ts === here.ts) return true;
    return (await isLeftOver({ send }, id, upload)) ?? replaces;
  }

  /** What was uploaded for this answer, which shows it no more: by the process before, or when Slack was away. */
  async function takeLeft(shown: readonly string[], replaces: boolean): Promise<void> {
    await Promise.allSettled(removing);
    const left = await uploads.left(owner).catch((): ReadonlyMap<string, Upload> => new Map());
    for (const id of new Set([...left.keys(), ...stuck])) {
      if (shown.includes(id) || held.has(id)) continue;
      try {
        if (await isUnseen(id, left.get(id), replaces)) await send.remove(id);
        stuck.delete(id);
        uploads.forget(owner, [id]);
      } catch (error) {
        log.warn({ file: id, error: toLogged(error) }, "slack.file.left");
      }
    }
    uploads.flushSoon();
  }

  function end(ids: readonly string[], replaces: boolean): void {
    uploads.flushSoon();
    const swept = afterShown(() => takeLeft(ids, replaces)).finally(() => tidying.delete(swept));
    tidying.add(swept);
  }

  return {
    async put(image, how) {
      const { signal, patienceMs } = how;
      const id = await upload(image, how);
      signal.throwIfAborted();
      await wait(id, signal, patienceMs);
      return id;
    },
    store: (file, name, signal) => upload(file, { name, signal }),
    share: (file, name, to, signal) => upload(file, { name, signal, share: to }),
    async adopt(ids, shared) {
      await readNoted().catch(() => {});
      const left = await uploads.left(owner).catch((): ReadonlyMap<string, Upload> => new Map());
      for (const id of ids.filter((one) => !held.has(one))) {
        const digest = left.get(id)?.digest ?? "";
        const key = toKey(digest, shared);
        held.set(id, key);
        if (digest) made.set(key, Promise.resolve(id));
        await note(id, digest, false);
      }
    },
    carry(ids) {
      for (const id of ids) unseen.delete(id);
    },
    async place(ids) {
      for (const id of ids) await note(id, held.get(id)?.split(" ")[0] ?? "", false);
    },
    keep,
    settle(ids, replaces = true) {
      keep(ids);
      if (whetherHeld()?.() === false) return; // whoever has it by now ends it
      uploads.settle(owner, ids);
      end(ids, replaces);
    },
    release(ids) {
      keep(ids);
      uploads.forget(owner, ids);
      end(ids, false);
    },
  };
}

const digests = new WeakMap<Uint8Array, string>();

async function toDigest({ bytes }: Image): Promise<string> {
  const known = digests.get(bytes) ?? (await digestOf(bytes)).toString("base64url");
  digests.set(bytes, known);
  return known;
}

function toKey(digest: string, share: To | undefined): string {
  return share ? `${digest} in ${share.channelId}` : digest;
}

function isSharedIn({ channels = [], groups = [], ims = [] }: SlackFile, channelId: string): boolean {
  return [...channels, ...groups, ...ims].includes(channelId);
}

/** The files that belong to a view beside its pictures, with Slack's names for them. */
export function named(view: View): readonly { readonly file: Image; readonly name: string }[] {
  return (view.files ?? []).map((file, index) => ({ file, name: toFileName(view, file, index) }));
}

/** Shows the view's files by themselves: in a thread, or to one person in a direct message. Their ids, if it worked. */
export async function shareFiles(
  { log, closing }: Stage,
  messageFiles: MessageFiles,
  to: To,
  view: View,
): Promise<readonly string[] | undefined> {
  try {
    return await Promise.all(
      named(view).map(({ file, name }) => messageFiles.share(file, name, to, closing)),
    );
  } catch (error) {
    log.warn({ channel: to.channelId, error: toLogged(error) }, "slack.file.lost");
    return undefined;
  }
}
