import type { Config } from "./config.ts";
import { redact } from "./seam/log.ts";
import { inPlaceOf, isAlive, lifetimeOf } from "./seam/models.ts";

/** What is running, as the start prints it. */
export interface Running {
  readonly version: string;
  readonly store: string;
  /** Where the store that was there is now, when it was damaged. */
  readonly setAside?: string;
  /** The adapters that are on, by name, and where to find each. */
  readonly adapters: Readonly<Record<string, string>>;
  /** Unix time in ms. */
  readonly now: number;
  /** Where those who look after the process ask, where that is a port of its own. */
  readonly health?: string;
  /** What an admin is to look at, a line each. */
  readonly notices: readonly string[];
}

/** What this is, where it is, who draws, what is on, and what to set to turn the rest on. Plain text for a terminal. */
export function toBanner(config: Config, running: Running): string {
  const { version, store, setAside, adapters, now, notices, health } = running;
  const { openai } = config;
  const standIn = isStandIn(config);
  const painter = standIn
    ? "offline stand-in: placeholder pictures, nothing is sent to OpenAI"
    : `${redact(openai.baseUrl ?? "OpenAI")}, ${drawersOf(openai, now)}`;
  const rows = [
    ...adapterRows.flatMap(([name, label]) => {
      const where = adapters[name];
      if (!where) return [];
      if (name !== "web" || config.playground) return [[label, where]];
      return config.publicUrl ? [["Painting", where]] : [];
    }),
    ...(config.admin && adapters.web ? [["Admin", `${adapters.web}/admin`]] : []),
    ...(config.publicUrl ? [["From outside", config.publicUrl]] : []),
    ["Painter", painter],
    ...(health === undefined ? [] : [["Health", `${health}/health${config.metrics ? ", /metrics" : ""}`]]),
    ["Store", store.startsWith("memory:") ? "memory: forgotten when this process ends" : store],
    ...(setAside !== undefined ? [["Set aside", setAside]] : []),
    ["Adapters", Object.keys(adapters).join(", ") || "none"],
  ];
  const hints = [
    ...(standIn ? [["Real pictures", "OPENAI_API_KEY=sk-… npm start"]] : []),
    ...adapterRows.flatMap(([name, label, hint]) => (isOn(config, name) ? [] : [[label, hint]])),
    ...((config.discord || config.slack) && !config.publicUrl
      ? [["Edit area…", "PUBLIC_URL=https://… npm start (docs/painting.md)"]]
      : []),
  ];
  return [
    `Drawbridge ${version}, an image studio for chat`,
    "",
    ...rows.map(toLine),
    ...(setAside !== undefined ? ["", ...lostWithTheStore] : []),
    ...(notices.length > 0 ? ["", ...notices] : []),
    ...(hints.length > 0 ? ["", "To turn on:", ...hints.map(toLine)] : []),
    "",
  ].join("\n");
}

/** The models that draw, and read. */
function drawersOf({ engine, mainline, ...models }: Config["openai"], now: number): string {
  const model = inPlaceOf(models.model, now);
  const imageModel = inPlaceOf(models.imageModels[0] ?? "", now);
  if (engine !== "images") return `${model} with ${imageModel}`;
  return `${imageModel} by the Image API${mainline ? `, and ${model} for words` : ""}`;
}

/** Ms before its end from which on the admin is told of it: a month. */
const noticeMs = 31 * 24 * 60 * 60 * 1000;

/** A line for each model that is set and has ended, or is about to; `now` is Unix time in ms. */
export function sayEndings({ openai }: Config, now: number): readonly string[] {
  const [imageModel = ""] = openai.imageModels;
  const isAsked = openai.engine !== "images" || openai.mainline;
  return [["IMAGE_MODEL", imageModel], ...(isAsked ? [["OPENAI_MODEL", openai.model]] : [])].flatMap(
    ([setting = "", model = ""]) => {
      const { until } = lifetimeOf(model);
      if (until === undefined || isAlive(model, now + noticeMs)) return [];
      const heir = inPlaceOf(model, Date.parse(until));
      const what = isAlive(model, now)
        ? `OpenAI ends ${model} on ${until}, and ${heir} takes its place`
        : `OpenAI has ended ${model} on ${until}, so ${heir} is used in its place`;
      return `${what}. Set ${setting} to one you want.`;
    },
  );
}

const lostWithTheStore = [
  "The store was damaged, so it was set aside and a new one was begun. What was in it is not known here:",
  "which picture came from which, turns in flight, defaults, styles, what people have spent.",
  "docs/store.md says how to get some of it back.",
];

/** Name, label, and what to set to turn it on. */
const adapterRows = [
  ["web", "Playground", "PLAYGROUND=on npm start"],
  ["discord", "Discord", "DISCORD_TOKEN=… npm start (docs/discord.md)"],
  ["slack", "Slack", "SLACK_BOT_TOKEN=… SLACK_APP_TOKEN=… npm start (docs/slack.md)"],
] as const;

function isOn({ playground, discord, slack }: Config, name: (typeof adapterRows)[number][0]): boolean {
  return { web: playground, discord, slack }[name] !== undefined;
}

/** Without a key and without a server of one's own there is nobody to ask but the stand-in. */
export function isStandIn({ openai }: Config): boolean {
  return openai.apiKey === undefined && openai.baseUrl === undefined;
}

function toLine([name = "", value = ""]: readonly string[]): string {
  return `  ${name.padEnd(15)}${value}`;
}
