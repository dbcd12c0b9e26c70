import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { until } from "./until.ts";

/** A running Drawbridge, as `npm start` runs it. */
export interface Drawbridge {
  /** Standard output and error so far. */
  output(): string;
  /** The playground's address, once it has been printed. */
  url(): Promise<string>;
  /** Resolves with the exit code; null when a signal ended it. */
  ended(): Promise<number | null>;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Sends a signal, and waits for nothing. */
  signal(name: NodeJS.Signals): void;
}

/** Starts the program with this environment and no other, besides PATH. `port` 0: any that is free. */
export function startDrawbridge(t: TestContext, env: Readonly<Record<string, string>>): Drawbridge {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "src/main.ts"], {
    cwd: new URL("../..", import.meta.url),
    env: { PATH: process.env.PATH, PORT: "0", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const exit = once(child, "exit");
  t.after(() => child.kill("SIGKILL"));

  return {
    output: () => output,
    async url() {
      const found = () => /Playground\s+(http:\S+)/.exec(output)?.[1];
      await until(
        () => found() !== undefined || child.exitCode !== null,
        async () => `the banner; there is ${output}`,
      );
      const url = found();
      if (!url) throw new Error(`it ended instead:\n${output}`);
      return url;
    },
    async ended() {
      await exit;
      return child.exitCode;
    },
    signal: (name) => void child.kill(name),
    async kill(signal) {
      child.kill(signal);
      await exit;
    },
  };
}

/** A folder that goes away with the test. */
export async function createFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "drawbridge-"));
  t.after(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
  return folder;
}
