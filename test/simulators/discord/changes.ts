/** Tells those who wait that something has happened in the world. */
export interface Changes {
  happened(): void;
  /**
   * Resolves with the first value that is neither undefined nor false: asked now, after every change here, and now and
   * then for what changes elsewhere. Rejects when none came in time, 30 s unless said, or when `look` throws.
   */
  waitFor<T>(
    look: () => T | undefined | false,
    options?: { readonly timeoutMs?: number; readonly what?: string },
  ): Promise<T>;
}

/** How often is looked without a change: what a test waits for may be its own. */
const lookMs = 20;

/** A bell that anyone may ring. */
export function createChanges(): Changes {
  const waiting = new Set<() => void>();
  return {
    happened() {
      for (const look of [...waiting]) look();
    },
    waitFor<T>(
      look: () => T | undefined | false,
      { timeoutMs = 30_000, what = "what was waited for" }: { timeoutMs?: number; what?: string } = {},
    ): Promise<T> {
      const { promise, resolve, reject } = Promise.withResolvers<T>();
      const end = () => {
        clearTimeout(timeout);
        clearInterval(interval);
        waiting.delete(ask);
      };
      const ask = () => {
        try {
          const found = look();
          if (found === undefined || found === false) return;
          end();
          resolve(found);
        } catch (error) {
          end();
          reject(error);
        }
      };
      const interval = setInterval(ask, lookMs);
      const timeout = setTimeout(() => {
        end();
        reject(new Error(`${what} did not come in ${timeoutMs} ms`));
      }, timeoutMs);
      waiting.add(ask);
      ask();
      return promise;
    },
  };
}
