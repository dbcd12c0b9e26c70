/** What is answered within so many ms; undefined when it is later, or fails. */
export function withTimeout<T>(answer: Promise<T>, ms: number): Promise<T | undefined> {
  const { promise, resolve } = Promise.withResolvers<T | undefined>();
  const timer = setTimeout(resolve, ms, undefined);
  answer.then(resolve, () => resolve(undefined)).finally(() => clearTimeout(timer));
  return promise;
}
