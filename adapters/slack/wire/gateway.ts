import type { Receiver } from "@slack/bolt";
import type { Log } from "../../../src/seam/log.ts";
import { createHttp } from "./http.ts";
import { createSocket } from "./socket.ts";

/** How Slack reaches us: a socket that we open, or requests to a port of ours. */
export type Mode =
  | { readonly kind: "socket"; readonly appToken: string }
  | {
      readonly kind: "http";
      readonly signingSecret: string;
      readonly port: number;
      readonly path: string;
    };

export interface Gateway {
  /** To be given to Bolt. */
  readonly receiver: Receiver;
  /** Resolves when events come in. Rejects with BotError `auth`, `unreachable` or `internal`. */
  open(): Promise<void>;
  close(): Promise<void>;
  /** For the operator: where events come in. */
  where(): string;
}

export function createGateway(mode: Mode, apiUrl: string | undefined, log: Log): Gateway {
  return mode.kind === "socket" ? createSocket(mode.appToken, apiUrl, log) : createHttp(mode, log);
}
