import type { ThreadKey } from "../seam/turn.ts";

/** Keeps the turns of one thread in order, and the turns of all threads within a limit. */
export interface Lanes {
  /**
   * Resolves when it is this turn's time: the thread's earlier turns are done and there is room. First come, first
   * served among those who can go. The caller must call the function it gets when the turn is over.
   *
   * `onPlace` hears how many turns are ahead (1 and up), each time that changes; never when there is no wait: those
   * of its own thread, or those that wait longer for room.
   * Rejects with the signal's reason when it aborts during the wait.
   */
  enter(thread: ThreadKey, signal: AbortSignal, onPlace: (ahead: number) => void): Promise<() => void>;
}

interface Waiting {
  readonly thread: ThreadKey;
  readonly go: (leave: () => void) => void;
  readonly onPlace: (ahead: number) => void;
  told: number;
}

/** `limit`: turns that may run at once. */
export function createLanes(limit: number): Lanes {
  const line: Waiting[] = [];
  const busy = new Set<ThreadKey>();

  function advance(): void {
    for (let index = 0; index < line.length && busy.size < limit; ) {
      const turn = line[index];
      if (!turn || busy.has(turn.thread)) {
        index += 1;
        continue;
      }
      line.splice(index, 1);
      busy.add(turn.thread);
      turn.go(leaving(turn.thread));
    }
    const full = busy.size >= limit;
    for (const [index, turn] of line.entries()) {
      const own = line.slice(0, index).filter(({ thread }) => thread === turn.thread).length;
      const ahead = Math.max(busy.has(turn.thread) ? own + 1 : own, full ? index + 1 : 0);
      if (turn.told === ahead) continue;
      turn.told = ahead;
      turn.onPlace(ahead);
    }
  }

  function leaving(thread: ThreadKey): () => void {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      busy.delete(thread);
      advance();
    };
  }

  return {
    enter(thread, signal, onPlace) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const onAbort = () => {
          line.splice(line.indexOf(turn), 1);
          reject(signal.reason);
          advance();
        };
        const turn: Waiting = {
          thread,
          onPlace,
          told: 0,
          go(leave) {
            signal.removeEventListener("abort", onAbort);
            resolve(leave);
          },
        };
        signal.addEventListener("abort", onAbort, { once: true });
        line.push(turn);
        advance();
      });
    },
  };
}
