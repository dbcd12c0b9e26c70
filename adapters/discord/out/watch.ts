import { afterShown, likeThis, whetherHeld } from "../../../src/seam/held.ts";
import type { Answer } from "../live/answer.ts";
import type { Stage } from "../live/stage.ts";
import { isGood } from "../live/stage.ts";
import { keepMs } from "../wire/limits.ts";
import { toLogged } from "../wire/trouble.ts";
import { type Look, toMessage } from "./view.ts";

/** Waits for what people do to an answer that is not over: a press brings a token, and deleting it ends it. */
export interface Watch {
  /** The message has a button whose press brings a token. */
  readonly isOffered: boolean;
  begin(): void;
  /** It could not be shown: it is kept for whoever presses a button of that message. */
  keep(): Promise<void>;
  end(): void;
}

/**
 * `show`: shows the newest state, in its turn. `look`: how it is to look. `inOrder`: a press can bring about an edit of
 * its own, which must not overtake the turn's, nor be overtaken.
 */
export function createWatch(
  stage: Stage,
  answer: Answer,
  by: {
    readonly show: () => Promise<void>;
    readonly look: () => Look;
    readonly inOrder: <T>(work: () => Promise<T>) => Promise<T>;
  },
): Watch {
  const { send, log, now, tokens, live } = stage;
  const { request, reachable } = answer.venue;
  let timer: NodeJS.Timeout | undefined;
  let isStalled = false;

  function begin(): void {
    if (!answer.key) return;
    const asShown = likeThis();
    live.set(answer.key, {
      ...(request && { request }),
      wake: (hidden) => by.inOrder(() => asShown(() => afterShown(() => wake(hidden)))),
    });
    const until = reachable ? undefined : tokens.get(answer.key)?.until;
    clearTimeout(timer);
    if (until !== undefined) timer = setTimeout(() => void by.inOrder(() => offer()), until - now()).unref();
  }

  async function wake(hidden: boolean): Promise<void> {
    if (answer.isShown || whetherHeld()?.() === false) return;
    answer.spoiler ||= hidden;
    isStalled = false;
    begin();
    if (answer.newest) await by.show();
  }

  /** The last act of a token that nothing follows: a button whose press brings the next one. */
  async function offer(withPictures = true): Promise<void> {
    const { key, newest } = answer;
    const token = key && tokens.get(key);
    if (!token || !newest || answer.isShown || isStalled) return;
    const message = toMessage(withPictures ? newest : { ...newest, images: [], files: [] }, {
      ...by.look(),
      stalled: true,
    });
    try {
      await send.editByToken(token.value, token.target, message);
      isStalled = true;
    } catch (error) {
      log.warn({ message: key, error: toLogged(error) }, "discord.stall.failed");
    }
    if (!reachable && token.until <= now()) tokens.delete(key);
  }

  function end(): void {
    clearTimeout(timer);
    if (answer.key) live.delete(answer.key);
  }

  return {
    get isOffered() {
      return isStalled;
    },
    begin,
    async keep() {
      const { key } = answer;
      log.info({ message: key }, "discord.answer.kept");
      begin();
      if (key && isGood(tokens.get(key), now())) await offer(false); // with them it was refused
      clearTimeout(timer);
      timer = setTimeout(end, keepMs).unref();
    },
    end,
  };
}
