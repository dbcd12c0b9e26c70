import type { Pulse, WireEvent } from "../wire/messages.ts";

/** What happens, told to every open page. */
export interface Events<Event = WireEvent> {
  emit(event: Event): void;
  /** Whether any page listens. */
  readonly isHeard: boolean;
  /**
   * A stream of server-sent events, `hello` first. `drop` cuts the connection of a page that does not keep up: it
   * will connect again and load anew, which costs less than remembering everything for it.
   */
  open(drop: () => void): ReadableStream<Uint8Array>;
  /** Cuts off every page: each connects again and loads anew. */
  renew(): void;
  /** Ends every stream. */
  close(): void;
}

/** Pages that listen at once; one more, and the oldest is cut off. */
const mostClients = 200;

interface Client {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  readonly drop: () => void;
}

/** `boot` names this run of the server; `queueBytes` is what may wait for one page. */
export function createEvents<Event = WireEvent>({
  boot,
  heartbeatMs = 10_000,
  queueBytes = 2 * 1024 * 1024,
}: {
  boot: string;
  heartbeatMs?: number;
  queueBytes?: number;
}): Events<Event> {
  const clients = new Set<Client>();
  const encoder = new TextEncoder();
  // Proxies close what is silent; and a page tells by it a line on which nothing happens from one that is dead.
  const heartbeat = setInterval(() => send(toData({ type: "beat" } satisfies Pulse)), heartbeatMs);
  heartbeat.unref();

  function send(text: string): void {
    const bytes = encoder.encode(text);
    for (const client of clients) {
      if ((client.controller.desiredSize ?? 0) > 0) client.controller.enqueue(bytes);
      else cut(client);
    }
  }

  function cut(client: Client): void {
    clients.delete(client);
    client.drop();
  }

  return {
    emit: (event) => send(toData(event)),
    get isHeard() {
      return clients.size > 0;
    },
    open(drop) {
      let client: Client;
      return new ReadableStream<Uint8Array>(
        {
          start(controller) {
            client = { controller, drop };
            clients.add(client);
            const [oldest] = clients;
            if (oldest && clients.size > mostClients) cut(oldest);
            controller.enqueue(
              encoder.encode(`retry: 1000\n${toData({ type: "hello", boot } satisfies Pulse)}`),
            );
          },
          cancel() {
            clients.delete(client);
          },
        },
        new ByteLengthQueuingStrategy({ highWaterMark: queueBytes }),
      );
    },
    renew() {
      for (const client of clients) cut(client);
    },
    close() {
      clearInterval(heartbeat);
      for (const { controller } of clients) controller.close();
      clients.clear();
    },
  };
}

function toData(event: unknown): string {
  return `data: ${JSON.stringify(event)}\n\n`;
}
