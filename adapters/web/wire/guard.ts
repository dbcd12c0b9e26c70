import type { HttpBindings } from "@hono/node-server";
import type { Context, MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { proxyHeader } from "./door/proxies.ts";

/** Whether only this machine can reach a server bound to that host. */
export function isLoopback(host: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i.test(host);
}

/** Whether a Host header names this machine, with or without a port. */
export function isOwnName(host: string | undefined): boolean {
  return isLoopback((host ?? "").replace(/:\d+$/, ""));
}

/**
 * Lets in only what asks for this machine by its own names, and comes from it.
 *
 * For what has no password (`what`, which `setting` would give it): a page elsewhere may point its own name at 127.0.0.1 and then counts as the same
 * origin (DNS rebinding), but it cannot make the browser send another Host. And a proxy on this machine may open it to
 * everybody, often by that very name.
 */
export function ownMachine(
  { what, setting } = { what: "The playground", setting: "PLAYGROUND_PASSWORD" },
): MiddlewareHandler<{ Bindings: HttpBindings }> {
  return async (c, next) => {
    if (!isOwnName(c.req.header("host"))) {
      throw new HTTPException(421, {
        message: `${what} answers to localhost only. Open it as http://localhost, or set ${setting} to use another name.`,
      });
    }
    if (isProxied(c)) {
      throw new HTTPException(403, {
        message: `This request came through a proxy, by which anybody could come in. Set ${setting}, and TRUSTED_PROXIES to the proxy's address, or open it on its own machine.`,
      });
    }
    await next();
  };
}

/** Whether it was asked from this machine, by one of its own names, and with nobody in between. */
export function isNear(c: Context<{ Bindings: HttpBindings }>): boolean {
  const { remoteAddress = "" } = c.env.incoming.socket;
  return (
    isLoopback(remoteAddress.replace(/^::ffff:/, "")) && isOwnName(c.req.header("host")) && !isProxied(c)
  );
}

/**
 * Whether there are signs of a proxy: a header that only those add; HTTP/1.0, which nginx long spoke unless told
 * otherwise; a browser that was on a page of this very server, by another name than the one we are asked for.
 */
function isProxied({ req, env }: Context<{ Bindings: HttpBindings }>): boolean {
  const { headers, httpVersion } = env.incoming;
  if (proxyHeader(headers) !== undefined || httpVersion === "1.0") return true;
  const isElsewhere = (page: string | undefined) =>
    page !== undefined && page !== "null" && !isOfHost(page, req.header("host"));
  const site = req.header("sec-fetch-site");
  if (site === "same-origin") return isElsewhere(req.header("origin")) || isElsewhere(req.header("referer"));
  // Browsers say nothing of that over http to another machine, nor do old ones, which may follow a link to us.
  return site === undefined && req.path !== "/" && isElsewhere(req.header("referer"));
}

/**
 * Lets in what changes or reads data only if it comes from the playground's own page, or from no page at all.
 *
 * Browsers say where a request comes from: `Sec-Fetch-Site` on secure origins and localhost, `Origin` on everything
 * but plain reads. A request that carries neither comes from a program such as curl, or is a plain read whose answer
 * no other page gets to see. It may pass unless it would change something with a cookie, which only a browser holds.
 */
export function ownOrigin(): MiddlewareHandler {
  return async (c, next) => {
    if (!isOwn(c)) throw foreign();
    await next();
  };
}

/**
 * Lets in only what comes from a page of ours and says so, at this host or at `publicOrigin`.
 *
 * For what everybody can reach: a proxy may ask us by another name than the one people see.
 */
export function ownPage(publicOrigin: string): MiddlewareHandler {
  return async ({ req }, next) => {
    const site = req.header("sec-fetch-site");
    const origin = req.header("origin");
    const isNamed = origin === publicOrigin || isOfHost(origin, req.header("host"));
    if (site === undefined ? !isNamed : site !== "same-origin") throw foreign();
    await next();
  };
}

function isOwn({ req }: Context): boolean {
  const reads = req.method === "GET" || req.method === "HEAD";
  if (reads && !/^\/(admin\/)?api\//.test(req.path)) return true; // links from elsewhere lead here
  const site = req.header("sec-fetch-site");
  if (site !== undefined) return site === "same-origin" || site === "none";
  const origin = req.header("origin");
  if (origin !== undefined) return isOfHost(origin, req.header("host"));
  return reads || req.header("cookie") === undefined;
}

function isOfHost(origin: string | undefined, host: string | undefined): boolean {
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host;
}

function foreign(): HTTPException {
  return new HTTPException(403, { message: "This request comes from another site, so it was refused." });
}
