import ipaddr from "ipaddr.js";
import { z } from "zod";
import { usualMainModel, usualModel } from "./seam/models.ts";
import { isWeakPassword } from "./weak-password.ts";

export const logLevels = ["trace", "debug", "info", "warn", "error", "silent"] as const;
export const logFormats = ["auto", "json", "pretty"] as const;
export const engines = ["responses", "images"] as const;
export const threadModes = ["off", "auto", "always"] as const;
const httpUrl = z.url({ protocol: /^https?$/, error: "must be an http(s) address" });
const loopback = new Set(["127.0.0.1", "::1", "localhost"]);
const onOff = z
  .enum(["on", "off", "true", "false"], { error: "must be on or off" })
  .transform((value) => value === "on" || value === "true");

/** A list in one variable. */
function listBy(separator: RegExp) {
  return z.string().transform((words) =>
    words
      .split(separator)
      .map((one) => one.trim())
      .filter((one) => one !== ""),
  );
}

const named = listBy(/,/);

const password = z
  .string()
  .min(8, "must have 8 characters at least; 15 or more are better")
  .refine((given) => !isWeakPassword(given), {
    error: "is one of those that are tried first: choose another, better of 15 characters or more",
    abort: true,
  });

/** Ids, which have no spaces in them. */
function listOf(id: RegExp, error: string) {
  return listBy(/[,\s]/)
    .superRefine((ids, issues) => {
      for (const wrong of ids.filter((one) => !id.test(one)))
        issues.addIssue({ code: "custom", message: `${wrong} ${error}` });
      if (ids.length === 0)
        issues.addIssue({ code: "custom", message: "names nothing: leave it out instead" });
    })
    .optional();
}

const snowflake = /^\d{15,21}$/;

/** US dollars, to a fraction of a cent. */
const dollars = z.coerce
  .number({ error: "must be US dollars, such as 5 or 0.50" })
  .min(0, "must be US dollars, 0 or more")
  .max(1_000_000, "must be a million dollars at most");

function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.coerce.number({ error }).int(error).min(min, error).max(max, error);
}

/** An address, or a network such as 10.0.0.0/8. */
function isNetwork(text: string): boolean {
  return text.includes("/") ? ipaddr.isValidCIDR(text) : ipaddr.isValid(text);
}

/** By the names of the IANA's database, which Node has with it. */
function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function oneOf<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, { error: `must be one of ${values.join(", ")}` });
}

