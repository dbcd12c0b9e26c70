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
/** Letters that are known at once, and those of the longest row. */
const mostKnown = 16 * 1024 * 1024;
const mostLetters = 64 * 1024;
/** What a row takes beside its value, in letters. */
const rowLetters = 500;
/**
 * Before what may be lost is written again, in ms, one after the other: of what two have written, one after the other, the
 * later may find only then what it was written in place of.
 */
const againMs = [0, 1000, 2000];
/** Digests that are known of one row. */
const mostOlds = 20;

/** Of a script: writes a row, or deletes it. */
const put = (key: string, value: string, life: string) => `
    if ${value} == '-' then redis.call('UNLINK', ${key})
    elseif ${life} == '0' then redis.call('SET', ${key}, string.sub(${value}, 2))
    else redis.call('SET', ${key}, string.sub(${value}, 2), 'PX', ${life}) end`;

/**
 * Carried out whole, and nobody else's commands in between. ARGV: how many keys were seen, and of each its value behind a
 * mark, or no more than another; then of each row its value, marked likewise, and its life in ms, 0 for one without end.
 * Gives the digests of what the rows were before: an empty one for nothing, a mark for what is too long to be known.
 */
const writeIfSo = `
  local seen = tonumber(ARGV[1])
  for i = 1, seen do
    local value = redis.call('GET', KEYS[i])
    if (value and '=' .. value or '-') ~= ARGV[i + 1] then return false end
  end
  local olds = {}
  for i = seen + 1, #KEYS do
    local value, life = ARGV[2 * i - seen], ARGV[2 * i - seen + 1]
    local length = redis.call('STRLEN', KEYS[i])
    local old = length <= ${mostLetters} and redis.call('GET', KEYS[i])
    olds[#olds + 1] = old and redis.sha1hex(old) or (length > 0 and '-' or '')
    ${put("KEYS[i]", "value", "life")}
  end
  return olds`;

/** ARGV: a row's value and life as above, and the digests of what it may be in place of. */
const writeAgain = `
  local value = redis.call('GET', KEYS[1])
  local digest = value and redis.sha1hex(value) or ''
  for i = 3, #ARGV do
    if ARGV[i] == digest then
      ${put("KEYS[1]", "ARGV[1]", "ARGV[2]")}
      return 1
    end
  end
  return 0`;

/** Ms until a server that is not ready yet is given them again. */
const loadingMs = 500;

interface Known {
  readonly value: string | undefined;
  /** When it is to be forgotten, by this process's clock; undefined: never. */
  readonly until: number | undefined;
  /** Digests of what was there before, the latest of some writes. */
  readonly olds: ReadonlySet<string>;
  readonly at: number;
}

/** `mayWrite`: as of `Patience`. */
export function createRedisWrites(
  client: () => RedisClientType,
  { mayWrite, runId }: { readonly mayWrite: () => boolean; readonly runId: string | undefined },
): RedisWrites {
  /** The oldest first. */
  const known = new Map<string, Known>();
  let letters = 0;
  let server = runId;
  /** Whether the server may be away: then nothing is forgotten. */
  let isAway = false;
  /** Counts the times that it was back. */
  let times = 0;

  function forget(key: string): void {
    const one = known.get(key);
    if (one && known.delete(key)) letters -= lettersOf(one);
  }

  function forgetOld(): void {
    const now = performance.now();
    for (const [key, { at }] of known) {
      const isOld = !isAway && now - at >= knownMs;
      if (!isOld && letters <= mostKnown) return;
      forget(key);
    }
  }

  function know({ key, value, lifeMs }: Row, old: string): void {
    const before = known.get(key);
    forget(key);
    if (old === "-" || (value?.length ?? 0) > mostLetters) return;
    const at = performance.now();
    const one = {
      ...{ value, until: lifeMs ? at + lifeMs : undefined, at },
      olds: new Set([...(before?.olds ?? []), old].slice(-mostOlds)),
    };
    known.set(key, one);
    letters += lettersOf(one);
    forgetOld();
  }

  async function giveAgain(): Promise<boolean> {
    const now = performance.now();
    const given = [...known].map(([key, { value, until, olds }]) => {
      const life = until === undefined ? 0 : Math.ceil(until - now);
      if (until !== undefined && life <= 0) return undefined;
      return client().eval(writeAgain, { keys: [key], arguments: [marked(value), String(life), ...olds] });
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
      const olds = await client().eval(writeIfSo, { keys, arguments: args });
      if (!Array.isArray(olds)) return false;
      for (const [index, row] of rows.entries()) know(row, String(olds[index] ?? "-"));
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

function lettersOf({ value }: Known): number {
  return rowLetters + (value?.length ?? 0);
}

function marked(value: string | undefined): string {
  return value === undefined ? "-" : `=${value}`;
}

/** What tells a server from the same one after it was started anew, and from another; undefined where it does not say. */
export async function readRunId(client: RedisClientType): Promise<string | undefined> {
  return /^run_id:(\w+)/m.exec(String(await client.info("server")))?.[1];
}
