/**
 * Something to go wrong with the next matching request.
 *
 * - `status`: answered with that status, the call is not applied
 * - `error`: answered `{ ok: false, error }`
 * - `drop`: the connection is cut, `before` the call is applied or `after`
 * - `slow`: everything as usual, `ms` later; applied before the wait with `applied: "first"`
 * - `rate limit`: 429 with `Retry-After`, in whole seconds as Slack sends it
 */
export type Fault = {
  /** Matches the method, e.g. `chat.update` or `/^files\./`; `upload`, `download` and `response_url`, too. Absent: any. */
  readonly method?: string | RegExp;
  /** How many requests it strikes; 1 unless said. */
  readonly times?: number;
} & (
  | { readonly kind: "status"; readonly status: number; readonly body?: string }
  | { readonly kind: "error"; readonly error: string }
  | { readonly kind: "drop"; readonly when: "before" | "after" }
  | { readonly kind: "slow"; readonly ms: number; readonly applied?: "first" | "last" }
  | { readonly kind: "rate limit"; readonly retryAfterMs: number }
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
  take(method: string): Fault | undefined;
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
    take(method) {
      for (const order of line) {
        const wanted = order.fault.method;
        if (wanted !== undefined && (typeof wanted === "string" ? wanted !== method : !wanted.test(method)))
          continue;
        order.struck += 1;
        if (order.struck >= (order.fault.times ?? 1)) line.delete(order);
        return order.fault;
      }
      return undefined;
    },
  };
}
