import { setTimeout as sleep } from "node:timers/promises";
import { Events, REST } from "discord.js";
import { z } from "zod";
import type { Adapter } from "../../src/seam/adapter.ts";
import { createBounded } from "../../src/seam/bounded.ts";
import type { Core, Handle } from "../../src/seam/core.ts";
import { BotError } from "../../src/seam/errors.ts";
import type { Leases } from "../../src/seam/leases.ts";
import type { Log } from "../../src/seam/log.ts";
import { createPlatformClock } from "../../src/seam/platform-clock.ts";
import { withTimeout } from "../../src/seam/timeout.ts";
import { type Access, openAccess } from "../../src/seam/trust/access.ts";
import type { Attachment, MessageKey } from "../../src/seam/turn.ts";
import { createUnderWay } from "../../src/seam/under-way.ts";
import { register } from "./forms/register.ts";
import { clearStaleCommands } from "./forms/stale-commands.ts";
import { createInteractions } from "./in/interactions.ts";
import { createMessages } from "./in/messages.ts";
import { type CatchUp, createCatchUp } from "./in/missed.ts";
import { parseReplay } from "./in/replay.ts";
import { createSight } from "./in/sight.ts";
import { forget, forgetHere, isTakenBack, withdraw } from "./in/taken-back.ts";
import { createDoor, nameUnknown } from "./live/access.ts";
import { type Channels, createChannels, spokenSince } from "./live/channels.ts";
import { holdShards, type Shards, type There } from "./live/gateway/shards.ts";
import { createGuilds } from "./live/guilds.ts";
import { createHome } from "./live/home.ts";
import { parseNoted } from "./live/noted-venue.ts";
import type { Stage } from "./live/stage.ts";
import type { Venue } from "./live/venue.ts";
import { createAnswers } from "./out/answers.ts";
import { movedTo } from "./out/moved.ts";
import { createReply } from "./out/reply.ts";
import { createVenues, type Venues } from "./out/venues.ts";
import { createFiles } from "./wire/attachments.ts";
import { createEvents } from "./wire/gateway/events.ts";
import { fetchIdentity } from "./wire/gateway/identity.ts";
import { guildIdOf, parseMessageKey, type Spot, shardOf, toMessageKey } from "./wire/keys.ts";
import { paceMs, toImageLimits } from "./wire/limits.ts";
import { type ThreadMode, toInviteUrl } from "./wire/permissions.ts";
import { isSpoiler, picturesOf } from "./wire/pictures.ts";
import { toMakeRequest } from "./wire/request.ts";
import { createSend } from "./wire/send.ts";
import { toLogged } from "./wire/trouble.ts";

/** What the adapter needs to connect. */
export interface DiscordOptions {
  readonly token: string;
  /** Another server that speaks the protocol, without the version: `http://127.0.0.1:4000/api`. Files are read from it too. */
  readonly apiUrl?: string;
  /** Where it may be used; everywhere unless said. Where that is some servers and nothing else, the commands are theirs. */
  readonly access?: Access;
  readonly threads: ThreadMode;
  /** Which shards of the gateway this process holds. */
  readonly leases: Leases;
  /** Into how many shards the gateway is divided; as many as Discord recommends unless said. */
  readonly shards?: number;
  readonly painter: { readonly name: string; readonly standIn: boolean };
  readonly log: Log;
  /** Unix time, ms; that of Discord's own clock unless said. */
  readonly now?: () => number;
  /** Shortest time between two edits of a message, in ms; what Discord likes unless said. */
  readonly paceMs?: number;
  /** The clock between tries to show something, in ms. */
  readonly wait?: (ms: number) => Promise<unknown>;
  /** Ms between two shards of a kind that identify themselves; what Discord allows unless said. */
  readonly identifyMs?: number;
  /** How long a sketch may take, in ms; 15 s unless said: the next one is better than a late one. */
  readonly sketchMs?: number;
}

interface Running {
  readonly stage: Stage;
  readonly venues: Venues;
  readonly replay: Adapter["replay"];
  readonly events: ReturnType<typeof createEvents>;
  readonly inviteUrl: string;
  readonly nameOf: Channels["nameOf"];
  isConnected(): boolean;
  close(): Promise<void>;
}

