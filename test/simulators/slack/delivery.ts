import type { Changes } from "../discord/changes.ts";
import type { Clock } from "../discord/clock.ts";
import { type Fields, isFields } from "./fields.ts";

/** What Slack sends an app: an event, a slash command, or something pressed, chosen or submitted. */
export type EnvelopeKind = "events_api" | "slash_commands" | "interactive";

/** One thing to send. */
export interface Envelope {
  readonly kind: EnvelopeKind;
  readonly payload: Fields;
  /** Set when it was sent before: how often, and why it comes again. */
  readonly retry?: { readonly num: number; readonly reason: string };
}

/** What became of one sending. */
export interface Ack {
  readonly ok: boolean;
  /** Why it failed, as Slack names it in `x-slack-retry-reason`, e.g. `http_timeout`. */
  readonly reason?: string;
  /** What the app answered with; an empty object for an empty answer. */
  readonly body: unknown;
  /** Time until the answer, or until it was given up. */
  readonly ms: number;
  /** The status, over HTTP. */
  readonly status?: number;
  /** Whether the app asked not to be sent it again: `X-Slack-No-Retry: 1`. */
  readonly noRetry?: boolean;
}

/** A way to the app: Socket Mode or HTTP. */
export type Transport = (envelope: Envelope) => Promise<Ack>;

/** What was sent, and how often. */
export interface Delivered {
  readonly kind: EnvelopeKind;
  /** The event's or interaction's type; the command of a slash command. */
  readonly type: string;
  readonly payload: Fields;
  /** One a sending, oldest first. */
  readonly acks: readonly Ack[];
  /** Settles when it was acknowledged, or given up after the last retry. */
  readonly done: Promise<Ack>;
}

/** Sends things to the app. */
export interface Delivery {
  /** `retry` marks the first sending as a second one already. */
  send(kind: EnvelopeKind, payload: Fields, retry?: Envelope["retry"]): Delivered;
  /** The newest of what was sent, oldest first; no more than 500. */
  readonly log: readonly Delivered[];
}

const mostLogged = 500;

/** Events come again when nobody acknowledges them, interactions do not. docs: apis/events-api, "Retries". */
export function createDelivery(parts: {
  clock: Clock;
  changes: Changes;
  retryMs: readonly number[];
  /** Asked for every sending: the way may change. */
  transport: () => Transport;
}): Delivery {
  const { clock, changes, retryMs, transport } = parts;
  const log: Delivered[] = [];

  async function run(
    kind: EnvelopeKind,
    payload: Fields,
    acks: Ack[],
    again: Envelope["retry"],
  ): Promise<Ack> {
    for (let num = again?.num ?? 0; ; num += 1) {
      const reason = acks.at(-1)?.reason ?? again?.reason ?? "timeout";
      const ack = await transport()({ kind, payload, ...(num > 0 ? { retry: { num, reason } } : {}) });
      acks.push(ack);
      changes.happened();
      const wait = retryMs[num];
      if (ack.ok || ack.noRetry || kind !== "events_api" || wait === undefined) return ack;
      await new Promise<void>((resolve) => void clock.after(wait, resolve));
    }
  }

  return {
    log,
    send(kind, payload, retry) {
      const acks: Ack[] = [];
      const done = run(kind, payload, acks, retry);
      const sent: Delivered = { kind, type: typeOf(payload), payload, acks, done };
      log.push(sent);
      if (log.length > mostLogged) log.shift();
      return sent;
    },
  };
}

function typeOf({ event, command, type }: Fields): string {
  const named = isFields(event) ? event.type : (command ?? type);
  return String(named);
}
