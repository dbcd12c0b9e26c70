import type { Painter } from "../../src/openai/painter.ts";
import type { Spool } from "../../src/pictures/spool.ts";
import type { Store } from "../../src/store/store.ts";

/**
 * When and how a process ends, `at` which of its steps, counted from 1. `before`: it is killed, and the step is not taken.
 * `after`: it is killed, and the step was taken, but nobody there hears of it. `stop`: it is told to stop, and goes on.
 */
export interface End {
  readonly at: number;
  readonly how: "before" | "after" | "stop";
}

/** The life of a process whose steps (whatever it does to the world outside) are counted. */
export interface Life {
  /** Takes a step. For one who is dead nothing is done any more, and nothing comes back. */
  step<T>(what: string, work: () => Promise<T>): Promise<T>;
  /** The same, for what changes nothing: it rejects for one who is dead, so that no clock runs on for its answer. */
  look<T>(what: string, work: () => Promise<T>): Promise<T>;
  /** From now on steps are counted. */
  willEnd(end: End): void;
  /** From now on it takes no step. */
  kill(): void;
  readonly isDead: boolean;
  /** Resolves, with its name, when the step has come at which it ends. */
  readonly ended: Promise<string>;
}

export function createLife(): Life {
  let end: End | undefined;
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  let steps = 0;
  let isDead = false;

  async function take<T>(what: string, work: () => Promise<T>, forever: () => Promise<never>): Promise<T> {
    if (isDead) return forever();
    steps += 1;
    const isLast = steps === end?.at;
    const name = `${what} (step ${steps})`;
    if (!isLast) {
      const result = await work();
      return isDead ? forever() : result;
    }
    isDead = end?.how !== "stop";
    if (end?.how !== "before") {
      const result = await work().finally(() => resolve(name));
      if (!isDead) return result;
    }
    resolve(name);
    return forever();
  }

  return {
    ended,
    step: (what, work) => take(what, work, () => new Promise(() => {})),
    look: (what, work) => take(what, work, () => Promise.reject(new Error("killed"))),
    willEnd(given) {
      end = given;
      steps = 0;
    },
    kill() {
      isDead = true;
    },
    get isDead() {
      return isDead;
    },
  };
}

/** A store as that process reaches it. `onWrite` hears what has been written. */
export function mortalStore(
  store: Store,
  { step, look }: Life,
  onWrite: (table: string, value: unknown) => void = () => {},
): Store {
  return {
    ...store,
    table(name, schema) {
      const table = store.table(name, schema);
      return {
        get: (key) => look(`get ${name}`, () => table.get(key)),
        set: (key, ...given) =>
          step(`set ${name}`, async () => {
            await table.set(key, ...given);
            onWrite(name, given[0]);
          }),
        delete: (key) => step(`delete ${name}`, () => table.delete(key)),
        keys: table.keys,
      };
    },
    write: (changes) =>
      step("write", async () => {
        await store.write(changes);
        for (const change of changes) if ("value" in change) onWrite(change.table, change.value);
      }),
    transact: (work) => step("transact", () => store.transact(work)),
  };
}

export function mortalSpool(spool: Spool, { step }: Life): Spool {
  return {
    put: (...given) => step("put into the spool", () => spool.put(...given)),
    get: (id) => step("get from the spool", () => spool.get(id)),
    has: (id) => step("look into the spool", () => spool.has(id)),
    delete: (id) => step("delete from the spool", () => spool.delete(id)),
    sweep: (wanted, isAll) => step("sweep the spool", () => spool.sweep(wanted, isAll)),
  };
}

/** `onAsk` hears of every request for a picture, right before it is sent. */
export function mortalPainter(painter: Painter, { step }: Life, onAsk: () => void): Painter {
  return {
    ...painter,
    begin(...given) {
      const paint = painter.begin(...given);
      return async function* (place, taken) {
        await step("ask OpenAI", async () => {
          if (taken === undefined) onAsk();
        });
        for await (const event of paint(place, taken)) {
          if (event.kind === "text") yield event;
          else yield await step(`hear ${event.kind}`, async () => event);
        }
      };
    },
    cancel: (id) => step("cancel at OpenAI", () => painter.cancel(id)),
    erase: (what, id, signal) => step(`erase a ${what}`, () => painter.erase(what, id, signal)),
    upload: (picture, signal) => step("upload", () => painter.upload(picture, signal)),
  };
}
