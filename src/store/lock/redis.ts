import { randomUUID } from "node:crypto";
import { openRedisLink, type RedisPatience } from "../backends/redis-link.ts";
import { leaseMs, type ServerLatch } from "./lease.ts";
import type { Latch } from "./lock.ts";
import { ownName, toWords } from "./name.ts";

const key = "drawbridge:lock";

/** Source for a lock of this kind: https://redis.io/docs/latest/develop/clients/patterns/distributed-locks/ */
const take = `
  local holder = redis.call('GET', KEYS[1])
  if holder and holder ~= ARGV[1] then return 'other ' .. holder end
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return holder and 'still' or 'anew'`;

const release = `
  if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
  return 0`;

/** A key that forgets itself when it is not renewed. Rejects when the server is not reached in time. */
export async function openRedisLatch(
  url: string,
  about: Pick<Latch, "name" | "setting">,
  patience: RedisPatience,
): Promise<ServerLatch> {
  let doubt = () => {};
  const link = await openRedisLink(url, patience, { onChange: () => doubt() });
  const own = `${ownName()} ${randomUUID()}`;
  return {
    ...about,
    pollMs: 250,
    async take() {
      const silence = setTimeout(link.reconnect, patience.silentMs).unref();
      try {
        const answer = String(
          await link.client().eval(take, { keys: [key], arguments: [own, String(leaseMs)] }),
        );
        if (answer === "still" || answer === "anew") return answer;
        return { by: toWords(answer.split(" ")[1] ?? "") };
      } finally {
        clearTimeout(silence);
      }
    },
    async release() {
      try {
        if (link.client().isReady) await link.client().eval(release, { keys: [key], arguments: [own] });
      } finally {
        await link.close();
      }
    },
    onDoubt(listener) {
      doubt = listener;
    },
  };
}
