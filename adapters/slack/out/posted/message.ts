import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterShown, checkHeld } from "../../../../src/seam/held.ts";
import type { MessageKey } from "../../../../src/seam/turn.ts";
import type { Image, View } from "../../../../src/seam/view.ts";
import { isOver } from "../../../../src/seam/view.ts";
import { movedTo, noteMoved } from "../../live/moved.ts";
import type { Stage } from "../../live/stage.ts";
import type { Venue } from "../../live/venue.ts";
import { type Spot, toMessageKey, toThreadKey } from "../../wire/keys.ts";
import { filesOf, handedWith, shownIdsOf } from "../../wire/pictures.ts";
import type { To } from "../../wire/send/calls.ts";
import { type Message, skewMs } from "../../wire/send/posts.ts";
import { type Found, isMarked } from "../../wire/send/reads.ts";
import { isFileGone, isRefusal, toLogged, toTrouble } from "../../wire/trouble.ts";
import { createMessageFiles, type MessageFiles, named, shareFiles } from "../files/message-files.ts";
import { type Look, toMessage } from "../view.ts";
import { leave, leaveUnseen } from "./leave.ts";

/** A message everybody sees, and the files that it shows. */
export interface PostedMessage {
  readonly files: MessageFiles;
  /** Where it is; undefined before it is posted. */
  readonly spot: Spot | undefined;
  /** Its name, wherever it moves. */
  readonly key: MessageKey | undefined;
  /** The pictures it shows, and their files. */
  readonly shown: { readonly images: View["images"]; readonly files: readonly string[] };
  /** Finds what was there before this process. Rejects as Slack does where it cannot be known now. */
  find(): Promise<void>;
  /** Pictures and files on their way into it: what else is edited meanwhile must not take their files away. */
  expect(coming: readonly Image[]): void;
  /** Posts it, or changes it. `soon`: dropped rather than waited for. */
  put(view: View, files: readonly string[], how?: How): Promise<void>;
  /** The last view, with what comes to be taken away beside its pictures. */
  putLast(view: View, files: readonly string[], signal: AbortSignal): Promise<void>;
  /** Shows pictures by themselves, below. Rejects as Slack does. */
  putApart(view: View, names: readonly string[], signal: AbortSignal): Promise<void>;
  /** Posts the view in another place, which is the message's from then on. Rejects as Slack does. */
  move(to: To, line: string, view: View, files: readonly string[], signal: AbortSignal): Promise<void>;
  /** How it is to look, for knowing whether words fit. */
  toLook(files: readonly string[]): Look;
  /** Takes away what it does not show, and is not on its way into it. */
  tidy(): void;
  /** The last view is there: what it does not show is taken away. */
  settle(): void;
  /** Takes all its files away. */
  clear(): void;
  /** It cannot be posted there. What may be there without our having heard of it says so, as soon as that can be seen. */
  abandon(): void;
}

interface How {
  readonly soon?: boolean;
  readonly signal?: AbortSignal;
}

const notHandedNote = "Slack did not take the file that belongs to this. Press Draw again to try once more.";

const belowWords = "Slack no longer lets me change this message: the answer is in the one below.";
const directWords = "I may no longer answer here: the answer is in our direct messages.";

const unknownImage: Image = {
  name: "sketch.png",
  mediaType: "image/png",
  bytes: new Uint8Array(),
  alt: "The sketch so far",
};

/** Days that an answer may take to be shown, in ms. */
const longMs = 2 * 24 * 3600 * 1000;

