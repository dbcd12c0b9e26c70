/**
 * Something to go wrong with the next matching request.
 *
 * - `status`: answered with that status, the request is not applied
 * - `drop`: the connection is cut, `before` the request is applied or `after`; as a clean end, which discord.js does
 *   not try again, or with `reset`, which it does
 * - `slow`: everything as usual, `ms` later; applied before the wait with `applied: "first"`
 * - `hold`: nothing is answered until it is let go; taken `before` the request is applied or `after`. What was held
 *   before is not applied any more when the client is gone
 * - `rate limit`: 429, as Discord sends it
 */
export type Fault = {
  readonly method?: string;
  /** Matches the path under `/api/v10`, e.g. `/messages\/@original$/`. Absent: any request. */
  readonly path?: RegExp;
  /** Matches the JSON that is sent. Absent: whatever it is. */
  readonly says?: RegExp;
  /** How many requests it strikes; 1 unless said. */
  readonly times?: number;
} & (
  | { readonly kind: "status"; readonly status: number; readonly body?: unknown }
  | { readonly kind: "drop"; readonly when: "before" | "after"; readonly reset?: boolean }
  | { readonly kind: "hold"; readonly when: "before" | "after" }
  | { readonly kind: "slow"; readonly ms: number; readonly applied?: "first" | "last" }
  | {
      readonly kind: "rate limit";
      readonly retryAfterMs: number;
      readonly scope: "user" | "shared" | "global";
    }
);

/** A fault that was ordered. */
export interface Order {
  /** Requests it has struck. */
  readonly struck: number;
  /** Takes back what is left of it, and lets go what it holds. */
  cancel(): void;
}

/** A fault that strikes. */
export interface Struck {
  readonly fault: Fault;
  /** Resolves when its order is cancelled. */
  readonly over: Promise<void>;
}

/** Faults in line. */
export interface Faults {
  place(fault: Fault): Order;
  take(method: string, path: string, body: unknown): Struck | undefined;
}

/** An empty line. */
export function createFaults(): Faults {
  const line = new Set<{ readonly fault: Fault; readonly over: Promise<void>; struck: number }>();
  return {
    place(fault) {
      const { promise: over, resolve } = Promise.withResolvers<void>();
      const order = {
        ...{ fault, over, struck: 0 },
        cancel() {
          line.delete(order);
          resolve();
        },
      };
      line.add(order);
      return order;
    },
    take(method, path, body) {
      for (const order of line) {
        const { fault } = order;
        if (fault.method && fault.method !== method) continue;
        if (fault.path && !fault.path.test(path)) continue;
        if (fault.says && !fault.says.test(JSON.stringify(body ?? null))) continue;
        order.struck += 1;
        if (order.struck >= (fault.times ?? 1)) line.delete(order);
        return order;
      }
      return undefined;
    },
  };
}
