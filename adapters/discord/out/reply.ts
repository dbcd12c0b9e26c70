import { BotError } from "../../../src/seam/errors.ts";
import { createQueue } from "../../../src/seam/queue.ts";
import type { MessageKey } from "../../../src/seam/turn.ts";
import type { Reply, View } from "../../../src/seam/view.ts";
import { isOver } from "../../../src/seam/view.ts";
import { type Answer, hides } from "../live/answer.ts";
import { toNoted } from "../live/noted-venue.ts";
import type { Stage } from "../live/stage.ts";
import type { Venue } from "../live/venue.ts";
import { toMessageKey } from "../wire/keys.ts";
import { showMs } from "../wire/limits.ts";
import { isSpoiler } from "../wire/pictures.ts";
import type { Message } from "../wire/send.ts";
import { mayStillCome, toBotError, toLogged, toTrouble } from "../wire/trouble.ts";
import { change } from "./change.ts";
import { withoutLargeFiles } from "./fallback.ts";
import { isHidden } from "./hidden.ts";
import { createShowLast, remember } from "./last.ts";
import { movedTo, toLook } from "./moved.ts";
import { vanish } from "./vanish.ts";
import { toMessage } from "./view.ts";
import { createWatch } from "./watch.ts";

/** A reply, and what there is to know of it when its turn is over. */
export interface DiscordReply extends Reply {
  /** Why not even the first view could be shown: Discord was not there, and people have seen nothing. */
  readonly lost: BotError | undefined;
}

