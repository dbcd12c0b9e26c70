import type { RedisClientType } from "@keyv/redis";
import { openRedisLink } from "../../store/backends/redis-link.ts";
import type { Channel, ChannelEvents, ChannelPatience } from "./channel.ts";

/** Ms until a server that lets nobody listen is asked again. */
const againMs = 1000;

/**
 * By Redis' PUBLISH, which keeps nothing. The channels of a Redis server know nothing of its databases, so the number
 * stands in the name. Rejects when the server is not reached in time.
 */
export async function openRedisChannel(
  url: string,
  patience: ChannelPatience,
  { onText, onBack }: ChannelEvents,
): Promise<Channel> {
  const name = `drawbridge:bus:${/^\/(\d+)/.exec(new URL(url).pathname)?.[1] ?? "0"}`;

  /** A client that has subscribed once does so by itself when its connection is back, before it is ready. */
  function listen(client: RedisClientType): void {
    let isNew = true;
    client.on("ready", () => {
      const subscribed = isNew ? client.subscribe(name, onText) : Promise.resolve();
      subscribed.then(
        () => {
          isNew = false;
          onBack();
        },
        () => setTimeout(() => client === hearing.client() && hearing.reconnect(), againMs).unref(),
      );
    });
  }

  const hearing = await openRedisLink(url, patience, { onClient: listen });
  await hearing.client().subscribe(name, onText);
  hearing.client().on("ready", onBack);
  const speaking = await openRedisLink(url, patience).catch(async (error: unknown) => {
    await hearing.close().catch(() => {});
    throw error;
  });

  return {
    async send(text) {
      await speaking.client().publish(name, text);
    },
    probe: () => Promise.all([hearing.client().ping(), speaking.client().ping()]),
    reconnect() {
      hearing.reconnect();
      speaking.reconnect();
    },
    async close() {
      await Promise.allSettled([hearing.close(), speaking.close()]);
    },
  };
}
