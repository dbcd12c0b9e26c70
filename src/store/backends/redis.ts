import KeyvRedis, { type RedisClientType } from "@keyv/redis";
import type { Backend, Row } from "./backend.ts";
import { createPatient, type Patience } from "./patient.ts";
import { openRedisLink } from "./redis-link.ts";

/** Keyv's own Redis store, which finds its server again. Rejects when that is not reached within `connectMs`. */
export async function createRedisStore(
  url: string,
  { connectMs, ...patience }: Omit<Patience, "reconnect"> & { connectMs: number },
): Promise<Backend> {
  const onClient = (client: RedisClientType) => {
    adapter.client = client;
  };
  const link = await openRedisLink(url, { connectMs, silentMs: patience.silentMs }, { onClient });
  const adapter = new KeyvRedis(link.client(), { throwOnConnectError: true, throwOnErrors: true });

  const backend = Object.assign(adapter, {
    /** Redis carries out a MULTI whole, and nobody else's commands in between. */
    async write(rows: readonly Row[]) {
      const multi = link.client().multi();
      for (const { key, value, lifeMs } of rows) {
        const name = adapter.createKeyPrefix(key, adapter.namespace);
        if (value === undefined) multi.unlink(name);
        else multi.set(name, value, lifeMs ? { PX: lifeMs } : {});
      }
      await multi.exec();
    },
    disconnect: () => link.close(),
  });
  return createPatient(backend as unknown as Backend, { ...patience, reconnect: link.reconnect });
}