/** As the processes tell each other of a message that was deleted. */
const deletion = z.object({ channelId: z.string(), messageId: z.string() });

/** Ms a request to Discord may take, its upload included. */
const requestMs = 60_000;

/** Ms until it connects anew after Discord has thrown it out: longer after each try that fails. */
const reconnectMs = [1000, 2000, 10_000, 60_000, 300_000];

/** Ms the core may take to say what a form begins with, which must be shown within 3 s: better empty than late. */
const prefillMs = 1500;

/** Ms between two shards of a kind that identify themselves: five seconds, and what may be lost on the way. */
const identifyMs = 5250;

/** Servers of which it is looked whether commands are left there: as many as Discord tells of at once. */
const mostGuildIds = 200;

const noContentHint =
  "In threads people must mention me. To change that, turn on Message Content Intent in the developer portal, under Bot, and start me again.";

/** Ms for what is being answered to be answered, before the connection goes. */
const settleMs = 2000;

/**
 * Discord, through its gateway. `inviteUrl` is known after `start`, which rejects with BotError `auth` or
 * `unreachable`.
 */
export function createDiscordAdapter(
  options: DiscordOptions,
): Adapter & { readonly inviteUrl: string; readonly connected: boolean } {
  const { token, apiUrl, access = openAccess, threads, leases, sketchMs = 15_000 } = options;
  const { shards: shardCount } = options;
  const log = options.log.child({ adapter: "discord" });
  const clock = createPlatformClock();
  const now = options.now ?? clock.now;
  const rest = { makeRequest: toMakeRequest(clock.hear), ...(apiUrl && { api: apiUrl.replace(/\/+$/, "") }) };
  const sketches = new REST({ ...rest, retries: 0, timeout: sketchMs, rejectOnRateLimit: () => true });
  let memory = createMemory();
  let running: Running | undefined;
  let stopped = false;
  let again: NodeJS.Timeout | undefined;

  function connected(): Running {
    if (running) return running;
    throw new BotError("stopped", "Discord is not connected.");
  }

  /** `since`: from when on it has heard nothing, where that is known. */
  async function run(given: Core, since?: number): Promise<void> {
    const { promptOf, backTo, toLimits, seal, keep } = given;
    const events = createEvents(log);
    const requests = new REST({ ...rest, timeout: requestMs }).setToken(token);
    const identity = await fetchIdentity(requests);
    if (stopped) return;
    const { appId } = identity;
    const count = shardCount ?? identity.shards;
    const send = createSend(requests, sketches.setToken(token), appId);
    const guilds = createGuilds({
      clients: () => shards?.clients() ?? [],
      send,
      me: identity.me,
      isWhole: !leases.isShared,
      now,
    });
    const atHome = createHome({
      servers: guilds.servers,
      rolesOf: async (serverId, userId) => (await send.fetchMember(serverId, userId)).roles,
      rules: given.rules,
    });
    const handle: Handle = async (turn, reply) => given.handle(await atHome(turn), reply);
    const core: Core = { ...given, handle };
    const channels = createChannels(guilds, identity.me);
    const stage: Stage = {
      me: identity.me,
      send,
      files: createFiles(apiUrl && new URL(apiUrl).origin, send.fetchMessage),
      log,
      now,
      paceMs: options.paceMs ?? paceMs,
      sketchMs,
      wait: options.wait ?? sleep,
      ...memory,
      linkTo: channels.linkTo,
      threadOn: channels.threadOn,
      toLimits,
      seal,
      promptOf: (message) => withTimeout(promptOf(message), prefillMs),
      rulesAt: (place) =>
        withTimeout(
          given.rules.at(place).catch(() => undefined),
          prefillMs,
        ),
      backTo,
      gone: (message) => void withdraw(message, handle),
      removed: core.removed,
    };
    const venues = createVenues(stage, channels, threads);
    const me = { id: identity.me, readsAll: identity.readsAll };
    const sight = createSight(stage, channels, me);
    const inviteUrl = toInviteUrl(appId, threads);
    const answers = createAnswers(stage, channels, threads);
    const door = createDoor(access, { serverOf: channels.serverOf, now });
    const interactions = createInteractions(stage, answers, { channels, sight, door }, core);
    const messages = createMessages({ stage, channels, venues, sight, door, me, core });
    /** Whoever hears of it need not be who draws: the shard may have changed hands since. */
    function deleted(spot: Spot): void {
      forget(stage, spot);
      core.shared?.bus.tell("deleted", spot).catch((error: unknown) => {
        log.debug({ channel: spot.channelId, error: toLogged(error) }, "discord.deleted.untold");
      });
    }
    const unhear = core.shared?.bus.hear("deleted", (body) => forgetHere(stage, deletion.parse(body)));
    events.route({ interaction: interactions, message: messages.take, deleted });

    const servers = serversAlone(access);
    const registered = (guildId?: string) =>
      register(requests, { appId, inviteUrl, access, ...(guildId && { guildId }) }, log);
    /** What is done once for all shards: by whoever holds the first. */
    async function prepare(): Promise<void> {
      for (const id of servers ?? [undefined]) await registered(id);
      const guildIds = await send.fetchGuildIds(mostGuildIds).catch(() => []);
      await clearStaleCommands(requests, { appId, ...(servers && { servers }), guildIds }, log);
      await nameUnknown(guilds, access, log);
    }

    const catchUps = new Map<number, CatchUp>();
    async function onThere({ shard, client, readsAll, sessions }: There): Promise<void> {
      me.readsAll = readsAll;
      // The invite is printed at the start, so a server is joined after it.
      client.on(Events.GuildCreate, ({ id }) => void (servers?.includes(id) && registered(id)));
      if (shard.id === 0) await prepare();
      if (leases.isShared) log.info({ shard: shard.id, of: shard.count }, "discord.shard");
      const catchUp = createCatchUp({
        ...{ send, channels, door, me: me.id, missed: core.missed, take: messages.take, sessions },
        hears: (guildId) => shardOf(guildId, shard.count) === shard.id,
        spokenSince: (ms) => spokenSince(client, ms),
        trustsReplay: leases.isShared,
        ...{ deleted, wait: stage.wait, now, log },
      });
      catchUps.set(shard.id, catchUp);
      catchUp(since ?? (leases.isShared ? sessions.listenedUntil : undefined));
    }

    if (!identity.readsAll) log.warn({ hint: noContentHint }, "discord.intent.missing: message content");
    let isLost = false;
    const shards: Shards | undefined = holdShards({
      ...{ leases, identity, count, token, rest: requests, keep, now, log },
      identifyMs: options.identifyMs ?? identifyMs,
      by: {
        ...{ rest: { ...rest, timeout: requestMs }, listen: events.listen },
        ...(options.painter.standIn && { status: "Placeholder pictures: there is no OpenAI key" }),
      },
      hear: events.interaction,
      onThere,
      onMissed: ({ id }, missedSince) => catchUps.get(id)?.(missedSince),
      onLost(error, lostSince) {
        if (isLost || running?.events !== events) return;
        isLost = true;
        log.error({ code: error.code, hint: error.message }, "discord.lost");
        void events.close();
        void shards?.close();
        unhear?.();
        reconnect(given, lostSince);
      },
    });
    running = {
      ...{ events, stage, venues, inviteUrl, nameOf: channels.nameOf, isConnected: shards.isConnected },
      async replay(event) {
        const found = parseReplay(event);
        if (found?.kind === "interaction") await interactions(found.interaction, true);
        else if (found) await messages.replay(found.message);
        else log.error({ event: event.key }, "discord.replay.unreadable");
      },
      async close() {
        await withTimeout(events.close(), settleMs);
        await shards?.close();
        unhear?.();
      },
    };
    try {
      await shards.begun;
    } catch (error) {
      isLost = true;
      running = undefined;
      unhear?.();
      await shards.close();
      throw error;
    }
    log.info({ inviteUrl, readsAll: me.readsAll, shards: count }, "discord.ready");
  }

  /** Goes on until it is in again, or Discord does not accept the token. The timer keeps the process alive. */
  function reconnect(core: Core, since: number, failures = 0): void {
    if (stopped) return;
    const tryAgain = () =>
      run(core, since).catch((failed: unknown) => {
        log.error({ hint: failed instanceof Error ? failed.message : String(failed) }, "discord.lost");
        if (!(failed instanceof BotError && failed.code === "auth")) reconnect(core, since, failures + 1);
      });
    again = setTimeout(() => void tryAgain(), reconnectMs[failures] ?? reconnectMs.at(-1));
  }

  async function recall(spot: Spot): Promise<readonly Attachment[]> {
    const { send, files, seen, covers } = connected().stage;
    const fetch = async () => {
      const there = await send.fetchMessage(spot);
      const to = movedTo(there);
      const message = to ? await send.fetchMessage(to) : there;
      covers.set(toMessageKey(spot), isSpoiler(message));
      return { pictures: picturesOf(message), at: to ?? spot };
    };
    const { pictures, at } = await fetch().catch(() => ({ pictures: [], at: spot }));
    // The bot is not everywhere where people may press its buttons.
    const found = pictures.length > 0 ? pictures : (seen.get(toMessageKey(spot)) ?? []);
    return found.map((file) => files.toAttachment(file, { at }));
  }

  /** A request may have been taken back while nobody listened. */
  async function lookForRequest(key: MessageKey, venue: Venue, stage: Stage): Promise<void> {
    const { request, requestIn, channelId } = venue;
    if (!request) return;
    try {
      if (await isTakenBack(stage, { channelId: requestIn ?? channelId, messageId: request }))
        stage.gone(key);
    } catch (error) {
      log.debug({ message: key, error: toLogged(error) }, "discord.request.unseen");
    }
  }

  return {
    name: "discord",
    get inviteUrl() {
      return running?.inviteUrl ?? "";
    },
    get connected() {
      return running?.isConnected() ?? false;
    },
    async start(core) {
      stopped = false;
      memory = createMemory();
      await run(core);
    },
    async stop() {
      stopped = true;
      clearTimeout(again);
      await running?.close();
      running = undefined;
    },
    nameOf: (key) => running?.nameOf(key),
    replay: (event) => connected().replay(event),
    toAttachment: (file) => connected().stage.files.reopen(file),
    reopen(key, venue) {
      const spot = parseMessageKey(key);
      if (!spot) throw new BotError("unknown_message", "That is no message of Discord's.");
      const { stage } = connected();
      const noted = parseNoted(key, venue, now());
      if (!noted) return createReply(stage, { ...spot, ...unknownVenue });
      const { right } = noted;
      if (right && right.until > (stage.tokens.get(key)?.until ?? 0)) stage.tokens.set(key, right);
      void lookForRequest(key, noted.venue, stage);
      return createReply(stage, noted.venue);
    },
    async below(key, user) {
      const spot = parseMessageKey(key);
      if (!spot) throw new BotError("unknown_message", "That is no message of Discord's.");
      return connected().venues.below(spot, user);
    },
    async recall(key) {
      const spot = parseMessageKey(key);
      return spot ? recall(spot) : [];
    },
  };
}

/** What is known for a while, also from one connection to the next. */
function createMemory(): Pick<Stage, "tokens" | "live" | "seen" | "sights" | "covers" | "moved"> {
  return {
    tokens: createBounded(2000),
    live: createUnderWay(2000),
    seen: createBounded(500),
    sights: createBounded(500),
    covers: createBounded(2000),
    moved: createBounded(500),
  };
}

/** The servers it is kept to, where it may be used nowhere else; undefined: the commands are registered everywhere. */
function serversAlone({ communities, direct, carried }: Access): readonly string[] | undefined {
  if (!communities || direct || carried) return undefined;
  return communities.flatMap((community) => guildIdOf({ community }) ?? []);
}

/** What holds of a message of which nothing was noted. */
const unknownVenue = {
  reachable: true,
  private: false,
  spoiler: undefined,
  limits: toImageLimits(undefined),
  reopened: "unknown",
} as const;
