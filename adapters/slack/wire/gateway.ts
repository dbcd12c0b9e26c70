import { type Logger, LogLevel, type Receiver } from "@slack/bolt";
import type { Log } from "../../../src/seam/log.ts";

/** How Slack reaches us: a socket that we open, or requests to a port of ours. */
export type Mode =
  | { readonly kind: "socket"; readonly appToken: string }
  | {
      readonly kind: "http";
      readonly signingSecret: string;
      /** The address to listen on. */
      readonly host: string;
      readonly port: number;
      readonly path: string;
    };

export interface Gateway {
  /** To be given to Bolt. */
  readonly receiver: Receiver;
  /** Resolves when events come in. Rejects with BotError `auth`, `unreachable` or `internal`. */
  open(): Promise<void>;
  close(): Promise<void>;
  /** Events come in. */
  isConnected(): boolean;
  /** For the operator: where events come in. */
  where(): string;
}

/** Said of what could not be noted, or was not understood: Slack is left to deliver it again. */
export const unacknowledged = "slack.unacknowledged";

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
