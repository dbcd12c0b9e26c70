import { webApi } from "@slack/bolt";
import { z } from "zod";
import type { Adapter } from "../../src/seam/adapter.ts";
import { createBounded } from "../../src/seam/bounded.ts";
import type { Core, Keep } from "../../src/seam/core.ts";
import { BotError } from "../../src/seam/errors.ts";
import type { Log } from "../../src/seam/log.ts";
import { createPlatformClock } from "../../src/seam/platform-clock.ts";
import { createSharedMap } from "../../src/seam/shared-map.ts";
import { type Access, openAccess } from "../../src/seam/trust/access.ts";
import type { Attachment, MessageKey } from "../../src/seam/turn.ts";
import { createUnderWay } from "../../src/seam/under-way.ts";
import { stopIn } from "./in/agent/stop.ts";
import { createIncoming, type Incoming } from "./in/heard/incoming.ts";
import { listen } from "./in/heard/listen.ts";
import { forgetHere, isTakenBack, withdraw } from "./in/taken-back.ts";
import { createDoor } from "./live/access.ts";
import { readAppKind } from "./live/agent/app-kind.ts";
import { readSessions } from "./live/agent/sessions.ts";
import { readLeft } from "./live/left.ts";
import { introduce, nameUnknown } from "./live/me.ts";
import { movedTo } from "./live/moved.ts";
import { createGroups } from "./live/people/groups.ts";
import { createPeople } from "./live/people/people.ts";
import type { Stage } from "./live/stage.ts";
import { createUploads } from "./live/uploads/uploads.ts";
import { parseVenue, type Venue } from "./live/venue.ts";
import { openBelow } from "./out/answers.ts";
import { sweep, sweepLost, takeLost } from "./out/files/sweep.ts";
import { leaveOn } from "./out/posted/leave.ts";
import { createReply } from "./out/reply.ts";
import { createFiles } from "./wire/attachments.ts";
import { type Gateway, type Mode, toLogger } from "./wire/gateway.ts";
import { createHttp } from "./wire/http/http.ts";
import { isSpot, parseMessageKey } from "./wire/keys.ts";
import { type Timing, usualTiming } from "./wire/limits.ts";
import { createMissing, createUnstoppable } from "./wire/permissions.ts";
import { picturesOf } from "./wire/pictures.ts";
import { createOrigins } from "./wire/send/origins.ts";
import { createSend } from "./wire/send/send.ts";
import { createSocket } from "./wire/socket.ts";
import { toLogged } from "./wire/trouble.ts";

export interface SlackOptions {
  readonly botToken: string;
  readonly mode: Mode;
  /** Another server that speaks the protocol: `http://127.0.0.1:4000/api/`. */
  readonly apiUrl?: string;
  /** Where that server takes answers to presses and commands, if that is another origin than the above. */
  readonly answersAt?: string;
  readonly painter: { readonly name: string; readonly standIn: boolean };
  readonly log: Log;
  /** Where it may be used, and by people of which workspaces; by everybody, everywhere, unless said. */
  readonly access?: Access;
  /** Unix time, ms; that of Slack's own clock unless said. */
  readonly now?: () => number;
  /** What Slack likes unless said. */
  readonly timing?: Partial<Timing>;
}

interface Running {
  readonly stage: Stage;
  readonly incoming: Incoming;
  readonly gateway: Gateway;
  readonly closing: AbortController;
}

/** As the processes tell each other of it. */
const key = z.custom<MessageKey>((value) => typeof value === "string" && value.includes(":"));
const word = z.object({ message: key.exactOptional(), userId: z.string().exactOptional() });
const stopped = z.object({ ts: z.string(), at: z.number() });
const deleted = z.object({ channelId: z.string(), ts: z.string() });

/** Ms for taking unwanted files away before the process ends. */
const tidyMs = 3000;

/**
 * Slack, by Bolt. `where` says how events come in, after `start`, which rejects with BotError `auth`, `unreachable` or
 * `internal`.
 */
