import { type Environment, environment } from "../environment.ts";

/** What there is to say of a variable, for the table in the docs and for `.env.example`. */
export interface Variable {
  readonly part: Part;
  /** What it does, in Markdown; addresses of other pages as seen from `docs/`. */
  readonly about: string;
  /** In the example, where there is no default that says enough. */
  readonly example?: string;
  /** What holds where it is not set, where that is no fixed value. */
  readonly otherwise?: string;
  /** Nobody else may know it: it may come from a file, which `NAME_FILE` names. */
  readonly secret?: true;
}

/** What belongs together, in the order in which an admin meets it. */
export const parts = [
  "Pictures",
  "Money",
  "Discord",
  "Slack",
  "Playground and pages",
  "Keeping",
  "Line and restarts",
  "Watching",
] as const;

type Part = (typeof parts)[number];

const pictures = "Pictures";
const money = "Money";
const discord = "Discord";
const slack = "Slack";
const web = "Playground and pages";
const keeping = "Keeping";
const line = "Line and restarts";
const watching = "Watching";

/** Everything that can be set. The schema in `environment.ts` has the types and the defaults, this the words. */
export const variables: Readonly<Record<keyof Environment, Variable>> = {
  OPENAI_API_KEY: {
    ...{ part: pictures, secret: true, example: "sk-…", otherwise: "the stand-in draws" },
    about: "The key that pictures are paid with. Absent: an offline stand-in draws placeholders",
  },
  OPENAI_BASE_URL: {
    ...{ part: pictures, example: "https://gateway.example.com/v1", otherwise: "OpenAI" },
    about: "A gateway or a compatible server",
  },
  ENGINE: {
    part: pictures,
    about: "`images`: pictures are drawn by the Image API alone, also by [a server of your own](engines.md)",
  },
  OPENAI_MODEL: { part: pictures, about: "Reads the conversation and calls the image tool" },
  IMAGE_MODEL: { part: pictures, about: "Draws the pictures" },
  IMAGE_MODELS: {
    ...{ part: pictures, example: "gpt-image-2.5-flare,gpt-image-2", otherwise: "all known" },
    about:
      "Those that may draw when `IMAGE_MODEL` lacks what is asked for, or one is asked for by name; comma-separated, tried in that order",
  },
  OPENAI_BACKGROUND: {
    part: pictures,
    about: "Runs requests in OpenAI's background, so that they outlive a connection and a restart",
  },
  OPENAI_STORE: {
    part: pictures,
    about:
      "`off` (or `false`): OpenAI stores neither responses nor files, and each request brings the conversation along",
  },
  PRICES_FILE: {
    ...{ part: pictures, example: "prices.json", otherwise: "published prices" },
    about: "A file with [your own prices](prices.md)",
  },
  BUDGET_USD_DAY: {
    ...{ part: money, example: "5", otherwise: "no limit" },
    about: "US dollars that all pictures together may cost in a day. [How budgets work](money.md)",
  },
  BUDGET_USD_MONTH: {
    ...{ part: money, example: "100", otherwise: "no limit" },
    about: "The same in a month",
  },
  BUDGET_PICTURES_DAY: {
    ...{ part: money, example: "200", otherwise: "no limit" },
    about: "Pictures that are drawn in a day, all together",
  },
  BUDGET_PICTURES_MONTH: {
    ...{ part: money, example: "3000", otherwise: "no limit" },
    about: "The same in a month",
  },
  BUDGET_PERSON_USD_DAY: {
    ...{ part: money, example: "0.50", otherwise: "no limit" },
    about: "US dollars for each person in a day, wherever they are: in direct messages, too",
  },
  BUDGET_PERSON_USD_MONTH: {
    ...{ part: money, example: "5", otherwise: "no limit" },
    about: "The same in a month",
  },
  BUDGET_PERSON_PICTURES_DAY: {
    ...{ part: money, example: "20", otherwise: "no limit" },
    about: "Pictures for each person in a day",
  },
  BUDGET_PERSON_PICTURES_MONTH: {
    ...{ part: money, example: "200", otherwise: "no limit" },
    about: "The same in a month",
  },
  BUDGET_TIMEZONE: {
    part: money,
    about:
      "The time zone whose midnights begin a day and a month, such as `Europe/Berlin`. OpenAI's usage goes by UTC",
  },
  STANDIN_PACE_MS: { part: pictures, about: "How long the stand-in takes for a picture, in ms" },
  DISCORD_TOKEN: {
    ...{ part: discord, secret: true, example: "…", otherwise: "Discord is off" },
    about: "The bot's token: turns [Discord](discord.md) on",
  },
  DISCORD_SERVERS: {
    ...{ part: discord, example: "123456789012345678", otherwise: "all it is in" },
    about: "Ids of the servers it answers in, and nowhere else. [Who may use it](discord.md#who-may-use-it)",
  },
  DISCORD_GUILD_ID: {
    ...{ part: discord, example: "123456789012345678" },
    about: "The same for one server, as it was called before",
  },
  DISCORD_CHANNELS: {
    ...{ part: discord, example: "123456789012345678", otherwise: "all it may see" },
    about: "Ids of the channels it answers in, and nowhere else",
  },
  DISCORD_DMS: {
    ...{ part: discord, otherwise: "`on`; beside servers or channels `off`" },
    about: "Direct messages",
  },
  DISCORD_USER_INSTALLS: {
    ...{ part: discord, otherwise: "`on`; beside servers or channels `off`" },
    about: "Commands that people bring along by an installation of their own",
  },
  SHARDS: {
    part: discord,
    about:
      "Into how many connections Discord's events are [divided](discord.md#shards); `auto`: as many as Discord recommends",
  },
  DISCORD_THREADS: { part: discord, about: "`off`, `auto` or `always`: a thread for each picture" },
  DISCORD_API_URL: {
    ...{ part: discord, example: "http://127.0.0.1:4000/api", otherwise: "Discord" },
    about: "Another server that speaks the protocol: a proxy, a test server",
  },
  SLACK_BOT_TOKEN: {
    ...{ part: slack, secret: true, example: "xoxb-…", otherwise: "Slack is off" },
    about: "The bot's token: turns [Slack](slack.md) on, with one of the next two",
  },
  SLACK_APP_TOKEN: {
    ...{ part: slack, secret: true, example: "xapp-…" },
    about: "Socket Mode: no public address needed",
  },
  SLACK_SIGNING_SECRET: {
    ...{ part: slack, secret: true, example: "…" },
    about: "HTTP mode, which listens at the next three",
  },
  SLACK_CONFIG_TOKEN: {
    ...{ part: slack, secret: true, example: "xoxe.xoxp-…" },
    about:
      "For [the doctor](doctor.md) alone: an app configuration token, by which it compares the app with its manifest",
  },
  SLACK_HOST: { part: slack, about: "Where HTTP mode listens; in the Docker image `0.0.0.0`" },
  SLACK_PORT: { part: slack, about: "Its port" },
  SLACK_PATH: { part: slack, about: "Its path" },
  SLACK_WORKSPACES: {
    ...{ part: slack, example: "T0123456789", otherwise: "all" },
    about: "Ids of the workspaces whose people may use it. [Who may use it](slack.md#who-may-use-it)",
  },
  SLACK_CHANNELS: {
    ...{ part: slack, example: "C0123456789", otherwise: "all it is in" },
    about: "Ids of the channels it answers in",
  },
  SLACK_DMS: {
    ...{ part: slack, otherwise: "`on`; beside channels `off`" },
    about: "Direct messages, the agent and App Home",
  },
  SLACK_API_URL: {
    ...{ part: slack, example: "http://127.0.0.1:4000/api/", otherwise: "Slack" },
    about: "Another server that speaks the protocol: a proxy, a test server",
  },
  PLAYGROUND: { part: web, about: "`off`: no playground, for a bot alone" },
  HOST: {
    part: web,
    about:
      "Where the playground and the pages listen; a public address demands a password. In the Docker image `0.0.0.0`",
  },
  PORT: { part: web, about: "Their port; `0`: any that is free" },
  PLAYGROUND_PASSWORD: {
    ...{ part: web, secret: true, example: "…", otherwise: "this machine alone" },
    about:
      "Asked for at the door; 8 characters at least, better 15 or more, and none of those that are [tried first](security.md#signing-in)",
  },
  PLAYGROUND_IDLE_HOURS: {
    part: web,
    about: "After so many hours without a request the password is asked for again",
  },
  ADMIN_PASSWORD: {
    ...{ part: web, secret: true, example: "…", otherwise: "this machine alone, where no password is set" },
    about:
      "Opens [the admin's page](admin.md) at `/admin`, also with `PLAYGROUND=off`; the same rules as above, and another than the playground's",
  },
  SHARED_LINKS: {
    part: web,
    about:
      "`on`: a picture of the playground can be given [a link](security.md#links-to-single-pictures) that shows it, and nothing else, to whoever has it",
  },
  TRUSTED_PROXIES: {
    ...{ part: web, example: "127.0.0.1", otherwise: "none" },
    about:
      "Addresses or networks of your reverse proxies, comma-separated: [what they say](security.md#behind-a-proxy) of whom they ask for is believed",
  },
  PUBLIC_URL: {
    ...{ part: web, example: "https://draw.example.com", otherwise: "no painting in chat" },
    about: "Where people reach this process from outside, for [painting in chat](painting.md)",
  },
  DATA_DIR: { part: keeping, about: "Everything that is kept; in the Docker image `/data`" },
  STORE_URL: {
    ...{ part: keeping, secret: true, example: "redis://127.0.0.1:6379", otherwise: "SQLite in `DATA_DIR`" },
    about: "`sqlite:path`, `redis://…`, `postgres://…` or `memory:`. [What it promises](store.md)",
  },
  TAKEOVER_SECONDS: {
    part: keeping,
    about: "How long a second process waits for the first to end, before it opens anything; `0`: not at all",
  },
  STORE_WAIT_SECONDS: {
    part: keeping,
    about: "How long the start waits for a Redis or PostgreSQL that does not answer; `0`: not at all",
  },
  KEEP_ANSWERS_DAYS: {
    ...{ part: keeping, example: "365", otherwise: "for good" },
    about:
      "After so many days what was asked for and what came of it is deleted, at OpenAI, too. The chat's own messages stay. [What is kept](privacy.md)",
  },
  KEEP_PLAYGROUND_DAYS: {
    ...{ part: keeping, example: "365", otherwise: "for good" },
    about:
      "After so many days in which nothing was said in it a thread of the playground is deleted, with its pictures",
  },
  CONCURRENCY: {
    part: line,
    about: "Turns drawn at once, 512 at most; the others wait in line and see their place",
  },
  FLEET_CONCURRENCY: {
    ...{ part: line, example: "24", otherwise: "as many as they have room for" },
    about: "Turns drawn at once by all processes that share a store, `CONCURRENCY` of them at most in each",
  },
  IMAGES_PER_MINUTE: {
    ...{ part: line, example: "50", otherwise: "no limit" },
    about:
      "Pictures that may begin in any sixty seconds, as OpenAI's limit of your account says; the others wait in line, and are told in about how many seconds they begin",
  },
  QUEUE_LIMIT: {
    part: line,
    about: "Turns that may wait; who comes then is told in how many minutes to try again",
  },
  QUEUE_LIMIT_PERSON: {
    part: line,
    about: "Pictures of one person that may wait: a request with `--count 4` is four",
  },
  STOP_GRACE_SECONDS: {
    part: line,
    about:
      "How long turns in flight may go on after SIGTERM; what is not done by then is finished by the next process",
  },
  MISSED_MINUTES: {
    part: line,
    about:
      "How old what was said on Discord while the bot was away may be to be answered when it is back; `0`: it is not",
  },
  METRICS: {
    part: watching,
    about: "`on`: what is measured is told at `/metrics`, for [Prometheus](watching.md)",
  },
  METRICS_TOKEN: {
    ...{ part: watching, secret: true, example: "…", otherwise: "this machine alone" },
    about: "Who asks for `/metrics` has to send it: `Authorization: Bearer …`; 16 characters at least",
  },
  HEALTH_PORT: {
    ...{ part: watching, example: "9464", otherwise: "none; in the Docker image `9464`" },
    about: "A port of its own for `/health`, `/ready` and `/metrics`, also where there is no playground",
  },
  HEALTH_HOST: { part: watching, about: "Where that listens" },
  LOG_LEVEL: {
    part: watching,
    about:
      "`trace`, `debug`, `info`, `warn`, `error` or `silent`. What is logged goes to standard error; keys and tokens are redacted, prompts stay below `info`",
  },
  LOG_FORMAT: {
    part: watching,
    about:
      "`json`: a JSON object a line; `pretty`: in words; `auto`: in words on a terminal, as JSON elsewhere",
  },
};

/** What may come from a file, too. */
export const secretNames: readonly string[] = Object.entries(variables)
  .filter(([, { secret }]) => secret)
  .map(([name]) => name);

/** Every name that means something to us. */
export const knownNames: readonly string[] = [
  ...Object.keys(variables),
  ...secretNames.map((name) => `${name}_FILE`),
];

/** The default of each variable that has a fixed one, as one would write it. */
export function readDefaults(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(environment.parse({})).flatMap(([name, value]) =>
      value === undefined
        ? []
        : [[name, typeof value === "boolean" ? (value ? "on" : "off") : String(value)]],
    ),
  );
}
