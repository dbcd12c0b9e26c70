import { ConfigError, parseConfig } from "../config.ts";
import { PricesError, readPrices } from "../money/price-file.ts";
import { type Finding, ill, well } from "../seam/watch/finding.ts";
import type { LoadedEnvironment } from "../setup/env-file.ts";
import { knownNames } from "../setup/variables.ts";

/** What is wrong with the variables themselves: those that cannot be, and those that do nothing. */
export function examineSettings({ env, idle }: LoadedEnvironment): readonly Finding[] {
  const set = knownNames.filter((name) => env[name]?.trim());
  const wrong = problemsOf(env).map((problem) => {
    const [name = "", ...words] = problem.split(": ");
    const mend = `Change ${name} in the environment or in .env; docs/settings.md says what it takes.`;
    return ill("settings.value", "error", `${name}: ${words.join(": ")}`, mend);
  });
  const useless = idle.map((line) => {
    const [words = "", guess = ""] = line.split(/: (?=did you mean|docs)/);
    const name = /did you mean (\w+)/.exec(guess)?.[1];
    const mend = name ? `Call it ${name}.` : "Leave it out, or see docs/settings.md for what it is called.";
    return ill("settings.idle", "warning", words, mend);
  });
  const shown =
    set.length === 0 ? "Nothing is set: the playground with the stand-in" : `Set: ${set.join(", ")}`;
  return [...wrong, ...useless, ...(wrong.length === 0 ? [well("settings.value", shown)] : [])];
}

function problemsOf(env: LoadedEnvironment["env"]): readonly string[] {
  try {
    const { pricesFile } = parseConfig(env);
    if (pricesFile) readPrices(pricesFile);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    if (error instanceof PricesError) {
      const words = error.message.replaceAll(/\n */g, " ");
      return [words.startsWith("PRICES_FILE") ? words : `PRICES_FILE: ${words}`];
    }
    throw error;
  }
}
