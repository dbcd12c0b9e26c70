import { type Logger, LogLevel } from "@slack/bolt";
import type { Log } from "../../../src/seam/log.ts";

/** Bolt's lines as ours. What it says in passing holds whole requests and is left out. */
export function toLogger(log: Log): Logger {
  const toText = (parts: readonly unknown[]) =>
    parts
      .map((part) => (part instanceof Error ? part.message : String(part)))
      .join(" ")
      .replace(/wss?:\/\/\S+/g, "wss://…");
  return {
    debug() {},
    info: (...parts: unknown[]) => log.debug({ message: toText(parts) }, "slack.bolt"),
    warn: (...parts: unknown[]) => log.debug({ message: toText(parts) }, "slack.bolt"),
    error: (...parts: unknown[]) => log.warn({ message: toText(parts) }, "slack.bolt"),
    setLevel() {},
    getLevel: () => LogLevel.INFO,
    setName() {},
  };
}
