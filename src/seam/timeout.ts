/** By so many ms a timer is late in a process that has much to do; beyond that it was stopped, or held up. */
const lateMs = 50;

/** Ms in which a process that was stopped hears what has come meanwhile. */
const hearMs = 250;

/** Ends the wait. */
export interface Alarm {
  clear(): void;
}

/**
 * Rings after so many ms, for what is waited for and has not come. A process that was stopped or held up until after that
 * (SIGSTOP, a machine that sleeps) first hears what has come meanwhile: timers go before all that.
 *
 * `isIdle`: it holds up no process that ends.
 */
export function setAlarm(ms: number, ring: () => void, { isIdle = false } = {}): Alarm {
  const start = (after: number, done: () => void) => {
    const timer = setTimeout(done, after);
    return isIdle ? timer.unref() : timer;
  };
  const due = performance.now() + ms;
  let timer = start(ms, () => {
    if (performance.now() < due + lateMs) return ring();
    timer = start(hearMs, ring);
  });
  return { clear: () => clearTimeout(timer) };
}

/** What is answered within so many ms; undefined when it is later, or fails. */
export function withTimeout<T>(answer: Promise<T>, ms: number): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<T | undefined>();
  const alarm = setAlarm(ms, () => resolve(undefined));
  answer.then(resolve, () => resolve(undefined)).finally(alarm.clear);
  return promise;
}

/** What the work comes to, or the signal's reason where that aborts first: the work itself goes on. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  return Promise.race([work, aborted]).finally(() => signal.removeEventListener("abort", abort));
}

/**
 * What the work comes to, unless it takes longer than `limitMs`: then it rejects, with an error of `toError`'s. `isOver`
 * says to the work that it has.
 */
export function withLimit<T>(
  limitMs: number,
  work: (isOver: () => boolean) => Promise<T>,
  toError: () => Error = () => new Error(`there was no answer within ${limitMs} ms`),
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  let isOver = false;
  const alarm = setAlarm(limitMs, () => {
    isOver = true;
    reject(toError());
  });
  work(() => isOver)
    .then(resolve, reject)
    .finally(alarm.clear);
  return promise;
}

/** Waits so many ms, and holds up no process that ends. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
