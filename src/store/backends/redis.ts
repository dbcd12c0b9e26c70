import KeyvRedis, { type RedisClientType } from "@keyv/redis";
import type { Backend, KeyPage, Row } from "./backend.ts";
import { createPatient, type Patience } from "./patient.ts";
import { openRedisLink } from "./redis-link.ts";

/** Keys that Redis looks at in one call. */
const pageSize = 1000;

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
    /** Redis looks at all that it keeps, some at a time: it holds nobody else up. */
    async keys(start: string, from = "0"): Promise<KeyPage> {
      const name = adapter.createKeyPrefix(start, adapter.namespace);
      const match = `${name.replace(/[[\]*?\\]/g, "\\$&")}*`;
      const { cursor, keys } = await link.client().scan(from, { MATCH: match, COUNT: pageSize });
      const before = name.length - start.length;
      return { keys: keys.map((key) => key.slice(before)), ...(cursor !== "0" && { next: cursor }) };
    },
    disconnect: () => link.close(),
  });
  return createPatient(backend as unknown as Backend, { ...patience, reconnect: link.reconnect });
}
