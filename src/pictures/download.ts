import { lookup } from "node:dns/promises";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";
import { BotError } from "../seam/errors.ts";
import { orAborted } from "../seam/timeout.ts";
import { inputLimits } from "./picture.ts";

/**
 * Fetches a picture from an address that a stranger gave, from the public web only.
 *
 * `name` stands in sentences, in its quotes. Rejects with BotError `bad_attachment`, or with the signal's reason. What
 * is said of an address that is not public is said of one that does not exist: nobody learns of our network here.
 */
export type Download = (url: URL, name: string, signal: AbortSignal) => Promise<Uint8Array>;

/** What a test may set; the bot itself sets nothing. */
export interface DownloadOptions {
  /** IP addresses to fetch from beside the public ones. For tests. */
  readonly allow?: (address: string) => boolean;
  /** Ports to fetch from; those of the web unless given. */
  readonly ports?: readonly number[];
  /** All IP addresses of a host's name; the machine's resolver unless given. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
  /** How long all of one download may take, in ms. */
  readonly timeoutMs?: number;
}

/** How often an address may lead on to another. */
const mostRedirects = 3;

/** Less than `inputLimits.fetchMs`, so that it is our sentence that a person reads. */
const defaultTimeoutMs = 60_000;

/** A download that shares no connection, cookie or cache with another. */
export function createDownload(options: DownloadOptions = {}): Download {
  const { ports = [80, 443], resolve = resolveHost, timeoutMs = defaultTimeoutMs } = options;
  const isOpen = (address: string) => isPublic(address) || (options.allow?.(address) ?? false);

  /** The addresses of a URL's host: one that is not public closes them all. */
  async function vet(url: URL, name: string, signal: AbortSignal): Promise<readonly string[]> {
    if (url.username || url.password) {
      throw bad(`The address of ${name} holds a name or password, which I do not use. ${attach}`);
    }
    if (!ports.includes(portOf(url))) throw bad(`${name} asks for a port that I do not use. ${attach}`);
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const unknown = () => [];
    signal.throwIfAborted();
    const found = isIP(host) ? [host] : await orAborted(resolve(host).catch(unknown), signal);
    if (found.length === 0 || !found.every(isOpen)) {
      throw bad(
        `${name} does not lead to a public address. Check how it is written, or attach the picture itself.`,
      );
    }
    return found;
  }

  return async (start, name, signal) => {
    const late = AbortSignal.timeout(timeoutMs);
    const either = AbortSignal.any([signal, late]);
    try {
      let url = start;
      for (let redirects = 0; redirects <= mostRedirects; redirects++) {
        const response = await open(url, await vet(url, name, either), either);
        try {
          const next = nextOf(response, url, name);
          if (!next) return await readBody(response, name);
          url = next;
        } finally {
          response.destroy();
        }
      }
      throw bad(`${name} leads on and on to other addresses. ${attach}`);
    } catch (error) {
      signal.throwIfAborted();
      if (late.aborted) throw bad(`${name} did not come in time. ${attach}`);
      throw error instanceof BotError ? error : unreachable(name, error);
    }
  };
}

/**
 * Whether anybody on the internet would reach the same machine under this IP address.
 *
 * Addresses that wrap others (6to4, Teredo, NAT64) count as not public: they may lead to a private one.
 */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const plain = ipaddr.process(address); // ::ffff:127.0.0.1 is 127.0.0.1
  if (plain.range() !== "unicast") return false;
  return plain instanceof ipaddr.IPv6 ? plain.match(globalUnicast) : plain.toString() !== azurePlatform;
}

/** All that was ever given out. The library calls the rest unicast too, ::127.0.0.1 among it. Source: RFC 4291, 2.4. */
const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");

/** Looks public, yet every machine on Azure reaches its host there. Source: Azure's “What is IP address 168.63.129.16?” */
const azurePlatform = "168.63.129.16";

const attach = "Attach the picture itself.";

