import { join } from "node:path";
import {
  type Environment,
  type engines,
  environment,
  type logFormats,
  type logLevels,
  type threadModes,
} from "./environment.ts";
import type { Limits } from "./seam/budget.ts";
import { models } from "./seam/models.ts";
import type { Access } from "./seam/trust/access.ts";
import { readSecretFiles } from "./setup/secret-files.ts";

const dayMs = 24 * 3_600_000;

/** Everything an operator can set. Read once, at the start; nothing else reads the environment. */
export interface Config {
  readonly openai: {
    /** Absent: the offline stand-in draws. */
    readonly apiKey?: string;
    readonly baseUrl?: string;
    /** The mainline model, which reads the conversation and calls the image tool. */
    readonly model: string;
    /** Those that may draw: the first does unless something it lacks is asked for, or another by name. */
    readonly imageModels: readonly string[];
    /** OpenAI may store responses and files. */
    readonly store: boolean;
    /** Who draws unless a style or a flag says otherwise: the Image API, or the Responses API where absent. */
    readonly engine?: (typeof engines)[number];
    /** There is a mainline model beside the Image API, for it was named. */
    readonly mainline?: boolean;
    /** Run responses in OpenAI's background, so that a broken connection or a restart loses no picture. */
    readonly background: boolean;
  };
  /** A JSON file with the operator's own prices. */
  readonly pricesFile?: string;
  /** What may be spent, in all and by each person, and by which midnights days and months begin. */
  readonly budget: { readonly all: Limits; readonly person: Limits; readonly timeZone: string };
  /** Where people reach this process from outside, without a slash at the end. */
  readonly publicUrl?: string;
  /** Where the playground, and the pages that are opened from a chat, are served. */
  readonly http: { readonly host: string; readonly port: number };
  readonly playground?: {
    readonly password?: string;
    /** How long who has signed in may do nothing until they are asked again, in ms. */
    readonly idleMs: number;
    /** Single pictures can be given addresses by which others see them. */
    readonly sharedLinks: boolean;
    /** Addresses and networks of proxies that are believed when they say for whom they ask. */
    readonly trustedProxies: readonly string[];
  };
  /** The admin's page is served. Without a password to this machine alone: then there is none for the playground either. */
  readonly admin?: { readonly password?: string; readonly trustedProxies: readonly string[] };
  readonly discord?: {
    readonly token: string;
    /** Another server that speaks the protocol, up to and without the version: `http://127.0.0.1:4000/api`. */
    readonly apiUrl?: string;
    /** Where people may use it. */
    readonly access: Access;
    /** Whether a picture opens a thread of its own. */
    readonly threads: (typeof threadModes)[number];
    /** Into how many shards the gateway is divided; absent: as many as Discord recommends. */
    readonly shards?: number;
  };
  readonly slack?: {
    readonly botToken: string;
    /** Socket Mode, or HTTP with Slack's signatures. */
    readonly mode:
      | { readonly kind: "socket"; readonly appToken: string }
      | {
          readonly kind: "http";
          readonly signingSecret: string;
          readonly host: string;
          readonly port: number;
          readonly path: string;
        };
    /** Another server that speaks the protocol, e.g. `http://127.0.0.1:4000/api/`. */
    readonly apiUrl?: string;
    /** Where people may use it, and of which workspaces. */
    readonly access: Access;
  };
  /** For the doctor alone: by this it can read how the app is set up at Slack. */
  readonly slackConfigToken?: string;
  readonly dataDir: string;
  /** `sqlite:path`, `redis://…`, `postgres://…` or `memory:`. */
  readonly storeUrl: string;
  /** Several processes may share the store: it is on a server. */
  readonly isFleet: boolean;
  /** What is measured is told; `token`: to who has it, else to this machine alone. */
  readonly metrics?: { readonly token?: string };
  /** A port of its own for who looks after the process. */
  readonly health?: { readonly host: string; readonly port: number };
  /** Whatever standard error is; absent: in words on a terminal, as JSON elsewhere. */
  readonly logFormat?: Exclude<(typeof logFormats)[number], "auto">;
  readonly logLevel: (typeof logLevels)[number];
  /** Turns that are drawn at once; the others wait in line. */
  readonly concurrency: number;
  /** The same over all processes that share the store; absent: as many as they have room for. */
  readonly fleetConcurrency?: number;
  /** Pictures that may begin in a minute; absent: as many as there is room for. */
  readonly imagesPerMinute?: number;
  /** How old what was said while the bot was not there may be to be answered, in ms; 0: nothing of that is. */
  readonly missedMs: number;
  /** After how long what is kept is deleted, in ms; absent: it is kept for good. */
  readonly keep: { readonly answersMs?: number; readonly playgroundMs?: number };
  /** How many turns may wait in line, and how many pictures of one person; who comes when it is full is told when to try again. */
  readonly queue: { readonly all: number; readonly ofOne: number };
  /** How long turns in flight may go on once the process is told to stop, in ms. */
  readonly stopGraceMs: number;
  /** How long to wait for another process to let go of the data, in ms. 0: not at all. */
  readonly takeoverMs: number;
  /** How long to wait at the start for a server that does not answer, in ms. 0: not at all. */
  readonly storeWaitMs: number;
  /** How long the stand-in takes for a picture, in ms. */
  readonly standinPaceMs: number;
}

