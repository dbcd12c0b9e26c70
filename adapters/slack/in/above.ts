import { withLimit, withTimeout } from "../../../src/seam/timeout.ts";
import type { Stage } from "../live/stage.ts";
import { toNotShown } from "../live/unseen.ts";
import { isSpot, parseMessageKey, toMessageKey, toThreadKey } from "../wire/keys.ts";
import { threadMs } from "../wire/limits.ts";
import { isBy, isUntold, mayBePicture, type Picture, toRemoteFile } from "../wire/pictures.ts";
import type { Found } from "../wire/send/reads.ts";
import { toLogged, toTrouble } from "../wire/trouble.ts";
import { findSight } from "./sight.ts";

/** What stands above a message, in a thread or in a direct message. Slack is asked once, when somebody wants to know. */
export interface Above {
  /** Oldest first, the thread's root among them; undefined where Slack does not say in time. */
  soon(): Promise<readonly Found[] | undefined>;
  /**
   * Those in view; none where the thread goes on from the bot's own, undefined where there is neither. Rejects with
   * BotError `bad_attachment` where it cannot be known, and with the signal's reason.
   */
  pictures(signal: AbortSignal): Promise<readonly Picture[] | undefined>;
}

/** `before`: the message above which that is; without `threadTs` in a direct message. */
export function createAbove(
  stage: Stage,
  { channelId, threadTs, before }: { channelId: string; threadTs?: string | undefined; before: string },
): Above {
  const { core, send, me, live, log } = stage;
  let asked: Promise<readonly Found[]> | undefined;

  async function load(): Promise<readonly Found[]> {
    if (!threadTs) return send.fetchTop(channelId, before);
    const { messages, whole } = await send.fetchThread(channelId, threadTs).catch((error: unknown) => {
      if (toTrouble(error) === "gone") return { messages: [], whole: true };
      log.debug({ channel: channelId, error: toLogged(error) }, "slack.thread.unread");
      throw error;
    });
    if (!whole) throw new Error("the thread is longer than we ask for");
    return messages.filter(({ ts }) => ts < before);
  }

  function ask(): Promise<readonly Found[]> {
    asked ??= load();
    asked.catch(() => {});
    return asked;
  }

  function isComing(ts: string): boolean {
    return live.has(toMessageKey({ channelId, ts }));
  }

  /** Whether the bot's own still does: not where it came after what the thread was taken back to. */
  async function toCounting(): Promise<(message: Found) => boolean> {
    const back = await core.backTo(toThreadKey(channelId, threadTs));
    if (back === undefined) return () => true;
    const spot = back ? parseMessageKey(back) : undefined;
    const last = isSpot(spot) ? spot.ts : "";
    return ({ ts }) => isComing(ts) || ts <= last;
  }

  async function look(): Promise<readonly Picture[] | undefined> {
    const [all, counts] = await Promise.all([ask(), toCounting()]);
    let messages = all.filter((message) => !isBy(message, me) || counts(message));
    /** They may be pictures, and nothing says so: they count where nothing above them is one. */
    let unsure: readonly Picture[] = [];
    for (;;) {
      const sight = findSight(messages, me, isComing);
      if (!sight) return unsure.length > 0 ? unsure : undefined;
      if (sight.pictures.length === 0) return [];
      const pictures = (await Promise.all(sight.pictures.map(know))).filter((one) => one !== undefined);
      if (pictures.some((one) => !isUntold(one))) return pictures;
      if (unsure.length === 0) unsure = pictures;
      messages = messages.slice(0, sight.above);
    }
  }

  /** Of another company's file nothing is said but its id. Undefined for what turns out to be no picture. */
  async function know(picture: Picture): Promise<Picture | undefined> {
    if ("address" in picture || picture.url || picture.barred || picture.own) return picture;
    const file = await send.info(picture.id).catch(() => undefined);
    if (!file) return picture;
    const told = toRemoteFile(file);
    return mayBePicture(told) ? told : undefined;
  }

  return {
    soon: () => withTimeout(ask(), threadMs),
    async pictures(signal) {
      signal.throwIfAborted();
      try {
        return await withLimit(threadMs, look, () => new Error("Slack took too long"));
      } catch (error) {
        signal.throwIfAborted();
        const refusal = toNotShown(stage, "above", channelId, error);
        if (!threadTs) return []; // what is posted there has come to the core already
        throw refusal;
      }
    },
  };
}
