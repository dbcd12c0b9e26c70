import type { SessionInfo } from "@discordjs/ws";
import type { GatewayDispatchPayload } from "discord.js";
import { z } from "zod";
import type { Keep } from "../../../../src/seam/core.ts";
import type { Log } from "../../../../src/seam/log.ts";
import type { Shard } from "../../wire/gateway/gateway.ts";
import { toLogged } from "../../wire/trouble.ts";

/** `at`: when it was written down, Unix time in ms, by Discord's clock; another version has not written that. */
const session = z.object({
  resumeURL: z.string(),
  sequence: z.int(),
  sessionId: z.string(),
  shardCount: z.int(),
  shardId: z.int(),
  at: z.number().exactOptional(),
}) satisfies z.ZodType<SessionInfo>;

type Kept = z.output<typeof session>;

/** The gateway's sessions of a shard, kept from one process to the next: what was said in between is told to none but them. */
export interface Sessions {
  /** Until when the shard was certainly listened to, Unix time in ms; undefined where that is not known. */
  readonly listenedUntil: number | undefined;
  /** Keeps the session of the connection that is there now, as it goes on. */
  follow(current: () => SessionInfo | undefined): Promise<void>;
  /**
   * What has happened since those of earlier processes were left, as far as Discord still tells: the first of them first.
   * `isWhole`: it has told all. Rejects never; asked again, it is the same.
   */
  replay(): Promise<Replayed>;
  /** What was told has been seen to: they are forgotten. */
  done(): Promise<void>;
  close(): void;
}

interface Replayed {
  readonly events: readonly GatewayDispatchPayload[];
  readonly isWhole: boolean;
}

/** Longer than Discord keeps one that was left, in ms. */
const knownMs = 3600 * 1000;

/** Those of processes that ended before they had caught up. */
const most = 4;

/**
 * Ms between two writes. Told again is what came since the one before the last, so that whatever came has had this
 * long to be noted.
 */
const beatMs = 5000;

/** Who has one shard alone keeps its sessions where they always were. */
function placeOf({ id, count }: Shard): string {
  return count === 1 ? "sessions" : `sessions:${id}/${count}`;
}

export async function readSessions(
  keep: Keep,
  of: {
    readonly shard: Shard;
    /** As of `replaySession`. */
    readonly replay: (session: SessionInfo) => Promise<readonly GatewayDispatchPayload[] | undefined>;
    /** False: another process may have the shard by now, and writes down its own. */
    readonly isHeld: () => boolean;
    readonly now: () => number;
    readonly log: Log;
  },
): Promise<Sessions> {
  const { replay, isHeld, now: nowMs, log } = of;
  const place = placeOf(of.shard);
  const found = await keep.get(place).catch((error: unknown) => {
    log.warn({ error: toLogged(error) }, "discord.sessions.unread");
  });
  let past: readonly Kept[] = z.array(session).safeParse(found ?? []).data ?? [];
  /** As it was one beat ago, and as it is. */
  let before: Kept | undefined;
  let last: Kept | undefined;
  let beat: NodeJS.Timeout | undefined;
  let replayed: Promise<Replayed> | undefined;

  async function write(): Promise<void> {
    if (!isHeld()) return;
    const all = [...past, ...(before ? [before] : [])].slice(-most);
    await keep.set(place, all, knownMs).catch((error: unknown) => {
      log.warn({ error: toLogged(error) }, "discord.sessions.unwritten");
    });
  }

  async function take(one: Kept): Promise<readonly GatewayDispatchPayload[] | undefined> {
    const events = await replay(one).catch((error: unknown) => {
      log.debug({ error: toLogged(error) }, "discord.session.failed");
    });
    log.info({ events: events?.length ?? null }, "discord.session.replayed");
    return events ?? undefined;
  }

  async function replayAll(): Promise<Replayed> {
    const all = await Promise.all(past.map(take));
    const events = all.flatMap((told) => told ?? []);
    return { events, isWhole: past.length > 0 && all.every((told) => told !== undefined) };
  }

  return {
    listenedUntil: past.findLast(({ at }) => at !== undefined)?.at,
    async follow(current) {
      clearInterval(beat);
      const look = async () => {
        const found = current();
        const now = found && { ...found, at: nowMs() };
        const isSame = last?.sessionId === now?.sessionId;
        before = isSame ? last : now;
        last = now;
        if (now) await write();
      };
      await look();
      beat = setInterval(() => void look(), beatMs).unref();
    },
    replay() {
      replayed ??= replayAll();
      return replayed;
    },
    async done() {
      replayed = undefined;
      if (past.length === 0) return;
      past = [];
      await write();
    },
    close: () => clearInterval(beat),
  };
}
