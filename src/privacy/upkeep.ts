/** What is looked after beside the turns: what was begun and is not over, and what is kept for too long. */
export interface Upkeep {
  /** Begins at once, and again every so often. */
  begin(): void;
  /** Waits for what is at work to stop, which the signal's abort makes it. */
  end(): Promise<void>;
}

/** Ms between two looks. */
const everyMs = 10 * 60 * 1000;

/** `works` never reject, and stop when the signal aborts. */
export function createUpkeep(works: readonly ((signal: AbortSignal) => Promise<void>)[]): Upkeep {
  const stopped = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let atWork: Promise<void> | undefined;

  async function look(): Promise<void> {
    for (const work of works) if (!stopped.signal.aborted) await work(stopped.signal);
  }

  /** A look that takes longer than the time between two is the next one, too. */
  function lookOnce(): void {
    atWork ??= look().finally(() => {
      atWork = undefined;
    });
  }

  return {
    begin() {
      lookOnce();
      timer ??= setInterval(lookOnce, everyMs).unref();
    },
    async end() {
      clearInterval(timer);
      stopped.abort();
      await atWork;
    },
  };
}
