import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { HttpBindings } from "@hono/node-server";
import { getConnInfo } from "@hono/node-server/conninfo";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { deleteCookie, getSignedCookie, setSignedCookie } from "hono/cookie";

/** The way in when there is a password. */
export interface Login {
  /** Stops whoever has not signed in, except before what the page to sign in needs. */
  readonly gate: MiddlewareHandler;
  readonly routes: Hono<{ Bindings: HttpBindings }>;
}

/** Tries that an address has, by the minute. */
const triesPerMinute = 5;
const minuteMs = 60_000;
/** Addresses that are remembered; beyond them the oldest is forgotten. */
const rememberedAddresses = 10_000;
const cookieName = "drawbridge";
const signedInForSeconds = 30 * 24 * 60 * 60;

/**
 * `secret` signs the cookie, together with the password, so that a new password signs everyone out.
 * `now` is Unix time in ms.
 */
export function createLogin({
  password,
  secret,
  now,
}: {
  password: string;
  secret: string;
  now: () => number;
}): Login {
  const key = createHmac("sha256", secret).update(digest(password)).digest("hex");
  const tries = createTries(now);
  const routes = new Hono<{ Bindings: HttpBindings }>();

  const isSignedIn = async (c: Context) => {
    const until = await getSignedCookie(c, key, cookieName);
    return Boolean(until) && Number(until) > now();
  };

  routes.get("/login", async (c) => ((await isSignedIn(c)) ? c.redirect("/", 303) : page(c, 200)));
  routes.get("/login.css", async (c) => {
    return c.body(await readFile(new URL("login.css", import.meta.url)), 200, {
      "Content-Type": "text/css; charset=utf-8",
      "Cache-Control": "no-cache",
    });
  });
  routes.post("/login", bodyLimit({ maxSize: 10_000 }), async (c) => {
    const waitSeconds = tries.take(toNetwork(getConnInfo(c).remote.address ?? ""));
    if (waitSeconds > 0) {
      c.header("Retry-After", String(waitSeconds));
      return page(c, 429, `Too many tries. Wait ${waitSeconds} seconds, then try again.`);
    }
    const { password: tried } = await c.req.parseBody();
    if (typeof tried !== "string" || !timingSafeEqual(digest(tried), digest(password))) {
      return page(c, 401, "That is not the password.");
    }
    const until = String(now() + signedInForSeconds * 1000);
    await setSignedCookie(c, cookieName, until, key, { ...cookie(c), maxAge: signedInForSeconds });
    return c.redirect("/", 303);
  });
  routes.post("/logout", (c) => {
    deleteCookie(c, cookieName, cookie(c));
    return c.redirect("/login", 303);
  });

  return {
    routes,
    async gate(c, next) {
      if (isPublic(c.req.path) || (await isSignedIn(c))) return next();
      if (c.req.path === "/") return c.redirect("/login", 303);
      return c.json({ error: { message: "Sign in first." } }, 401);
    },
  };
}

function isPublic(path: string): boolean {
  return /^\/(login|login\.css|logout|health|page\/[\w/-]+\.(css|svg))$/.test(path);
}

async function page(c: Context, status: 200 | 401 | 429, message = ""): Promise<Response> {
  const html = await readFile(new URL("login.html", import.meta.url), "utf8");
  // The message is one of ours, never what somebody typed.
  return c.html(html.replace("<!-- message -->", message), status, { "Cache-Control": "no-store" });
}

function cookie(c: Context) {
  const secure = c.req.header("x-forwarded-proto") === "https" || new URL(c.req.url).protocol === "https:";
  return { path: "/", httpOnly: true, sameSite: "Strict", secure } as const;
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/**
 * Counts tries by address. Behind a proxy every address is the proxy's, and all share its tries: what a proxy says of
 * whom it speaks for can be made up by anyone when there is none.
 */
function createTries(now: () => number): { take(address: string): number } {
  const windows = new Map<string, { readonly since: number; count: number }>();
  return {
    /** Seconds to wait; 0 when the try may go ahead. */
    take(address) {
      const known = windows.get(address);
      if (known && now() - known.since < minuteMs) {
        known.count++;
        return known.count > triesPerMinute ? Math.ceil((known.since + minuteMs - now()) / 1000) : 0;
      }
      windows.delete(address);
      windows.set(address, { since: now(), count: 1 });
      const oldest = windows.size > rememberedAddresses ? windows.keys().next().value : undefined;
      if (oldest !== undefined) windows.delete(oldest);
      return 0;
    },
  };
}

/** An IPv6 customer has 2^64 addresses, so they count as one. */
function toNetwork(address: string): string {
  if (!address.includes(":") || address.startsWith("::ffff:")) return address;
  const [head = "", tail = ""] = address.split("::");
  const left = head.split(":");
  const right = tail === "" ? [] : tail.split(":");
  const zeros: string[] = address.includes("::") ? Array(8 - left.length - right.length).fill("0") : [];
  return [...left, ...zeros, ...right].slice(0, 4).join(":");
}
