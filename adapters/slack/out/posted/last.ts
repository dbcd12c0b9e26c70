import { setTimeout as sleep } from "node:timers/promises";
import { BotError } from "../../../../src/seam/errors.ts";
import type { Image, View } from "../../../../src/seam/view.ts";
import type { Stage } from "../../live/stage.ts";
import type { Venue } from "../../live/venue.ts";
import { isDirect } from "../../live/where.ts";
import { imageLimits, readyMs, sketchMs } from "../../wire/limits.ts";
import { scopeWords } from "../../wire/permissions.ts";
import type { To } from "../../wire/send/calls.ts";
import { neededScope, toLogged, toTrouble } from "../../wire/trouble.ts";
import { withWhole } from "../long-text.ts";
import { isWhole, toFileName } from "../view.ts";
import type { PostedMessage } from "./message.ts";
import { ready } from "./ready.ts";

const movedNote = "Slack did not show the picture in this message, so it is in the one below.";
const waitingNote = "Slack does not take the picture yet. I go on trying.";
const cannotChange = "Slack no longer lets me change my first answer, so here it is again.";

/** How often a picture is made smaller for a workspace that takes less than Slack does. */
const mostSmaller = 3;

/**
 * Shows a last view: in its message, in another way where Slack bars one. Resolves when it is there, or when nobody wants
 * it any more. Rejects when it may be tried again, within about a minute.
 */
export function createLast(
  stage: Stage,
  venue: Venue,
  message: PostedMessage,
): (view: View) => Promise<void> {
  const { send, log, timing, core } = stage;
  /** What its message says of pictures that could not be shown. */
  let said: string | undefined;

  const namesOf = (view: View) => view.images.map((image, index) => toFileName(view, image, index));

  async function place(given: View, signal: AbortSignal): Promise<void> {
    let view = given;
    for (let attempt = 0, unready = 0; ; attempt += 1) {
      const patienceMs = attempt === 0 ? readyMs : sketchMs;
      let files: readonly string[];
      try {
        files = await ready(message, view, { names: namesOf(view), signal, patienceMs });
      } catch (error) {
        signal.throwIfAborted();
        const trouble = toTrouble(error);
        log.debug({ message: message.key, trouble, attempt, error: toLogged(error) }, "slack.answer.again");
        if (trouble === "large" && attempt < mostSmaller) {
          view = await toSmaller(view, attempt + 1);
          message.expect([...view.images, ...(view.files ?? [])]);
          continue;
        }
        if (["unscoped", "forbidden"].includes(trouble)) return showApart(view, error, signal);
        return explain(view, error);
      }
      try {
        await message.putLast(view, files, signal);
        return;
      } catch (error) {
        signal.throwIfAborted();
        const trouble = toTrouble(error);
        const pauseMs = timing.retryMs[unready];
        log.debug({ message: message.key, trouble, attempt, error: toLogged(error) }, "slack.answer.again");
        if (trouble === "gone" && message.spot) {
          message.clear();
          return log.warn({ message: message.key }, "slack.answer.unwanted");
        }
        if (["uninvited", "forbidden"].includes(trouble)) return showElsewhere(view, files, error, signal);
        if (trouble !== "unready" || view.images.length === 0) throw error;
        if (pauseMs === undefined || unready > 2) return showApart(view, error, signal);
        unready += 1;
        await sleep(pauseMs, undefined, { signal });
      }
    }
  }

  /** The workspace takes less than Slack says. */
  async function toSmaller(view: View, times: number): Promise<View> {
    const limits = { ...imageLimits, bytes: imageLimits.bytes / 4 ** times };
    const notes = new Set(view.notes);
    const images = await Promise.all(
      view.images.map(async (image): Promise<Image> => {
        const { note, ...encoded } = await core.toLimits(image, limits);
        if (note) notes.add(note);
        return { ...image, ...encoded };
      }),
    );
    return { ...view, images, notes: [...notes] };
  }

  /** Slack does not show the pictures in the message, but perhaps in one of their own. */
  async function showApart(view: View, why: unknown, signal: AbortSignal): Promise<void> {
    log.warn({ message: message.key, error: toLogged(why) }, "slack.picture.apart");
    const scope = neededScope(why);
    if (scope) stage.missing([scope]);
    try {
      await message.putApart(view, namesOf(view), signal);
    } catch (error) {
      signal.throwIfAborted();
      return explain(view, neededScope(error) || !scope ? error : why);
    }
    const note = [movedNote, scope && scopeWords(scope)].filter(Boolean).join(" ");
    await message.putLast({ ...view, images: [], notes: [...view.notes, note] }, [], signal);
  }

  /** The message does not go on looking as if it was being drawn, and it is tried again. */
  async function explain(view: View, why: unknown): Promise<never> {
    const scope = neededScope(why);
    if (scope) stage.missing([scope]);
    const note = scope ? `I cannot show the picture yet: ${scopeWords(scope)}` : waitingNote;
    if (note !== said && message.spot) {
      const { files: _, ...bare } = view;
      await message.put({ ...bare, images: [], notes: [...view.notes, note] }, [], { soon: true }).then(
        () => {
          said = note;
        },
        (error: unknown) => log.debug({ error: toLogged(error) }, "slack.explain.failed"),
      );
    }
    throw why;
  }

  /** Its message cannot be changed: a new one in the thread, or in the direct messages of the one who asked. */
  async function showElsewhere(
    view: View,
    files: readonly string[],
    why: unknown,
    signal: AbortSignal,
  ): Promise<void> {
    const { channelId, threadTs, userId } = venue;
    const { spot } = message;
    if (!spot) throw why;
    const ways: (() => Promise<{ readonly to: To; readonly line: string }>)[] = [];
    if (spot.channelId === channelId)
      ways.push(async () => ({ to: { channelId, threadTs: threadTs ?? spot.ts }, line: cannotChange }));
    if (userId && !isDirect({ channel: spot.channelId }))
      ways.push(async () => ({ to: { channelId: await send.openDirect(userId) }, line: toLine(channelId) }));
    for (const way of ways) {
      try {
        const { to, line } = await way();
        return await message.move(to, line, view, files, signal);
      } catch (error) {
        signal.throwIfAborted();
        const trouble = toTrouble(error);
        log.debug({ message: message.key, trouble, error: toLogged(error) }, "slack.answer.elsewhere");
        if (["failed", "limited"].includes(trouble)) throw error;
      }
    }
    throw why;
  }

  return async (given) => {
    const view = isWhole(given, message.toLook(given.images.map(() => "F0"))) ? given : withWhole(given);
    const patience = AbortSignal.timeout(timing.showMs);
    message.expect([...view.images, ...(view.files ?? [])]);
    try {
      await place(view, AbortSignal.any([stage.closing, patience]));
      message.settle();
    } catch (error) {
      stage.closing.throwIfAborted();
      if (patience.aborted) throw new BotError("unreachable", "Slack took too long.", { cause: error });
      throw error;
    }
  };
}

function toLine(channelId: string): string {
  return `You asked for this in <#${channelId}>, where I may no longer answer.`;
}
