import type { Config } from "./config.ts";

/** What is running, as the start prints it. */
export interface Running {
  readonly version: string;
  /** Absent: the playground is off. */
  readonly url?: string;
  readonly store: string;
  readonly adapters: readonly string[];
}

/** What this is, where it is, who draws, what is on, and what to set to turn the rest on. Plain text for a terminal. */
export function toBanner(config: Config, running: Running): string {
  const { openai } = config;
  const standIn = isStandIn(config);
  const painter = standIn
    ? "offline stand-in: placeholder pictures, nothing leaves this machine"
    : `${openai.baseUrl ?? "OpenAI"}, ${openai.model} with ${openai.imageModel}`;
  const rows = [
    ["Playground", running.url ?? "off"],
    ["Painter", painter],
    ["Store", running.store],
    ["Adapters", running.adapters.join(", ") || "none"],
  ];
  const hints = [
    ...(standIn ? [["Real pictures", "OPENAI_API_KEY=sk-… npm start"]] : []),
    ...(running.url ? [] : [["Playground", "PLAYGROUND=on npm start"]]),
  ];
  return [
    `Drawbridge ${running.version}, an image studio for chat`,
    "",
    ...rows.map(toLine),
    ...(hints.length > 0 ? ["", "To turn on:", ...hints.map(toLine)] : []),
    "",
  ].join("\n");
}

/** Without a key and without a server of one's own there is nobody to ask but the stand-in. */
export function isStandIn({ openai }: Config): boolean {
  return openai.apiKey === undefined && openai.baseUrl === undefined;
}

function toLine([name = "", value = ""]: readonly string[]): string {
  return `  ${name.padEnd(15)}${value}`;
}
