import { createClient, type RedisClientType } from "@keyv/redis";
import { type Alarm, setAlarm, withLimit } from "../../seam/timeout.ts";

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

/** A lost server is tried again for ever, ever more slowly. */
const reconnectStrategy = (retries: number) => Math.min(100 * 2 ** retries, 2000);

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
  let client: RedisClientType = create();
  await connect(client, connectMs);

  // A client is connected once: one that was ended and begun anew may still be at its last try.
  function create(): RedisClientType {
    const made = createClient({
      url,
      disableOfflineQueue: true,
      socket: { connectTimeout: connectMs, reconnectStrategy },
    }) as RedisClientType;
    let greeting: Alarm | undefined;
    const stopWaiting = () => greeting?.clear();
    made.on("connect", () => {
      stopWaiting();
      greeting = setAlarm(silentMs, () => made === client && reconnect(), { isIdle: true });
    });
    made.on("end", stopWaiting);
    // A lost connection is reported by the calls that it fails.
    for (const event of ["ready", "error"]) {
      made.on(event, () => {
        stopWaiting();
        if (made === client) onChange();
      });
    }
    return made;
  }

  function reconnect(): void {
    const lost = client;
    client = create();
    client.connect().catch(() => {});
    onClient(client);
    if (lost.isOpen) lost.destroy();
  }

  return {
    client: () => client,
    reconnect,
    async close() {
      if (client.isReady) await client.close();
      else if (client.isOpen) client.destroy();
    },
  };
}

async function connect(client: RedisClientType, limitMs: number): Promise<void> {
  let reason: unknown;
  client.on("error", (error) => {
    reason = error;
  });
  try {
    await withLimit(limitMs, () => client.connect());
  } catch (error) {
    if (client.isOpen) client.destroy();
    throw reason ?? error;
  }
}
