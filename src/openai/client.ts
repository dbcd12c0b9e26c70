import type OpenAI from "openai";
import type { Log } from "../seam/log.ts";
import { once } from "../seam/once.ts";
import { withErrorWords } from "./error-words.ts";
import { withLastLook } from "./last-look.ts";
import { createBoundedFetch, mostEventBytes } from "./stream/body.ts";
import type { StreamLimits } from "./stream/read-events.ts";

/** The openai SDK, loaded when it is first asked for: it takes 22 MB, and a bot may wait for days. */
export type LazyClient = () => Promise<OpenAI>;

export interface PainterOptions {
  readonly apiKey: string;
  readonly baseUrl?: string;
  readonly standIn: boolean;
  readonly log: Log;
  /** Silence, in ms without a byte, after which a connection counts as broken; 150 s unless said. */
  readonly idleMs?: number;
  /** Ms without an event, whatever else comes, after which a response is given up; 15 minutes unless said. */
  readonly stuckMs?: number;
  /** Ms between two questions how a response stands whose stream is not to be had; 3 s unless said. */
  readonly pollMs?: number;
  /** Bytes of one event, and of a body that is no stream; 128 MiB unless said. */
  readonly eventBytes?: number;
  /** The first wait before another try, in ms; each further one is twice as long. */
  readonly backoffMs?: number;
}

/** What reading a stream may cost; as much is read of what is none. */
export function limitsOf({
  eventBytes = mostEventBytes,
  idleMs = 150_000,
}: Pick<PainterOptions, "eventBytes" | "idleMs">): StreamLimits {
  return { bytes: eventBytes, idleMs };
}

/** The openai SDK, whose own retries are off: they do not know what has been drawn. */
export function createClient(options: PainterOptions): LazyClient {
  const { log } = options;
  const limits = limitsOf(options);
  const warn = (message: string) => log.warn({ message }, "openai.sdk");
  return once(async () => {
    const { OpenAI } = await import("openai");
    return new OpenAI({
      apiKey: options.apiKey,
      ...(options.baseUrl && { baseURL: options.baseUrl }),
      maxRetries: 0,
      timeout: limits.idleMs,
      fetch: withLastLook(withErrorWords(createBoundedFetch(limits))),
      logger: { error: warn, warn, info: () => {}, debug: () => {} },
    });
  });
}