async function resolveHost(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

function portOf({ port, protocol }: URL): number {
  return port ? Number(port) : protocol === "https:" ? 443 : 80;
}

/** Connects to these IP addresses and no other: who answers a second look-up differently is not asked. */
function open(url: URL, addresses: readonly string[], signal: AbortSignal): Promise<IncomingMessage> {
  const found = addresses.map((address) => ({ address, family: isIP(address) }));
  const pinned: LookupFunction = (_host, { all }, callback) => {
    if (all) callback(null, found);
    else callback(null, found[0]?.address ?? "", found[0]?.family);
  };
  const { request } = url.protocol === "https:" ? https : http;
  return new Promise((resolve, reject) => {
    request(url, {
      agent: false, // a connection of its own: nothing shared, no proxy that would look the name up again
      lookup: pinned,
      signal,
      headers: { "user-agent": "Drawbridge", accept: "image/*", "accept-encoding": "identity" },
    })
      .on("response", resolve)
      .on("error", reject)
      .on("close", () => reject(new Error("closed without an answer")))
      .end();
  });
}

/** Where the answer leads on to; undefined when it is the picture. */
function nextOf({ statusCode, headers }: IncomingMessage, url: URL, name: string): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(statusCode ?? 0) || !headers.location) return undefined;
  const next = URL.parse(headers.location, url.href);
  if (next?.protocol !== "http:" && next?.protocol !== "https:") {
    throw bad(`${name} leads away from the web. ${attach}`);
  }
  if (url.protocol === "https:" && next.protocol === "http:") {
    throw bad(`${name} leads from a secure address to one that is not. ${attach}`);
  }
  return next;
}

async function readBody(response: IncomingMessage, name: string): Promise<Uint8Array> {
  const { statusCode = 0, headers } = response;
  if (statusCode !== 200) throw bad(whyNot(statusCode, name));
  if (/^\s*(?:text\/html|application\/xhtml\+xml)\b/i.test(headers["content-type"] ?? "")) {
    throw bad(
      `${name} is a page, not a picture. Open it, and copy the picture's own address, or attach the picture itself.`,
    );
  }
  // A few bytes can unpack to any number, and pictures are packed already.
  if (!/^\s*(?:identity)?\s*$/i.test(headers["content-encoding"] ?? "")) {
    throw bad(`${name} comes packed in a way that I do not open. ${attach}`);
  }
  if (Number(headers["content-length"]) > inputLimits.bytes) throw tooLarge(name);
  let body = new Uint8Array(64 * 1024);
  let bytes = 0;
  // Copied at once: kept apart, pieces of one byte each would take a hundred times their size.
  for await (const chunk of response as AsyncIterable<Buffer>) {
    if (bytes + chunk.byteLength > inputLimits.bytes) throw tooLarge(name);
    if (bytes + chunk.byteLength > body.byteLength) body = enlarged(body, bytes + chunk.byteLength);
    body.set(chunk, bytes);
    bytes += chunk.byteLength;
  }
  if (bytes === 0) throw bad(`${name} is empty. ${attach}`);
  return body.subarray(0, bytes);
}

function enlarged(body: Uint8Array, least: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(least, 2 * body.byteLength));
  larger.set(body);
  return larger;
}

function whyNot(status: number, name: string): string {
  if (status === 404 || status === 410) {
    return `${name} is not there. Check its address, or attach the picture itself.`;
  }
  if (status === 401 || status === 403) return `The site of ${name} does not give it to me. ${attach}`;
  if (status === 429) {
    return `The site of ${name} wants to be asked less often. Try again later, or attach the picture itself.`;
  }
  if (status >= 500) {
    return `The site of ${name} does not work just now. Try again later, or attach the picture itself.`;
  }
  return `The site of ${name} answered with ${status}, not with a picture. ${attach}`;
}

/** OpenSSL's names for certificates it does not trust, and Node's for what goes wrong around them. */
const untrusted =
  /^(?:ERR_TLS_|ERR_SSL_|EPROTO$|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH$|INVALID_)/;

function unreachable(name: string, cause: unknown): BotError {
  const { code } = cause as { code?: unknown };
  return typeof code === "string" && untrusted.test(code)
    ? bad(`The site of ${name} cannot be trusted: its certificate is not in order. ${attach}`, cause)
    : bad(
        `${name} cannot be fetched: the connection failed. Try again later, or attach the picture itself.`,
        cause,
      );
}

function tooLarge(name: string): BotError {
  return bad(`${name} has more than ${inputLimits.bytes / 1024 / 1024} MB. Save it smaller, and attach it.`);
}

function bad(message: string, cause?: unknown): BotError {
  return new BotError("bad_attachment", message, { cause });
}
