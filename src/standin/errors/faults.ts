/** What a request is for, as far as faults care. */
export type Route = "create" | "retrieve" | "cancel" | "delete" | "items" | "files" | "models";

/** A point in a stream: after so many events on this connection, or after the first event of a type. */
export type After = number | string;

/**
 * Something to go wrong with the next matching request. Orders wait in line, each taken by one request.
 * Without `on`, the request that makes a response, or a picture of the Image API, is meant.
 *
 * - `status`: answered with that HTTP status instead
 * - `slow`: everything else as usual, `ms` later
 * - `drop`: the connection is cut, without an end to the body
 * - `stall`: not a byte more until the order is released or the client goes away
 * - `end`: the body ends cleanly before the response has ended
 * - `garble`: an event that is not JSON, then the rest as usual
 *   (of an answer that is no stream: `drop` and `end` cut it, `stall` holds it back, `garble` makes it half a JSON)
 * - `error`: an `error` event, then the body ends
 * - `refuse`: moderation stops the picture; `as` says how it shows: a failed item in a completed response (`item`), a
 *   failed item and `response.failed` (`failed`), or HTTP 400 (`http`)
 * - `fail`, `incomplete`: the response ends that way
 * - `garbage`: the picture's base64 is not a picture
 */
export type Fault = { readonly on?: Route } & (
  | {
      readonly kind: "status";
      readonly status: number;
      readonly message?: string;
      readonly type?: string;
      readonly code?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: "slow"; readonly ms: number }
  | { readonly kind: "drop" | "stall" | "end" | "garble"; readonly after?: After }
  | { readonly kind: "error"; readonly after?: After; readonly code?: string; readonly message?: string }
  | {
      readonly kind: "refuse";
      readonly stage?: "input" | "output";
      readonly as?: "item" | "failed" | "http";
      readonly categories?: readonly string[];
    }
  | {
      readonly kind: "fail";
      readonly code?: "server_error" | "rate_limit_exceeded";
      readonly message?: string;
    }
  | { readonly kind: "incomplete"; readonly reason?: "max_output_tokens" | "content_filter" }
  | { readonly kind: "garbage" }
);

/** An order that was placed. */
export interface Order {
  readonly fault: Fault;
  /** Settles when a request has taken the order and, for those that strike within a stream, when it struck. */
  readonly struck: Promise<void>;
  /** Lets a stalled answer go on. */
  release(): void;
}

/** An order in the hands of the request that took it. */
export interface Taken extends Order {
  strike(): void;
  readonly released: Promise<void>;
}

/** Faults in line. */
export interface Faults {
  place(fault: Fault): Order;
  /** The first order in line that means this route. */
  take(route: Route): Taken | undefined;
  clear(): void;
}

export function createFaults(): Faults {
  let line: Taken[] = [];
  return {
    place(fault) {
      const struck = Promise.withResolvers<void>();
      const released = Promise.withResolvers<void>();
      const order: Taken = {
        fault,
        struck: struck.promise,
        strike: struck.resolve,
        released: released.promise,
        release: released.resolve,
      };
      line.push(order);
      return order;
    },
    take(route) {
      const order = line.find(({ fault }) => (fault.on ?? "create") === route);
      if (order) line = line.filter((other) => other !== order);
      return order;
    },
    clear() {
      line = [];
    },
  };
}
