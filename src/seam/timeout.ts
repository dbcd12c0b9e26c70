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
