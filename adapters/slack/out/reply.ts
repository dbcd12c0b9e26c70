import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { BotError } from "../../../src/seam/errors.ts";
import type { MessageKey } from "../../../src/seam/turn.ts";
import type { Image, Reply, View } from "../../../src/seam/view.ts";
import type { Stage } from "../live/stage.ts";
import type { Venue } from "../live/venue.ts";
import { type Spot, toMessageKey } from "../wire/keys.ts";
import { imageLimits, readyMs, sketchMs } from "../wire/limits.ts";
import { scopeWords } from "../wire/permissions.ts";
import { filesOf, handedWith, shownIdsOf } from "../wire/pictures.ts";
import type { Message } from "../wire/send.ts";
import { neededScope, toBotError, toLogged, toTrouble } from "../wire/trouble.ts";
import { createStatus } from "./assistant.ts";
import { createEphemeral } from "./ephemeral.ts";
import { withWhole } from "./long-text.ts";
import { attachFiles, createMessageFiles, shareFiles } from "./message-files.ts";
import { noteWord } from "./note-word.ts";
import { notify } from "./notice.ts";
import { vanish } from "./vanish.ts";
import { isOver, isWhole, type Look, toFileName, toMessage } from "./view.ts";

const movedNote = "Slack did not show the picture in this message, so it is in the one below.";

const notHandedNote = "Slack did not take the file that belongs to this. Press Redo to try again.";

const unknownImage: Image = {
  name: "sketch.png",
  mediaType: "image/png",
  bytes: new Uint8Array(),
  alt: "The sketch so far",
};

/** The message that answers a turn, wherever it is. */
export function createReply(stage: Stage, venue: Venue): Reply {
  return {
    pace: stage.timing.paceMs,
    limits: imageLimits,
    show: venue.ephemeral
      ? createEphemeral(stage, venue, toMessageKey(venue.ephemeral))
      : createPosted(stage, venue),
  };
}

