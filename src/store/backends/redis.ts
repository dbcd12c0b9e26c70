import KeyvRedis, { type RedisClientType } from "@keyv/redis";
import type { Backend, KeyPage, Row, Seen } from "./backend.ts";
import { createPatient, type Patience } from "./patient.ts";
import { openRedisLink } from "./redis-link.ts";

/** Keys that Redis looks at in one call. */
const pageSize = 1000;

/**
 * Carried out whole, and nobody else's commands in between. ARGV: how many keys were seen, and of each its value behind a
 * mark, or no more than another; then of each row its value, marked likewise, and its life in ms, 0 for one without end.
 */
const writeIfSo = `
  local seen = tonumber(ARGV[1])
  for i = 1, seen do
    local value = redis.call('GET', KEYS[i])
    if (value and '=' .. value or '-') ~= ARGV[i + 1] then return 0 end
  end
  for i = seen + 1, #KEYS do
    local value, life = ARGV[2 * i - seen], ARGV[2 * i - seen + 1]
    if value == '-' then redis.call('UNLINK', KEYS[i])
    elseif life == '0' then redis.call('SET', KEYS[i], string.sub(value, 2))
    else redis.call('SET', KEYS[i], string.sub(value, 2), 'PX', life) end
  end
  return 1`;

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
    async writeIf(seen: readonly Seen[], rows: readonly Row[]) {
      const keys = [...seen, ...rows].map(({ key }) => adapter.createKeyPrefix(key, adapter.namespace));
      const marked = (value: string | undefined) => (value === undefined ? "-" : `=${value}`);
      const args = [
        String(seen.length),
        ...seen.map(({ value }) => marked(value)),
        ...rows.flatMap(({ value, lifeMs = 0 }) => [marked(value), String(lifeMs)]),
      ];
      return (await link.client().eval(writeIfSo, { keys, arguments: args })) === 1;
    },
    disconnect: () => link.close(),
  });
  return createPatient(backend as unknown as Backend, { ...patience, reconnect: link.reconnect });
}