/** The environment asks for something that cannot be: the message is a list of what to change. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  /** A line each: the variable, a colon, what to change. */
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`These settings need a change:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
    this.problems = problems;
  }
}

/**
 * Throws ConfigError naming every variable that is wrong. An empty variable counts as absent, and secrets may be in files.
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const { env: given, problems } = readSecretFiles(env);
  const set = Object.fromEntries(Object.entries(given).filter(([, value]) => value?.trim()));
  const result = environment.safeParse(set);
  const issues = result.error?.issues.map(({ path, message }) => `${path.join(".")}: ${message}`) ?? [];
  if (!result.success || problems.length > 0) throw new ConfigError([...problems, ...issues]);
  const parsed = result.data;
  const storeUrl = parsed.STORE_URL ?? `sqlite:${join(parsed.DATA_DIR, "drawbridge.db")}`;
  return {
    openai: {
      ...(parsed.OPENAI_API_KEY && { apiKey: parsed.OPENAI_API_KEY }),
      ...(parsed.OPENAI_BASE_URL && { baseUrl: parsed.OPENAI_BASE_URL }),
      model: parsed.OPENAI_MODEL,
      imageModels: toImageModels(parsed),
      background: parsed.OPENAI_BACKGROUND,
      store: parsed.OPENAI_STORE,
      ...(parsed.ENGINE === "images" && { engine: parsed.ENGINE, mainline: set.OPENAI_MODEL !== undefined }),
    },
    ...(parsed.PRICES_FILE && { pricesFile: parsed.PRICES_FILE }),
    budget: toBudget(parsed),
    ...(parsed.PUBLIC_URL && { publicUrl: parsed.PUBLIC_URL }),
    http: { host: parsed.HOST, port: parsed.PORT },
    ...(parsed.PLAYGROUND && {
      playground: {
        ...(parsed.PLAYGROUND_PASSWORD && { password: parsed.PLAYGROUND_PASSWORD }),
        idleMs: parsed.PLAYGROUND_IDLE_HOURS * 3_600_000,
        sharedLinks: parsed.SHARED_LINKS,
        trustedProxies: parsed.TRUSTED_PROXIES ?? [],
      },
    }),
    ...toAdmin(parsed),
    ...(parsed.DISCORD_TOKEN && {
      discord: {
        token: parsed.DISCORD_TOKEN,
        ...(parsed.DISCORD_API_URL && { apiUrl: parsed.DISCORD_API_URL }),
        access: toDiscordAccess(parsed),
        threads: parsed.DISCORD_THREADS,
        ...(parsed.SHARDS !== "auto" && { shards: parsed.SHARDS }),
      },
    }),
    ...toSlack(parsed),
    ...(parsed.SLACK_CONFIG_TOKEN && { slackConfigToken: parsed.SLACK_CONFIG_TOKEN }),
    dataDir: parsed.DATA_DIR,
    storeUrl,
    isFleet: /^(redis|postgres)/.test(storeUrl),
    ...(parsed.METRICS && {
      metrics: { ...(parsed.METRICS_TOKEN && { token: parsed.METRICS_TOKEN }) },
    }),
    ...(parsed.HEALTH_PORT !== undefined && {
      health: { host: parsed.HEALTH_HOST, port: parsed.HEALTH_PORT },
    }),
    logLevel: parsed.LOG_LEVEL,
    ...(parsed.LOG_FORMAT !== "auto" && { logFormat: parsed.LOG_FORMAT }),
    concurrency: parsed.CONCURRENCY,
    ...(parsed.FLEET_CONCURRENCY !== undefined && { fleetConcurrency: parsed.FLEET_CONCURRENCY }),
    ...(parsed.IMAGES_PER_MINUTE !== undefined && { imagesPerMinute: parsed.IMAGES_PER_MINUTE }),
    missedMs: parsed.MISSED_MINUTES * 60_000,
    keep: {
      ...(parsed.KEEP_ANSWERS_DAYS && { answersMs: parsed.KEEP_ANSWERS_DAYS * dayMs }),
      ...(parsed.KEEP_PLAYGROUND_DAYS && { playgroundMs: parsed.KEEP_PLAYGROUND_DAYS * dayMs }),
    },
    queue: { all: parsed.QUEUE_LIMIT, ofOne: parsed.QUEUE_LIMIT_PERSON },
    stopGraceMs: parsed.STOP_GRACE_SECONDS * 1000,
    takeoverMs: parsed.TAKEOVER_SECONDS * 1000,
    storeWaitMs: parsed.STORE_WAIT_SECONDS * 1000,
    standinPaceMs: parsed.STANDIN_PACE_MS,
  };
}

/** All that are known, unless the operator says which; of a server that is asked for pictures alone none is known. */
function toImageModels(env: Environment): readonly string[] {
  const isStrange = env.ENGINE === "images" && env.OPENAI_BASE_URL !== undefined;
  const { IMAGE_MODEL: usual, IMAGE_MODELS: offered = isStrange ? [] : Object.keys(models) } = env;
  return [...new Set([usual, ...offered])];
}

/** Who has locked the playground, or wants none, has not asked for a door that is open. */
function toAdmin(env: Environment): Pick<Config, "admin"> {
  const { ADMIN_PASSWORD: password, TRUSTED_PROXIES: trustedProxies = [] } = env;
  if (password) return { admin: { password, trustedProxies } };
  return env.PLAYGROUND && !env.PLAYGROUND_PASSWORD ? { admin: { trustedProxies } } : {};
}

function toBudget(env: Environment): Config["budget"] {
  const named = (prefix: "BUDGET" | "BUDGET_PERSON"): Limits => {
    const all = {
      usdDay: env[`${prefix}_USD_DAY`],
      usdMonth: env[`${prefix}_USD_MONTH`],
      picturesDay: env[`${prefix}_PICTURES_DAY`],
      picturesMonth: env[`${prefix}_PICTURES_MONTH`],
    };
    return Object.fromEntries(Object.entries(all).filter(([, limit]) => limit !== undefined));
  };
  return { all: named("BUDGET"), person: named("BUDGET_PERSON"), timeZone: env.BUDGET_TIMEZONE };
}

/** With both an app token and a signing secret, Socket Mode wins: it needs no public address. */
function toSlack(env: Environment): Pick<Config, "slack"> {
  const {
    SLACK_BOT_TOKEN: botToken,
    SLACK_APP_TOKEN: appToken,
    SLACK_SIGNING_SECRET: signingSecret = "",
  } = env;
  if (!botToken) return {};
  const mode = appToken
    ? ({ kind: "socket", appToken } as const)
    : ({
        kind: "http",
        signingSecret,
        host: env.SLACK_HOST,
        port: env.SLACK_PORT,
        path: env.SLACK_PATH,
      } as const);
  const access = toSlackAccess(env);
  return { slack: { botToken, mode, access, ...(env.SLACK_API_URL && { apiUrl: env.SLACK_API_URL }) } };
}

/** Who keeps it to some places keeps it out of all others, unless they say so. */
function toDiscordAccess(env: Environment): Access {
  const servers = env.DISCORD_SERVERS ?? (env.DISCORD_GUILD_ID ? [env.DISCORD_GUILD_ID] : undefined);
  const channels = env.DISCORD_CHANNELS;
  const isOpen = !servers && !channels;
  return {
    ...(servers && { communities: servers.map((id) => `discord:guild:${id}` as const) }),
    ...(channels && { channels: channels.map((id) => `discord:channel:${id}` as const) }),
    direct: env.DISCORD_DMS ?? isOpen,
    carried: env.DISCORD_USER_INSTALLS ?? isOpen,
  };
}

/** The same. A workspace is that of who asks: a person of it may do so in direct messages, too. */
function toSlackAccess(env: Environment): Access {
  const { SLACK_WORKSPACES: workspaces, SLACK_CHANNELS: channels } = env;
  return {
    ...(workspaces && { communities: workspaces.map((id) => `slack:team:${id}` as const) }),
    ...(channels && { channels: channels.map((id) => `slack:channel:${id}` as const) }),
    direct: env.SLACK_DMS ?? !channels,
    carried: true,
  };
}