/** A message everybody sees: it is posted once and changes from then on. */
function createPosted(stage: Stage, venue: Venue): Reply["show"] {
  const { send, log, live, timing } = stage;
  const messageFiles = createMessageFiles(stage);
  const status = createStatus(stage, venue);
  const stem = randomUUID();
  const { channelId, threadTs } = venue;
  let spot: Spot | undefined = venue.ts ? { channelId, ts: venue.ts } : undefined;
  let edit = 0;
  /** The files that the message shows at this moment, and the pictures they are of. */
  let onShow: readonly string[] = [];
  let shownImages: View["images"] = [];
  /** Files that hang on it, to be taken away. */
  let handed: readonly string[] = [];
  /** Files of it that had to be shown in messages of their own; those of them that come to be taken away. */
  let apart: readonly string[] = [];
  let shared: readonly string[] | undefined;
  /** Pictures on their way into the message: what else is edited meanwhile must not take their files away. */
  let coming: View["images"] = [];
  /** The newest sketch that was taken up. */
  let taken: View["images"] = [];
  let adopted = !venue.reopened;
  let looks = "";
  let newest: View | undefined;
  let sketching: AbortController | undefined;
  let barred = false;
  let before: Promise<unknown> = Promise.resolve();

  /** A sketch that gets ready brings about an edit of its own: it must not overtake the turn's, nor be overtaken. */
  function inOrder<T>(work: () => Promise<T>): Promise<T> {
    const next = before.then(work);
    before = next.catch(() => {});
    return next;
  }

  function toLook(files: readonly string[]): Look {
    return { id: `${stem}.${edit}`, files, handed: apart, ...(venue.asked && { asked: venue.asked }) };
  }

  function toOwn(view: View, files: readonly string[]): Message {
    edit += 1;
    return toMessage(view, toLook(files));
  }

  /** Posts the message, or changes it. */
  async function put(view: View, files: readonly string[], sketch = false): Promise<Spot> {
    const message = toOwn(view, files);
    if (spot && handed.length > 0 && isOver(view.phase)) {
      await send.attach(spot, message, []);
      handed = [];
    } else if (spot) {
      await send.edit(spot, message, sketch);
    } else {
      spot = await send.post({ channelId, ...(threadTs && { threadTs }) }, message, `${stem}.${edit}`);
    }
    placed(view, files);
    return spot;
  }

  /** The message shows that now: what it showed before can go. */
  function placed(view: View, files: readonly string[]): void {
    onShow = files;
    shownImages = view.images;
    messageFiles.keep([...files, ...handed, ...apart], coming);
  }

  /** The last view, with what comes to be taken away beside its pictures. */
  async function putLast(view: View, files: readonly string[]): Promise<void> {
    if (!view.files?.length) return void (await put(view, files));
    const at = spot ?? (await put(view, files));
    const hanging = await attachFiles(stage, messageFiles, at, view, toOwn(view, files));
    handed = hanging ?? [];
    if (hanging) return placed(view, files);
    if (!shared) {
      shared = await shareFiles(stage, { channelId, threadTs: threadTs ?? at.ts }, view);
      messageFiles.adopt(shared ?? []);
      apart = [...apart, ...(shared ?? [])];
    }
    await put(shared ? view : { ...view, notes: [...view.notes, notHandedNote] }, files);
  }

  /** The files of a view's pictures, ready to be shown. Waits for all, so that none turns up after it was given up. */
  async function ready(view: View, signal: AbortSignal, patienceMs: number): Promise<readonly string[]> {
    const all = await Promise.allSettled(
      view.images.map((image, index) =>
        messageFiles.put(image, toFileName(view, image, index), signal, patienceMs),
      ),
    );
    return all.map((one) => {
      if (one.status === "rejected") throw one.reason;
      return one.value;
    });
  }

  async function showWorking(view: View): Promise<void> {
    const seen = JSON.stringify({ ...view, images: [] });
    if (seen !== looks || !spot) {
      looks = seen;
      try {
        await put({ ...view, images: shownImages }, onShow, spot !== undefined);
      } catch (error) {
        if (!spot) throw error;
        lost(error);
      }
    }
    if (view.images.length > 0 && !sketching) void develop(view);
  }

  /** Brings a sketch into the message when Slack has it ready, unless the turn has moved on by then. */
  async function develop(view: View): Promise<void> {
    const { images } = view;
    if (images.length === taken.length && images.every(({ bytes }, at) => bytes === taken[at]?.bytes)) return;
    taken = images;
    coming = images;
    sketching = new AbortController();
    const signal = AbortSignal.any([sketching.signal, stage.closing]);
    const done = (async () => {
      try {
        const files = await ready(view, signal, sketchMs);
        await inOrder(async () => {
          if (signal.aborted || !newest || isOver(newest.phase)) return;
          await put({ ...newest, images }, files, true);
        });
      } catch (error) {
        if (!signal.aborted) lost(error);
      } finally {
        // Overtaken by the last view, whose pictures may be the very same: that one clears up.
        if (!newest || !isOver(newest.phase)) coming = [];
        messageFiles.keep([...onShow, ...handed, ...apart], coming);
      }
    })();
    stage.tidying.add(done);
    await done;
    stage.tidying.delete(done);
    if (signal.aborted) return;
    sketching = undefined;
    // What came in the meantime: only the newest, and never when the picture itself is there.
    if (newest && !isOver(newest.phase) && newest.images.length > 0) void develop(newest);
  }

  function lost(error: unknown): void {
    const trouble = toTrouble(error);
    log.debug({ message: keyOf(), trouble, error: toLogged(error) }, "slack.sketch.lost");
    const key = keyOf();
    if (trouble === "gone" && key && !venue.reopened) stage.gone(key);
  }

  /** The last view: tried until it is there, in another way where one is barred. */
  async function showLast(given: View): Promise<void> {
    const view = isWhole(given, toLook(given.images.map(() => "F0"))) ? given : withWhole(given);
    sketching?.abort();
    apart = [];
    shared = undefined;
    coming = view.images;
    const signal = stage.closing;
    for (let attempt = 0; ; attempt += 1) {
      const patienceMs = attempt === 0 ? readyMs : sketchMs;
      try {
        await putLast(view, await ready(view, signal, patienceMs));
        return;
      } catch (error) {
        signal.throwIfAborted();
        const trouble = toTrouble(error);
        log.debug({ message: keyOf(), trouble, attempt, error: toLogged(error) }, "slack.answer.again");
        if (trouble === "gone" && spot) {
          messageFiles.keep([]);
          return log.warn({ message: keyOf() }, "slack.answer.unwanted");
        }
        if (trouble === "unready" && attempt < timing.retryMs.length) await sleep(timing.retryMs[attempt]);
        else if (view.images.length > 0 && trouble !== "unauthorized" && trouble !== "uninvited")
          return showApart(view, error);
        else {
          messageFiles.keep([...onShow, ...handed, ...apart]);
          throw error;
        }
      }
    }
  }

  /** Slack does not show the pictures in the message, but perhaps in one of their own. */
  async function showApart(view: View, why: unknown): Promise<void> {
    log.warn({ message: keyOf(), error: toLogged(why) }, "slack.picture.apart");
    coming = [];
    const to = { channelId, ...((threadTs ?? spot?.ts) && { threadTs: threadTs ?? spot?.ts ?? "" }) };
    const moved = await Promise.allSettled(
      view.images.map((image, index) =>
        send.upload(image, toFileName(view, image, index), stage.closing, to),
      ),
    );
    const there = moved.flatMap((one) => (one.status === "fulfilled" ? one.value : []));
    messageFiles.adopt(there);
    apart = [...apart, ...there];
    const failed = moved.find((one) => one.status === "rejected");
    const scope = neededScope(why) ?? neededScope(failed?.reason);
    if (scope) stage.missing([scope]);
    const note = !failed
      ? [movedNote, scope && scopeWords(scope)].filter(Boolean).join(" ")
      : scope
        ? `I cannot show the picture: ${scopeWords(scope)}`
        : "Slack did not take the picture. Press Redo to try again.";
    try {
      await putLast({ ...view, images: [], notes: [...view.notes, note] }, []);
    } catch (error) {
      // It would look for ever as if it was being drawn.
      if (spot && toTrouble(error) === "forbidden") await vanish(stage, spot);
      throw error;
    }
  }

  function keyOf(): MessageKey | undefined {
    return spot && toMessageKey(spot);
  }

  /** A message from before the restart shows files that this process has not put there. */
  async function adopt(): Promise<void> {
    adopted = true;
    const found = spot && (await send.fetchMessage(spot).catch(() => undefined));
    if (!found) return;
    onShow = shownIdsOf(found);
    shownImages = onShow.map(() => unknownImage);
    handed = filesOf(found).map(({ id }) => id);
    apart = handedWith(found);
    messageFiles.adopt([...onShow, ...handed, ...apart]);
  }

  /** Whether the message of a deleted answer is gone, with all that came with it. */
  async function takeAway(): Promise<boolean> {
    if (!spot || !(await vanish(stage, spot))) return false;
    messageFiles.keep([]);
    live.delete(toMessageKey(spot));
    return true;
  }

  async function show(view: View): Promise<MessageKey> {
    if (view.audience === "asker" || barred) {
      await notify(stage, venue, view);
      if (venue.request) noteWord(stage, venue, view, undefined);
      return keyOf() ?? toMessageKey({ channelId, ts: "0.0" });
    }
    newest = view;
    if (!adopted) await adopt();
    if (view.gone && spot && (await takeAway())) return toMessageKey(spot);
    const over = isOver(view.phase);
    try {
      await (over ? showLast(view) : showWorking(view));
    } catch (error) {
      const trouble = toTrouble(error);
      barred = !spot && (trouble === "uninvited" || trouble === "forbidden");
      throw error;
    } finally {
      const key = keyOf();
      if (over && key) {
        live.delete(key);
        noteWord(stage, venue, view, spot);
      } else if (key) live.set(key, venue.request ? { request: venue.request } : {});
      status.show(over ? undefined : view.status);
    }
    return toMessageKey(spot ?? { channelId, ts: "0.0" });
  }

  return (view) =>
    inOrder(() =>
      show(view).catch((error: unknown) => {
        throw error instanceof BotError ? error : toBotError(error, stage.me.name);
      }),
    );
}