export function createMessage(stage: Stage, venue: Venue): PostedMessage {
  const { send, log, strangers, now, timing, closing, tidying } = stage;
  const nonce = randomUUID().slice(0, 8);
  let mark = venue.mark ?? randomUUID();
  let spot: Spot | undefined = venue.ts ? { channelId: venue.channelId, ts: venue.ts } : undefined;
  let key = spot && toMessageKey(spot);
  let home: To = { channelId: venue.channelId, ...(venue.threadTs && { threadTs: venue.threadTs }) };
  /** Of a message that has moved: the name its buttons are for, and why it stands there. */
  let stands: MessageKey | undefined;
  let line: string | undefined;
  const files = createMessageFiles(stage, mark, () => spot);
  let isFound = !venue.reopened && !venue.again;
  /** It could not be looked for: what another process has posted may stand elsewhere. */
  let isBlind = false;
  let edit = 0;
  let onShow: readonly string[] = [];
  let images: View["images"] = [];
  /** Files that it may show: of edits whose answer got lost. */
  let unsure: readonly string[] = [];
  let isUnsure = false;
  /** Files that hang on it, to be taken away; and those that had to be shown in messages of their own. */
  let handed: readonly string[] = [];
  let apart: readonly string[] = [];
  /** Those of them that are pictures. */
  let shownApart: readonly string[] = [];
  let coming: readonly Image[] = [];
  let last: { readonly view: View; readonly files: readonly string[] } | undefined;

  const staying = () => [...onShow, ...handed, ...apart];

  function toLook(ids: readonly string[]): Look {
    return {
      ...{ id: `${mark}.${nonce}.${edit}`, files: ids, handed: apart },
      ...(venue.asked && { asked: venue.asked }),
      ...(stands && { stands }),
      ...(line && { line }),
    };
  }

  function placed(view: View, ids: readonly string[]): void {
    onShow = ids;
    images = view.images;
    files.keep([...staying(), ...unsure], coming);
  }

  /** Changes it by one call, of which it is not known whether it was carried out when it fails. */
  async function change(
    view: View,
    ids: readonly string[],
    call: (message: Message) => Promise<void>,
  ): Promise<void> {
    checkHeld();
    edit += 1;
    files.carry(ids);
    try {
      await call(toMessage(view, toLook(ids)));
    } catch (error) {
      isUnsure ||= !isRefusal(error);
      if (!isRefusal(error)) unsure = [...unsure, ...ids];
      throw error;
    }
  }

  async function put(view: View, ids: readonly string[], { soon, signal }: How = {}): Promise<void> {
    await change(view, ids, async (message) => {
      if (!spot) {
        spot = await send.post(home, message, mark, signal);
        home = { ...home, channelId: spot.channelId };
        key ??= toMessageKey(spot);
        strangers.delete(toThreadKey(spot.channelId, home.threadTs ?? spot.ts));
      } else if (handed.length > 0 && isOver(view.phase)) {
        await send.attach(spot, message, [], signal);
        handed = [];
      } else if (soon) await send.editSoon(spot, message);
      else await send.edit(spot, message, signal);
    });
    placed(view, ids);
  }

  /** Hangs the view's files on it. False where Slack does not take them, and then it may be as it was. */
  async function attach(at: Spot, view: View, ids: readonly string[], signal: AbortSignal): Promise<boolean> {
    try {
      const hanging = await Promise.all(named(view).map(({ file, name }) => files.store(file, name, signal)));
      let isTaken = false;
      await change(view, ids, async (message) => {
        isTaken = await send.attach(at, message, hanging, signal);
      });
      if (isTaken) {
        handed = hanging;
        placed(view, ids);
        return true;
      }
    } catch (error) {
      signal.throwIfAborted();
      const isOther = ["unready", "gone", "uninvited", "limited"].includes(toTrouble(error));
      if (!isRefusal(error) || (isOther && !isFileGone(error))) throw error;
      log.warn({ channel: at.channelId, error: toLogged(error) }, "slack.file.apart");
      return false;
    }
    log.warn({ channel: at.channelId }, "slack.file.apart");
    return false;
  }

  function below(at: Spot): To {
    return { channelId: at.channelId, threadTs: home.threadTs ?? at.ts };
  }

  async function putLast(view: View, ids: readonly string[], signal: AbortSignal): Promise<void> {
    last = { view, files: ids };
    apart = apart.filter((id) => shownApart.includes(id));
    if (!view.files?.length) return put(view, ids, { signal });
    if (!spot) await put(view, ids, { signal });
    const at = spot;
    if (!at || (await attach(at, view, ids, signal))) return;
    const shared = await shareFiles(stage, files, below(at), view);
    apart = [...apart, ...(shared ?? [])];
    const told = shared ? view : { ...view, notes: [...view.notes, notHandedNote] };
    last = { view: told, files: ids };
    await put(told, ids, { signal });
  }

  function take(found: Found): void {
    spot = { channelId: home.channelId, ts: found.ts };
    key ??= toMessageKey(spot);
    if (found.thread_ts && found.thread_ts !== found.ts) home = { ...home, threadTs: found.thread_ts };
    onShow = shownIdsOf(found);
    images = onShow.map(() => unknownImage);
    handed = filesOf(found).map(({ id }) => id);
    apart = handedWith(found);
  }

  async function find(): Promise<void> {
    if (isFound) return;
    const moved = spot && key && (await movedTo(stage, key).catch(() => undefined));
    if (moved) arrive({ channelId: moved.channelId }, moved);
    try {
      const found = spot ? venue.reopened && (await send.fetchMessage(spot)) : await findPosted();
      if (found) take(found);
    } catch (error) {
      if (!isRefusal(error) || toTrouble(error) === "limited") throw error;
      log.debug({ channel: home.channelId, error: toLogged(error) }, "slack.message.unseen");
      isBlind = !spot;
    }
    isFound = true;
    await files.adopt([...onShow, ...handed]);
    if (spot) await files.adopt(apart, below(spot));
  }

  function findPosted(): Promise<Found | undefined> {
    return send.findMarked(home, mark, (venue.since ?? now()) - skewMs);
  }

  function arrive(to: To, at: Spot | undefined, why?: string): void {
    stands = key;
    home = to;
    spot = at;
    line = why;
    mark = toMoved(mark);
  }

  /** An edit whose answer got lost may yet be carried out, over the last view. */
  async function hold(): Promise<void> {
    // Who ends looks now: among several processes nobody comes back to it for long.
    await sleep(timing.settleMs, undefined, { signal: closing }).catch(() => {});
    const found = spot && (await send.fetchMessage(spot));
    if (found && last && !isMarked(found, `${mark}.${nonce}.${edit}`)) await put(last.view, last.files);
    unsure = [];
    isUnsure = false;
    files.settle(staying(), !isBlind);
  }

  return {
    files,
    toLook,
    find,
    put,
    putLast,
    get spot() {
      return spot;
    },
    get key() {
      return key;
    },
    get shown() {
      return { images, files: onShow };
    },
    expect(images) {
      coming = images;
      shownApart = [];
    },
    async putApart(view, names, signal) {
      const to = spot ? below(spot) : home;
      const all = await Promise.allSettled(
        view.images.map((image, index) => files.share(image, names[index] ?? image.name, to, signal)),
      );
      const there = all.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
      shownApart = there;
      apart = there;
      const failed = all.find((one) => one.status === "rejected");
      if (failed) throw failed.reason;
    },
    async move(to, why, view, ids, signal) {
      const before = { spot, home, mark, stands, line, onShow, unsure };
      arrive(to, undefined, why);
      // What a message shows is not taken away from it, here or by whoever takes over.
      unsure = [...unsure, ...onShow];
      await files.place(ids);
      try {
        // The process before may have moved it, and not have noted that.
        const since = (venue.since ?? now() - longMs) - skewMs;
        const found = venue.reopened ? await send.findMarked(to, mark, since) : undefined;
        if (found) spot = { channelId: to.channelId, ts: found.ts };
        await putLast(view, ids, signal);
      } catch (error) {
        ({ spot, home, mark, stands, line, onShow, unsure } = before);
        throw error;
      }
      const { spot: old } = before;
      if (!old || !spot || !stands) return;
      await noteMoved(stage, stands, spot);
      const words = to.channelId === old.channelId ? belowWords : directWords;
      const only = before.onShow.filter((id) => !onShow.includes(id));
      const left = { channelId: old.channelId, ts: old.ts, words, files: only };
      const isLeft = await leave(stage, left, () => {
        apart = apart.filter((id) => !before.onShow.includes(id));
        files.settle(staying(), !isBlind);
      });
      if (!isLeft) apart = [...apart, ...before.onShow];
    },
    tidy: () => files.keep([...staying(), ...unsure], coming),
    settle() {
      coming = [];
      if (!isUnsure) return files.settle(staying(), !isBlind);
      files.keep([...staying(), ...unsure]);
      const held = afterShown(hold)
        .catch((error: unknown) => log.debug({ error: toLogged(error) }, "slack.hold.failed"))
        .finally(() => tidying.delete(held));
      tidying.add(held);
    },
    clear() {
      coming = [];
      files.keep([]);
    },
    abandon() {
      if (spot) return;
      const { channelId } = home;
      const find = () => findPosted().then((found) => found && { channelId, ts: found.ts });
      leaveUnseen(stage, find, directWords);
    },
  };
}

/** The mark of an answer in its second place. */
function toMoved(mark: string): string {
  return mark.endsWith("~") ? mark : `${mark}~`;
}
