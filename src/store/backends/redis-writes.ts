import { setTimeout as sleep } from "node:timers/promises";
import type { RedisClientType } from "@keyv/redis";
import type { Row, Seen } from "./backend.ts";

/**
 * Writes to Redis, and writes again what a server has lost of them that was started anew: by itself it keeps what it was
 * told a second before its end only if it was lucky. What another has written since stays.
 */
export interface RedisWrites {
  /** All rows or none, if what was seen is still so: false where it is not. Keys as they are in Redis. */
  write(seen: readonly Seen[], rows: readonly Row[]): Promise<boolean>;
  /** The connection is gone: what was written a moment ago is known until it is there again. */
  lost(): void;
  /** It is there again. Never rejects. */
  back(): Promise<void>;
}

/** For how many ms it is known what was written: a server writes to its disk once a second. */
const knownMs = 5000;
/** Letters that are known at once, and those of the longest write. */
const mostKnown = 16 * 1024 * 1024;
const mostLetters = 1024 * 1024;
/** What a row takes beside its value, in letters. */
const rowLetters = 500;
/**
 * Before what may be lost is written again, in ms, one after the other: of what two have written, one after the other, the
 * later may find only then what it was written in place of.
 */
const againMs = [0, 1000, 2000];

/** Of a script: writes a row, or deletes it. */
const put = (key: string, value: string, life: string) => `
    if ${value} == '-' then redis.call('UNLINK', ${key})
    elseif ${life} == '0' then redis.call('SET', ${key}, string.sub(${value}, 2))
    else redis.call('SET', ${key}, string.sub(${value}, 2), 'PX', ${life}) end`;

/**
 * Carried out whole, and nobody else's commands in between. ARGV: how many keys were seen, and of each its value behind a
 * mark, or no more than another; then of each row its value, marked likewise, and its life in ms, 0 for one without end.
 * Gives the digests of what was seen, and of what the rows were before: an empty one for nothing, a mark for what is too
 * long to be gone over in front of all others.
 */
const writeIfSo = `
  local seen = tonumber(ARGV[1])
  local digests = {}
  for i = 1, #KEYS do
    if i > seen and redis.call('STRLEN', KEYS[i]) > ${mostLetters} then digests[i] = '-'
    else
      local value = redis.call('GET', KEYS[i])
      if i <= seen and (value and '=' .. value or '-') ~= ARGV[i + 1] then return false end
      digests[i] = value and redis.sha1hex(value) or ''
    end
  end
  for i = seen + 1, #KEYS do
    local value, life = ARGV[2 * i - seen], ARGV[2 * i - seen + 1]
    ${put("KEYS[i]", "value", "life")}
  end
  return digests`;

/**
 * ARGV: how many keys were seen, and of each its digest; then of each row its value and life as above, and the digest of
 * what it is in place of. Rows that are as they were written stay so; where something else is there, none is written.
 */
const writeAgain = `
  local seen = tonumber(ARGV[1])
  local at = seen + 2
  local lost = {}
  for i = seen + 1, #KEYS do
    local value, life, before = ARGV[at], ARGV[at + 1], ARGV[at + 2]
    at = at + 3
    local found = redis.call('GET', KEYS[i])
    if (found and '=' .. found or '-') ~= value then
      if (found and redis.sha1hex(found) or '') ~= before then return 0 end
      lost[#lost + 1] = { KEYS[i], value, life }
    end
  end
  if #lost == 0 then return 0 end
  for i = 1, seen do
    local found = redis.call('GET', KEYS[i])
    if (found and redis.sha1hex(found) or '') ~= ARGV[i + 1] then return 0 end
  end
  for _, row in ipairs(lost) do
    ${put("row[1]", "row[2]", "row[3]")}
  end
  return 1`;

/** Ms until a server that is not ready yet is given them again. */
const loadingMs = 500;

