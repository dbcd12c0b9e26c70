import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { Keep } from "../../../../src/seam/core.ts";
import type { Log } from "../../../../src/seam/log.ts";
import type { To } from "../../wire/send/calls.ts";
import type { SessionStatus } from "../../wire/send/send.ts";
import { errorCode, isRefusal, toLogged, toTrouble } from "../../wire/trouble.ts";
import type { AppKind } from "./app-kind.ts";

/** A thread in which an agent works: Slack shows that it does, and a button to stop it. */
export type Session = Required<To>;

/** What a session is called, and whose it is, where it begins. */
export interface Beginning {
  readonly title?: string;
  readonly userId?: string;
}

/**
 * What an agent's sessions say. Slack ends none of them by itself, not even where its button was pressed: each that was
 * set to work is noted until it is set back, and what a killed process leaves is set back by the next.
 */
export interface Sessions {
  /** An answer there is at work. To be said again now and then: after an hour Slack no longer believes it. */
  begin(session: Session, answer: object, of: Beginning): void;
  /** That answer is over. */
  end(session: Session, answer: object): void;
  /** Another process goes on with that answer: Slack is told nothing more of it, but for what `close` does. */
  leave(session: Session, answer: object): void;
  /** Nothing is at work there, whatever it says, unless an answer is. */
  settle(session: Session): void;
  /** Sets all of them back: nobody hears the button from now on. Never rejects. */
  close(): Promise<void>;
}

/** The answers that are at work in a session. */
interface AtWork {
  readonly answers: Set<object>;
  readonly beginning: Beginning;
  /** Slack will not know of it. */
  isRefused: boolean;
}

/** What goes on while Slack is told how a session is. */
interface Telling {
  /** It has changed meanwhile. */
  isStale: boolean;
  /** Ends the pause before the next try. */
  wake: AbortController;
  over: Promise<void>;
}

/** Refusals that come of Slack itself and may pass. Source: the errors that all of its methods share. */
const passing = /^(?:internal_error|fatal_error|service_unavailable|request_timeout|team_added_to_org)$/;

const place = "sessions";
/** Slack takes it for over after an hour; it is not looked for longer than this. In ms. */
const knownMs = 24 * 3600 * 1000;
/** Ms after which it is said again that something is at work. */
const freshMs = 20 * 60_000;
/** Ms between later tries to set one back, after those of other calls. */
const laterMs = [60_000, 600_000, 3_600_000];

/** `tell` rejects as Slack does. Rejects with BotError `storage`. */
export async function readSessions(of: {
  readonly keep: Keep;
  tell(session: Session, status: SessionStatus, beginning: Beginning): Promise<void>;
  readonly app: AppKind;
  readonly retryMs: readonly number[];
  readonly log: Log;
  /** Unix time, ms. */
  readonly now: () => number;
}): Promise<Sessions> {
  const { keep, tell, app, log, now } = of;
  const before = z.array(z.string()).safeParse((await keep.get(place)) ?? []);
  /** Those that may say that something is at work. */
  const noted = new Set<string>(before.data);
  const busy = new Map<string, AtWork>();
  /** Since when Slack knows that something is at work there. */
  const working = new Map<string, number>();
  const telling = new Map<string, Telling>();
  let writing: Promise<void> = Promise.resolve();
  let isClosed = false;

  function write(): Promise<void> {
    writing = writing
      .then(() => keep.set(place, [...noted], knownMs))
      .catch((error: unknown) => log.warn({ error: toLogged(error) }, "slack.sessions.unwritten"));
    return writing;
  }

  function isBusy(key: string): boolean {
    const at = busy.get(key);
    return !isClosed && app.isAgent && at !== undefined && !at.isRefused;
  }

  async function sayAtWork(key: string): Promise<void> {
    const since = working.get(key);
    if (since !== undefined && now() - since < freshMs) return;
    if (!noted.has(key)) {
      noted.add(key);
      await write();
    }
    const at = now(); // it may have been known from here on, and the answer may take its time
    await tell(toSession(key), "processing", busy.get(key)?.beginning ?? {});
    working.set(key, at);
  }

  async function sayOver(key: string): Promise<void> {
    working.delete(key); // whether Slack has heard it or not
    if (noted.has(key)) await tell(toSession(key), "active", {});
    forget(key);
  }

  function forget(key: string): void {
    working.delete(key);
    if (noted.delete(key)) void write();
  }

  function onRefused(key: string, error: unknown): void {
    const code = errorCode(error) ?? "";
    if (code === "not_authorized" || code === "not_agent_app") app.tell(false);
    log.debug({ session: key, error: toLogged(error) }, "slack.session.refused");
    const at = busy.get(key);
    if (at) at.isRefused = true;
    forget(key);
  }

  /** Until Slack knows how it is, or will not know it. */
  async function tellAll(key: string, own: Telling): Promise<void> {
    for (let attempt = 0; ; ) {
      own.isStale = false;
      try {
        await (isBusy(key) ? sayAtWork(key) : sayOver(key));
        attempt = 0;
        if (!own.isStale) break;
      } catch (error) {
        log.debug({ session: key, error: toLogged(error) }, "slack.session.again");
        if (isRefusal(error) && toTrouble(error) !== "limited" && !passing.test(errorCode(error) ?? "")) {
          onRefused(key, error);
          if (!own.isStale) break;
          continue;
        }
        if (own.isStale) {
          attempt = 0;
          continue;
        }
        const pauseMs = [...of.retryMs, ...(isClosed ? [] : laterMs)][attempt];
        if (pauseMs === undefined) break;
        attempt += 1;
        own.wake = new AbortController();
        await sleep(pauseMs, undefined, { signal: own.wake.signal, ref: false }).catch(() => {});
      }
    }
    telling.delete(key);
  }

  function sync(key: string): void {
    const running = telling.get(key);
    if (running) {
      running.isStale = true;
      running.wake.abort();
      return;
    }
    const own: Telling = { isStale: false, wake: new AbortController(), over: Promise.resolve() };
    telling.set(key, own);
    own.over = tellAll(key, own);
  }

  for (const key of noted) sync(key);

  return {
    begin(session, answer, beginning) {
      const key = toKey(session);
      const at = busy.get(key) ?? { answers: new Set(), beginning, isRefused: false };
      at.answers.add(answer);
      busy.set(key, at);
      sync(key);
    },
    end(session, answer) {
      const key = toKey(session);
      const answers = busy.get(key)?.answers;
      if (!answers?.delete(answer) || answers.size > 0) return;
      busy.delete(key);
      sync(key);
    },
    leave(session, answer) {
      const key = toKey(session);
      const answers = busy.get(key)?.answers;
      if (!answers?.delete(answer) || answers.size > 0) return;
      busy.delete(key); // what was told of it last may have come late: it is set back in the end all the same
    },
    settle(session) {
      const key = toKey(session);
      if (!busy.has(key)) noted.add(key);
      sync(key);
    },
    async close() {
      isClosed = true;
      for (const key of noted) sync(key);
      await Promise.all([...telling.values()].map(({ over }) => over));
      await writing;
    },
  };
}

function toKey({ channelId, threadTs }: Session): string {
  return `${channelId} ${threadTs}`;
}

function toSession(key: string): Session {
  const [channelId = "", threadTs = ""] = key.split(" ");
  return { channelId, threadTs };
}
