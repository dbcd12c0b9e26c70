import type { ResponseRecord } from "../kept/record.ts";
import type { Store } from "../kept/store.ts";
import { type Paint, type Step, toScript, type WireEvent } from "../wire/script.ts";

/** The responses being worked on. A run goes by the clock, whether or not anybody listens. */
export interface Runs {
  start(record: ResponseRecord): void;
  /** The events after a sequence number, as they come; ends early when the response is cancelled. */
  follow(record: ResponseRecord, after: number, signal: AbortSignal): AsyncGenerator<WireEvent, void>;
  /** Settles when the response has ended, however it ended, or when the signal aborts. */
  ended(id: string, signal: AbortSignal): Promise<void>;
  /** A record as it is now. */
  latest(record: ResponseRecord): ResponseRecord;
  /** How far it has come: where a retrieved response stands while it is open. */
  status(record: ResponseRecord): ResponseRecord["status"];
  cancel(id: string): void;
  /** Stops the clocks and leaves the records open: a store that is opened again goes on with them. */
  stop(): void;
}

interface Run {
  record: ResponseRecord;
  reached: number;
  readonly steps: readonly Step[];
  readonly abort: AbortController;
  /** Replaced at each step: what followers wait for. */
  tick: PromiseWithResolvers<void>;
  readonly done: PromiseWithResolvers<void>;
}

export function createRuns(deps: { store: Store; paint: Paint; now: () => number }): Runs {
  const { store, paint, now } = deps;
  const runs = new Map<string, Run>();
  /** By the record a run began with: how it stands, also when it is not stored. */
  const begun = new WeakMap<ResponseRecord, Run>();

  function advance(run: Run, reached: number): void {
    run.reached = reached;
    const { tick } = run;
    run.tick = Promise.withResolvers();
    tick.resolve();
  }

  function end(run: Run, status: ResponseRecord["status"]): void {
    run.record = { ...run.record, open: false, status, endedMs: now() };
    if (run.record.params.store !== false) store.responses.set(run.record.id, run.record);
  }

  function leave(run: Run): void {
    run.abort.abort();
    runs.delete(run.record.id);
    run.tick.resolve();
    run.done.resolve();
  }

  async function work(run: Run): Promise<void> {
    const { signal } = run.abort;
    // The clock given says when it began, which may be before a restart; the pace is always real time.
    const behind = now() - run.record.createdMs - performance.now();
    for (const [index, step] of run.steps.entries()) {
      await until(step.atMs - behind - performance.now(), signal);
      // The picture is made on time, not on demand, or a response could end before it is drawn.
      if (index < run.steps.length - 1) await step.event(index, run.record);
      if (signal.aborted) return;
      if (index === run.steps.length - 1) end(run, run.record.plan.end.status);
      advance(run, index);
    }
    leave(run);
  }

  return {
    start(record) {
      const run: Run = {
        record,
        reached: -1,
        steps: toScript(record, paint),
        abort: new AbortController(),
        tick: Promise.withResolvers(),
        done: Promise.withResolvers(),
      };
      runs.set(record.id, run);
      begun.set(record, run);
      work(run).catch((error: unknown) => {
        if (run.abort.signal.aborted) return;
        run.record = {
          ...run.record,
          plan: {
            ...run.record.plan,
            end: { status: "failed", code: "server_error", message: String(error) },
          },
        };
        end(run, "failed");
        leave(run);
      });
    },

    async *follow(record, after, signal) {
      const run = runs.get(record.id);
      const steps = run?.steps ?? toScript(record, paint);
      if (!run && record.status === "cancelled") return;
      const gone = aborted(signal);
      for (let index = after + 1; index < steps.length; index++) {
        while (run && run.reached < index) {
          if (signal.aborted || run.abort.signal.aborted) return;
          await Promise.race([run.tick.promise, gone]);
        }
        if (signal.aborted) return;
        const step = steps[index];
        if (step) yield await step.event(index, run?.record ?? record);
      }
    },

    async ended(id, signal) {
      await Promise.race([runs.get(id)?.done.promise, aborted(signal)]);
    },

    latest: (record) => begun.get(record)?.record ?? record,

    status(record) {
      const run = runs.get(record.id);
      if (!run) return record.status;
      return record.params.background && run.reached < 2 ? "queued" : "in_progress";
    },

    cancel(id) {
      const run = runs.get(id);
      if (!run) return;
      end(run, "cancelled");
      leave(run);
    },

    stop() {
      for (const run of runs.values()) leave(run);
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

function until(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(finish, ms);
    signal.addEventListener("abort", finish, { once: true });
    function finish() {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    }
  });
}
