/** Work that is done one after the other. */
export interface Line {
  readonly isFull: boolean;
  join<T>(work: () => Promise<T>): Promise<T>;
}

/** Full when `most` wait beside the one that is being done. */
export function createLine(most: number): Line {
  let last: Promise<unknown> = Promise.resolve();
  let inside = 0;
  return {
    get isFull() {
      return inside > most;
    },
    join(work) {
      inside += 1;
      const done = last.then(work).finally(() => {
        inside -= 1;
      });
      last = done.catch(() => {});
      return done;
    },
  };
}
