/** Sends what the server may not have heard, until it answers. */
export interface Resending {
  /**
   * Rejects as `send` does with what is an answer, and with what is none after three minutes; with the signal's reason
   * when it aborts between two tries. `onLost` hears of each try that brought no answer.
   */
  send<T>(send: () => Promise<T>, by?: { onLost?(): void; readonly signal?: AbortSignal }): Promise<T>;
  /** The server is there again: what waits for its next try goes now. */
  hurry(): void;
}

/** Ms between tries, the last of them again and again. */
const waitsMs = [500, 1000, 2000, 4000, 5000];

/** How long it is tried, in ms. */
export const patienceMs = 3 * 60_000;

/** `later` runs something after so many ms, and returns what takes that back. */
export function createResending(now = Date.now, later = delay): Resending {
  const waiting = new Set<() => void>();

  function pause(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const go = () => {
        takeBack();
        waiting.delete(go);
        signal?.removeEventListener("abort", go);
        resolve();
      };
      const takeBack = later(go, ms);
      waiting.add(go);
      signal?.addEventListener("abort", go);
    });
  }

  return {
    async send(send, { onLost, signal } = {}) {
      const since = now();
      for (let tries = 0; ; tries += 1) {
        try {
          return await send();
        } catch (error) {
          if (!isUnanswered(error) || now() - since >= patienceMs) throw error;
        }
        signal?.throwIfAborted();
        onLost?.();
        await pause(waitsMs[tries] ?? waitsMs.at(-1) ?? 0, signal);
        signal?.throwIfAborted();
      }
    },
    hurry() {
      for (const go of [...waiting]) go();
    },
  };
}

/** Whether nobody knows if it arrived, or it should come again: the line was cut, the server or its proxy is starting. */
export function isUnanswered(error: unknown): boolean {
  const status = error instanceof Error && "status" in error ? error.status : undefined;
  return status === 0 || status === 502 || status === 503 || status === 504;
}

function delay(work: () => void, ms: number): () => void {
  const timer = setTimeout(work, ms);
  return () => clearTimeout(timer);
}
