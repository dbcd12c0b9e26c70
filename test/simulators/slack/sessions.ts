import type { Changes } from "../discord/changes.ts";
import type { Clock } from "../discord/clock.ts";
import { limits } from "./limits.ts";
import type { World } from "./world.ts";

/** @slack/web-api, AgentsSessionsSetStatusArguments. */
export const sessionStatuses = ["active", "processing", "suspended", "closed"] as const;

export type SessionStatus = (typeof sessionStatuses)[number];

/** A thread in which an agent works, as its first message names it. */
export interface SessionRef {
  /** The channel's id. */
  readonly channel: string;
  readonly threadTs: string;
}

/** One call that changed what a session says. */
export interface SessionChange extends SessionRef {
  readonly status: SessionStatus;
  /** That of the session, from its first call. */
  readonly title?: string;
  readonly initiator?: string;
  readonly atMs: number;
}

/** The sessions of an agent. Source: docs.slack.dev, ai/agent-sessions. */
export interface Sessions {
  /** Every change so far, oldest first. */
  readonly log: readonly SessionChange[];
  set(
    ref: SessionRef,
    status: SessionStatus,
    made: Pick<SessionChange, "title" | "initiator">,
  ): SessionChange;
  /** What it says now; undefined where there is none. `processing` ends by itself after an hour. */
  now(ref: SessionRef): SessionStatus | undefined;
  /** Whether any of them is processing. */
  isAnyAtWork(): boolean;
  /** Whether its button to stop is there: while it is processing, if the app wants to hear of it. */
  hasStop(ref: SessionRef): boolean;
}

export function createSessions(world: World, clock: Clock, changes: Changes): Sessions {
  const log: SessionChange[] = [];
  const lastOf = ({ channel, threadTs }: SessionRef) =>
    log.findLast((one) => one.channel === channel && one.threadTs === threadTs);
  const sessions: Sessions = {
    log,
    set({ channel, threadTs }, status, made) {
      const before = lastOf({ channel, threadTs });
      const { title, initiator } = before ?? made;
      const change: SessionChange = {
        ...{ channel, threadTs, status, atMs: clock.now() },
        ...(title === undefined ? {} : { title }),
        ...(initiator === undefined ? {} : { initiator }),
      };
      log.push(change);
      changes.happened();
      return change;
    },
    now(ref) {
      const last = lastOf(ref);
      const isOver = last?.status === "processing" && last.atMs + limits.processingMs <= clock.now();
      return isOver ? "active" : last?.status;
    },
    isAnyAtWork: () => log.some((one) => sessions.now(one) === "processing"),
    hasStop: (ref) => sessions.now(ref) === "processing" && world.subscriptions.has("agent_session_stopped"),
  };
  return sessions;
}
