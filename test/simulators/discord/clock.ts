/** The simulator's time: the machine's, plus what a test has skipped. */
export interface Clock {
  /** Unix time in ms. */
  now(): number;
  /** Skips ahead; what falls due in between happens at once. */
  advance(ms: number): void;
  /** Runs something when so much time has passed, really or by skipping. Returns how to call it off. */
  after(ms: number, run: () => void): () => void;
}

interface Due {
  readonly atMs: number;
  readonly run: () => void;
  timer?: NodeJS.Timeout;
}

/** A clock that starts at the machine's time. */
export function createClock(): Clock {
  let skipped = 0;
  const waiting = new Set<Due>();
  const now = () => Date.now() + skipped;

  function arm(due: Due): void {
    clearTimeout(due.timer);
    due.timer = setTimeout(() => fire(due), Math.max(0, due.atMs - now()));
    due.timer.unref();
  }

  function fire(due: Due): void {
    clearTimeout(due.timer);
    if (waiting.delete(due)) due.run();
  }

  return {
    now,
    advance(ms) {
      skipped += ms;
      for (const due of [...waiting]) {
        if (due.atMs <= now()) fire(due);
        else arm(due);
      }
    },
    after(ms, run) {
      const due: Due = { atMs: now() + ms, run };
      waiting.add(due);
      arm(due);
      return () => {
        clearTimeout(due.timer);
        waiting.delete(due);
      };
    },
  };
}