export function createSlackAdapter(
  options: SlackOptions,
): Adapter & { readonly where: string; readonly connected: boolean } {
  const { botToken, mode, access = openAccess, painter } = options;
  const clock = createPlatformClock();
  const now = options.now ?? clock.now;
  const apiUrl = options.apiUrl?.replace(/\/*$/, "/");
  const log = options.log.child({ adapter: "slack" });
  const timing: Timing = { ...usualTiming, ...options.timing };
  let running: Running | undefined;

  function stage(): Stage {
    if (running) return running.stage;
    throw new BotError("stopped", "Slack is not connected.");
  }

  async function recall(key: MessageKey): Promise<readonly Attachment[]> {
    const { send, files, seen, me } = stage();
    const spot = (await movedTo(stage(), key).catch(() => undefined)) ?? parseMessageKey(key);
    const found = isSpot(spot) ? await send.fetchMessage(spot).catch(() => undefined) : undefined;
    const pictures = found ? picturesOf(found, me) : [];
    // The bot is not everywhere where people may choose its shortcuts.
    return (pictures.length > 0 ? pictures : (seen.get(key) ?? [])).map((file) => files.toAttachment(file));
  }

  async function run(core: Core): Promise<Running> {
    // Objects of their own, always with a retry rule: what is left out, the library fills in for everybody.
    const toClient = (timeout: number) =>
      new webApi.WebClient(botToken, {
        ...(apiUrl && { slackApiUrl: apiUrl }),
        retryConfig: { retries: 0 },
        rejectRateLimitedCalls: true,
        timeout,
        async fetch(url, init) {
          const response = await fetch(url, init);
          clock.hear(response);
          return response;
        },
        logger: toLogger(log),
      });
    const client = toClient(timing.requestMs);
    const missing = createMissing(log);
    const me = await introduce(client, missing);
    const origins = createOrigins(apiUrl, options.answersAt);
    const send = createSend({
      client,
      quick: toClient(timing.quickMs),
      token: botToken,
      origins,
      seal: core.seal,
      timing,
      ownId: () => me.userId,
      unstoppable: createUnstoppable(log),
      now,
    });
    // What one process says of what it is at is not another's to take back. Whoever goes on with it says it anew.
    const own = core.shared ? createOwnKeep() : core.keep;
    const closing = new AbortController();
    const { bus } = core.shared ?? {};
    const app = await readAppKind(core.keep, me.botId, { log, bus, closing: closing.signal });
    const left = await readLeft(core.keep, log);
    const sessions = await readSessions({
      ...{ keep: own, tell: send.setSession, app, retryMs: timing.retryMs, log, now },
    });
    /** What one process knows of a conversation is known to all: what comes next of it may come to any of them. */
    function share<Key extends string, Value>(
      topic: string,
      most: number,
      value: z.ZodType<Value>,
      onSet?: (key: Key, value: Value) => void,
    ): Map<Key, Value> {
      return createSharedMap({
        ...{ most, topic, bus, value, closing: closing.signal },
        ...(onSet && { onSet }),
      });
    }
    const stage: Stage = {
      send,
      files: createFiles({
        ...{
          token: botToken,
          name: me.name,
          ownId: me.userId,
          info: send.info,
          fromAddress: core.fromAddress,
        },
        unscoped: (scope) => missing([scope]),
        origins,
      }),
      uploads: createUploads(core.keep, { log, now, bus }),
      left,
      missing,
      people: createPeople({
        ...{ info: send.fetchPerson, teamId: me.teamId, log, now },
        groups: createGroups({ list: send.fetchGroups, missing, log, now }),
      }),
      door: createDoor(access, now),
      core,
      me,
      painter,
      log,
      now,
      timing,
      live: createUnderWay(2000),
      responseUrls: createBounded(2000),
      seen: createBounded(500),
      handed: createBounded(500),
      told: share(
        "told",
        5000,
        word.nullish().transform((found) => found ?? undefined),
      ),
      unanswered: share("unanswered", 5000, key),
      strangers: share("strangers", 5000, z.literal(true)),
      app,
      sessions,
      stops: share("stops", 2000, stopped, (thread, stop) => {
        if (running) void stopIn(running.stage, thread, stop);
      }),
      looking: share("looking", 2000, z.unknown()),
      assistants: share("assistants", 2000, z.literal(true)),
      closing: closing.signal,
      tidying: new Set(),
      gone: (message) => void withdraw(message, me.teamId, core.handle),
    };
    const gateway =
      mode.kind === "socket"
        ? createSocket(mode.appToken, apiUrl, log, timing.fullMs)
        : createHttp(mode, log);
    const incoming = createIncoming(stage);
    listen(stage, incoming, gateway.receiver, {
      botToken,
      clientOptions: apiUrl ? { slackApiUrl: apiUrl } : {},
    });
    await gateway.open();
    log.info({ bot: me.name, team: me.teamId, where: gateway.where() }, "slack.ready");
    const unhear = bus?.hear("deleted", (body) => {
      const { channelId, ts } = deleted.parse(body);
      forgetHere(stage, channelId, ts);
    });
    closing.signal.addEventListener("abort", () => unhear?.());
    void nameUnknown(client, me, access, log);
    leaveOn(stage);
    const swept = sweep(stage).finally(() => stage.tidying.delete(swept));
    stage.tidying.add(swept);
    if (bus) sweepLost(stage);
    return { stage, incoming, gateway, closing };
  }

  /** A request may have been taken back while nobody listened. */
  async function lookForRequest(key: MessageKey, venue: Venue): Promise<void> {
    const { channelId, threadTs, request } = venue;
    if (!request) return;
    try {
      const to = { channelId, ...(threadTs && { threadTs }) };
      if (await isTakenBack(stage(), to, request)) running?.stage.gone(key);
    } catch (error) {
      log.debug({ message: key, error: toLogged(error) }, "slack.request.unseen");
    }
  }

  return {
    name: "slack",
    get where() {
      return running ? `as @${running.stage.me.name}, ${running.gateway.where()}` : "";
    },
    get connected() {
      return running?.gateway.isConnected() ?? false;
    },
    async start(core) {
      running = await run(core);
    },
    async stop() {
      if (!running) return;
      const { stage, gateway, closing } = running;
      running = undefined;
      closing.abort(new BotError("stopped", "Slack is not connected."));
      await gateway.close();
      const patience = AbortSignal.timeout(tidyMs);
      const closed = stage.sessions.close().finally(() => stage.tidying.delete(closed));
      stage.tidying.add(closed);
      const taken = takeLost(stage).finally(() => stage.tidying.delete(taken));
      stage.tidying.add(taken);
      while (stage.tidying.size > 0 && !patience.aborted) {
        const enough = new Promise((resolve) => patience.addEventListener("abort", resolve, { once: true }));
        await Promise.race([Promise.allSettled(stage.tidying), enough]);
      }
      await stage.uploads.close();
    },
    async replay(event) {
      if (!running) throw new BotError("stopped", "Slack is not connected.");
      await running.incoming.replay(event);
    },
    toAttachment: (file) => stage().files.reopen(file),
    reopen(key, venue) {
      const spot = parseMessageKey(key);
      if (!spot) throw new BotError("unknown_message", "That is no message of Slack's.");
      const { channelId } = spot;
      const noted = venue === undefined ? undefined : parseVenue(venue);
      if (noted) void lookForRequest(key, noted);
      return createReply(stage(), {
        ...noted,
        channelId,
        ...{ reopened: true, resumed: noted !== undefined },
        ...(isSpot(spot) ? { ts: spot.ts } : { ephemeral: spot, userId: spot.userId }),
      });
    },
    below: (key, user) => openBelow(stage(), key, user),
    recall,
  };
}

/** What is forgotten when the process ends. */
function createOwnKeep(): Keep {
  const kept = new Map<string, unknown>();
  return {
    get: async (key) => kept.get(key),
    set: async (key, value) => void kept.set(key, value),
    delete: async (key) => void kept.delete(key),
  };
}
