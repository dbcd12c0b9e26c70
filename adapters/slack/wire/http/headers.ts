import { createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { httpLimits } from "../limits.ts";
import { Refusal } from "./refusal.ts";

const form = "application/x-www-form-urlencoded";

/**
 * Throws Refusal for a request that its headers tell not to be Slack's, so that nothing of its body is read.
 *
 * What passes may still be anybody's: see `checkSignature`. Slack's look at our certificate (`ssl_check`) need not be
 * signed; it is short. `now` is Unix time in ms.
 */
export function checkHeaders(headers: IncomingHttpHeaders, now: number): void {
  const type = toType(headers);
  if (type !== "application/json" && type !== form) {
    throw new Refusal(415, "Slack sends JSON or a form.");
  }
  if (headers["content-encoding"] !== undefined) throw new Refusal(415, "Slack compresses nothing.");
  const declared = headers["content-length"];
  const bytes = declared === undefined ? Number.POSITIVE_INFINITY : Number(declared);
  if (declared !== undefined && bytes > httpLimits.body) throw tooLarge();
  const { "x-slack-signature": signature, "x-slack-request-timestamp": stamp } = headers;
  if (signature === undefined && type === form && bytes <= httpLimits.unsigned) return;
  if (!/^v0=[\da-f]{64}$/.test(String(signature))) throw unsigned();
  const isNear = Math.abs(now / 1000 - Number(stamp)) <= httpLimits.skewS;
  if (!/^\d{1,12}$/.test(String(stamp)) || !isNear) {
    throw new Refusal(401, "The timestamp is more than five minutes off.");
  }
}

/**
 * Throws Refusal for a body that somebody else signed. Bolt looks as well, but first makes three strings of it.
 *
 * Source: “Verifying requests from Slack”.
 */
export function checkSignature(headers: IncomingHttpHeaders, body: Buffer, signingSecret: string): void {
  const { "x-slack-signature": signature, "x-slack-request-timestamp": stamp } = headers;
  if (signature === undefined) return; // none was needed, or it would not have been read
  const hmac = createHmac("sha256", signingSecret).update(`v0:${stamp}:`).update(body).digest("hex");
  if (!timingSafeEqual(Buffer.from(String(signature)), Buffer.from(`v0=${hmac}`))) throw unsigned();
}

/** The type alone: Bolt takes none with a charset behind it. */
export function toType(headers: IncomingHttpHeaders): string {
  return (headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

export function tooLarge(): Refusal {
  return new Refusal(413, "Slack sends less than that.");
}

function unsigned(): Refusal {
  return new Refusal(401, "This is not signed by Slack.");
}
