import { readFile } from "node:fs/promises";
import { ServerResponse } from "node:http";
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Log } from "../../../../src/seam/log.ts";
import { isOwnName } from "../guard.ts";
import { createCookie, type Https } from "./cookies.ts";
import { createOpenAnswers } from "./open-answers.ts";
import { isPassword, toVerifier } from "./password.ts";
import { createProxies, type Proxies } from "./proxies.ts";
import { browserMs, longestSessionMs, type Sessions } from "./sessions.ts";
import { createTries, type Outcome } from "./tries.ts";

type Visit = Context<{ Bindings: HttpBindings }>;

/** The way in when there is a password. */
export interface Login {
  /** Stops whoever has not signed in, except before what the page to sign in needs. */
  readonly gate: MiddlewareHandler<{ Bindings: HttpBindings }>;
  readonly routes: Hono<{ Bindings: HttpBindings }>;
  close(): void;
}

/** Ms between two looks for streams of sessions that are over. */
const sweepMs = 60_000;

/** Seconds after which it is worth trying again where many passwords are being checked. */
const busySeconds = 5;

/**
 * Sessions are kept on the server: they end by signing out, by idling, with their time, and with the password.
 *
 * `publicUrl` is how people reach this server, `now` Unix time in ms. Rejects with BotError `storage`.
 */
export async function createLogin(parts: {
  readonly password: string;
  readonly sessions: Sessions;
  readonly trustedProxies: readonly string[];
  readonly publicUrl: string | undefined;
  readonly log: Log;
  readonly now: () => number;
}): Promise<Login> {
  const { password, sessions, publicUrl, log, now } = parts;
  const verifier = await keepPassword(password, sessions, log);
  const proxies = createProxies(parts.trustedProxies);
  const isHttps = createIsHttps(proxies, publicUrl);
  const ticket = createCookie("drawbridge", { maxAgeMs: longestSessionMs, isHttps });
  const browser = createCookie("drawbridge-browser", { maxAgeMs: browserMs, isHttps });
  const attempt = createTries({ verifier, proxies, log, now });
  const answers = createOpenAnswers(sessions);
  const sweeping = setInterval(answers.sweep, sweepMs).unref();
  const routes = new Hono<{ Bindings: HttpBindings }>();

  /** The session's id, while it goes on. Listening to events is nothing that somebody does. */
  function sessionOf(c: Visit): string | undefined {
    const id = ticket.read(c);
    return id !== undefined && sessions.isOpen(id, c.req.path !== "/api/events") ? id : undefined;
  }

  /** Ends the session that a request came with, and what is still being sent to it. */
  function leave(c: Visit): void {
    const id = ticket.read(c);
    if (id === undefined) return;
    sessions.end(id);
    answers.end(id);
  }

  routes.use("/login", async (c, next) => {
    await next();
    c.header("Cache-Control", "no-store");
  });
  routes.get("/login", async (c) => (sessionOf(c) ? c.redirect("/", 303) : page(c, 200)));
  routes.get("/login.css", async (c) => {
    return c.body(await readFile(new URL("login.css", import.meta.url)), 200, {
      "Content-Type": "text/css; charset=utf-8",
      "Cache-Control": "no-cache",
    });
  });
  routes.post("/login", bodyLimit({ maxSize: 10_000 }), async (c) => {
    const { password: said } = await c.req.parseBody();
    const cookie = browser.read(c);
    const known = cookie !== undefined && sessions.knowsBrowser(cookie) ? cookie : undefined;
    const outcome = await attempt(c.env.incoming, typeof said === "string" ? said : "", known);
    if (outcome.kind !== "right") return refuse(c, outcome);
    leave(c);
    ticket.write(c, sessions.begin());
    browser.write(c, sessions.rememberBrowser(known));
    return c.redirect("/", 303);
  });
  routes.post("/logout", (c) => {
    leave(c);
    ticket.remove(c);
    // Not all cookies: those would be the whole domain's, and the one by which this browser keeps its lane.
    c.header("Clear-Site-Data", '"cache", "storage"');
    c.header("Cache-Control", "no-store");
    return c.redirect("/login", 303);
  });

  return {
    routes,
    async gate(c, next) {
      if (isPublic(c.req.path)) return next();
      const session = sessionOf(c);
      if (session === undefined) {
        if (c.req.path === "/") return c.redirect("/login", 303);
        return c.json({ error: { message: "Sign in first." } }, 401);
      }
      if (c.env.outgoing instanceof ServerResponse) answers.add(session, c.env.outgoing);
      await next();
      // Where a browser does not do as it is told when somebody signs out, it must have nothing that would be left.
      if (!clearsWhenTold(c, isHttps)) c.res.headers.set("Cache-Control", "no-store");
    },
    close: () => clearInterval(sweeping),
  };
}

