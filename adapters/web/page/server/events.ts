import type { WireEvent } from "../../wire/messages.ts";

/** What happens on the line to the server. */
export interface Line<Event = WireEvent> {
  event(event: Event): void;
  /** The line is down; it is being picked up again. */
  lost(): void;
  /** Whether it is to be kept also while nobody looks at the page. */
  isAwaited(): boolean;
}

/** A line on which nothing has come for so many ms is dead: the server says every ten seconds that it is there. */
const silentMs = 22_000;

/**
 * Listens to the server, at `address`, until the signal aborts, and comes back after 1, 2, 4 … 15 s when the line drops, or is silent.
 *
 * EventSource's own reconnecting is not enough: it gives up for good on an error page, such as a proxy's 502.
 */
export function listen<Event = WireEvent>(
  line: Line<Event>,
  signal: AbortSignal,
  address = "/api/events",
): void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hidden: ReturnType<typeof setTimeout> | undefined;
  let silent: ReturnType<typeof setTimeout> | undefined;
  let tries = 0;

  const watch = () => {
    clearTimeout(silent);
    silent = setTimeout(drop, silentMs);
  };
  const connect = () => {
    clearTimeout(timer);
    source?.close();
    source = new EventSource(address);
    watch();
    source.onmessage = ({ data }: MessageEvent<string>) => {
      watch();
      tries = 0;
      line.event(JSON.parse(data) as Event); // the contract in messages.ts, from our own origin
    };
    source.onerror = drop;
  };
  const drop = () => {
    clearTimeout(silent);
    source?.close();
    line.lost();
    clearTimeout(timer);
    timer = setTimeout(connect, Math.min(15_000, 1000 * 2 ** tries));
    tries += 1;
  };
  const hurry = () => {
    if (source?.readyState !== EventSource.CLOSED || document.hidden) return;
    tries = 0;
    connect();
  };
  const rest = () => {
    clearTimeout(hidden);
    // A browser holds six lines to one server at most: tabs nobody looks at leave theirs to the others.
    if (document.hidden) {
      hidden = setTimeout(() => {
        if (line.isAwaited()) return rest();
        clearTimeout(timer);
        clearTimeout(silent);
        source?.close();
      }, 20_000);
    } else hurry();
  };

  connect();
  addEventListener("online", hurry, { signal });
  document.addEventListener("visibilitychange", rest, { signal });
  signal.addEventListener("abort", () => {
    clearTimeout(hidden);
    clearTimeout(silent);
    clearTimeout(timer);
    source?.close();
  });
}
