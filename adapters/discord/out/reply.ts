import { setTimeout as sleep } from "node:timers/promises";
import type { APIMessage } from "discord.js";
import { BotError } from "../../../src/seam/errors.ts";
import type { MessageKey } from "../../../src/seam/turn.ts";
import type { Reply, View } from "../../../src/seam/view.ts";
import type { Stage } from "../live/stage.ts";
import type { Venue } from "../live/venue.ts";
import { type Spot, toMessageKey } from "../wire/keys.ts";
import { discordLimits, keepMs } from "../wire/limits.ts";
import { isSpoiler } from "../wire/pictures.ts";
import type { Message } from "../wire/send.ts";
import { toBotError, toLogged, toTrouble } from "../wire/trouble.ts";
import { toThreadName } from "../wire/words.ts";
import { refusedView, shrink, withoutLargeFiles, withoutWords } from "./fallback.ts";
import { isHidden } from "./hidden.ts";
import { leave, toMovedLine } from "./moved.ts";
import { vanish } from "./vanish.ts";
import { isOver, type Look, toMessage } from "./view.ts";

/** Ms between tries to show what is finished. */
const retryMs = [500, 2000, 8000, 20_000];

/** `wait` is the clock between tries. */
export function createReply(
  stage: Stage,
  venue: Venue,
  wait: (ms: number) => Promise<unknown> = sleep,
): Reply {
  const { send, log, now, tokens, live } = stage;
  let spot: Spot | undefined = venue.messageId
    ? { channelId: venue.channelId, messageId: venue.messageId }
    : undefined;
  let key = spot && toMessageKey(spot);
  /** The message that stands in for one that can no longer be changed. */
  let standIn = key && stage.moved.get(key);
  let spoiler = venue.spoiler;
  let edit = 0;
  let shown = "";
  let newest: View | undefined;
  let blank = venue.blank ?? false;
  let stall: NodeJS.Timeout | undefined;
  let before: Promise<unknown> = Promise.resolve();

  /** A press can bring about an edit of its own: it must not overtake the turn's, nor be overtaken. */
  function inOrder<T>(work: () => Promise<T>): Promise<T> {
    const next = before.then(work);
    before = next.catch(() => {});
    return next;
  }

  const hides = () => spoiler === true || venue.cover?.hides === true;

  function look(view: View, moved = standIn !== undefined): Look {
    edit += 1;
    return {
      spoiler: hides(),
      edit,
      ...(moved && spot && { stands: spot.messageId }),
      ...(venue.note && isOver(view.phase) && { note: venue.note }),
    };
  }

  async function create(message: Message): Promise<MessageKey> {
    const { channelId, token, request, answers } = venue;
    const made =
      token && !venue.posts
        ? await send.followUp(token, message, venue.private)
        : await send.post(channelId, message, {
            ...(request && { once: request }),
            ...(answers && { answers }),
          });
    spot = { channelId, messageId: made.id };
    key = toMessageKey(spot);
    return key;
  }

  /** By the freshest token, else by the bot's own right. `expired`: neither is there. */
  async function change(message: Message, sketch: boolean): Promise<APIMessage | "expired"> {
    if (!spot || !key) throw new TypeError("there is no message to change");
    const token = tokens.get(key);
    if (token && token.until > now() && !standIn) {
      try {
        return await send.editByToken(token.value, token.target, message, sketch);
      } catch (error) {
        if (toTrouble(error) !== "expired") throw error;
      }
      if (tokens.get(key) === token) tokens.delete(key);
    }
    return venue.reachable ? send.edit(standIn ?? spot, message, sketch) : "expired";
  }

  async function showSketch(view: View): Promise<void> {
    try {
      await change(toMessage(view, look(view)), true);
    } catch (error) {
      const trouble = toTrouble(error);
      log.debug({ message: key, trouble, error: toLogged(error) }, "discord.sketch.lost");
      if (trouble === "gone" && key && !venue.reopened) stage.gone(key);
    }
  }

  /** The last view: tried until it is there, in another way where one is barred. */
  async function showLast(view: View): Promise<void> {
    let last = view;
    const less = [withoutWords, refusedView];
    for (let attempt = 0; ; attempt += 1) {
      try {
        const changed = await change(toMessage(last, look(last)), false);
        return changed === "expired" ? keepForLater() : settle(changed);
      } catch (error) {
        const trouble = toTrouble(error);
        log.debug({ message: key, trouble, attempt, error: toLogged(error) }, "discord.answer.again");
        if (trouble === "large" && attempt < 3)
          last = await shrink(last, venue.limits.bytes / 2 ** (attempt + 1), stage.toLimits);
        else if (trouble === "gone") return giveUp(error);
        else if (trouble === "forbidden" || (trouble === "unplaced" && attempt > 0)) return move(last, error);
        else if (trouble === "refused" && less.length > 0) last = less.shift()?.(last) ?? last;
        else if (trouble === "refused" || trouble === "unauthorized" || attempt >= retryMs.length)
          throw toBotError(trouble, error);
        else await wait(retryMs[attempt] ?? 0);
      }
    }
  }

  /** Discord does not let us change that message, but perhaps write another. */
  async function move(view: View, why: unknown): Promise<void> {
    const token = key && tokens.get(key);
    if (!spot || standIn || !(venue.reachable || token)) return keepForLater();
    const message = toMessage(view, look(view, true));
    try {
      const { channelId, messageId } = spot;
      const made =
        token && !venue.reachable
          ? await send.followUp(token.value, message, venue.private)
          : await send.post(channelId, message, { answers: messageId });
      standIn = { channelId, messageId: made.id };
      if (key && venue.reachable) stage.moved.set(key, standIn);
      const link = venue.private ? undefined : stage.linkTo(standIn);
      const right = { token, reachable: venue.reachable, movedTo: made.id };
      await leave(stage, spot, right, toMovedLine(toTrouble(why), link));
      log.info({ message: key, error: toLogged(why) }, "discord.answer.moved");
      await settle(made);
    } catch (error) {
      log.warn({ message: key, error: toLogged(error) }, "discord.answer.stuck");
      keepForLater();
    }
  }

  function giveUp(error: unknown): void {
    if (venue.reopened) {
      keepForLater(); // perhaps only an interaction can change it
      return;
    }
    log.warn({ message: key, error: toLogged(error) }, "discord.answer.unwanted");
    over();
  }

  /** It stays in `live`: whoever presses a button of that message brings the token to show it. */
  function keepForLater(): void {
    log.info({ message: key }, "discord.answer.kept");
    watch();
    clearTimeout(stall);
    stall = setTimeout(over, keepMs).unref();
  }

  async function settle(made: APIMessage): Promise<void> {
    over();
    remember();
    if (venue.threadFrom === undefined || !spot || newest?.images.length === 0 || newest?.phase !== "done")
      return;
    await send
      .openThread(
        { channelId: spot.channelId, messageId: made.id },
        toThreadName(hides() ? "" : venue.threadFrom, discordLimits.threadName),
      )
      .catch((error: unknown) =>
        log.warn({ channel: venue.channelId, error: toLogged(error) }, "discord.thread.failed"),
      );
  }

  /** For what is said below the answer later. */
  function remember(): void {
    if (key && (hides() || spoiler !== undefined)) stage.covers.set(key, hides());
    if (venue.private || newest?.phase !== "done") return;
    if (newest.images.length > 0) stage.sights.set(venue.channelId, {});
  }

  function over(): void {
    clearTimeout(stall);
    if (key) live.delete(key);
  }

  function watch(): void {
    if (!key) return;
    const { request } = venue;
    live.set(key, {
      ...(request && { request }),
      wake: (hidden) =>
        inOrder(async () => {
          spoiler ||= hidden;
          watch();
          if (newest) await present(newest);
        }),
    });
    const until = venue.reachable ? undefined : tokens.get(key)?.until;
    clearTimeout(stall);
    if (until !== undefined) stall = setTimeout(() => void inOrder(offerToShow), until - now()).unref();
  }

  /** The last act of a token that nothing follows: a button whose press brings the next one. */
  async function offerToShow(): Promise<void> {
    const token = key && tokens.get(key);
    if (!token || !newest) return;
    const message = toMessage(newest, { ...look(newest), stalled: true });
    await send.editByToken(token.value, token.target, message).catch((error: unknown) => {
      log.warn({ message: key, error: toLogged(error) }, "discord.stall.failed");
    });
    if (key) tokens.delete(key);
  }

  async function present(view: View): Promise<void> {
    if (isOver(view.phase)) await showLast(view);
    else await showSketch(view);
  }

  /** For the asker alone, in a place where others read along. */
  async function showAsker(view: View, token: string): Promise<MessageKey> {
    const message = toMessage(view, look(view));
    if (blank)
      await send
        .deleteByToken(token, (key && tokens.get(key)?.target) || "@original")
        .catch((error: unknown) => log.debug({ error: toLogged(error) }, "discord.blank"));
    blank = false;
    over();
    const made = await send.followUp(token, message, true);
    return key ?? toMessageKey({ channelId: venue.channelId, messageId: made.id });
  }

  /** Whether the message of a deleted answer is gone, and the one that it was moved to. */
  async function takeAway(): Promise<boolean> {
    if (!spot || !key) return false;
    over();
    const right = { token: tokens.get(key), reachable: venue.reachable };
    if (!standIn) return vanish(stage, spot, right);
    if (!(await vanish(stage, standIn, { ...right, token: undefined }))) return false;
    standIn = undefined;
    stage.moved.delete(key);
    tokens.delete(key); // it was that message's
    return vanish(stage, spot, { ...right, token: undefined });
  }

  async function show(given: View): Promise<MessageKey> {
    const view = withoutLargeFiles(given, venue.limits.bytes);
    if (view.audience === "asker" && venue.token && !venue.private) return showAsker(view, venue.token);
    newest = view;
    if (view.spoiler) spoiler = true;
    if (view.gone && key && (await takeAway())) return key;
    const shows = view.images.length > 0 || view.text !== "";
    if (shows && !hides() && view.parent && (await isHidden(stage, view.parent, venue.reachable)))
      spoiler = true;
    if (spoiler === undefined && spot && shows) {
      const there = await send.fetchMessage(spot).catch(() => undefined);
      if (there) spoiler = isSpoiler(there);
    }
    const looks = JSON.stringify({ ...view, images: view.images.length, files: view.files?.length });
    if (view.images.length === 0 && looks === shown && key) return key;
    shown = looks;
    blank = false;
    if (!key) {
      const made = await create(toMessage(view, look(view)));
      if (isOver(view.phase)) remember();
      else watch();
      return made;
    }
    if (!live.has(key)) watch();
    await present(view);
    return key;
  }

  return {
    pace: stage.paceMs,
    limits: venue.limits,
    show: (view) =>
      inOrder(() =>
        show(view).catch((error: unknown) => {
          throw error instanceof BotError ? error : toBotError(toTrouble(error), error);
        }),
      ),
  };
}
