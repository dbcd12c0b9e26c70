import { createQueue } from "../seam/queue.ts";

/** Does the work when that person's time has come. `person`: their `User.id`. */
export type Aside = <Result>(person: string, work: () => Promise<Result>) => Promise<Result>;

/**
 * For what people have read and opened without a place in line: one thing after another for each, and for so many people
 * at once. Whoever waits holds no bytes, and a thousand files of one do not stand before another's.
 */
export function createAside(people: number): Aside {
  const inOrder = createQueue();
  const waiting: (() => void)[] = [];
  let free = people;

  async function enter(): Promise<void> {
    if (free === 0) return new Promise((resolve) => void waiting.push(resolve));
    free -= 1;
  }

  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else free += 1;
  }

  return (person, work) =>
    inOrder(person, async () => {
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    });
}
