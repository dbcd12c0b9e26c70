import { setMaxListeners } from "node:events";
import { createClient, type RedisClientType } from "@keyv/redis";

/** A client of Redis, not connected yet, that finds its server again. */
export interface RedisClient {
  readonly client: RedisClientType;
  /**
   * Ends it for good, and with it all that are made from it. What was asked of it is rejected.
   *
   * The library's own `destroy` lets go of no connection that is being made: that is there later, and stays.
   */
  end(): void;
}

/** A lost server is tried again for ever, ever more slowly: after so many ms. */
const toPause = (retries: number) => Math.min(100 * 2 ** retries, 2000);

/** `connectMs`: how long a server may take to accept a connection. Without `queues` what is asked while it is away fails. */
export function createRedisClient(
  url: string,
  { connectMs, queues }: { readonly connectMs: number; readonly queues: boolean },
): RedisClient {
  const over = new AbortController();
  setMaxListeners(0, over.signal); // one of each connection
  const client = createClient({
    url,
    disableOfflineQueue: !queues,
    socket: {
      connectTimeout: connectMs,
      reconnectStrategy: (retries) => (over.signal.aborted ? false : toPause(retries)),
      signal: over.signal,
    },
  }) as RedisClientType;
  // A lost connection is reported by the calls that it fails.
  client.on("error", () => {});
  return {
    client,
    end() {
      if (client.isOpen) client.destroy();
      over.abort();
    },
  };
}
