import { type Engine, isRefusal } from "./engine.ts";

/** What is known of a server's being away, by the calls that are made of it. */
export interface Absence {
  /** Makes a call. One that fails, or is slow, says that the server was away: other processes may have waited as long. */
  watch<T>(call: () => Promise<T>): Promise<T>;
  /**
   * Whether it is away, or was so lately that who has something may not have renewed it since: what was there at that time
   * (Unix time, ms) or, unless that is said, whatever it is.
   */
  isRecent(since?: number): boolean;
}

/**
 * `lifeMs`: how long what is not renewed is held; that is done four times in it. `wasAway`: it was, just before; of what
 * `onAway` says no call need know, for a server that starts anew is back in less than that.
 */
export function createAbsence(
  lifeMs: number,
  of: Pick<Engine, "wasAway"> &
    Partial<Pick<Engine, "onAway" | "startedAt">> & { readonly now?: () => number },
): Absence {
  const { wasAway, startedAt = 0, now = () => performance.now() } = of;
  const restMs = (3 * lifeMs) / 4;
  /** How long the server had been there when this process came to it, which has not seen it away. */
  const upMs = Date.now() - startedAt;
  const cameAt = now();
  /** When it was seen to be away last. */
  let seenAt = wasAway ? now() : Number.NEGATIVE_INFINITY;
  of.onAway?.(() => {
    seenAt = now();
  });
  /** Calls that it has not answered yet. */
  const underWay = new Set<{ readonly from: number }>();
  const isSlow = ({ from }: { readonly from: number }) => now() - from > lifeMs / 4;
  return {
    async watch(call) {
      const one = { from: now() };
      underWay.add(one);
      try {
        return await call();
      } catch (error) {
        if (!isRefusal(error)) seenAt = now();
        throw error;
      } finally {
        underWay.delete(one);
        if (isSlow(one)) seenAt = now();
      }
    },
    isRecent(since = Number.POSITIVE_INFINITY) {
      const isNew = since < startedAt && now() - cameAt + upMs < restMs;
      return isNew || now() < seenAt + restMs || [...underWay].some(isSlow);
    },
  };
}
