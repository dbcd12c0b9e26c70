/** What is answered within so many ms; undefined when it is later, or fails. */
export function withTimeout<T>(answer: Promise<T>, ms: number): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<T | undefined>();
  const timer = setTimeout(resolve, ms, undefined);
  answer.then(resolve, () => resolve(undefined)).finally(() => clearTimeout(timer));
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
  const timer = setTimeout(() => {
    isOver = true;
    reject(toError());
  }, limitMs);
  work(() => isOver)
    .then(resolve, reject)
    .finally(() => clearTimeout(timer));
  return promise;
}

/** Waits so many ms, and holds up no process that ends. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
