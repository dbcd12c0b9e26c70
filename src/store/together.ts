import type { Store } from "./store.ts";
import type { Tables } from "./table.ts";

/** Work on what it reads and writes as one, as of `Store.transact`; it is done again where others were faster. */
export type Together = <Result>(work: (within: Tables) => Promise<Result>) => Promise<Result>;

interface Waiting {
  readonly work: (within: Tables) => Promise<unknown>;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

/**
 * Lets what is read and written as one go one after another in this process; all that comes while one is on its way is
 * the next, and written at once. Where that fails, each is done by itself: it fails for its caller alone.
 */
export function createTogether(store: Pick<Store, "transact">): Together {
  let waiting: Waiting[] = [];
  let isBusy = false;

  async function doAll(all: readonly Waiting[]): Promise<void> {
    try {
      const results = await store.transact(async (within) => {
        const done: unknown[] = [];
        for (const { work } of all) done.push(await work(within));
        return done;
      });
      for (const [index, { resolve }] of all.entries()) resolve(results[index]);
    } catch (error) {
      const [first, ...others] = all;
      if (others.length === 0) first?.reject(error);
      else for (const one of all) await doAll([one]);
    }
  }

  async function goOn(): Promise<void> {
    if (isBusy) return;
    isBusy = true;
    while (waiting.length > 0) {
      const all = waiting;
      waiting = [];
      await doAll(all);
    }
    isBusy = false;
  }

  return <Result>(work: (within: Tables) => Promise<Result>) => {
    const { promise, resolve, reject } = Promise.withResolvers<Result>();
    waiting.push({ work, resolve: resolve as (result: unknown) => void, reject });
    void goOn();
    return promise;
  };
}
