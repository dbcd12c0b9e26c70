/** Tells those who wait that something has happened in the world. */
export interface Changes {
  happened(): void;
  /**
   * Resolves with the first value that is neither undefined nor false, asked now and after every change.
   * Rejects when none came in time, 5000 ms unless said.
   */
  waitFor<T>(
    look: () => T | undefined | false,
    options?: { readonly timeoutMs?: number; readonly what?: string },
  ): Promise<T>;
}

/** A bell that anyone may ring. */
export function createChanges(): Changes {
  const waiting = new Set<() => void>();
  return {
    happened() {
      for (const look of [...waiting]) look();
    },
    waitFor(look, { timeoutMs = 5000, what = "what was waited for" } = {}) {
      const { promise, resolve, reject } = Promise.withResolvers<NonNullable<ReturnType<typeof look>>>();
      const timer = setTimeout(
        () => finish(() => reject(new Error(`${what} did not come in ${timeoutMs} ms`))),
        timeoutMs,
      );
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        waiting.delete(ask);
        settle();
      };
      function ask(): void {
        try {
          const found = look();
          if (found !== undefined && found !== false && found !== null) finish(() => resolve(found));
        } catch (error) {
          finish(() => reject(error));
        }
      }
      waiting.add(ask);
      ask();
      return promise as Promise<never>; // narrower than the declared type, checked by `ask`
    },
  };
}