/** Everything that can be set, as variables. An empty one is to be left out before. */
export const environment = z
  .object({
    OPENAI_API_KEY: z.string().trim().optional(),
    OPENAI_BASE_URL: httpUrl.optional(),
    OPENAI_MODEL: z.string().trim().default(usualMainModel),
    IMAGE_MODEL: z.string().trim().default(usualModel),
    IMAGE_MODELS: named.optional(),
    ENGINE: oneOf(engines).default("responses"),
    OPENAI_BACKGROUND: onOff.default(true),
    OPENAI_STORE: onOff.default(true),
    PRICES_FILE: z.string().optional(),
    BUDGET_USD_DAY: dollars.optional(),
    BUDGET_USD_MONTH: dollars.optional(),
    BUDGET_PICTURES_DAY: wholeNumber(0, 1_000_000).optional(),
    BUDGET_PICTURES_MONTH: wholeNumber(0, 1_000_000).optional(),
    BUDGET_PERSON_USD_DAY: dollars.optional(),
    BUDGET_PERSON_USD_MONTH: dollars.optional(),
    BUDGET_PERSON_PICTURES_DAY: wholeNumber(0, 1_000_000).optional(),
    BUDGET_PERSON_PICTURES_MONTH: wholeNumber(0, 1_000_000).optional(),
    BUDGET_TIMEZONE: z
      .string()
      .trim()
      .refine(isTimeZone, "must be a time zone by its name, such as UTC or Europe/Berlin")
      .default("UTC"),
    PUBLIC_URL: httpUrl
      .refine((url) => !/[?#]/.test(url), "must end with its path: no ? and no #")
      .transform((url) => url.replace(/\/+$/, ""))
      .optional(),
    PLAYGROUND: onOff.default(true),
    PLAYGROUND_PASSWORD: password.optional(),
    ADMIN_PASSWORD: password.optional(),
    SHARED_LINKS: onOff.default(false),
    PLAYGROUND_IDLE_HOURS: wholeNumber(1, 720).default(168),
    TRUSTED_PROXIES: named
      .refine((entries) => entries.every(isNetwork), {
        error: "must be addresses or networks, e.g. 127.0.0.1, 172.16.0.0/12",
      })
      .optional(),
    HOST: z.string().default("127.0.0.1"),
    PORT: wholeNumber(0, 65_535).default(8080),
    DISCORD_TOKEN: z.string().trim().optional(),
    DISCORD_API_URL: httpUrl.optional(),
    DISCORD_GUILD_ID: z.string().regex(snowflake, "must be a server's id: digits only").optional(),
    DISCORD_SERVERS: listOf(snowflake, "is no server's id: digits only"),
    DISCORD_CHANNELS: listOf(snowflake, "is no channel's id: digits only"),
    DISCORD_DMS: onOff.optional(),
    DISCORD_USER_INSTALLS: onOff.optional(),
    DISCORD_THREADS: oneOf(threadModes).default("auto"),
    SHARDS: z.union([z.literal("auto"), wholeNumber(1, 100_000)]).default("auto"),
    SLACK_BOT_TOKEN: z.string().optional(),
    SLACK_APP_TOKEN: z.string().optional(),
    SLACK_SIGNING_SECRET: z.string().optional(),
    SLACK_CONFIG_TOKEN: z.string().trim().optional(),
    SLACK_API_URL: httpUrl.optional(),
    SLACK_HOST: z.string().default("127.0.0.1"),
    SLACK_WORKSPACES: listOf(/^[TE][A-Z0-9]{6,20}$/, "is no workspace's id: it begins with T, in capitals"),
    SLACK_CHANNELS: listOf(/^[CG][A-Z0-9]{6,20}$/, "is no channel's id: it begins with C or G, in capitals"),
    SLACK_DMS: onOff.optional(),
    SLACK_PORT: wholeNumber(0, 65_535).default(3000),
    SLACK_PATH: z.string().startsWith("/", "must begin with /").default("/slack/events"),
    DATA_DIR: z.string().default("./data"),
    STORE_URL: z
      .string()
      .regex(/^(sqlite|rediss?|postgres|postgresql|memory):/, {
        error: "must begin with sqlite:, redis:, postgres: or memory:",
      })
      .optional(),
    METRICS: onOff.default(false),
    METRICS_TOKEN: z.string().trim().min(16, "must have 16 characters at least").optional(),
    HEALTH_HOST: z.string().default("127.0.0.1"),
    HEALTH_PORT: wholeNumber(0, 65_535).optional(),
    LOG_LEVEL: oneOf(logLevels).default("info"),
    LOG_FORMAT: oneOf(logFormats).default("auto"),
    CONCURRENCY: wholeNumber(1, 512).default(4),
    FLEET_CONCURRENCY: wholeNumber(1, 100_000).optional(),
    IMAGES_PER_MINUTE: wholeNumber(1, 100_000).optional(),
    KEEP_ANSWERS_DAYS: wholeNumber(1, 3650).optional(),
    KEEP_PLAYGROUND_DAYS: wholeNumber(1, 3650).optional(),
    MISSED_MINUTES: wholeNumber(0, 1440).default(10),
    QUEUE_LIMIT: wholeNumber(1, 100_000).default(1000),
    QUEUE_LIMIT_PERSON: wholeNumber(1, 100_000).default(20),
    // Less than the ten seconds a container is given.
    STOP_GRACE_SECONDS: wholeNumber(0, 3600).default(6),
    TAKEOVER_SECONDS: wholeNumber(0, 3600).default(60),
    STORE_WAIT_SECONDS: wholeNumber(0, 3600).default(120),
    STANDIN_PACE_MS: wholeNumber(0, 600_000).default(4000),
  })
  .superRefine(
    (env, issues) => {
      if (env.PLAYGROUND && !loopback.has(env.HOST) && !env.PLAYGROUND_PASSWORD) {
        issues.addIssue({
          code: "custom",
          path: ["HOST"],
          message: `${env.HOST} can be reached from other machines: set PLAYGROUND_PASSWORD too, or PLAYGROUND=off`,
        });
      }
      if (env.ADMIN_PASSWORD && env.ADMIN_PASSWORD === env.PLAYGROUND_PASSWORD) {
        issues.addIssue({
          code: "custom",
          path: ["ADMIN_PASSWORD"],
          message: "is that of the playground, which opens no admin's page: choose another",
        });
      }
      if (env.DISCORD_GUILD_ID && env.DISCORD_SERVERS) {
        issues.addIssue({
          code: "custom",
          path: ["DISCORD_SERVERS"],
          message: "says the same as DISCORD_GUILD_ID, for several servers: leave one of them out",
        });
      }
      // Whoever is led here by a proxy looks like somebody at this machine.
      const outside = URL.parse(env.PUBLIC_URL ?? "")?.hostname;
      if (env.PLAYGROUND && outside && !loopback.has(outside) && !env.PLAYGROUND_PASSWORD) {
        issues.addIssue({
          code: "custom",
          path: ["PUBLIC_URL"],
          message: "opens the playground to the world: set PLAYGROUND_PASSWORD too, or PLAYGROUND=off",
        });
      }
    },
    { when: () => true }, // beside what else is wrong: one start is to name it all
  );

/** What is set, each as what it means. */
export type Environment = z.output<typeof environment>;