/** Another password than the last time signs everybody out. Returns what it is known again by. */
async function keepPassword(password: string, sessions: Sessions, log: Log): Promise<string> {
  const before = sessions.verifier();
  if (before !== undefined && (await isPassword(password, before))) return before;
  const verifier = await toVerifier(password);
  sessions.setVerifier(verifier);
  if (before !== undefined) log.warn({}, "login.password.changed: everybody is signed out");
  return verifier;
}

/**
 * Whether a browser reached us over https, by what can be known of it: the page that it sends a form from, what a proxy
 * says that is trusted, or the name that it asks for.
 */
function createIsHttps(proxies: Proxies, publicUrl: string | undefined): (c: Context) => Https {
  const outside = URL.parse(publicUrl ?? "");
  return (c: Visit) => {
    const origin = c.req.header("origin");
    const scheme = proxies.schemeOf(c.env.incoming);
    if (origin?.startsWith("https:") || scheme === "https") return "yes";
    if (origin !== undefined || scheme !== undefined) return "no";
    return outside?.protocol === "https:" && c.req.header("host") === outside.host ? "likely" : "no";
  };
}

/** Whether the browser heeds Clear-Site-Data: over https, and on its own machine. Only there it sends Sec-Fetch-Site. */
function clearsWhenTold(c: Context, isHttps: (c: Context) => Https): boolean {
  return (
    c.req.header("sec-fetch-site") !== undefined || isOwnName(c.req.header("host")) || isHttps(c) === "yes"
  );
}

function isPublic(path: string): boolean {
  return /^\/(login|login\.css|logout|health|page\/[\w/-]+\.(css|svg))$/.test(path);
}

function refuse(c: Context, outcome: Exclude<Outcome, { kind: "right" }>): Promise<Response> {
  switch (outcome.kind) {
    case "wrong": {
      const seconds = Math.ceil(outcome.nextMs / 1000);
      if (seconds === 0) return page(c, 401, "That is not the password.");
      c.header("Retry-After", String(seconds));
      return page(c, 401, `That is not the password. Wait ${toWords(seconds)} before the next try.`);
    }
    case "wait": {
      const seconds = Math.ceil(outcome.waitMs / 1000);
      c.header("Retry-After", String(seconds));
      return page(c, 429, `Too many tries. Wait ${toWords(seconds)}, then try again.`);
    }
    case "busy":
      c.header("Retry-After", String(busySeconds));
      return page(c, 503, `Many are signing in. Wait ${toWords(busySeconds)}, then try again.`);
  }
}

function toWords(seconds: number): string {
  if (seconds === 1) return "a second";
  return seconds < 100 ? `${seconds}\u00a0seconds` : `${Math.ceil(seconds / 60)}\u00a0minutes`;
}

async function page(c: Context, status: 200 | 401 | 429 | 503, message = ""): Promise<Response> {
  const html = await readFile(new URL("login.html", import.meta.url), "utf8");
  // The message is one of ours, never what somebody typed.
  return c.html(html.replace("<!-- message -->", message), status);
}
