import { readFileSync } from "node:fs";
import { secretNames } from "./variables.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** The environment with what its files hold, and a line for each file that cannot be had. */
export interface FilledIn {
  readonly env: Variables;
  /** As in `ConfigError`: the variable's name, a colon, what to change. */
  readonly problems: readonly string[];
}

/** Characters of a secret, at most: more is another file than was meant. */
const mostCharacters = 10_000;

/**
 * Reads the secrets that are in files: `DISCORD_TOKEN_FILE=/run/secrets/discord` is as `DISCORD_TOKEN` with what is
 * written there, without the spaces and line ends around it. An empty variable counts as absent. `read` throws as
 * `readFileSync` does.
 */
export function readSecretFiles(
  env: Variables,
  read: (path: string) => string = (path) => readFileSync(path, "utf8"),
): FilledIn {
  const problems: string[] = [];
  const found = secretNames.flatMap((name) => {
    const setting = `${name}_FILE`;
    const path = env[setting]?.trim();
    if (!path) return [];
    try {
      if (env[name]?.trim()) throw new Error(`says the same as ${name}: leave one of them out`);
      return [[name, readSecret(path, read)]];
    } catch (error) {
      problems.push(`${setting}: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  });
  return { env: { ...env, ...Object.fromEntries(found) }, problems };
}

function readSecret(path: string, read: (path: string) => string): string {
  let text: string;
  try {
    text = read(path).trim();
  } catch (error) {
    throw new Error(`${path} ${reasonOf(error)}`);
  }
  if (text === "") throw new Error(`${path} is empty: write the secret into it, or leave this out`);
  if (text.length > mostCharacters) throw new Error(`${path} is too long for a secret: is it another file?`);
  return text;
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
      return "is not there: see where it is, or how it is mounted";
    case "EACCES":
    case "EPERM":
      return "may not be read: give the user that runs Drawbridge the right to";
    case "EISDIR":
      return "is a folder: name the file in it";
    default:
      return `cannot be read (${code ?? "unknown reason"}): see that it is a file, and that it is there`;
  }
}
