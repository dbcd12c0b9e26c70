/**
 * Something to go wrong with the next matching request.
 *
 * - `status`: answered with that status, the request is not applied
 * - `drop`: the connection is cut, `before` the request is applied or `after`; as a clean end, which discord.js does
 *   not try again, or with `reset`, which it does
 * - `slow`: everything as usual, `ms` later; applied before the wait with `applied: "first"`
 * - `rate limit`: 429, as Discord sends it
 */
export type Fault = {
  readonly method?: string;
  /** Matches the path under `/api/v10`, e.g. `/messages\/@original$/`. Absent: any request. */
  readonly path?: RegExp;
  /** How many requests it strikes; 1 unless said. */
  readonly times?: number;
} & (
  | { readonly kind: "status"; readonly status: number; readonly body?: unknown }
  | { readonly kind: "drop"; readonly when: "before" | "after"; readonly reset?: boolean }
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
  /** Takes back what is left of it. */
  cancel(): void;
}

/** Faults in line. */
export interface Faults {
  place(fault: Fault): Order;
  take(method: string, path: string): Fault | undefined;
}

/** An empty line. */
export function createFaults(): Faults {
  const line = new Set<{ readonly fault: Fault; struck: number }>();
  return {
    place(fault) {
      const order = { fault, struck: 0, cancel: () => void line.delete(order) };
      line.add(order);
      return order;
    },
    take(method, path) {
      for (const order of line) {
        const { fault } = order;
        if (fault.method && fault.method !== method) continue;
        if (fault.path && !fault.path.test(path)) continue;
        order.struck += 1;
        if (order.struck >= (fault.times ?? 1)) line.delete(order);
        return fault;
      }
      return undefined;
    },
  };
}
