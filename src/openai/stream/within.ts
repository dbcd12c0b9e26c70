/** What comes of it; undefined when it takes longer. */
export function within<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<T | undefined>();
  const timer = setTimeout(resolve, ms, undefined);
  work.then(resolve, reject).finally(() => clearTimeout(timer));
  return promise;
}
