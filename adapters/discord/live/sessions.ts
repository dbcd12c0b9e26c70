import type { SessionInfo } from "@discordjs/ws";
import type { GatewayDispatchPayload } from "discord.js";
import { z } from "zod";
import type { Keep } from "../../../src/seam/core.ts";
import type { Log } from "../../../src/seam/log.ts";
import { toLogged } from "../wire/trouble.ts";

const session = z.object({
  resumeURL: z.string(),
  sequence: z.int(),
  sessionId: z.string(),
  shardCount: z.int(),
  shardId: z.int(),
}) satisfies z.ZodType<SessionInfo>;

/** The gateway's sessions, kept from one process to the next: what was said in between is told to none but them. */
export interface Sessions {
  /** Keeps the session of the connection that is there now, as it goes on. */
  follow(current: () => SessionInfo | undefined): Promise<void>;
  /**
   * What has happened since those of earlier processes were left, as far as Discord still tells: the first of them first.
   * Rejects never.
   */
  replay(): Promise<readonly GatewayDispatchPayload[]>;
  /** What was told has been seen to: they are forgotten. */
  done(): Promise<void>;
  close(): void;
}

const place = "sessions";

/** Longer than Discord keeps one that was left, in ms. */
const knownMs = 3600 * 1000;

/** Those of processes that ended before they had caught up. */
const most = 4;

/**
 * Ms between two writes. Told again is what came since the one before the last, so that whatever came has had this
 * long to be noted.
 */
const beatMs = 5000;

export async function readSessions(
  keep: Keep,
  replay: (session: SessionInfo) => Promise<readonly GatewayDispatchPayload[] | undefined>,
  log: Log,
): Promise<Sessions> {
  const found = await keep.get(place).catch((error: unknown) => {
    log.warn({ error: toLogged(error) }, "discord.sessions.unread");
  });
  let past: readonly SessionInfo[] = z.array(session).safeParse(found ?? []).data ?? [];
  /** As it was one beat ago, and as it is. */
  let before: SessionInfo | undefined;
  let last: SessionInfo | undefined;
  let beat: NodeJS.Timeout | undefined;

  async function write(): Promise<void> {
    const all = [...past, ...(before ? [before] : [])].slice(-most);
    await keep.set(place, all, knownMs).catch((error: unknown) => {
      log.warn({ error: toLogged(error) }, "discord.sessions.unwritten");
    });
  }

  return {
    async follow(current) {
      clearInterval(beat);
      const look = async () => {
        const now = current();
        const isSame = last?.sessionId === now?.sessionId;
        before = isSame ? last : now;
        last = now;
        if (now) await write();
      };
      await look();
      beat = setInterval(() => void look(), beatMs).unref();
    },
    async replay() {
      const told: GatewayDispatchPayload[] = [];
      for (const one of past) {
        const events = await replay(one).catch((error: unknown) => {
          log.debug({ error: toLogged(error) }, "discord.session.failed");
        });
        log.info({ events: events?.length ?? null }, "discord.session.replayed");
        told.push(...(events ?? []));
      }
      return told;
    },
    async done() {
      if (past.length === 0) return;
      past = [];
      await write();
    },
    close: () => clearInterval(beat),
  };
}
