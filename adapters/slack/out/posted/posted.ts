import { BotError } from "../../../../src/seam/errors.ts";
import { createQueue } from "../../../../src/seam/queue.ts";
import type { MessageKey } from "../../../../src/seam/turn.ts";
import type { Reply, View } from "../../../../src/seam/view.ts";
import { isOver } from "../../../../src/seam/view.ts";
import { isStoppedBy } from "../../live/agent/stopped.ts";
import type { Live, Stage } from "../../live/stage.ts";
import { toNoted, type Venue } from "../../live/venue.ts";
import { isSpot, parseMessageKey, toMessageKey, toThreadKey } from "../../wire/keys.ts";
import { toBotError, toLogged, toTrouble } from "../../wire/trouble.ts";
import { noteWord } from "../note-word.ts";
import { notify } from "../notice.ts";
import { createStatus } from "../status.ts";
import { vanish } from "../vanish.ts";
import { createLast } from "./last.ts";
import { createMessage } from "./message.ts";
import { createSketches } from "./sketches.ts";

/** A message everybody sees: it is posted once and changes from then on. */
export function createPosted(stage: Stage, venue: Venue): Pick<Reply, "show" | "venue"> {
  const { log, live, me } = stage;
  const message = createMessage(stage, venue);
  const showLast = createLast(stage, venue, message);
  const queue = createQueue();
  const inOrder = <T>(work: () => Promise<T>) => queue("", work);
  const sketches = createSketches(stage, message, inOrder, lost);
  const status = createStatus(stage, venue);
  const since = venue.since ?? (venue.reopened ? 0 : stage.now());
  let looks = "";
  let isLast = false;
  let isBarred = false;

  function lost(error: unknown): void {
    const { key } = message;
    const trouble = toTrouble(error);
    log.debug({ message: key, trouble, error: toLogged(error) }, "slack.sketch.lost");
    if (trouble === "gone" && key) stage.gone(key);
  }

  async function showWorking(view: View): Promise<void> {
    const { images, files } = message.shown;
    const seen = JSON.stringify({ ...view, images: [] });
    if (seen !== looks || !message.spot) {
      looks = seen;
      const isThere = message.spot !== undefined;
      await message.put({ ...view, images }, files, { soon: true }).catch((error: unknown) => {
        if (!isThere) throw error;
        lost(error);
      });
    }
    sketches.offer(view);
  }

  /** Whether the message of a deleted answer is gone, with all that came with it. */
  async function takeAway(): Promise<boolean> {
    const { spot, key } = message;
    if (!spot || !key || !(await vanish(stage, spot))) return false;
    message.clear();
    live.delete(key);
    return true;
  }

  function keyOr(): MessageKey {
    return message.key ?? toMessageKey({ channelId: venue.channelId, ts: "0.0" });
  }

  async function show(view: View): Promise<MessageKey> {
    if (view.audience === "asker" || isBarred) {
      await notify(stage, venue, view);
      if (venue.request) noteWord(stage, venue, view, undefined);
      return keyOr();
    }
    const over = isOver(view.phase);
    if (!over && isLast) return keyOr(); // nothing goes back behind what is shown
    if (over) sketches.stop();
    await message.find();
    if (view.gone && (await takeAway())) return keyOr();
    // From here on nothing is being drawn that the end of its message would cancel.
    if (over && message.key) live.delete(message.key);
    try {
      await (over ? showLast(view) : showWorking(view));
      isLast ||= over;
    } catch (error) {
      isBarred = !message.spot && ["uninvited", "forbidden"].includes(toTrouble(error));
      if (isBarred) message.abandon();
      throw error;
    } finally {
      const { key, spot } = message;
      if (over && key) {
        live.delete(key);
        noteWord(stage, venue, view, spot);
      } else if (key) goOn(key);
    }
    return keyOr();
  }

  /** It is under way, unless somebody has stopped what goes on there since it was asked for. */
  function goOn(key: MessageKey): void {
    const own = toLive(key);
    live.set(key, own);
    const stopped = own.thread && stage.stops.get(own.thread);
    if (stopped && isStoppedBy(own, stopped)) stage.gone(key);
  }

  function toLive(key: MessageKey): Live {
    const { channelId, threadTs, request } = venue;
    const spot = parseMessageKey(key);
    const thread = threadTs ?? (isSpot(spot) ? spot.ts : undefined);
    return { since, ...(request && { request }), ...(thread && { thread: toThreadKey(channelId, thread) }) };
  }

  /** Whatever comes of showing it, Slack says of no answer that it is at work but of one that people see changing. */
  function tell(view: View): void {
    const isAtWork = !isOver(view.phase) && !isLast && message.spot !== undefined;
    status.show(isAtWork ? (view.status ?? "") : undefined);
  }

  // What goes on with may show nothing before its picture: it can be stopped all the same.
  if (venue.resumed && message.key && status.canStop) {
    goOn(message.key);
    status.show("");
  }

  return {
    get venue() {
      const { ts = message.spot?.ts } = venue;
      return toNoted({ ...venue, ...(ts && { ts }) });
    },
    show: (view) =>
      inOrder(() =>
        show(view)
          .catch((error: unknown) => {
            throw error instanceof BotError ? error : toBotError(error, me.name);
          })
          .finally(() => tell(view)),
      ),
  };
}
