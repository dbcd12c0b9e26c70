import KeyvRedis, { type RedisClientType } from "@keyv/redis";
import type { Backend, KeyPage, Row, Seen } from "./backend.ts";
import { createPatient, type Patience } from "./patient.ts";
import { openRedisLink } from "./redis-link.ts";
import { createRedisWrites, type RedisWrites, readRunId } from "./redis-writes.ts";

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
  let writes: RedisWrites | undefined;
  const link = await openRedisLink(
    url,
    { connectMs, silentMs: patience.silentMs },
    {
      onClient,
      // The first time nothing has been written.
      onChange: () => (writes && link.client().isReady ? void writes.back() : writes?.lost()),
    },
  );
  const runId = await readRunId(link.client()).catch(() => undefined);
  const own = createRedisWrites(link.client, { mayWrite: patience.mayWrite, runId });
  writes = own;
  const adapter = new KeyvRedis(link.client(), { throwOnConnectError: true, throwOnErrors: true });

  const toName = (key: string) => adapter.createKeyPrefix(key, adapter.namespace);
  const toNamed = <Named extends Seen | Row>(one: Named): Named => ({ ...one, key: toName(one.key) });

  const backend = Object.assign(adapter, {
    async set(key: string, value: string, lifeMs?: number) {
      return own.write([], [toNamed({ key, value, ...(lifeMs && { lifeMs }) })]);
    },
    async delete(key: string) {
      return own.write([], [toNamed({ key })]);
    },
    async write(rows: readonly Row[]) {
      await own.write([], rows.map(toNamed));
    },
    /** Redis looks at all that it keeps, some at a time: it holds nobody else up. */
    async keys(start: string, from = "0"): Promise<KeyPage> {
      const name = toName(start);
      const match = `${name.replace(/[[\]*?\\]/g, "\\$&")}*`;
      const { cursor, keys } = await link.client().scan(from, { MATCH: match, COUNT: pageSize });
      const before = name.length - start.length;
      return { keys: keys.map((key) => key.slice(before)), ...(cursor !== "0" && { next: cursor }) };
    },
    writeIf: (seen: readonly Seen[], rows: readonly Row[]) => own.write(seen.map(toNamed), rows.map(toNamed)),
    disconnect: () => link.close(),
  });
  return createPatient(backend as unknown as Backend, { ...patience, reconnect: link.reconnect });
}