/** A write, as it was carried out: all of it is written again, or nothing. */
interface Known {
  readonly at: number;
  /** Of each key that was seen, the digest of what was there. */
  readonly seen: readonly { readonly key: string; readonly digest: string }[];
  readonly rows: readonly {
    readonly key: string;
    readonly value: string | undefined;
    /** When it is to be forgotten, by this process's clock; undefined: never. */
    readonly until: number | undefined;
    /** The digest of what was there before. */
    readonly before: string;
  }[];
  readonly letters: number;
}

/** `mayWrite`: as of `Patience`. */
export function createRedisWrites(
  client: () => RedisClientType,
  { mayWrite, runId }: { readonly mayWrite: () => boolean; readonly runId: string | undefined },
): RedisWrites {
  /** In the order in which they were carried out. */
  const known: Known[] = [];
  let letters = 0;
  let server = runId;
  /** Whether the server may be away: then nothing is forgotten. */
  let isAway = false;
  /** Counts the times that it was back. */
  let times = 0;

  function forgetOld(): void {
    const now = performance.now();
    const isOld = ({ at }: Known) => !isAway && now - at >= knownMs;
    let count = 0;
    for (let rest = letters; count < known.length; count += 1) {
      const one = known[count];
      if (!one || (!isOld(one) && rest <= mostKnown)) break;
      rest -= one.letters;
    }
    for (const one of known.splice(0, count)) letters -= one.letters;
  }

  function know(seen: readonly Seen[], rows: readonly Row[], digests: readonly string[]): void {
    const size = rows.reduce((sum, { value = "" }) => sum + rowLetters + value.length, 0);
    if (size > mostLetters || digests.includes("-")) return;
    const at = performance.now();
    known.push({
      ...{ at, letters: size },
      seen: seen.map(({ key }, index) => ({ key, digest: digests[index] ?? "" })),
      rows: rows.map(({ key, value, lifeMs }, index) => {
        return {
          key,
          value,
          until: lifeMs ? at + lifeMs : undefined,
          before: digests[seen.length + index] ?? "",
        };
      }),
    });
    letters += size;
    forgetOld();
  }

  /** In their order: of what was written in place of another the other comes first. */
  async function giveAgain(): Promise<boolean> {
    const now = performance.now();
    const given = known.map(({ seen, rows }) => {
      const args = rows.flatMap(({ value, until, before }) => {
        const life = until === undefined ? 0 : Math.ceil(until - now);
        return [marked(until !== undefined && life <= 0 ? undefined : value), String(life), before];
      });
      return client().eval(writeAgain, {
        keys: [...seen, ...rows].map(({ key }) => key),
        arguments: [String(seen.length), ...seen.map(({ digest }) => digest), ...args],
      });
    });
    return (await Promise.allSettled(given)).every(({ status }) => status === "fulfilled");
  }

  return {
    async write(seen, rows) {
      const args = [
        String(seen.length),
        ...seen.map(({ value }) => marked(value)),
        ...rows.flatMap(({ value, lifeMs = 0 }) => [marked(value), String(lifeMs)]),
      ];
      const keys = [...seen, ...rows].map(({ key }) => key);
      const digests = await client().eval(writeIfSo, { keys, arguments: args });
      if (!Array.isArray(digests)) return false;
      know(seen, rows, digests.map(String));
      return true;
    },
    lost() {
      forgetOld();
      isAway = true;
    },
    async back() {
      times += 1;
      const time = times;
      const isStill = () => time === times && client().isReady && mayWrite();
      const found = await readRunId(client()).catch(() => undefined);
      const isSame = found !== undefined && found === server;
      server = found;
      for (const ms of isSame ? [] : againMs) {
        if (ms > 0) await sleep(ms, undefined, { ref: false });
        // A server that reads its disk says so to whoever asks.
        while (isStill() && !(await giveAgain())) await sleep(loadingMs, undefined, { ref: false });
      }
      if (time === times) isAway = !client().isReady;
    },
  };
}

function marked(value: string | undefined): string {
  return value === undefined ? "-" : `=${value}`;
}

/** What tells a server from the same one after it was started anew, and from another; undefined where it does not say. */
export async function readRunId(client: RedisClientType): Promise<string | undefined> {
  return /^run_id:(\w+)/m.exec(String(await client.info("server")))?.[1];
}
