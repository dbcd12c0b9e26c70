import { CloseCodes, type SessionInfo, SimpleShardingStrategy, type WebSocketManager } from "@discordjs/ws";
import {
  ActivityType,
  Client,
  type ClientOptions,
  DiscordjsError,
  DiscordjsErrorCodes,
  Events,
  GatewayCloseCodes,
  GatewayIntentBits,
  Options,
} from "discord.js";
import { BotError } from "../../../../src/seam/errors.ts";
import type { Log } from "../../../../src/seam/log.ts";
import { orAborted, withTimeout } from "../../../../src/seam/timeout.ts";
import { toLogged } from "../trouble.ts";

/** A connection to the gateway: a shard of it. */
export interface Gateway {
  readonly client: Client<true>;
  /** Discord gives us the words of every message, not only of those meant for us. */
  readonly readsAll: boolean;
  /** Events come in: the connection is neither away nor over. */
  isConnected(): boolean;
  /** What another process can take up the session with; undefined while there is none. */
  session(): SessionInfo | undefined;
  /** Leaves the session to be taken up: for some minutes, Discord keeps what is said meanwhile. */
  close(): Promise<void>;
}

const intents = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages];

/** Ms for which a connection may be dead before its heartbeat tells: what came since is read again, and seen to once. */
const unnoticedMs = 90_000;

/** Ms for closing: discord.js waits for ever for a connection that is not there. */
const closeMs = 3000;

/** Discord wants the gateway to be divided further. */
export class TooFewShards extends BotError {
  constructor() {
    super(
      "unreachable",
      "The bot is in too many servers for so few shards. Leave SHARDS out, or set it to more, and start me again.",
    );
  }
}

/** A shard, and of how many. */
export interface Shard {
  readonly id: number;
  readonly count: number;
}

/**
 * Connects. Resolves when Discord is ready; rejects with BotError `auth` or `unreachable`, and as `leave` says.
 *
 * `listen` is called before the first event. Where Discord does not grant the message content intent it connects without.
 */
export async function connect(of: {
  readonly token: string;
  readonly rest: NonNullable<ClientOptions["rest"]>;
  readonly shard: Shard;
  /** To ask for the message content intent. */
  readonly readsAll: boolean;
  /** A line below the bot's name. */
  readonly status?: string;
  readonly log: Log;
  /** Resolves when the shard may identify itself; rejects as the signal says. */
  mayIdentify(signal: AbortSignal): Promise<void>;
  listen(client: Client): void;
  /** The connection is over and discord.js does not take it up again. `since`: as of `onMissed`. */
  onLost(error: BotError, since: number): void;
  /** It is there again, without what came in between. `since`: until when it was certainly there, Unix time in ms. */
  onMissed(since: number): void;
  readonly now: () => number;
  /** Gives it up, also while it is being made. */
  readonly leave: AbortSignal;
}): Promise<Gateway> {
  try {
    return await open(of);
  } catch (error) {
    if (!(error instanceof IntentError)) throw error;
  }
  return open({ ...of, readsAll: false });
}

