import { setAlarm, withLimit } from "../../seam/timeout.ts";
import type { Backend, Row, Seen } from "./backend.ts";

/** How long calls to a server may take, and whether they may be made. */
export interface Patience {
  /** After so many ms a call is given up, as far as who made it is concerned. */
  readonly limitMs: number;
  /** False: somebody else may be writing by now, so nothing is to be written. Asked right before. */
  readonly mayWrite: () => boolean;
  /** After so many ms without an answer the connection is taken for dead. */
  readonly silentMs: number;
  /** Lets go of the connection, and with it of what was sent and not answered. */
  readonly reconnect?: () => void;
}

/**
 * A server's store with a time limit on each call, which rejects with what was wrong.
 *
 * A write that was given up may still be carried out: the server has it, and may only be slow. It never comes after a
 * newer one of the same key, though: that one waits until the one before is answered, or its connection is lost, and is
 * dropped unsent if that takes longer than its own limit. What is left open is a write whose connection was lost before
 * it was answered: it happened or not, and a server that was stopped in mid-write may still do it in the moment in which
 * it goes on.
 */
export function createPatient<Adapter extends Backend>(adapter: Adapter, patience: Patience): Adapter {
  const unanswered = new Map<string, Promise<unknown>>();

  function write<T>(keys: readonly string[], send: () => Promise<T>): Promise<T> {
    return withLimit(patience.limitMs, (isOver) => {
      const before = keys.flatMap((key) => unanswered.get(key) ?? []);
      const done = Promise.allSettled(before).then(() => {
        if (isOver()) throw new Error("it was given up before it could be sent");
        if (!patience.mayWrite()) throw new Error("this process does not have the store to itself");
        return watch(send(), patience);
      });
      for (const key of keys) unanswered.set(key, done);
      const forget = () => {
        for (const key of keys) if (unanswered.get(key) === done) unanswered.delete(key);
      };
      done.then(forget, forget);
      return done;
    });
  }

  const own = {
    get: adapter.get.bind(adapter),
    set: adapter.set.bind(adapter),
    delete: adapter.delete.bind(adapter),
    write: adapter.write.bind(adapter),
    keys: adapter.keys.bind(adapter),
    writeIf: adapter.writeIf.bind(adapter),
    disconnect: adapter.disconnect?.bind(adapter),
  };
  return Object.assign(adapter, {
    get: (key: string) => withLimit(patience.limitMs, () => watch(own.get(key), patience)),
    set: (key: string, value: string, lifeMs?: number) => write([key], () => own.set(key, value, lifeMs)),
    delete: (key: string) => write([key], () => own.delete(key)),
    write: (rows: readonly Row[]) =>
      write(
        rows.map(({ key }) => key),
        () => own.write(rows),
      ),
    keys: (start: string, from?: string) =>
      withLimit(patience.limitMs, () => watch(own.keys(start, from), patience)),
    writeIf: (seen: readonly Seen[], rows: readonly Row[]) =>
      write(
        rows.map(({ key }) => key),
        () => own.writeIf(seen, rows),
      ),
    disconnect: () => withLimit(patience.limitMs, async () => own.disconnect?.()),
  });
}

/** A connection that gives no answer at all is given up for another. */
function watch<T>(sent: PromiseLike<T>, { silentMs, reconnect }: Patience): Promise<T> {
  const alarm = setAlarm(silentMs, () => reconnect?.(), { isIdle: true });
  return Promise.resolve(sent).finally(alarm.clear);
}
