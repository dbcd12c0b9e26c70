import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { BotError } from "../seam/errors.ts";
import { findUnknownNames, sayUnknown } from "./unknown-names.ts";

type Variables = Readonly<Record<string, string | undefined>>;

export interface LoadedEnvironment {
  readonly env: Variables;
  /** A line for each name that is set and does nothing. */
  readonly idle: readonly string[];
}

/** What turns on what begins like it. SLACK_HOST is set in every container of ours. */
const switches = [
  ["DISCORD_TOKEN", /^DISCORD_/],
  ["SLACK_BOT_TOKEN", /^SLACK_(?!HOST$)/],
  ["METRICS", /^METRICS_/],
  ["HEALTH_PORT", /^HEALTH_/],
] as const;

/**
 * The environment, with what a `.env` file in `folder` adds to it: what is set in the environment wins. Throws BotError
 * `internal` where there is such a file and it cannot be read.
 */
export function loadEnvironment(given: Variables, folder = "."): LoadedEnvironment {
  const own = readEnvFile(join(folder, ".env"));
  const env = { ...own, ...given };
  const unknown = findUnknownNames(given, Object.keys(own));
  const misspelt = new Set(unknown.map(({ name }) => name));
  return { env, idle: [...unknown.map(sayUnknown), ...sayOff(env, misspelt)] };
}

function sayOff(env: Variables, misspelt: ReadonlySet<string>): readonly string[] {
  const isSet = (name: string) => Boolean(env[name]?.trim());
  return switches.flatMap(([name, pattern]) => {
    if (isSet(name) || isSet(`${name}_FILE`)) return [];
    const set = Object.keys(env).filter((one) => pattern.test(one) && isSet(one) && !misspelt.has(one));
    return set.length > 0 ? [`${set.join(", ")} does nothing while ${name} is not set`] : [];
  });
}

function readEnvFile(path: string): Variables {
  try {
    return parseEnv(readFileSync(path, "utf8"));
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return {};
    const message = `${path} cannot be read. Give the user that runs Drawbridge the right to.`;
    throw new BotError("internal", message, { cause });
  }
}
