import type { IncomingMessage } from "node:http";
import type { Log } from "../../../../src/seam/log.ts";
import { createLine } from "./line.ts";
import { isPassword } from "./password.ts";
import { type Proxies, proxyHeader, toNetworks } from "./proxies.ts";
import { createWaits, type Lane, type Waits } from "./waits.ts";

/** How a try went. `nextMs` is what the next one has to wait, `busy` says that nothing was checked. */
export type Outcome =
  | { readonly kind: "right" }
  | { readonly kind: "wrong"; readonly nextMs: number }
  | { readonly kind: "wait"; readonly waitMs: number }
  | { readonly kind: "busy" };

/** Tries without a wait: of an address, of the network of an IPv6 customer, of a browser that signed in before. */
const free = { address: 3, network: 30, browser: 5 } as const;

/** Passwords that may wait to be checked, of strangers and of browsers that signed in before. */
const inLine = 8;

/**
 * Checks passwords, and slows down who tries many. Nobody is shut out: waits have a limit, and a browser that signed in
 * before has a lane of its own (OWASP's “device cookie”), in which strangers' tries count for nothing.
 *
 * `verifier` is what the password is known again by, `now` Unix time in ms.
 */
export function createTries(parts: {
  readonly verifier: string;
  readonly proxies: Proxies;
  readonly log: Log;
  readonly now: () => number;
  /** In memory, unless said. */
  readonly waits?: Waits | undefined;
}): (request: IncomingMessage, said: string, browser: string | undefined) => Promise<Outcome> {
  const { verifier, proxies, log, now, waits = createWaits(now) } = parts;
  const lines = { known: createLine(inLine), strangers: createLine(inLine) };
  let toldOfProxy = false;

  /** Whether a request came by a proxy that is not trusted. An admin should know: all behind it count as one. */
  function isBehindProxy({ socket, headers }: IncomingMessage): boolean {
    const header = proxyHeader(headers);
    if (header === undefined || proxies.isTrusted(socket.remoteAddress)) return false;
    if (!toldOfProxy) {
      toldOfProxy = true;
      const hint = "Everybody behind that proxy counts as one. Set TRUSTED_PROXIES to its address.";
      log.warn({ proxy: socket.remoteAddress, header, hint }, "login.proxy");
    }
    return true;
  }

  /** Those of the machine that a proxy is on are not counted with those of all the world. */
  function lanesOf(request: IncomingMessage): readonly Lane[] {
    const behind = isBehindProxy(request) ? ", behind a proxy" : "";
    const [own = "", around] = toNetworks(proxies.addressOf(request));
    const lane = { name: `${own}${behind}`, free: free.address };
    return around === undefined ? [lane] : [lane, { name: `${around}${behind}`, free: free.network }];
  }

  return async (request, said, browser) => {
    const lanes = browser === undefined ? lanesOf(request) : [{ name: browser, free: free.browser }];
    const line = browser === undefined ? lines.strangers : lines.known;
    const who = { address: proxies.addressOf(request), knownBrowser: browser !== undefined };
    if (line.isFull) return { kind: "busy" };
    // In memory it is known at once: of many that come together none gets between.
    const taken = waits.take(lanes);
    const { waitMs, nextMs, tries, isNews } = taken instanceof Promise ? await taken : taken;
    if (waitMs > 0) {
      if (isNews) log.warn({ ...who, tries, waitSeconds: Math.ceil(waitMs / 1000) }, "login.waiting");
      return { kind: "wait", waitMs };
    }
    if (taken instanceof Promise && line.isFull) return { kind: "busy" };
    if (!(await line.join(() => isPassword(said, verifier)))) {
      log.warn({ ...who, tries, waitSeconds: Math.ceil(nextMs / 1000) }, "login.failed");
      return { kind: "wrong", nextMs };
    }
    await waits.forgive(lanes);
    log.info(who, "login.done");
    return { kind: "right" };
  };
}
