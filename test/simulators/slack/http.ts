import { createHmac } from "node:crypto";
import type { Clock } from "../discord/clock.ts";
import type { Ack, Envelope, Transport } from "./delivery.ts";
import { type Fields, isFields } from "./fields.ts";

/** What is wrong with a request on purpose. */
export interface Forgery {
  /** `wrong`: signed with another secret; `absent`: not signed at all. */
  readonly signature?: "wrong" | "absent";
  /** How old the timestamp is; Slack's rule refuses more than five minutes. */
  readonly ageMs?: number;
  /** Instead of the usual one. */
  readonly contentType?: string;
}

/** How an app answered a request that is no event. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** HTTP mode as a test steers it. */
export interface HttpControls {
  /** From now on everything goes to this URL instead of a socket, e.g. `http://127.0.0.1:3000/slack/events`. */
  deliverTo(url: string): void;
  /** The challenge Slack sends when a URL is entered. docs: reference/events/url_verification. */
  verifyUrl(challenge?: string): Promise<HttpAnswer>;
  /** docs: interactivity/implementing-slash-commands, "ssl_check". */
  sslCheck(): Promise<HttpAnswer>;
  /** Sends an event once, forged as told. */
  forge(payload: Fields, forgery: Forgery): Promise<HttpAnswer>;
}

/** The way to an app that listens on HTTP. docs: authentication/verifying-requests-from-slack. */
export function createHttp({ clock, secret, ackMs }: { clock: Clock; secret: string; ackMs: number }): {
  readonly controls: HttpControls;
  /** Absent until a URL was given. */
  readonly transport: () => Transport | undefined;
} {
  let url: string | undefined;

  async function post(
    body: string,
    type: string,
    headers: Readonly<Record<string, string>> = {},
    forgery: Forgery = {},
  ): Promise<Response> {
    if (url === undefined) throw new Error("Say deliverTo(url) first.");
    const stamp = String(Math.floor((Date.now() - (forgery.ageMs ?? 0)) / 1000));
    const key = forgery.signature === "wrong" ? `${secret}, but another` : secret;
    const signature = `v0=${createHmac("sha256", key).update(`v0:${stamp}:${body}`).digest("hex")}`;
    const aborter = new AbortController();
    const cancel = clock.after(ackMs, () => aborter.abort(tooLate));
    try {
      return await fetch(url, {
        method: "POST",
        body,
        redirect: "manual",
        signal: aborter.signal,
        headers: {
          "content-type": forgery.contentType ?? type,
          "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
          "x-slack-request-timestamp": stamp,
          ...(forgery.signature === "absent" ? {} : { "x-slack-signature": signature }),
          ...headers,
        },
      });
    } finally {
      cancel();
    }
  }

  async function deliver({ kind, payload, retry }: Envelope): Promise<Ack> {
    const sent = clock.now();
    const fail = (reason: string, rest: Partial<Ack> = {}): Ack => ({
      ok: false,
      reason,
      body: undefined,
      ms: clock.now() - sent,
      ...rest,
    });
    const headers = retry && { "x-slack-retry-num": String(retry.num), "x-slack-retry-reason": retry.reason };
    try {
      const response = await post(...toBody(kind, payload), headers);
      const text = await response.text();
      const { status } = response;
      const noRetry = response.headers.get("x-slack-no-retry") === "1";
      if (status < 200 || status > 299) return fail("http_error", { status, noRetry });
      return { ok: true, body: toAnswer(text), ms: clock.now() - sent, status };
    } catch (error) {
      return fail(error === tooLate ? "http_timeout" : "connection_failed");
    }
  }

  const answer = async (response: Response) => ({ status: response.status, body: await response.text() });

  return {
    transport: () => (url === undefined ? undefined : deliver),
    controls: {
      deliverTo(given) {
        url = given;
      },
      verifyUrl: async (challenge = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P") =>
        answer(await post(JSON.stringify({ token: "legacy", challenge, type: "url_verification" }), json)),
      sslCheck: async () => answer(await post("ssl_check=1&token=legacy", form)),
      forge: async (payload, forgery) => answer(await post(JSON.stringify(payload), json, {}, forgery)),
    },
  };
}

const tooLate = new Error("no answer in time");
const json = "application/json";
const form = "application/x-www-form-urlencoded";

function toBody(kind: Envelope["kind"], payload: Fields): [body: string, type: string] {
  if (kind === "events_api") return [JSON.stringify(payload), json];
  if (kind === "interactive")
    return [new URLSearchParams({ payload: JSON.stringify(payload) }).toString(), form];
  const entries = Object.entries(payload).map(([key, value]): [string, string] => [key, String(value)]);
  return [new URLSearchParams(entries).toString(), form];
}

/** An answer's body: JSON, or plain text, which Slack shows as a message. */
function toAnswer(text: string): unknown {
  if (text === "") return {};
  try {
    const parsed: unknown = JSON.parse(text);
    return isFields(parsed) ? parsed : { text };
  } catch {
    return { text };
  }
}
