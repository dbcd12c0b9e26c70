import type { APIMessage } from "discord.js";
import { BotError } from "../../../src/seam/errors.ts";
import type { View } from "../../../src/seam/view.ts";
import { type Answer, hides } from "../live/answer.ts";
import type { Stage } from "../live/stage.ts";
import { openThread } from "../live/threads.ts";
import { discordLimits, showMs } from "../wire/limits.ts";
import { isUnderWay } from "../wire/pictures.ts";
import { toBotError, toLogged, toTrouble } from "../wire/trouble.ts";
import { toThreadName } from "../wire/words.ts";
import { change, lookAt } from "./change.ts";
import { refusedView, shrink, withoutWords } from "./fallback.ts";
import { showElsewhere, toLook } from "./moved.ts";
import { toMessage } from "./view.ts";
import type { Watch } from "./watch.ts";

/** Ms between tries within one show. The core makes more of them, for hours. */
const retryMs = [500, 2000, 8000];

/** How often a picture is made smaller than Discord said. */
const mostShrinks = 3;

/**
 * Shows a last view: tried until it is there, in another way where one is barred. Resolves when it is there, or nobody
 * wants it any more. Rejects with BotError `unreachable`, `forbidden` or `auth` when people do not see it yet.
 */
export function createShowLast(
  stage: Stage,
  answer: Answer,
  by: {
    readonly watch: Watch;
    /** A number that no edit had. */
    readonly nextEdit: () => number;
  },
): (view: View) => Promise<void> {
  const { log, wait } = stage;
  const { venue } = answer;
  const { watch } = by;

  async function showLast(view: View): Promise<void> {
    const signal = AbortSignal.timeout(showMs);
    const less = [withoutWords, refusedView];
    let last = view;
    let shrinks = 0;
    for (let attempt = 0; ; attempt += 1) {
      try {
        const message = toMessage(last, toLook(answer, last, by.nextEdit()));
        const changed = await change(stage, answer, message, { signal });
        if (changed === "expired") {
          const sent = watch.isOffered ? undefined : await elsewhere(last, undefined, signal);
          return sent ? await settle(sent) : await keep();
        }
        await settleDown(last, signal);
        return await settle(changed);
      } catch (error) {
        if (error instanceof BotError) throw error;
        const trouble = toTrouble(error);
        log.debug({ message: answer.key, trouble, attempt, error: toLogged(error) }, "discord.answer.again");
        if (trouble === "gone") return await giveUp(error);
        if (trouble === "forbidden" || (trouble === "unplaced" && attempt > 0)) {
          const made = await elsewhere(last, error, signal);
          return made ? await settle(made) : await keep();
        }
        if (trouble === "large" && shrinks < mostShrinks) {
          shrinks += 1;
          last = await shrink(last, venue.limits.bytes / 2 ** shrinks, stage.toLimits);
        } else if ((trouble === "refused" || trouble === "large") && less.length > 0) {
          last = less.shift()?.(last) ?? last;
        } else {
          const waitMs = retryMs[attempt];
          const isVain = trouble === "refused" || trouble === "large" || trouble === "unauthorized";
          if (isVain || waitMs === undefined || signal.aborted) throw toBotError(trouble, error);
          await wait(waitMs);
        }
      }
    }
  }

  function elsewhere(view: View, why: unknown, signal: AbortSignal) {
    return showElsewhere(stage, answer, view, { edit: by.nextEdit(), why, signal });
  }

  /**
   * A sketch of which we heard nothing more may land behind the last view. So that is looked at for as long again as
   * the sketch was waited for, and put back.
   */
  async function settleDown(view: View, signal: AbortSignal): Promise<void> {
    if (!answer.isAstray) return;
    for (const share of [1 / 2, 1 / 2, 1]) {
      await wait(stage.sketchMs * share);
      const there = await lookAt(stage, answer).catch(() => undefined);
      if (!there || !isUnderWay(there)) continue;
      log.info({ message: answer.key }, "discord.answer.overtaken");
      await change(stage, answer, toMessage(view, toLook(answer, view, by.nextEdit())), { signal });
    }
    answer.isAstray = false;
  }

  /** A press may bring a token to show it by, and the core brings it again. */
  async function keep(): Promise<never> {
    await watch.keep();
    throw new BotError("unreachable", "Discord does not let me change that message any more.");
  }

  async function giveUp(error: unknown): Promise<void> {
    // Perhaps only an interaction can change it.
    if (venue.reopened === "unknown") return keep();
    log.warn({ message: answer.key, error: toLogged(error) }, "discord.answer.unwanted");
    answer.isShown = true;
    watch.end();
  }

  async function settle(made: APIMessage): Promise<void> {
    answer.isShown = true;
    watch.end();
    remember(stage, answer);
    const { newest, spot } = answer;
    const isThere = made.channel_id === spot?.channelId;
    if (venue.threadFrom === undefined || !isThere || newest?.images.length === 0 || newest?.phase !== "done")
      return;
    const name = toThreadName(hides(answer) ? "" : venue.threadFrom, discordLimits.threadName);
    const shown = { channelId: made.channel_id, messageId: made.id };
    await openThread(stage, shown, name, made).catch((error: unknown) =>
      log.warn({ channel: venue.channelId, error: toLogged(error) }, "discord.thread.failed"),
    );
  }

  return showLast;
}

/** For what is said below the answer later. */
export function remember(stage: Stage, answer: Answer): void {
  const { key, newest, venue } = answer;
  if (key && (hides(answer) || answer.spoiler !== undefined)) stage.covers.set(key, hides(answer));
  if (venue.private || newest?.phase !== "done") return;
  if (newest.images.length > 0) stage.sights.set(venue.channelId, {});
}