export function createReply(stage: Stage, venue: Venue): DiscordReply {
  const { send, log, tokens, live } = stage;
  const spot = venue.messageId ? { channelId: venue.channelId, messageId: venue.messageId } : undefined;
  const key = spot && toMessageKey(spot);
  const answer: Answer = {
    ...{ venue, spot, key, spoiler: venue.spoiler, newest: undefined },
    standIn: key && stage.moved.get(key),
    isShown: false,
    isAstray: false,
    mayBeElsewhere: venue.reopened !== undefined,
  };
  let isLooked = venue.reopened === undefined;
  let edit = 0;
  let shown = "";
  let blank = venue.blank ?? false;
  let lost: BotError | undefined;

  const queue = createQueue();
  const inOrder = <T>(work: () => Promise<T>) => queue("", work);

  const nextEdit = () => {
    edit += 1;
    return edit;
  };
  const draw = (view: View) => toMessage(view, toLook(answer, view, nextEdit()));
  const watch = createWatch(stage, answer, {
    show: async () => answer.newest && present(answer.newest).catch(() => {}), // the core brings it again
    look: () => toLook(answer, answer.newest ?? nothing, nextEdit()),
    inOrder,
  });
  const showLast = createShowLast(stage, answer, { watch, nextEdit });

  async function create(message: Message): Promise<MessageKey> {
    const { channelId, token, once, answers } = venue;
    const how = { signal: AbortSignal.timeout(showMs) };
    const made =
      token && !venue.posts
        ? await send.followUp(token, message, venue.private, how)
        : await send.post(channelId, message, { ...(once && { once }), ...(answers && { answers }) }, how);
    answer.spot = { channelId, messageId: made.id };
    answer.key = toMessageKey(answer.spot);
    return answer.key;
  }

  async function showSketch(view: View): Promise<void> {
    try {
      await change(stage, answer, draw(view), { sketch: true });
    } catch (error) {
      const trouble = toTrouble(error);
      log.debug({ message: answer.key, trouble, error: toLogged(error) }, "discord.sketch.lost");
      if (mayStillCome(error)) answer.isAstray = true;
      if (trouble === "gone" && answer.key && venue.reopened !== "unknown") stage.gone(answer.key);
    }
  }

  async function present(view: View): Promise<void> {
    if (isOver(view.phase)) await showLast(view);
    else await showSketch(view);
    shown = toLooks(view);
  }

  /** For the asker alone, in a place where others read along. */
  async function showAsker(view: View, token: string): Promise<MessageKey> {
    const message = draw(view);
    if (blank)
      await send
        .deleteByToken(token, (answer.key && tokens.get(answer.key)?.target) || "@original")
        .catch((error: unknown) => log.debug({ error: toLogged(error) }, "discord.blank"));
    blank = false;
    watch.end();
    const made = await send.followUp(token, message, true);
    return answer.key ?? toMessageKey({ channelId: venue.channelId, messageId: made.id });
  }

  /** Whether the message of a deleted answer is gone, and the one that it was moved to. */
  async function takeAway(): Promise<boolean> {
    const { spot, key, standIn } = answer;
    if (!spot || !key) return false;
    watch.end();
    const right = { token: tokens.get(key), reachable: venue.reachable };
    if (!standIn) return vanish(stage, spot, right);
    if (!(await vanish(stage, standIn, { ...right, token: undefined }))) return false;
    answer.standIn = undefined;
    stage.moved.delete(key);
    tokens.delete(key); // it was that message's
    return vanish(stage, spot, { ...right, token: undefined });
  }

  /** What became of the message before the restart: it may have been moved, and it may be hidden. */
  async function lookBack(): Promise<void> {
    if (isLooked || !answer.spot) return;
    const there = venue.reachable && (await send.fetchMessage(answer.spot).catch(onUnseen));
    isLooked = true;
    if (!there) return;
    answer.standIn ??= movedTo(there);
    answer.spoiler ??= isSpoiler(there);
  }

  async function show(given: View): Promise<MessageKey> {
    const view = withoutLargeFiles(given, venue.limits.bytes);
    if (view.audience === "asker" && venue.token && !venue.private) return showAsker(view, venue.token);
    const looks = toLooks(view);
    if (answer.key && answer.isShown && (looks === shown || !isOver(view.phase))) return answer.key;
    answer.newest = view;
    answer.isShown = false;
    if (view.spoiler) answer.spoiler = true;
    await lookBack();
    if (view.gone && answer.key && (await takeAway())) return answer.key;
    const shows = view.images.length > 0 || view.text !== "";
    if (shows && !hides(answer) && view.parent && (await isHidden(stage, view.parent, venue.reachable)))
      answer.spoiler = true;
    if (view.images.length === 0 && looks === shown && answer.key) return answer.key;
    blank = false;
    if (!answer.key) {
      const made = await create(draw(view));
      shown = looks;
      answer.isShown = isOver(view.phase);
      if (answer.isShown) remember(stage, answer);
      else watch.begin();
      return made;
    }
    if (!live.has(answer.key)) watch.begin();
    await present(view);
    return answer.key;
  }

  return {
    pace: stage.paceMs,
    limits: venue.limits,
    private: venue.private,
    letsGo: true,
    ...(key && { message: key }),
    get venue() {
      return toNoted(answer, answer.key && tokens.get(answer.key));
    },
    get lost() {
      return lost;
    },
    show: (view) =>
      inOrder(async () => {
        // It is begun anew, from the event that it answers.
        if (lost) throw lost;
        try {
          return await show(view);
        } catch (error) {
          const known = error instanceof BotError ? error : toBotError(toTrouble(error), error);
          if (!answer.key && known.code === "unreachable") lost = known;
          throw known;
        }
      }),
  };
}

/** What is not there, or not for us to see, is as it is; whether that is so is not known while Discord is away. */
function onUnseen(error: unknown): undefined {
  if (toTrouble(error) === "failed") throw error;
}

const nothing: View = { phase: "working", text: "", notes: [], images: [], actions: [] };

/** All that tells a view from another, save the pictures themselves. */
function toLooks(view: View): string {
  const all = { ...view, images: view.images.length, files: view.files?.length ?? 0 };
  return JSON.stringify(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}