async function open({
  token,
  rest,
  shard: { id, count },
  readsAll,
  status,
  log,
  mayIdentify,
  listen,
  onLost,
  onMissed,
  now,
  leave,
}: Parameters<typeof connect>[0]): Promise<Gateway> {
  let shards: WebSocketManager | undefined;
  const client = new Client({
    shards: [id],
    shardCount: count,
    ws: {
      buildStrategy(manager) {
        shards = manager;
        return new LeftToResume(manager);
      },
      buildIdentifyThrottler: async () => ({ waitForIdentify: (_, signal) => mayIdentify(signal) }),
    },
    intents: readsAll ? [...intents, GatewayIntentBits.MessageContent] : intents,
    rest,
    makeCache: createCache(),
    waitGuildTimeout: 2000,
    ...(status && { presence: { activities: [{ name: status, state: status, type: ActivityType.Custom }] } }),
    allowedMentions: { parse: [], repliedUser: false },
  });
  let ready = false;
  let closing = false;
  /** Since when it is away. */
  let away: number | undefined;
  let fatal: number | undefined;
  client.on(Events.Error, (error) => log.error({ error: toLogged(error) }, "discord.error"));
  client.on(Events.Warn, (text) => log.debug({ text }, "discord.warn"));
  client.on(Events.ShardError, (error) => log.debug({ error: toLogged(error) }, "discord.gateway.error"));
  client.on(Events.ShardReconnecting, () => {
    if (!closing && away === undefined) log.warn({}, "discord.gateway.away"); // it tries twice a second
    away ??= now();
  });
  client.on(Events.ShardReady, () => {
    if (away === undefined) return;
    log.info({}, "discord.gateway.back");
    if (ready) onMissed(away - unnoticedMs);
    away = undefined;
  });
  client.on(Events.ShardResume, (_, events) => {
    log.info({ events }, "discord.gateway.resumed");
    away = undefined;
  });
  client.on(Events.ShardDisconnect, ({ code }) => {
    fatal = code;
    if (ready && !closing) onLost(toBotError(code), (away ?? now()) - unnoticedMs);
  });
  listen(client);

  async function close(): Promise<void> {
    closing = true;
    // What is closed while it waits to connect anew would do so all the same: it never learns with which session.
    if (shards) shards.options.retrieveSessionInfo = () => new Promise(() => {});
    await withTimeout(client.destroy(), closeMs);
  }

  try {
    await orAborted(client.login(token), leave);
    if (!client.user || !client.application)
      throw new Error("the gateway said ready without saying who we are");
  } catch (error) {
    await close();
    leave.throwIfAborted();
    if (fatal === GatewayCloseCodes.DisallowedIntents && readsAll) throw new IntentError();
    if (error instanceof DiscordjsError && error.code === DiscordjsErrorCodes.TokenInvalid) {
      throw toBotError(GatewayCloseCodes.AuthenticationFailed, error);
    }
    throw toBotError(fatal, error);
  }
  ready = true;
  const isConnected = () => away === undefined && fatal === undefined && !closing;
  const session = () => sessionOf(shards, id);
  return { client: client as Client<true>, readsAll, isConnected, session, close }; // login has just given it its user
}

/** How its shard's session stands. */
function sessionOf(shards: WebSocketManager | undefined, id: number): SessionInfo | undefined {
  const found = shards?.options.retrieveSessionInfo(id);
  return found && "sessionId" in found ? { ...found } : undefined;
}

/** Discord ends a session that is left by the codes 1000 and 1001, and keeps any other for a while. */
class LeftToResume extends SimpleShardingStrategy {
  override async destroy(): Promise<void> {
    await super.destroy({ code: CloseCodes.Resuming });
  }
}

/** The message content intent is turned off in the developer portal. */
class IntentError extends Error {}

/** What a close code of the gateway's means to whoever runs the bot. */
export function toBotError(code: number | undefined, cause?: unknown): BotError {
  const logged = cause === undefined ? {} : { cause: new Error(JSON.stringify(toLogged(cause))) };
  switch (code) {
    case GatewayCloseCodes.AuthenticationFailed:
      return new BotError(
        "auth",
        "Discord does not accept DISCORD_TOKEN. Copy it again from the developer portal, under Bot › Reset Token.",
        logged,
      );
    case GatewayCloseCodes.DisallowedIntents:
      return new BotError(
        "auth",
        "Discord has taken an intent from this bot. Look under Bot in the developer portal, then start me again.",
        logged,
      );
    case GatewayCloseCodes.ShardingRequired:
      return new TooFewShards();
    default:
      return new BotError(
        "unreachable",
        `Discord could not be reached${code ? ` (the gateway closed with ${code})` : ""}. Is this machine online, and DISCORD_API_URL right?`,
        logged,
      );
  }
}

/** Events are read as Discord sends them, so that only what permissions hang on is worth remembering. */
function createCache() {
  const self = {
    maxSize: 0,
    keepOverLimit: (one: { readonly id: string; readonly client: Client }) => one.id === one.client.user?.id,
  };
  return Options.cacheWithLimits({
    ...Options.DefaultMakeCacheSettings,
    ApplicationCommandManager: 0,
    AutoModerationRuleManager: 0,
    BaseGuildEmojiManager: 0,
    EntitlementManager: 0,
    GuildBanManager: 0,
    GuildEmojiManager: 0,
    GuildInviteManager: 0,
    GuildMemberManager: self,
    GuildScheduledEventManager: 0,
    GuildStickerManager: 0,
    MessageManager: 0,
    PresenceManager: 0,
    ReactionManager: 0,
    ReactionUserManager: 0,
    StageInstanceManager: 0,
    ThreadMemberManager: 0,
    UserManager: self,
    VoiceStateManager: 0,
  });
}
