/** Does the work on one key one after another, in the order in which it came; keys do not wait for each other. */
export type Queue = <Result>(key: string, work: () => Promise<Result>) => Promise<Result>;

/** Work that fails fails for its caller alone: the next goes on. */
export function createQueue(): Queue {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const before = last.get(key) ?? Promise.resolve();
    const after = before.then(work, work);
    last.set(key, after);
    const forget = () => {
      if (last.get(key) === after) last.delete(key);
    };
    after.then(forget, forget);
    return after;
  };
}
