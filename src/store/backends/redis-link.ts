import type { RedisClientType } from "@keyv/redis";
import { type Alarm, setAlarm, withLimit } from "../../seam/timeout.ts";
import { createRedisClient, type RedisClient } from "./redis-client.ts";

/** A connection to Redis that finds its server again. */
export interface RedisLink {
  /** The client to ask now. Its calls fail while the server is away. */
  client(): RedisClientType;
  /** Lets go of a connection that gives no answers, and of what was asked on it. */
  reconnect(): void;
  close(): Promise<void>;
}

export interface RedisPatience {
  /** How long to connect may take, in ms. */
  readonly connectMs: number;
  /** How long a server that accepts connections may take to greet, in ms. */
  readonly silentMs: number;
}

export interface RedisEvents {
  /** There is another client than before. */
  readonly onClient?: (client: RedisClientType) => void;
  /** The connection was lost, or is there again: the server may be another than before. */
  readonly onChange?: () => void;
}

/** Rejects when the server is not reached within `connectMs`. */
export async function openRedisLink(
  url: string,
  { connectMs, silentMs }: RedisPatience,
  { onClient = () => {}, onChange = () => {} }: RedisEvents = {},
): Promise<RedisLink> {
  let now = create();
  await connect(now, connectMs);

  // A client is connected once: one that was ended and begun anew may still be at its last try.
  function create(): RedisClient {
    const made = createRedisClient(url, { connectMs, queues: false });
    let greeting: Alarm | undefined;
    const stopWaiting = () => greeting?.clear();
    made.client.on("connect", () => {
      stopWaiting();
      greeting = setAlarm(silentMs, () => made === now && reconnect(), { isIdle: true });
    });
    made.client.on("end", stopWaiting);
    for (const event of ["ready", "error"]) {
      made.client.on(event, () => {
        stopWaiting();
        if (made === now) onChange();
      });
    }
    return made;
  }

  function reconnect(): void {
    const lost = now;
    now = create();
    now.client.connect().catch(() => {});
    onClient(now.client);
    lost.end();
  }

  return {
    client: () => now.client,
    reconnect,
    async close() {
      if (now.client.isReady) await now.client.close();
      now.end();
    },
  };
}

async function connect({ client, end }: RedisClient, limitMs: number): Promise<void> {
  let reason: unknown;
  client.on("error", (error) => {
    reason = error;
  });
  try {
    await withLimit(limitMs, () => client.connect());
  } catch (error) {
    end();
    throw reason ?? error;
  }
}
