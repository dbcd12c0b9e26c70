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
import { BotError } from "../../../src/seam/errors.ts";
import type { Log } from "../../../src/seam/log.ts";
import { withTimeout } from "../../../src/seam/timeout.ts";
import { toLogged } from "./trouble.ts";

/** A connection to the gateway. */
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

/**
 * Connects. Resolves when Discord is ready; rejects with BotError `auth` or `unreachable`.
 *
 * `listen` is called before the first event. Without the message content intent it connects all the same, and says so.
 */
export async function connect(of: {
  readonly token: string;
  readonly rest: NonNullable<ClientOptions["rest"]>;
  /** A line below the bot's name. */
  readonly status?: string;
  readonly log: Log;
  listen(client: Client): void;
  /** The connection is over and discord.js does not take it up again. `since`: as of `onMissed`. */
  onLost(error: BotError, since: number): void;
  /** It is there again, without what came in between. `since`: until when it was certainly there, Unix time in ms. */
  onMissed(since: number): void;
  readonly now: () => number;
}): Promise<Gateway> {
  const { log } = of;
  try {
    return await open({ ...of, readsAll: true });
  } catch (error) {
    if (!(error instanceof IntentError)) throw error;
  }
  log.warn(
    {
      hint: "In threads people must mention me. To change that, turn on Message Content Intent in the developer portal, under Bot, and start me again.",
    },
    "discord.intent.missing: message content",
  );
  return open({ ...of, readsAll: false });
}

async function open({
  token,
  rest,
  status,
  log,
  listen,
  onLost,
  onMissed,
  now,
  readsAll,
}: Parameters<typeof connect>[0] & { readonly readsAll: boolean }): Promise<Gateway> {
  let shards: WebSocketManager | undefined;
  const client = new Client({
    ws: {
      buildStrategy(manager) {
        shards = manager;
        return new LeftToResume(manager);
      },
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
    await withTimeout(client.destroy(), closeMs);
  }

  try {
    await client.login(token);
    if (!client.user || !client.application)
      throw new Error("the gateway said ready without saying who we are");
  } catch (error) {
    await close();
    if (fatal === GatewayCloseCodes.DisallowedIntents && readsAll) throw new IntentError();
    if (error instanceof DiscordjsError && error.code === DiscordjsErrorCodes.TokenInvalid) {
      throw toBotError(GatewayCloseCodes.AuthenticationFailed, error);
    }
    throw toBotError(fatal, error);
  }
  ready = true;
  const isConnected = () => away === undefined && fatal === undefined && !closing;
  const session = () => sessionOf(shards);
  return { client: client as Client<true>, readsAll, isConnected, session, close }; // login has just given it its user
}

/** How its one shard's session stands. */
function sessionOf(shards: WebSocketManager | undefined): SessionInfo | undefined {
  const found = shards?.options.retrieveSessionInfo(0);
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

function toBotError(code: number | undefined, cause?: unknown): BotError {
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
